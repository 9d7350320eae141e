"""Nothing is ever lost: drafts reach the server, or stay on the device until they do."""

import time

import pytest
from playwright.sync_api import Page, expect

from .conftest import Mock, PageOpener

pytestmark = pytest.mark.browser


def ideal(page: Page):
    return page.get_by_role("textbox", name="Ideal response")


def wait_for(condition, *, seconds: float = 5):
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
    return found


def written(mock: Mock, assignment: str = "given-1") -> str | None:
    draft = mock.draft(assignment)
    return draft and draft["content"]["turns"][0]["ideal"]


def test_a_draft_is_saved_within_two_seconds_of_the_last_keystroke_and_says_so(mock: Mock, open_page: PageOpener):
    page = open_page("given-1")
    ideal(page).press_sequentially("Cold air contracts.", delay=20)
    typed = time.monotonic()
    wait_for(lambda: written(mock) == "Cold air contracts.", seconds=2)
    assert time.monotonic() - typed < 2
    expect(page.locator(".save")).to_contain_text("saved")


def test_typing_without_a_break_is_saved_on_the_way(mock: Mock, open_page: PageOpener):
    page = open_page("given-1")
    ideal(page).press_sequentially("word " * 12, delay=60)
    assert len(mock.asked("PUT", "/draft")) >= 1


def test_a_reload_finds_the_draft(open_page: PageOpener):
    page = open_page("given-1")
    ideal(page).fill("Cold air contracts.")
    page.get_by_role("radiogroup", name="Response 2, rating").get_by_text("3").click()
    expect(page.locator(".save")).to_contain_text("saved")
    page.reload()
    expect(ideal(page)).to_have_value("Cold air contracts.")
    expect(page.get_by_role("radiogroup", name="Response 2, rating").get_by_role("radio", checked=True)).to_have_value(
        "3"
    )


def test_without_a_network_this_device_keeps_it_also_over_a_reload(mock: Mock, open_page: PageOpener):
    page = open_page("given-1")
    mock.switch(offline=True)
    ideal(page).fill("Written in a tunnel.")
    expect(page.locator(".save")).to_contain_text("offline: kept on this device")
    page.reload()
    expect(ideal(page)).to_have_value("Written in a tunnel.")
    assert written(mock) is None
    mock.switch(offline=False)
    wait_for(lambda: written(mock) == "Written in a tunnel.")
    expect(page.locator(".save")).to_contain_text("saved")


def test_a_lapsed_sign_in_is_renewed_in_place_and_then_it_saves(mock: Mock, open_page: PageOpener):
    page = open_page("given-1")
    mock.switch(signedOut=True)
    ideal(page).fill("Still here.")
    dialog = page.get_by_role("dialog", name="Please sign in again")
    dialog.get_by_label("Password").fill("wrong")
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog.get_by_role("alert")).to_contain_text("do not belong together")
    dialog.get_by_label("Password").fill("right")
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).to_be_hidden()
    wait_for(lambda: written(mock) == "Still here.")


def test_signing_in_can_wait(mock: Mock, open_page: PageOpener):
    page = open_page("given-1")
    mock.switch(signedOut=True)
    ideal(page).fill("One")
    page.get_by_role("dialog").get_by_role("button", name="Later").click()
    ideal(page).fill("One and two")
    page.get_by_role("button", name="sign in again").click()
    page.get_by_label("Password").fill("right")
    page.keyboard.press("Enter")
    wait_for(lambda: written(mock) == "One and two")


def test_a_second_factor_is_asked_for_and_what_was_typed_stays(mock: Mock, open_page: PageOpener):
    page = open_page("given-1")
    mock.switch(signedOut=True, code="123456")
    ideal(page).fill("With two factors.")
    dialog = page.get_by_role("dialog", name="Please sign in again")
    dialog.get_by_label("Password").fill("right")
    expect(dialog.get_by_label("Code")).to_have_count(0)
    page.keyboard.press("Enter")
    code = dialog.get_by_label("Code")
    expect(code).to_be_focused()
    expect(dialog.get_by_label("Password")).to_have_value("right")
    page.keyboard.type("000000")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("This code is not right")
    expect(code).to_be_focused()
    page.keyboard.type("123456")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    wait_for(lambda: written(mock) == "With two factors.")
    expect(ideal(page)).to_have_value("With two factors.")


def test_signing_in_elsewhere_is_noticed(mock: Mock, open_page: PageOpener):
    page = open_page("given-1")
    mock.switch(signedOut=True)
    ideal(page).fill("In another tab.")
    dialog = page.get_by_role("dialog", name="Please sign in again")
    expect(dialog.get_by_role("link", name="Sign in another way")).to_be_visible()
    mock.switch(signedOut=False)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(dialog).to_be_hidden()
    wait_for(lambda: written(mock) == "In another tab.")


def test_nobody_else_signs_in_over_a_draft(mock: Mock, open_page: PageOpener):
    page = open_page("given-1")
    mock.switch(signedOut=True, person="p2")
    ideal(page).fill("Mine.")
    page.get_by_label("Password").fill("right")
    page.get_by_role("dialog").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("somebody else")
    assert written(mock) is None


def test_a_newer_draft_asks_which_one(mock: Mock, open_page: PageOpener):
    page = open_page("given-1")
    ideal(page).fill("First.")
    wait_for(lambda: written(mock) == "First.")
    newer = mock.draft("given-1")
    newer["content"]["turns"][0]["ideal"] = "From the other machine."
    mock.tell(draft={"id": "given-1", "version": 9, "content": newer["content"]})
    ideal(page).fill("From this machine.")
    dialog = page.get_by_role("dialog", name="There is a newer draft")
    dialog.get_by_role("button", name="Take the newer one").click()
    expect(ideal(page)).to_have_value("From the other machine.")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Control+z")
    expect(ideal(page)).to_have_value("From this machine.")
    wait_for(lambda: written(mock) == "From this machine.")


def test_a_newer_draft_can_be_overruled(mock: Mock, open_page: PageOpener):
    page = open_page("given-1")
    ideal(page).fill("First.")
    draft = wait_for(lambda: mock.draft("given-1"))
    draft["content"]["turns"][0]["ideal"] = "Elsewhere."
    mock.tell(draft={"id": "given-1", "version": 9, "content": draft["content"]})
    ideal(page).fill("Here.")
    page.get_by_role("button", name="Keep what is here").click()
    wait_for(lambda: written(mock) == "Here.")
    assert mock.draft("given-1")["version"] == 10


def test_an_answer_that_got_lost_on_the_way_is_no_conflict(mock: Mock, open_page: PageOpener):
    page = open_page("given-1")
    ideal(page).fill("Same words.")
    draft = wait_for(lambda: mock.draft("given-1"))
    # The server has saved more than this page was told of, and it says the same.
    draft["content"]["turns"][0]["ideal"] = "Same words, and more."
    mock.tell(draft={"id": "given-1", "version": 5, "content": draft["content"]})
    ideal(page).fill("Same words, and more.")
    expect(page.locator(".save")).to_contain_text("saved")
    expect(page.get_by_role("dialog")).to_have_count(0)
    ideal(page).fill("Same words, and more. Still.")
    wait_for(lambda: mock.draft("given-1")["version"] == 6)


def test_leaving_the_page_at_once_still_saves(mock: Mock, open_page: PageOpener):
    page = open_page("given-1")
    ideal(page).fill("The last word.")
    page.goto("about:blank")
    wait_for(lambda: written(mock) == "The last word.")


def test_two_tabs_stay_in_step(mock: Mock, open_page: PageOpener):
    first = open_page("given-1")
    second = open_page("given-1", context=first.context)
    expect(first.get_by_text("open in another tab")).to_be_visible()
    expect(second.get_by_text("open in another tab")).to_be_visible()
    ideal(first).fill("Typed in the first.")
    expect(ideal(second)).to_have_value("Typed in the first.")
    ideal(second).fill("Typed in the second.")
    wait_for(lambda: written(mock) == "Typed in the second.")
    expect(ideal(first)).to_have_value("Typed in the second.")
    second.close()
    expect(first.get_by_text("open in another tab")).to_be_hidden()


def test_every_request_carries_the_token(mock: Mock, open_page: PageOpener):
    page = open_page("given-1")
    page.context.add_cookies([{"name": "csrftoken", "value": "from-the-cookie", "url": mock.url}])
    ideal(page).fill("x")
    assert wait_for(lambda: mock.asked("PUT", "/draft"))[-1]["csrf"] == "from-the-cookie"
