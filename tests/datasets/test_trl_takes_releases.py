"""Each file of a release loads with `datasets.load_dataset`, and TRL trains on it."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from preceptor.datasets.formats import release_formats
from preceptor.datasets.writing.release import ReleaseWriter
from preceptor.kinds.content import Message
from tests.datasets.release_samples import FACTS, demonstration, four

pytestmark = [
    pytest.mark.train,
    pytest.mark.skipif(
        any(find_spec(name) is None for name in ("datasets", "torch", "trl")),
        reason="the extra `train` is not installed: pip install 'preceptor[train]'",
    ),
]


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trl") / "release-3"
    conversation = (Message("system", "Be brief."), Message("user", "Hi"), Message("assistant", "Hello!"))
    with ReleaseWriter(folder=folder, formats=release_formats(), facts=FACTS) as writer:
        for number in range(8):
            prompt = (*(conversation if number % 2 else ()), Message("user", f"Prompt {number}: ¿qué? 😀"))
            content = four(number, prompt=prompt)
            writer.add(content)
            writer.add(demonstration(content))
        writer.finish()
    return folder


@pytest.fixture(scope="module")
def taken(release, tmp_path_factory):
    scratch = tmp_path_factory.mktemp("scratch")
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("take_with_trl.py")), str(release), str(scratch)],
        capture_output=True,
        check=False,
        env={**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(scratch / "home"), "CUDA_VISIBLE_DEVICES": ""},
        timeout=300,
    )
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    return json.loads(done.stdout.decode().splitlines()[-1])


@pytest.mark.parametrize(
    "stem",
    [
        "scored/train",
        "trl-preference/train",
        "trl-preference/ideal",
        "trl-preference-implicit/train",
        "trl-preference-implicit/ideal",
        "trl-prompt-completion/train",
        "trl-unpaired/train",
    ],
)
def test_json_lines_and_parquet_load_as_the_same_rows_of_the_same_types(taken, stem):
    lines, parquet = taken["files"][f"{stem}.jsonl"], taken["files"][f"{stem}.parquet"]

    assert lines == parquet


def test_the_folder_of_a_format_loads_without_the_pairs_that_stand_apart(taken):
    assert taken["folders"] == {
        "scored": {"train": 8},
        "trl-preference": {"train": 40},
        "trl-preference-implicit": {"train": 40},
        "trl-prompt-completion": {"train": 8},
        "trl-unpaired": {"train": 16},
    }


def test_the_whole_release_loads_by_the_names_on_its_card(taken):
    assert taken["configs"] == taken["folders"] | {
        "trl-preference-ideal": {"train": 32},
        "trl-preference-implicit-ideal": {"train": 32},
    }


@pytest.mark.parametrize(
    "run",
    [
        "dpo trl-preference/train",
        "dpo trl-preference/ideal",
        "dpo trl-preference-implicit/train",
        "dpo trl-preference-implicit/ideal",
        "reward trl-preference/train",
        "reward trl-preference-implicit/train",
        "sft trl-prompt-completion/train",
        "kto trl-unpaired/train",
    ],
)
def test_trl_trains_a_step(taken, run):
    assert 0 < taken["losses"][run] < 20
