"""Loads every file of a release with `datasets` and trains one step on it with the TRL trainer it is for.

A program of its own, so that torch stays out of the process that runs the tests: `take_with_trl.py RELEASE SCRATCH`
prints one JSON object. The model is a tiny random one with a vocabulary of bytes; what counts is that the trainer
understands the rows.
"""

import json
import sys
from pathlib import Path

from datasets import load_dataset
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from trl import (
    DPOConfig,
    DPOTrainer,
    KTOConfig,
    KTOTrainer,
    RewardConfig,
    RewardTrainer,
    SFTConfig,
    SFTTrainer,
)

TEMPLATE = (
    "{% for message in messages %}<s>{{ message['role'] }}\n{{ message['content'] }}</s>\n{% endfor %}"
    "{% if add_generation_prompt %}<s>assistant\n{% endif %}"
)
TRAINERS = {
    "trl-preference/train": ["dpo", "reward"],
    "trl-preference/ideal": ["dpo"],
    "trl-preference-implicit/train": ["dpo", "reward"],
    "trl-preference-implicit/ideal": ["dpo"],
    "trl-prompt-completion/train": ["sft"],
    "trl-unpaired/train": ["kto"],
}


def tokenizer():
    """Every byte is a token."""
    vocabulary = {token: number for number, token in enumerate(["<pad>", "<s>", "</s>"])}
    for sign in sorted(pre_tokenizers.ByteLevel.alphabet()):
        vocabulary[sign] = len(vocabulary)
    whole = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    whole.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    whole.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(
        tokenizer_object=whole, pad_token="<pad>", bos_token="<s>", eos_token="</s>", chat_template=TEMPLATE
    )


def save_model(folder):
    """Leave a checkpoint in `folder`: trainers load their second copies from where the first came from."""
    words = tokenizer()
    config = LlamaConfig(
        vocab_size=len(words),
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=1024,
        pad_token_id=words.pad_token_id,
        bos_token_id=words.bos_token_id,
        eos_token_id=words.eos_token_id,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    words.save_pretrained(folder)


def step(name, rows, scratch):
    """Train one step. Returns the loss."""
    trainer, config = {
        "dpo": (DPOTrainer, DPOConfig),
        "sft": (SFTTrainer, SFTConfig),
        "kto": (KTOTrainer, KTOConfig),
        "reward": (RewardTrainer, RewardConfig),
    }[name]
    run = trainer(
        model=str(scratch / "model"),
        args=config(
            output_dir=str(scratch / name),
            max_steps=1,
            per_device_train_batch_size=4,
            max_length=512,
            report_to=[],
            use_cpu=True,
            bf16=False,
            save_strategy="no",
            disable_tqdm=True,
        ),
        train_dataset=rows,
    )
    return run.train().training_loss


def main(release, scratch):
    told = {"files": {}, "folders": {}, "configs": {}, "losses": {}}
    cache = str(scratch / "cache")
    save_model(scratch / "model")
    for path in sorted(release.rglob("train.*")) + sorted(release.rglob("ideal.*")):
        rows = load_dataset(
            {"jsonl": "json", "parquet": "parquet"}[path.suffix[1:]],
            data_files=str(path),
            split="train",
            cache_dir=cache,
        )
        told["files"][str(path.relative_to(release))] = {"features": str(rows.features), "rows": rows.to_list()}
        stem = str(path.relative_to(release).with_suffix(""))
        if path.suffix == ".jsonl":
            for name in TRAINERS.get(stem, []):
                told["losses"][f"{name} {stem}"] = step(name, rows, scratch)
    for folder in sorted(path for path in release.iterdir() if path.is_dir()):
        splits = load_dataset(str(folder), cache_dir=cache)
        told["folders"][folder.name] = {name: rows.num_rows for name, rows in splits.items()}
        for stem in ["", "-ideal"]:
            if stem and not (folder / "ideal.parquet").exists():
                continue
            splits = load_dataset(str(release), folder.name + stem, cache_dir=cache)
            told["configs"][folder.name + stem] = {name: rows.num_rows for name, rows in splits.items()}
    return told


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]))))  # noqa: T201
