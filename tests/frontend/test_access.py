"""Everybody can work here: axe, a keyboard, a thumb, a screen reader's names, both schemes, both directions."""

from pathlib import Path

import axe_core_python
import pytest
from playwright.sync_api import Page, expect

from .conftest import PHONE, ROOT, Mock, PageOpener

pytestmark = pytest.mark.browser

AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text()


def faults(page: Page) -> list[str]:
    """What axe finds, with the element."""
    # Colours on their way (a dialog that fades in) have no contrast yet.
    page.wait_for_timeout(400)
    page.evaluate(AXE)
    result = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{found['impact']} {found['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for found in result["violations"]
        for node in found["nodes"]
    ]


def no_sideways_scroll(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate(
        "document.documentElement.clientWidth"
    )


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("scenario", ["rated", "free", "failed"])
def test_the_workbench_has_no_faults(open_page: PageOpener, scenario: str, dark: bool, phone: bool):
    page = open_page(f"{scenario}-1", phone=phone, dark=dark)
    assert faults(page) == []
    no_sideways_scroll(page)


@pytest.mark.parametrize("scenario", ["eight", "two", "hostile", "rework", "multi", "long", "review", "correct"])
def test_other_states_have_none_either(open_page: PageOpener, scenario: str):
    for phone in (False, True):
        page = open_page(f"{scenario}-1", phone=phone)
        assert faults(page) == []
        no_sideways_scroll(page)


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_dialogs_and_menus_have_none(mock: Mock, open_page: PageOpener, phone: bool):
    page = open_page("rated-1", phone=phone)
    page.get_by_role("button", name="Skip or report").click()
    assert faults(page) == []
    page.get_by_role("button", name="Skip this task…").click()
    assert faults(page) == []
    page.keyboard.press("Escape")
    page.locator("tags-field .opener").first.click()
    assert faults(page) == []
    page.keyboard.press("Escape")
    page.locator(".clock").click()
    assert faults(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Guidelines").click()
    expect(page.get_by_role("complementary", name="Guidelines")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="Close the guidelines").click()
    page.get_by_role("button", name="Changes to 1").click()
    assert faults(page) == []
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    assert faults(page) == []
    page.keyboard.press("Escape")
    mock.switch(questions=True)
    page.locator(".submit").click()
    assert faults(page) == []
    page.get_by_role("button", name="It is right: submit").click()
    expect(page.get_by_role("dialog", name="Submitted")).to_be_visible()
    assert faults(page) == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_every_part_of_pages_has_none(browser, gallery: Path, dark: bool, phone: bool):
    page = browser.new_page(
        viewport=PHONE if phone else {"width": 1280, "height": 900}, color_scheme="dark" if dark else "light"
    )
    page.goto(gallery.as_uri())
    assert faults(page) == []
    no_sideways_scroll(page)
    page.close()


def test_on_a_phone_everything_is_large_enough_for_a_thumb(open_page: PageOpener):
    page = open_page("rated-1", phone=True)
    small = page.evaluate(
        """() => [...document.querySelectorAll(
            "preceptor-workbench :is(button, a, input, select, textarea, label:has(input), summary)")]
          .filter((element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest("[popover]"))
          .filter((element) => !(element.matches("input") && element.closest("label")))
          // A link in a line of text may be as high as the line; a chip's cross is larger than it looks.
          .filter((element) => !element.matches(".link, .chip button, .comment-opener"))
          .map((element) => [element.outerHTML.slice(0, 120), element.getBoundingClientRect()])
          .filter(([, box]) => box.width > 0 && (box.height < 43.5 || box.width < 24))
          .map(([html, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${html}`)"""
    )
    assert small == []


def test_on_a_phone_the_dock_judges_the_response_in_view(open_page: PageOpener):
    page = open_page("given-1", phone=True)
    dock = page.locator(".dock")
    expect(dock.get_by_role("radiogroup")).to_have_accessible_name("Response 1, rating")
    page.get_by_role("navigation", name="Responses").get_by_role("button", name="Response 3").click()
    expect(dock.get_by_role("radiogroup")).to_have_accessible_name("Response 3, rating")
    dock.get_by_text("5", exact=True).click()
    expect(page.get_by_role("button", name="Response 3, rated 5")).to_be_visible()
    # A swipe does the same.
    page.locator(".answers").evaluate("(row) => row.scrollTo({ left: row.clientWidth * 0.95, behavior: 'instant' })")
    expect(dock.get_by_role("radiogroup")).to_have_accessible_name("Response 2, rating")


def test_names_for_a_screen_reader(open_page: PageOpener):
    page = open_page("given-1")
    for number in (1, 2, 3, 4):
        group = page.get_by_role("radiogroup", name=f"Response {number}, rating")
        expect(group.get_by_role("radio")).to_have_count(7)
        expect(group.get_by_role("radio", name="1, unusable")).to_have_count(1)
        expect(group.get_by_role("radio", name="7, basically perfect")).to_have_count(1)
        expect(page.get_by_role("button", name=f"Response {number}, errors: none chosen")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("General chat, browsing off")


def test_the_focus_comes_back_after_a_dialog(open_page: PageOpener):
    page = open_page("given-1")
    box = page.get_by_role("textbox", name="Ideal response")
    page.get_by_role("button", name="All keys").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="All keys")).to_be_focused()
    box.focus()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_long_response_keeps_its_judgement_in_reach(open_page: PageOpener):
    page = open_page("long-1")
    page.mouse.move(300, 500)
    page.mouse.wheel(0, 500)
    page.wait_for_timeout(300)
    box = page.get_by_role("radiogroup", name="Response 1, rating").bounding_box()
    assert 0 < box["y"] < 900


def test_right_to_left(open_page: PageOpener):
    page = open_page("rated-1", query="?dir=rtl&lang=ar")
    no_sideways_scroll(page)
    first = page.get_by_role("article", name="Response 1").bounding_box()
    second = page.get_by_role("article", name="Response 2").bounding_box()
    assert first["x"] > second["x"]
    # English text in it still reads from the left.
    direction = page.evaluate("getComputedStyle(document.querySelector('rich-text p')).direction")
    assert direction == "ltr"


def test_no_motion_for_those_who_want_none(browser, mock: Mock):
    page = browser.new_page(reduced_motion="reduce")
    page.goto(f"{mock.url}/work/given-1")
    page.wait_for_selector("rating-field")
    duration = page.evaluate("getComputedStyle(document.querySelector('button')).transitionDuration")
    assert float(duration.removesuffix("s")) < 0.001
    page.close()


def test_the_gallery_is_made_of_every_macro():
    macros = (ROOT / "src/preceptor/lib/ui/macros/ui.html").read_text()
    names = {
        name.strip()
        for line in macros.splitlines()
        if line.startswith("{% set")
        for name in line.removeprefix("{% set").split("=")[0].split(",")
    }
    gallery = (ROOT / "frontend/gallery.html").read_text()
    readme = (ROOT / "src/preceptor/lib/ui/README.md").read_text()
    unseen = {name for name in names if f"ui.{name}(" not in gallery}
    assert unseen <= {"breadcrumb", "csrf", "field", "duration"}
    assert {name for name in names if f"`{name}(" not in readme and f"`{name}`" not in readme} == set()
