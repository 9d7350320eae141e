"""A sign-in that runs out while a form is filled in: what was typed is there again once they have signed in."""

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from .conftest import STATIC, Mock

pytestmark = pytest.mark.browser

FORM = """
<body data-person="{person}"><main><form method="post" action="/send">
  <input type="hidden" name="csrf_token" value="new"><input name="title" aria-label="Title">
  <input type="password" name="password" aria-label="Password">
  <select name="kind" aria-label="Kind"><option>one</option><option>two</option></select>
  <label><input type="checkbox" name="team" value="a">A</label><label><input type="checkbox" name="team" value="b">B</label>
  <label><input type="radio" name="way" value="x" checked>X</label><label><input type="radio" name="way" value="y">Y</label>
  <textarea name="words" aria-label="Words"></textarea><button>Send</button>
</form></main></body>
"""
LAPSED = "<body><main><h1>Please sign in.</h1><p data-lapsed hidden>It is kept.</p></main></body>"


@pytest.fixture
def pages(browser: Browser, mock: Mock) -> Iterator[tuple[Page, Callable[..., None]]]:
    """A page with a form, and a way to say who is signed in there."""
    base = json.loads((STATIC / "manifest.json").read_text())["files"]["base.js"]
    head = f'<!doctype html><title>x</title><script type="module" src="/static/{base}"></script>'
    now = {"person": "ada"}

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(mock.url)
        body = LAPSED if path == "/send" and not now["person"] else FORM.replace("{person}", now["person"])
        body = "<body data-person='ada'>Thank you</body>" if path == "/send" and now["person"] else body
        route.fulfill(content_type="text/html", body=head + body)

    context = browser.new_context()
    context.route(lambda url: "/static/" not in url, answer)
    page = context.new_page()
    page.goto(f"{mock.url}/form?which=2")
    yield page, now.update
    context.close()


def fill(page: Page) -> None:
    page.get_by_label("Title").fill("A long story")
    page.get_by_label("Password").fill("secret words")
    page.get_by_label("Kind").select_option("two")
    page.get_by_label("B").check()
    page.get_by_label("Y").check()
    page.get_by_label("Words").fill("Written\nfor an hour")
    page.get_by_role("button", name="Send").click()


def test_it_is_there_again_but_for_secrets(pages: tuple[Page, Callable[..., None]], mock: Mock) -> None:
    page, sign_in = pages
    sign_in(person="")
    fill(page)
    expect(page.get_by_text("It is kept.")).to_be_visible()
    assert "secret words" not in page.evaluate("JSON.stringify(sessionStorage)")
    sign_in(person="ada")
    page.goto(f"{mock.url}/form?which=2")
    expect(page.get_by_text("is here. It has not been sent yet.")).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("A long story")
    expect(page.get_by_label("Words")).to_have_value("Written\nfor an hour")
    expect(page.get_by_label("Kind")).to_have_value("two")
    assert [page.get_by_label(name, exact=True).is_checked() for name in "ABXY"] == [False, True, False, True]
    expect(page.get_by_label("Password")).to_have_value("")
    expect(page.locator("[name=csrf_token]")).to_have_value("new")
    page.reload()
    expect(page.get_by_label("Title")).to_have_value("")


@pytest.mark.parametrize("who", ["eve", "sent"])
def test_nobody_else_reads_it_and_what_was_sent_does_not_come_back(pages, mock: Mock, who: str) -> None:
    page, sign_in = pages
    if who == "eve":
        sign_in(person="")
    fill(page)
    expect(page.get_by_text("It is kept." if who == "eve" else "Thank you")).to_be_visible()
    sign_in(person="eve" if who == "eve" else "ada")
    page.goto(f"{mock.url}/form?which=2")
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    page.wait_for_function("!sessionStorage.length")
    expect(page.get_by_label("Title")).to_have_value("")
