"""Finds Chromium for the browser tests, or fetches Debian's: as root by apt, else unpacked into a folder of its own."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-dejavu-core")
WRAPPER = """#!/bin/sh
# Debian's Chromium, unpacked next to this file.
root='{root}'
export LD_LIBRARY_PATH="{libraries}"
export FONTCONFIG_FILE="$root/fonts.conf"
exec "$root/usr/lib/chromium/chromium" --no-sandbox "$@"
"""
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{root}/usr/share/fonts</dir><dir>/usr/share/fonts</dir><cachedir>{root}/fontcache</cachedir></fontconfig>
"""


def find(venv: Path) -> str | None:
    """The path of a Chromium: the one that `PRECEPTOR_CHROMIUM` names, one on the path, or the one fetched before."""
    named = os.environ.get("PRECEPTOR_CHROMIUM")
    for name in ([named] if named else []) + [*NAMES, str(venv / "chromium" / "run")]:
        if path := shutil.which(name):
            return path
    return None


def fetch(venv: Path, *, log: Path) -> str | None:
    """Fetch Debian's package; gives its path, or None where that is not possible."""
    if shutil.which("apt-get") is None:
        return None
    with log.open("a") as stream:
        if os.geteuid() == 0:
            _run(["apt-get", "update"], stream)
            _run(["apt-get", "install", "--yes", "--no-install-recommends", *PACKAGES], stream)
        else:
            _unpack(venv / "chromium", stream)
    return find(venv)


def _run(command: Sequence[str], log: object, **options: object) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    return subprocess.run(command, stdout=log, stderr=log, env=environment, check=False, **options).returncode == 0


def _unpack(root: Path, log: object) -> None:
    """Fetch the packages and all they depend on, without what is installed, and unpack them below `root`."""
    shutil.rmtree(root, ignore_errors=True)
    archives = root / "archives"
    for folder in (archives, root / "lists" / "partial", root / "cache" / "archives" / "partial"):
        folder.mkdir(parents=True)
    # Lists and cache of our own: an ordinary user may not write the system's.
    own = ["-o", f"Dir::State::Lists={root}/lists", "-o", f"Dir::Cache={root}/cache", "-o", "Debug::NoLocking=1"]
    own += ["-o", "APT::Sandbox::User="]
    if not _run(["apt-get", *own, "update"], log):
        return
    simulate = ["apt-get", *own, "--simulate", "--yes", "--no-install-recommends", "install", *PACKAGES]
    plan = subprocess.run(simulate, capture_output=True, text=True, check=False).stdout
    missing = [line.split()[1] for line in plan.splitlines() if line.startswith("Inst ")]
    if not missing or not _run(["apt-get", *own, "download", *missing], log, cwd=archives):
        return
    for archive in sorted(archives.glob("*.deb")):
        _run(["dpkg", "-x", str(archive), str(root)], log)
    if not (root / "usr" / "lib" / "chromium" / "chromium").exists():
        return
    libraries = {str(path.parent) for path in root.rglob("*.so*") if "/usr/lib/chromium" not in str(path)}
    (root / "fonts.conf").write_text(FONTS.format(root=root))
    wrapper = root / "run"
    wrapper.write_text(WRAPPER.format(root=root, libraries=":".join(sorted(libraries))))
    wrapper.chmod(0o755)
    for folder in (archives, root / "lists", root / "cache"):
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    print(find(Path(__file__).resolve().parent.parent / ".venv") or "")
