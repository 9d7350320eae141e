"""What journeys share: a browser, and houses with the practice model that speaks at once."""

from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, Error

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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A journey that fails says what stood on its pages then."""
    report = yield
    found = getattr(item, "funcargs", {}).get("browser")
    if report.when == "call" and report.failed and isinstance(found, Browser):
        report.sections += [("Open page", shown) for shown in shown_pages(found)]
    return report


def shown_pages(browser: Browser) -> list[str]:
    """The address and the words of each open page."""
    pages = []
    for context in browser.contexts:
        for page in context.pages:
            try:
                pages.append(f"{page.url}\n{page.locator('body').inner_text(timeout=2_000)[:3_000]}")
            except Error as error:
                pages.append(f"{page.url}\n{error}")
    return pages
