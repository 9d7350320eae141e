"""A real browser on the workbench, before a mock of the API in memory (`frontend/mockserver.mjs`)."""

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).parent.parent.parent
STATIC = ROOT / "src" / "preceptor" / "static"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# Pages live for seconds here: what V8 would spend on optimising their code never pays.
FLAGS += ["--js-flags=--no-opt"]
# The list under the address bar is two pages of its own, which each new window loads though nobody sees them: more work
# than most of ours are. A list given here takes the place of Playwright's own, which therefore comes first.
FEATURES_WITHOUT = (
    "AvoidCorsURLLoaderRestartOnRedirect AvoidUnnecessaryBeforeUnloadCheckSync DestroyProfileOnBrowserClose "
    "HttpsFirstBalancedModeAutoEnable HttpsUpgrades LensOverlay MediaRouter NetworkTimeServiceQuerying "
    "OptimizationHints PaintHolding PreconnectToSearch TcpPortRandomizationWin ThirdPartyStoragePartitioning AimEnabled "
    "WebUIOmniboxPopup WebUIOmniboxAimPopup WebUIOmniboxFullPopup SpareRendererForSitePerProcess"
).split()
FLAGS += [f"--disable-features={','.join(FEATURES_WITHOUT)}"]
WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


def chromium_path() -> str | None:
    """The browser to use."""
    return os.environ.get("PRECEPTOR_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for the tests of a module: a blocking one that stayed would stand in the way of asynchronous tests."""
    path = chromium_path()
    if not path:
        pytest.skip("no Chromium here")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


class Mock:
    """The API in memory: switches, and what was asked of it."""

    def __init__(self, url: str) -> None:
        self.url = url

    def tell(self, **changes: Any) -> dict[str, Any]:
        """Set switches, a draft, or everything back to the beginning; answers the state."""
        request = urllib.request.Request(
            f"{self.url}/__mock", json.dumps(changes).encode(), {"content-type": "application/json"}
        )
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def switch(self, **switches: Any) -> None:
        self.tell(switches=switches)

    def draft(self, assignment: str) -> dict[str, Any] | None:
        return self.tell()["assignments"].get(assignment, {}).get("draft")

    def submissions(self) -> dict[str, Any]:
        return self.tell()["submissions"]

    def asked(self, method: str, ending: str) -> list[dict[str, Any]]:
        """Requests so far, by method and the end of their path."""
        return [entry for entry in self.tell()["log"] if entry["method"] == method and entry["route"].endswith(ending)]


@pytest.fixture(scope="session")
def mock_server() -> Iterator[Mock]:
    node = shutil.which("node")
    if not node or not (STATIC / "manifest.json").exists():
        pytest.skip("the frontend is not built here (make frontend)")
    process = subprocess.Popen([node, "mockserver.mjs", "0"], cwd=ROOT / "frontend", stdout=subprocess.PIPE, text=True)
    assert process.stdout
    yield Mock(process.stdout.readline().strip())
    process.terminate()
    process.wait(10)
    process.stdout.close()


@pytest.fixture
def mock(mock_server: Mock) -> Mock:
    """The mock, as new."""
    mock_server.tell(reset=True)
    return mock_server


PageOpener = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, mock: Mock) -> Iterator[PageOpener]:
    """`open_page("rated-1")` opens the workbench there. Faults of scripts and of the content policy fail the test."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_(
        assignment: str,
        *,
        phone: bool = False,
        dark: bool = False,
        context: BrowserContext | None = None,
        query: str = "",
    ) -> Page:
        if context is None:
            context = browser.new_context(
                viewport=PHONE if phone else WIDE,
                color_scheme="dark" if dark else "light",
                has_touch=phone,
                is_mobile=phone,
                base_url=mock.url,
            )
            contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(8_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "console",
            lambda message: (
                faults.append(message.text)
                if message.type == "error" and "Content Security Policy" in message.text
                else None
            ),
        )
        page.goto(f"{mock.url}/work/{assignment}{query}")
        page.wait_for_selector("rate-responses-widget")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture(scope="session")
def gallery(mock_server: Mock) -> Path:
    """The page that shows every part (the mock is asked for so that the frontend is known to be built)."""
    del mock_server
    subprocess.run([sys.executable, "frontend/gallery.py"], cwd=ROOT, check=True)
    return ROOT / "build" / "gallery" / "index.html"
