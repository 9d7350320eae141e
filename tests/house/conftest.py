"""The house as it stands in the repository: what is tracked, and what the templates and scripts say."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "preceptor"


@pytest.fixture(scope="session")
def tracked() -> list[Path]:
    """Every file git knows, as it lies in the working tree; new ones that are not ignored count too."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return [path for name in listed.decode().split("\0") if name and (path := ROOT / name).is_file()]
