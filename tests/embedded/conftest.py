"""Home folders that PostgreSQL's own account can get to, and small programs to watch over."""

import shutil

import pytest

from tests.places import new_folder


@pytest.fixture
def home():
    """An empty home folder. pytest's own are closed to other accounts, and root's PostgreSQL runs under one."""
    folder = new_folder("home-")
    yield folder / "home"
    shutil.rmtree(folder, ignore_errors=True)
