"""The guide “Add a task kind”, word for word: its files, its commands, and the work in a browser."""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.cli.test_house import PRECEPTOR, running_house
from tests.docs.conftest import documents
from tests.frontend.conftest import browser
from tests.journey.steps import (
    expect_accepted,
    expect_saved,
    hand_in,
    look,
    sign_in,
    start_review,
    start_work,
    try_out,
)

__all__ = ["browser"]

FILE = re.compile(r"^```\w+ file=(\S+)\n(.*?)^```", re.DOTALL | re.MULTILINE)
COMMANDS = re.compile(r"^```sh (install|use|export)\n(.*?)^```", re.DOTALL | re.MULTILINE)
GUIDE = documents()["docs/add-a-task-kind.md"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The package as the guide has it, installed into a folder that Python looks into."""
    folder = tmp_path_factory.mktemp("guide")
    for name, text in FILE.findall(GUIDE):
        path = folder / "preceptor-yes-or-no" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
    run(folder, dict(COMMANDS.findall(GUIDE))["install"])
    return folder


def installed(folder):
    """Where the package was installed: beside ours and not into it."""
    return sysconfig.get_path("purelib", vars={"base": str(folder / "venv")})


def run(folder, script):
    """Run commands in the folder; `pip` is that of an environment of its own, `preceptor` is ours."""
    tools = [str(folder / "venv" / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]]
    environment = {**os.environ, "PATH": os.pathsep.join(tools), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def house(folder):
    before = os.environ.get("PYTHONPATH", "")
    os.environ["PYTHONPATH"] = os.pathsep.join(part for part in (installed(folder), before) if part)
    try:
        with running_house() as running:
            yield running
    finally:
        os.environ["PYTHONPATH"] = before


@pytest.mark.skipif(not shutil.which("bash"), reason="no bash here")
def test_the_guide_makes_a_kind_that_people_can_work_with(folder, house, browser, monkeypatch):
    (folder / "statements.txt").write_text("Water boils at 90 °C on a high mountain.\n")
    monkeypatch.setenv("PRECEPTOR_HOME", str(house.environment["PRECEPTOR_HOME"]))
    monkeypatch.setenv("PYTHONPATH", installed(folder))
    run(folder, dict(COMMANDS.findall(GUIDE))["use"])

    manager = sign_in(browser, house, "manager", phone=False)
    try_out(manager, "is-it-so", "yes-or-no-widget")
    manager.goto("/projects/new?kind=yes_or_no")
    assert manager.get_by_label("The question").input_value() == "Is this true?"
    look(manager)

    trainer = sign_in(browser, house, "trainer", phone=True)
    assignment = start_work(trainer, "Is it so?")
    widget = trainer.locator("yes-or-no-widget")
    widget.get_by_text("Water boils at 90").wait_for()
    trainer.locator(".submit").click()
    widget.get_by_text("Answer the question.").wait_for()
    widget.get_by_label("Yes").check()
    expect_saved(trainer)
    look(trainer)
    hand_in(trainer)

    reviewer = sign_in(browser, house, "reviewer", phone=False)
    start_review(reviewer, "is-it-so")
    reviewer.locator("yes-or-no-widget").get_by_label("Yes").wait_for()
    look(reviewer)
    reviewer.get_by_role("button", name="Accept", exact=True).click()
    reviewer.wait_for_url(re.compile(r"/reviews(\?|$|/[0-9a-f-]{36})"))
    expect_accepted(trainer, assignment)

    run(folder, dict(COMMANDS.findall(GUIDE))["export"])
    (row,) = map(json.loads, (folder / "data" / "labels" / "train.jsonl").read_text().splitlines())
    assert (row["label"], row["text"]) == ("yes", "Water boils at 90 °C on a high mountain.")


def test_commands_of_the_guide_are_the_installed_ones():
    assert PRECEPTOR[0] == sys.executable
    assert set(dict(COMMANDS.findall(GUIDE))) == {"install", "use", "export"}
