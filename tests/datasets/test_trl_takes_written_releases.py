"""A release that the worker wrote of work that people handed in: every file loads, and TRL trains on it."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

from preceptor.datasets.queries.releases import release_key
from tests.datasets.test_trl_takes_releases import pytestmark as needs_trl

pytestmark = needs_trl

ANSWERS = 8


async def test_trl_trains_on_what_people_handed_in(releases, make_world, tmp_path):
    world = await make_world(items=ANSWERS)
    for number in range(ANSWERS):
        await releases.accepted(world, ideal=f"Cold air takes up less room. ({number})", tags=("grammar",))
    release_id = await releases.freeze(world, languages=("en",))
    release = await releases.do_job(release_id)
    assert release.summary.state == "done"
    folder = releases.storage.path(release_key(release_id))

    program = Path(__file__).with_name("take_with_trl.py")
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, str(program), str(folder), str(tmp_path)],
        capture_output=True,
        check=False,
        env={**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "home"), "CUDA_VISIBLE_DEVICES": ""},
        timeout=600,
    )
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    taken = json.loads(done.stdout.decode().splitlines()[-1])

    rows = {file.path: file.rows for file in release.files if file.rows}
    assert {path: len(found["rows"]) for path, found in taken["files"].items()} == rows
    for path, found in taken["files"].items():
        if path.endswith(".jsonl"):
            assert found == taken["files"][path.replace(".jsonl", ".parquet")]
    assert taken["folders"]["trl-preference"] == {"train": 6 * ANSWERS}
    assert taken["folders"]["trl-prompt-completion"] == {"train": ANSWERS}
    assert set(taken["losses"]) == {
        "dpo trl-preference/train",
        "dpo trl-preference/ideal",
        "dpo trl-preference-implicit/train",
        "dpo trl-preference-implicit/ideal",
        "reward trl-preference/train",
        "reward trl-preference-implicit/train",
        "sft trl-prompt-completion/train",
        "kto trl-unpaired/train",
    }
    assert all(0 < loss < 20 for loss in taken["losses"].values())
