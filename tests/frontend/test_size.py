"""The first visit over a slow line, in whatever language."""

import gzip
from urllib.parse import urlparse

import msgspec
import pytest
from playwright.sync_api import Browser

from preceptor.app import PACKAGE, STATIC
from preceptor.lib.i18n import catalogues, current_language, set_language
from preceptor.lib.web import Pages
from preceptor.web.plugged import plugged
from preceptor.web.shell import make_shell

from .conftest import Mock

pytestmark = pytest.mark.browser

FIRST_VISIT = 150_000


def fetched(browser: Browser, mock: Mock, path: str) -> dict[str, int]:
    """What a first visit fetches: path to size, gzipped."""
    context = browser.new_context()
    page = context.new_page()
    sizes: dict[str, int] = {}
    page.on(
        "requestfinished",
        lambda request: (
            sizes.update({urlparse(request.url).path: len(gzip.compress(request.response().body(), 9))})
            if "/api/" not in request.url
            else None
        ),
    )
    page.goto(f"{mock.url}{path}")
    page.wait_for_selector("rate-responses-widget textarea")
    page.wait_for_timeout(500)
    context.close()
    return sizes


def largest_catalogue() -> int:
    """The texts of scripts as a page holds them in the language where they take most, gzipped."""
    pages = Pages(folders=[PACKAGE], shell=make_shell, manifest=STATIC / "manifest.json", plugged=plugged())
    before = current_language()
    sizes = []
    for language in catalogues.languages():
        set_language(language)
        sizes.append(len(gzip.compress(msgspec.json.encode(pages.script_messages()), 9)))
    set_language(before)
    assert max(sizes) > 10_000, "no catalogue was found"
    return max(sizes)


def test_the_first_visit_to_the_workbench_is_small(browser: Browser, mock: Mock):
    sizes = fetched(browser, mock, "/work/free-1")
    assert sum(sizes.values()) + largest_catalogue() <= FIRST_VISIT, sizes


def test_maths_and_code_cost_only_those_who_see_some(browser: Browser, mock: Mock):
    plain = fetched(browser, mock, "/work/two-1")
    rich = fetched(browser, mock, "/work/given-1")
    lazy = ("katex", "highlighter", "typesetter")
    assert not any(name in path for path in plain for name in lazy)
    for name in lazy:
        assert any(name in path for path in rich)
