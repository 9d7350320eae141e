"""What journeys share: a browser, and houses with the practice model that speaks at once."""

import pytest

from tests.cli.test_house import running_house
from tests.frontend.conftest import browser

__all__ = ["browser", "house", "shared_house"]


@pytest.fixture(scope="package")
def shared_house():
    """A house for all journeys of this process that add projects and work to it, and change nothing else."""
    with running_house("--practice", "--host", "127.0.0.1") as running:
        yield running


@pytest.fixture(scope="module")
def house(request):
    """The shared one; one for itself where a file says `OWN_HOUSE`, since it stops programs or changes people."""
    if getattr(request.module, "OWN_HOUSE", False):
        with running_house("--practice", "--host", "127.0.0.1") as running:
            yield running
    else:
        yield request.getfixturevalue("shared_house")
