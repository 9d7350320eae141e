"""Every page there is, found as people find them: by links, from the first page on, in each role of a demo.

Each is looked at on a phone and in Spanish: it opens, nothing serious is wrong for axe, nothing scrolls sideways, everything is
reached by keyboard, and it speaks the language that was asked for. Pages that no link leads to are named below, with where they are seen instead.
"""

import re
from collections import deque
from urllib.parse import urlsplit

import pytest
from litestar import Litestar
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect

from preceptor.app import create_app
from preceptor.lib.settings import Settings
from tests.frontend.conftest import PHONE
from tests.journey.keyboard import faults_of_keyboard, reach_everything
from tests.journey.steps import look, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.kill]
OWN_HOUSE = True

NO_PAGES = re.compile(
    r"^/(api|static|schema|mail|language|health|metrics|sign-out)(/|$)|\.(csv|pdf|png|xml|json|txt|zip|ics)$"
)
MOST = 2
"""Pages of one kind that are looked at in a role: an installation may have thousands of tasks."""


def patterns(app: Litestar) -> dict[str, re.Pattern[str]]:
    """The pages there are, by their address as the program writes it, and what matches one."""
    found = {}
    for route in app.routes:
        methods = getattr(route, "methods", ())
        if "GET" in methods and not NO_PAGES.search(route.path_format):
            expression = "".join(
                r"[^/]+" if part.startswith("{") else re.escape(part)
                for part in re.split(r"(\{[^}]+\})", route.path_format)
            )
            found[route.path_format] = re.compile(f"^{expression}$")
    # An address that is written out comes before one with a gap that would match it as well.
    return dict(sorted(found.items(), key=lambda pair: pair[0].count("{")))


def pattern_of(path: str, known: dict[str, re.Pattern[str]]) -> str | None:
    return next((name for name, expression in known.items() if expression.match(path)), None)


def walk(page: Page, known: dict[str, re.Pattern[str]], *, begin: str, language: str) -> set[str]:
    """Follow links from a page until none is new; answers the kinds of pages that were looked at."""
    waiting, linked_from, count = deque([begin]), {begin: ""}, {}
    while waiting:
        path = waiting.popleft()
        kind = pattern_of(urlsplit(path).path, known)
        if kind is None or count.get(kind, 0) >= MOST:
            continue
        count[kind] = count.get(kind, 0) + 1
        try:
            answer = page.goto(path)
        except PlaywrightError as error:
            if "Download is starting" not in str(error):
                raise
            continue
        assert answer.status < 400, (path, answer.status, linked_from[path])
        arrived = pattern_of(urlsplit(page.url).path, known) or kind
        if arrived != kind:
            count[arrived] = count.get(arrived, 0) + 1
        expect(page.locator("html")).to_have_attribute("lang", re.compile(language))
        if count[arrived] == 1:
            look(page)
            reach_everything(page)
        for link in page.evaluate(LINKS):
            if link not in linked_from:
                linked_from[link] = path
                waiting.append(link)
    return set(count)


LINKS = """[...document.querySelectorAll('a[href]:not([download])')]
    .filter(link => link.origin === location.origin && !link.closest('.prose'))
    .map(link => link.pathname + link.search)"""


UNLINKED = {
    "/account/cases/{case_id}/files/{file_id}": "where a file was attached to a case",
    "/account/confirm": "asked for before something dangerous is done",
    "/account/second-factor/app": "by the button that begins to set one up",
    "/account/data/{download_id}/file": "once a copy of one's data is ready",
    "/announcements/{announcement_id}": "while there are announcements",
    "/apply/confirm/{secret}": "by a link in a mail",
    "/email/{secret}": "by a link in a mail",
    "/invitation/{secret}": "by a link that a manager hands on",
    "/my-work/{assignment_id}/correct": "while a correction is open",
    "/offers/regions": "a part of a form",
    "/offers/{number}/applied": "after applying",
    "/payouts/{batch_id}/file": "once a batch is approved",
    "/projects/{slug}/agreement": "a part of a page, asked for later",
    "/projects/{slug}/at-work": "a part of a page, asked for again and again",
    "/projects/{slug}/imports/{import_id}": "after a file was handed in",
    "/projects/{slug}/orders/{number}": "where a client has ordered something",
    "/projects/{slug}/webhooks/{webhook_id}": "where a project has one",
    "/providers/{provider_id}": "where an organisation signs in by its own provider",
    "/reset/{secret}": "by a link in a mail",
    "/sign-in/step": "between a password and the second factor",
    "/sign-in/with/{slug}": "where an organisation signs in by its own provider",
    "/sign-in/with/{slug}/back": "where an organisation signs in by its own provider",
    "/work/assignments/{assignment_id}": "by beginning a task",
}
"""Pages that links of the demo may not lead to, and how people come to them; each has a journey of its own."""


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    return patterns(create_app(Settings(home=home, database_url="postgresql://nobody@localhost/nothing")))


@pytest.fixture(scope="module")
def reached() -> set[str]:
    """The kinds of pages that were looked at so far."""
    return set()


def test_what_no_keyboard_reaches_is_found(browser):
    page = browser.new_page()
    page.set_content(
        "<a href='#'>one</a> <input type='radio' name='r'> <input type='radio' name='r'>"
        "<fieldset disabled><button>not now</button></fieldset> <details><summary>more</summary><button>in it</button></details>"
    )
    assert faults_of_keyboard(page) == {}
    page.set_content(
        "<style>.dim { outline: none }</style> <button class='dim'>one</button> <span role='button'>two</span>"
        "<textarea onkeydown=\"event.key === 'Tab' && event.preventDefault()\"></textarea> <button>behind the trap</button>"
    )
    faults = faults_of_keyboard(page)
    assert ["behind the trap" in one for one in faults["not reached"]] == [True]
    assert ["dim" in one for one in faults["focus not seen"]] == [True]
    assert ["two" in one for one in faults["only by mouse"]] == [True]


@pytest.mark.parametrize("role", ["trainer", "reviewer", "manager", "client", "operator", "representative"])
def test_pages_of_a_role(browser, house, known, reached, role):
    page = sign_in(browser, house, role, phone=True)
    page.goto("/language/es")
    reached |= walk(page, known, begin="/", language="es")


def test_pages_of_strangers(browser, house, known, reached):
    context = browser.new_context(
        viewport=PHONE,
        has_touch=True,
        is_mobile=True,
        locale="es-ES",
        reduced_motion="reduce",
        base_url=f"http://127.0.0.1:{house.port}",
    )
    reached |= walk(context.new_page(), known, begin="/offers", language="es")


def test_no_page_is_left_out(known, reached):
    assert set(UNLINKED) <= set(known)
    assert set(known) - reached <= set(UNLINKED)
