"""Hands stay on the keyboard."""

import pytest
from playwright.sync_api import Page, expect

from .conftest import Mock, PageOpener

pytestmark = pytest.mark.browser


def rating(page: Page, number: int):
    return page.get_by_role("radiogroup", name=f"Response {number}, rating").get_by_role("radio", checked=True)


def keys(page: Page, *pressed: str) -> None:
    for key in pressed:
        page.keyboard.press(key)


def places(page: Page) -> list[str]:
    return [" = ".join(group.locator("bdi").all_inner_texts()) for group in page.locator("ranking-field .group").all()]


def test_digits_rate_and_arrows_go_to_the_next(open_page: PageOpener):
    page = open_page("given-1")
    keys(page, "6", "ArrowRight", "2", "j", "5", "ArrowLeft", "3")
    expect(rating(page, 1)).to_have_value("6")
    expect(rating(page, 2)).to_have_value("3")
    expect(rating(page, 3)).to_have_value("5")
    keys(page, "0")
    expect(rating(page, 2)).to_have_count(0)


def test_inside_the_scale_arrows_are_the_scales_own(open_page: PageOpener):
    page = open_page("given-1")
    page.get_by_role("radiogroup", name="Response 2, rating").get_by_role("radio").nth(3).check(force=True)
    keys(page, "ArrowRight")
    expect(rating(page, 2)).to_have_value("5")


def test_e_and_letters_tick_errors(open_page: PageOpener):
    page = open_page("given-1")
    keys(page, "ArrowRight", "e", "f", "t")
    menu = page.get_by_role("dialog", name="Response 2, errors")
    expect(menu.get_by_role("checkbox", name="Factual inaccuracy")).to_be_checked()
    expect(menu.get_by_role("checkbox", name="Unnatural tone")).to_be_checked()
    keys(page, "t", "Enter")
    expect(menu).to_be_hidden()
    opener = page.get_by_role("button", name="Response 2, errors: 1 chosen")
    expect(opener).to_be_focused()
    page.get_by_role("button", name="Remove Factual inaccuracy").click()
    expect(page.get_by_role("button", name="Response 2, errors: none chosen")).to_be_visible()


def test_alt_and_arrows_correct_the_ranking(open_page: PageOpener):
    page = open_page("given-1")
    keys(page, "6", "j", "6", "j", "5", "j", "2")
    expect(page.locator("ranking-field .group")).to_have_count(3)
    assert places(page) == ["Response 1 = Response 2", "Response 3", "Response 4"]
    keys(page, "Alt+ArrowUp")
    assert places(page) == ["Response 1 = Response 2", "Response 3 = Response 4"]
    keys(page, "Alt+ArrowUp")
    assert places(page) == ["Response 1 = Response 2", "Response 4", "Response 3"]
    expect(page.get_by_text("corrected by hand")).to_be_visible()
    page.get_by_role("button", name="Follow the ratings again").click()
    assert places(page) == ["Response 1 = Response 2", "Response 3", "Response 4"]


def test_the_ranking_by_buttons_keeps_the_focus(open_page: PageOpener):
    page = open_page("rated-1")
    assert places(page) == ["Response 1", "Response 3 = Response 4", "Response 2"]
    keys(page, "r")
    expect(page.get_by_role("button", name="Response 1, place 1 of 3")).to_be_focused()
    keys(page, "ArrowDown", "Alt+ArrowUp", "Alt+ArrowUp")
    assert places(page) == ["Response 1 = Response 3", "Response 4", "Response 2"]
    expect(page.get_by_role("button", name="Response 3, place 1 of 3, tied with Response 1")).to_be_focused()
    page.get_by_role("button", name="Move Response 2 up").click()
    assert places(page) == ["Response 1 = Response 3", "Response 4 = Response 2"]


def test_the_ranking_by_dragging(open_page: PageOpener):
    page = open_page("rated-1")
    page.locator("ranking-field").scroll_into_view_if_needed()
    grip = page.locator("[data-thing$=r2] .grip").bounding_box()
    target = page.locator("[data-gap='1']").bounding_box()
    page.mouse.move(grip["x"] + 4, grip["y"] + 8)
    page.mouse.down()
    page.mouse.move(grip["x"] - 30, grip["y"] + 4, steps=3)
    page.mouse.move(target["x"] + target["width"] / 2, target["y"] + target["height"] / 2, steps=5)
    expect(page.locator("[data-gap='1'].over")).to_have_count(1)
    page.mouse.up()
    assert places(page) == ["Response 1", "Response 2", "Response 3 = Response 4"]


def test_undo_and_redo(open_page: PageOpener):
    page = open_page("given-1")
    keys(page, "6", "j", "2")
    keys(page, "Control+z")
    expect(rating(page, 2)).to_have_count(0)
    keys(page, "Control+z")
    expect(rating(page, 1)).to_have_count(0)
    keys(page, "Control+Shift+z", "Control+Shift+z")
    expect(rating(page, 2)).to_have_value("2")


def test_use_as_start_replaces_and_undo_brings_back(open_page: PageOpener):
    page = open_page("given-1")
    box = page.get_by_role("textbox", name="Ideal response")
    box.fill("My own words.")
    page.keyboard.press("Escape")
    keys(page, "ArrowRight", "s")
    expect(box).to_have_value(
        "Tires go flat in winter because the rubber freezes and cracks at temperatures below 0 °C, "
        "letting air out through the sidewall."
    )
    expect(box).to_be_focused()
    keys(page, "Control+z")
    expect(box).to_have_value("My own words.")


def test_inside_a_text_undo_is_the_browsers(open_page: PageOpener):
    page = open_page("given-1")
    keys(page, "6")
    box = page.get_by_role("textbox", name="Ideal response")
    box.press_sequentially("abc")
    keys(page, "Control+z")
    expect(rating(page, 1)).to_have_value("6")
    expect(box).not_to_have_value("abc")


def test_changes_follow_every_keystroke(open_page: PageOpener):
    page = open_page("given-1")
    keys(page, "ArrowRight", "s")
    page.keyboard.press("End")
    page.keyboard.type(" Or so they say.")
    expect(page.get_by_role("region", name="Changes").locator("ins")).to_contain_text("Or so they say.")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("region", name="as it will be read")).to_contain_text("Or so they say.")


def test_the_question_mark_lists_every_key(open_page: PageOpener):
    page = open_page("given-1")
    keys(page, "?")
    dialog = page.get_by_role("dialog", name="All keys")
    for text in ("Rate the response", "Errors of the response", "Submit", "Guidelines"):
        expect(dialog).to_contain_text(text)
    keys(page, "Escape")
    expect(dialog).to_be_hidden()


def test_single_keys_can_be_turned_off(open_page: PageOpener):
    page = open_page("given-1")
    keys(page, "?")
    page.get_by_label("Single letters and digits are keys").uncheck()
    keys(page, "Escape", "6")
    expect(rating(page, 1)).to_have_count(0)
    page.reload()
    page.wait_for_selector("rating-field")
    keys(page, "6")
    expect(rating(page, 1)).to_have_count(0)


def test_typing_is_never_a_command(mock: Mock, open_page: PageOpener):
    page = open_page("given-1")
    page.get_by_role("textbox", name="Ideal response").press_sequentially("7 pears, a ?sea")
    expect(rating(page, 1)).to_have_count(0)
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert mock.submissions() == {}


def test_control_enter_sends_the_prompt_and_elsewhere_submits(mock: Mock, open_page: PageOpener):
    page = open_page("free-1")
    page.get_by_role("textbox", name="Your prompt").fill("Why?")
    keys(page, "Control+Enter")
    expect(page.get_by_role("article", name="Response 4")).to_be_visible()
    assert mock.asked("POST", "/turns")[0]["body"]["prompt"] == "Why?"
    page.evaluate("document.activeElement.blur()")
    keys(page, "Control+Enter")
    expect(page.locator(".flashes")).to_contain_text("still being written")


def test_beside_the_guidelines_a_started_text_can_be_typed_at_once(mock: Mock, open_page: PageOpener):
    # Where text and changes do not fit side by side, the text is what one sees and what has the focus.
    mock.tell(acknowledged=3)
    page = open_page("given-1")
    expect(page.get_by_role("complementary", name="Guidelines")).to_be_visible()
    keys(page, "6", "j", "5", "k", "s")
    box = page.get_by_role("textbox", name="Ideal response")
    expect(box).to_be_focused()
    page.keyboard.press("Control+End")
    page.keyboard.type(" A sea.")
    assert box.input_value().endswith(" A sea.")
    expect(page.get_by_role("checkbox", name="All are bad")).not_to_be_checked()
