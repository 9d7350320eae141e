"""Whoever is quicker than the page's scripts loses nothing and sends nothing unasked."""

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from .conftest import STATIC, Mock

pytestmark = pytest.mark.browser

BODY = """
<main>
  <form method="post" action="/gone" data-confirm="Everything goes." data-confirm-title="Delete it all?">
    <button name="which" value="all">Delete</button>
  </form>
  <form method="post" action="/kept"><button>Keep</button></form>
  <button type="button" command="show-modal" commandfor="more">More</button>
  <button type="button" data-copy="a word">Copy</button>
  <button type="button" popovertarget="menu">Menu</button><div id="menu" popover data-menu>Choices</div>
  <dialog id="more" class="dialog" aria-label="More of it"><p>Here it is.</p></dialog>
</main>
"""


@pytest.fixture
def slow_page(browser: Browser, mock: Mock) -> Iterator[tuple[Page, Callable[[], None], list[str]]]:
    """A page whose large script has not come yet, what lets it come, and what forms have sent."""
    files = json.loads((STATIC / "manifest.json").read_text())["files"]
    head = (
        f'<script src="/static/{files["early.js"]}"></script>'
        f'<script type="module" src="/static/{files["base.js"]}"></script>'
    )
    context = browser.new_context()
    page = context.new_page()
    held: list[Route] = []
    sent: list[str] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/static/base-*.js", hold)
    page.route(
        "**/here",
        lambda route: route.fulfill(content_type="text/html", body=f"<!doctype html><title>x</title>{head}{BODY}"),
    )

    def keep(route: Route) -> None:
        sent.append(route.request.post_data or route.request.url)
        route.fulfill(content_type="text/html", body="<h1>Sent</h1>")

    page.route("**/gone", keep)
    page.route("**/kept", keep)
    page.goto(f"{mock.url}/here", wait_until="commit")
    expect(page.get_by_role("button", name="Menu")).to_be_visible()
    yield page, lambda: [route.continue_() for route in held], sent
    context.close()


def test_what_asks_first_asks_also_those_who_are_quick(slow_page):
    page, come, sent = slow_page
    page.get_by_role("button", name="Delete").click(no_wait_after=True)
    come()
    asking = page.get_by_role("dialog", name="Delete it all?")
    expect(asking).to_be_visible()
    assert sent == []
    asking.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="Sent")).to_be_visible()
    assert sent == ["which=all"]


def test_a_button_that_only_scripts_understand_is_not_pressed_in_vain(slow_page):
    page, come, _sent = slow_page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").click(no_wait_after=True)
    come()
    page.wait_for_function("async () => (await navigator.clipboard.readText()) === 'a word'")


def test_a_dialog_needs_no_script(slow_page):
    page, come, _sent = slow_page
    page.get_by_role("button", name="More").click(no_wait_after=True)
    expect(page.get_by_role("dialog", name="More of it")).to_be_visible()
    come()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="More of it")).to_be_hidden()


def test_a_menu_opened_early_stays_open(slow_page):
    page, come, _sent = slow_page
    page.get_by_role("button", name="Menu").click(no_wait_after=True)
    expect(page.get_by_text("Choices")).to_be_visible()
    come()
    page.wait_for_function("performance.getEntriesByType('resource').some(one => one.name.includes('base-'))")
    expect(page.get_by_text("Choices")).to_be_visible()


def test_other_forms_need_no_script(slow_page):
    page, _come, sent = slow_page
    page.get_by_role("button", name="Keep").click(no_wait_after=True)
    expect(page.get_by_role("heading", name="Sent")).to_be_visible()
    assert len(sent) == 1
