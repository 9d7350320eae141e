"""The examples are run, one after the other, against a demo as a reader would have it.

A block is run where its first line says so: ```sh run or ```python run. A page's shell blocks share one shell.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.test_house import running_house
from tests.docs.conftest import documents

BLOCK = re.compile(r"^```sh run\n(.*?)^```", re.DOTALL | re.MULTILINE)
PROGRAM = re.compile(r"^```python run\n(.*?)^```", re.DOTALL | re.MULTILINE)
PROGRAMS = {name: PROGRAM.findall(text) for name, text in documents().items() if PROGRAM.search(text)}
DEMO = "http://127.0.0.1:8080"
"""Where a reader's demo is."""
PAGES = {name: BLOCK.findall(text) for name, text in documents().items() if BLOCK.search(text)}
SECONDS = 120

PROOFS = {
    "docs/api.md": ['"outcome":"submitted"', '"verdict":"accept"', "Not JSON: stuck at byte", "invalid_answer ["],
    "README.md": [" answers are frozen in release "],
}
"""What the examples of a page must have led to."""


@pytest.fixture(scope="module")
def demo() -> Iterator[str]:
    """The address of a demo with the practice model, in a home of its own."""
    if not shutil.which("curl"):
        pytest.skip("no curl here")
    with running_house() as running:
        yield f"http://127.0.0.1:{running.port}"


@pytest.mark.parametrize("name", sorted(PAGES))
def test_examples_run(name, demo, tmp_path):
    script = "\n".join(["set -euo pipefail", *PAGES[name]])
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "BASE": demo, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    check(name, done)


@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_programs_run(name, demo, tmp_path):
    program = "\n".join(PROGRAMS[name])
    assert DEMO in program
    command = [sys.executable, "-c", program.replace(DEMO, demo)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS, check=False)
    check(name, done)


def check(name: str, done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 0, done.stdout + done.stderr
    missing = [proof for proof in PROOFS.get(name, []) if proof not in done.stdout]
    assert not missing, f"{missing} in:\n{done.stdout}"


def test_pages_that_promise_examples_have_them():
    assert set(PROOFS) <= {*PAGES, *PROGRAMS}
