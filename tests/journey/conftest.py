"""What journeys share: a browser, and a house with the practice model that speaks at once."""

import pytest

from tests.cli.test_house import running_house
from tests.frontend.conftest import browser

__all__ = ["browser", "house"]


@pytest.fixture(scope="module")
def house():
    with running_house("--practice", "--host", "127.0.0.1") as running:
        yield running
