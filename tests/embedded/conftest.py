"""Home folders that PostgreSQL's own account can get to, and small programs to watch over."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest


@pytest.fixture
def home():
    """An empty home folder. pytest's own are closed to other accounts, and root's PostgreSQL runs under one."""
    folder = Path(tempfile.mkdtemp(prefix="home-", dir="/tmp"))
    if os.geteuid() == 0:
        folder.chmod(0o711)
    yield folder / "home"
    shutil.rmtree(folder, ignore_errors=True)
