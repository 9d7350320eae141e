"""Submit, skip, report, pause, and what comes next."""

import time

import pytest
from playwright.sync_api import Page, expect

from .conftest import Mock, PageOpener

pytestmark = pytest.mark.browser


def submit(page: Page) -> None:
    page.locator(".submit").click()


def test_what_is_missing_is_shown_where_it_is_missing(mock: Mock, open_page: PageOpener):
    page = open_page("given-1")
    submit(page)
    expect(page.get_by_role("button", name="5 things missing")).to_be_visible()
    group = page.get_by_role("radiogroup", name="Response 1, rating")
    expect(group).to_have_attribute("aria-invalid", "true")
    expect(group.get_by_role("radio").first).to_be_focused()
    for key in ("6", "j", "5", "j", "4", "j", "3"):
        page.keyboard.press(key)
    expect(page.get_by_role("button", name="1 thing missing")).to_be_visible()
    assert mock.submissions() == {}


def test_a_receipt_with_time_and_money_and_the_next_task_in_place(mock: Mock, open_page: PageOpener):
    page = open_page("rated-1")
    submit(page)
    receipt = page.get_by_role("dialog", name="Submitted")
    expect(receipt).to_contain_text("€5.")
    expect(receipt).to_contain_text("for 12 min")
    expect(receipt).to_contain_text("The next task is ready.")
    page.keyboard.press("Enter")
    expect(receipt).to_be_hidden()
    expect(page).to_have_url(f"{mock.url}/work/rated-2")
    assert mock.tell()["assignments"]["rated-2"]["state"] == "active"
    page.get_by_role("textbox", name="Ideal response").fill("The second one.")
    expect(page.locator(".save")).to_contain_text("saved")
    assert mock.draft("rated-2")["content"]["turns"][0]["ideal"] == "The second one."
    assert mock.submissions()["rated-1"]["content"]["turns"][0]["ideal"] != "The second one."


def test_the_next_task_is_asked_for_before_the_submit(mock: Mock, open_page: PageOpener):
    page = open_page("rated-1")
    page.keyboard.press("7")
    expect(page.locator(".far")).to_contain_text("ready")
    page.wait_for_timeout(300)
    asked = mock.asked("POST", "/claim")
    assert [entry["body"] for entry in asked] == [{"prefetch": True}]


def test_a_task_held_ahead_that_was_let_go_of_is_followed_by_another(mock: Mock, open_page: PageOpener):
    page = open_page("rated-1")
    submit(page)
    receipt = page.get_by_role("dialog", name="Submitted")
    expect(receipt).to_contain_text("The next task is ready.")
    mock.tell(lapsed="rated-2")
    receipt.get_by_role("button", name="Next task").click()
    expect(receipt).to_be_hidden()
    expect(page).to_have_url(f"{mock.url}/work/rated-3")
    expect(page.get_by_role("textbox", name="Ideal response")).to_be_editable()


def test_nothing_follows_where_what_was_held_ahead_was_the_last(mock: Mock, open_page: PageOpener):
    page = open_page("rated-1")
    submit(page)
    receipt = page.get_by_role("dialog", name="Submitted")
    expect(receipt).to_contain_text("The next task is ready.")
    mock.tell(lapsed="rated-2")
    mock.switch(queue=False)
    receipt.get_by_role("button", name="Next task").click()
    expect(receipt).to_contain_text("all 12 open items are with other people")
    expect(receipt.get_by_role("button", name="Next task")).to_have_count(0)


def test_a_double_click_submits_once(mock: Mock, open_page: PageOpener):
    page = open_page("rated-1")
    mock.switch(slow=200)
    page.locator(".submit").dblclick()
    expect(page.get_by_role("dialog", name="Submitted")).to_be_visible()
    assert len(mock.asked("POST", "/submit")) == 1


def test_questions_are_asked_and_the_person_decides(mock: Mock, open_page: PageOpener):
    page = open_page("rated-1")
    mock.switch(questions=True)
    submit(page)
    dialog = page.get_by_role("dialog", name="One thing before you submit")
    expect(dialog).to_contain_text("Are both right?")
    dialog.get_by_role("button", name="Look at it").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("radiogroup", name="Response 1, rating").get_by_role("radio", checked=True)).to_be_focused()
    submit(page)
    page.get_by_role("button", name="It is right: submit").click()
    expect(page.get_by_role("dialog", name="Submitted")).to_be_visible()
    confirmed = mock.asked("POST", "/submit")[-1]["body"]["confirmed"]
    assert confirmed == ["top_rating_with_error:rated-1-t1-r1"]
    keys = {entry["body"]["key"] for entry in mock.asked("POST", "/submit")}
    assert len(keys) == 1


def test_without_a_network_it_goes_out_later(mock: Mock, open_page: PageOpener):
    page = open_page("rated-1")
    mock.switch(offline=True)
    submit(page)
    expect(page.get_by_text("No connection. This is kept")).to_be_visible()
    mock.switch(offline=False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_role("dialog", name="Submitted")).to_be_visible()
    assert list(mock.submissions()) == ["rated-1"]


def test_an_empty_queue_says_why(mock: Mock, open_page: PageOpener):
    page = open_page("rated-1")
    mock.switch(queue=False)
    submit(page)
    dialog = page.get_by_role("dialog", name="Submitted")
    expect(dialog).to_contain_text("all 12 open items are with other people")
    expect(dialog.get_by_role("link", name="Back to Work")).to_be_visible()


def test_skipping_takes_a_reason_and_is_paid(mock: Mock, open_page: PageOpener):
    page = open_page("given-1")
    page.get_by_role("button", name="Skip or report").click()
    page.get_by_role("button", name="Skip this task…").click()
    dialog = page.get_by_role("dialog", name="Skip this task?")
    dialog.get_by_label("I do not want to read this").check()
    dialog.get_by_label("Anything to add").fill("Too sad.")
    dialog.get_by_role("button", name="Skip", exact=True).click()
    expect(page.get_by_role("dialog", name="Skipped")).to_contain_text("€0.")
    asked = mock.asked("POST", "/skip")[0]["body"]
    assert (asked["reason"], asked["note"]) == ("uncomfortable", "Too sad.")


def test_reporting(mock: Mock, open_page: PageOpener):
    page = open_page("given-1")
    page.get_by_role("button", name="Skip or report").click()
    page.get_by_role("button", name="Report a problem…").click()
    page.get_by_label("The task makes no sense").check()
    page.get_by_role("button", name="Report", exact=True).click()
    expect(page.get_by_role("dialog", name="Reported. Thank you.")).to_be_visible()
    assert mock.asked("POST", "/report")[0]["body"]["reason"] == "broken"


def test_a_pause_pauses_and_covers_the_text(mock: Mock, open_page: PageOpener):
    page = open_page("given-1")
    page.get_by_role("textbox", name="Ideal response").fill("So far.")
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    dialog = page.get_by_role("dialog", name="Paused")
    expect(dialog).to_be_visible()
    page.wait_for_timeout(400)
    assert mock.tell()["assignments"]["given-1"]["state"] == "paused"
    assert mock.draft("given-1")["content"]["turns"][0]["ideal"] == "So far."
    page.keyboard.press("Escape")
    expect(dialog).to_be_visible()
    covered = page.evaluate("getComputedStyle(document.querySelector('#bench-pause'), '::backdrop').backgroundColor")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert covered == paper
    page.get_by_role("button", name="Go on").click()
    expect(dialog).to_be_hidden()
    assert mock.tell()["assignments"]["given-1"]["state"] == "active"


def test_a_reload_during_a_pause_stays_paused(mock: Mock, open_page: PageOpener):
    page = open_page("given-1")
    page.keyboard.press("p")
    page.wait_for_timeout(300)
    page.reload()
    expect(page.get_by_role("dialog", name="Paused")).to_be_visible()


def test_a_pause_says_how_long_the_place_is_held(mock: Mock, browser):
    context = browser.new_context(base_url=mock.url)
    page = context.new_page()
    page.clock.install()
    page.goto(f"{mock.url}/work/given-1")
    page.wait_for_selector("rating-field")
    page.get_by_role("button", name="Pause").click()
    dialog = page.get_by_role("dialog", name="Paused")
    expect(dialog).to_contain_text("Your place is held for you until")
    page.clock.fast_forward(3_600_000)
    expect(dialog).to_contain_text("Your place may have gone to somebody else by now.")
    context.close()


def test_a_pause_in_another_tab_is_a_pause_here(mock: Mock, open_page: PageOpener):
    first = open_page("given-1")
    second = open_page("given-1", context=first.context)
    first.get_by_role("button", name="Pause").click()
    expect(first.get_by_role("dialog", name="Paused")).to_be_visible()
    second.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(second.get_by_role("dialog", name="Paused")).to_be_visible()
    second.get_by_role("button", name="Go on").click()
    expect(second.get_by_role("dialog", name="Paused")).to_be_hidden()


def test_a_pause_of_what_has_ended_meanwhile_says_so(mock: Mock, open_page: PageOpener):
    """Handed in on another device: whoever comes back from the pause must not stand before a button that does nothing."""
    page = open_page("rated-1")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("dialog", name="Paused")).to_be_visible()
    mock.tell(ended="rated-1")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("dialog", name="This task has ended")).to_be_visible()


@pytest.mark.parametrize("end", ["submit", "skip", "pause"])
def test_every_end_tells_what_was_done_while_nobody_answered(mock: Mock, browser, end):
    """Twenty minutes without a connection, then handed in at once: the heartbeat that would tell of them comes later."""
    context = browser.new_context(base_url=mock.url)
    page = context.new_page()
    page.clock.install()
    page.goto(f"{mock.url}/work/rated-1")
    page.wait_for_selector("rating-field")
    mock.switch(offline=True)
    for _minutes in range(10):
        page.get_by_role("textbox", name="Ideal response").press("End")
        page.clock.fast_forward(120_000)
        page.wait_for_timeout(100)
    mock.switch(offline=False)
    if end == "submit":
        submit(page)
    elif end == "skip":
        page.get_by_role("button", name="Skip or report").click()
        page.get_by_role("button", name="Skip this task…").click()
        page.get_by_label("I do not want to read this").check()
        page.get_by_role("button", name="Skip", exact=True).click()
    else:
        page.get_by_role("button", name="Pause").click()
    deadline = time.monotonic() + 10
    while not (asked := mock.asked("POST", f"/{end}")):
        assert time.monotonic() < deadline
        page.wait_for_timeout(50)
    ages = asked[0]["body"]["inputs"]
    assert sum(1 for age in ages if age > 110_000) >= 9, ages
    context.close()


def test_rework_whose_time_ran_out_goes_on_where_somebody_is_at_it(mock: Mock, open_page: PageOpener):
    page = open_page("rework-1")
    expect(page.get_by_text("Sent back to you")).to_be_visible()
    mock.tell(returned="rework-1")
    page.get_by_role("textbox", name="Ideal response").fill("After a night.")
    expect(page.locator(".save .good")).to_contain_text("saved")
    assert mock.draft("rework-1")["content"]["turns"][0]["ideal"] == "After a night."
    assert mock.tell()["assignments"]["rework-1"]["state"] == "active"
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_whoever_has_left_the_team_is_told_so(mock: Mock, open_page: PageOpener):
    mock.switch(left=True)
    page = open_page("rated-1")
    submit(page)
    receipt = page.get_by_role("dialog", name="Submitted")
    expect(receipt).to_contain_text("None of your teams works on this project any more.")
    expect(receipt.get_by_role("button", name="Next task")).to_have_count(0)


def test_next_task_without_a_connection_says_so(mock: Mock, open_page: PageOpener):
    mock.switch(queue=False, silent=True)
    page = open_page("rated-1")
    submit(page)
    receipt = page.get_by_role("dialog", name="Submitted")
    expect(receipt).to_be_visible()
    mock.switch(offline=True)
    receipt.get_by_role("button", name="Next task").click()
    expect(page.get_by_text("There is no connection.").or_(page.get_by_text("does not answer"))).to_be_visible()


def test_who_signs_in_later_can_write_on_and_is_paid_for_it(mock: Mock, browser):
    """A heartbeat that waited for the sign-in must not take the whole time for what was done before it."""
    context = browser.new_context(base_url=mock.url)
    page = context.new_page()
    page.clock.install()
    page.goto(f"{mock.url}/work/given-1")
    page.wait_for_selector("rating-field")
    ideal = page.get_by_role("textbox", name="Ideal response")
    ideal.click()
    mock.switch(signedOut=True)
    page.keyboard.type("Before.")
    dialog = page.get_by_role("dialog", name="Please sign in again")
    expect(dialog).to_be_visible()
    page.clock.fast_forward(21_000)
    page.wait_for_timeout(300)
    dialog.get_by_role("button", name="Later").click()
    for word in (" One", " two", " three", " four", " five"):
        page.keyboard.type(word)  # without a click: the caret is back where it was
        page.clock.fast_forward(120_000)
        page.wait_for_timeout(100)
    expect(ideal).to_have_value("Before. One two three four five")
    before = len(mock.asked("POST", "/beat"))
    page.get_by_role("button", name="sign in again").click()
    dialog.get_by_label("Password").fill("right")
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).to_be_hidden()
    deadline = time.monotonic() + 5
    while len(asked := mock.asked("POST", "/beat")) == before:
        assert time.monotonic() < deadline
        page.wait_for_timeout(50)
    assert sum(1 for age in asked[before]["body"]["inputs"] if age > 110_000) >= 5, asked[before]
    context.close()


def test_submitted_in_another_tab(open_page: PageOpener):
    first = open_page("rated-1")
    second = open_page("rated-1", context=first.context)
    submit(first)
    expect(first.get_by_role("dialog", name="Submitted")).to_be_visible()
    expect(second.get_by_role("dialog", name="This task has ended")).to_be_visible()


def test_a_place_that_ran_out_says_what_that_means(mock: Mock, open_page: PageOpener):
    mock.switch(expired=True)
    page = open_page("rated-1")
    expect(page.get_by_text("You were away for a while")).to_be_visible()
    page.get_by_role("textbox", name="Ideal response").fill("Kept all the same.")
    expect(page.locator(".save")).to_contain_text("saved")
    submit(page)
    expect(page.get_by_role("dialog", name="Submitted")).to_contain_text("kept beside the others")


def test_a_part_of_an_exam_that_was_handed_in_meanwhile_has_no_place_to_take_back(mock: Mock, open_page: PageOpener):
    page = open_page("rated-1")
    mock.switch(expired=True, examOver=True)
    expect(page.get_by_text("The time of this exam is over")).to_be_visible()
    expect(page.get_by_role("button", name="Take the place back")).to_have_count(0)


def test_rework_says_what_and_why(open_page: PageOpener):
    page = open_page("rework-1")
    expect(page.get_by_text("Sent back to you: The ideal response is too short")).to_be_visible()
    expect(page.get_by_text("Please say what to do about it as well.")).to_be_visible()
    expect(page.get_by_role("button", name="Skip or report")).to_be_disabled()  # it is theirs alone


def test_new_guidelines_show_what_changed_and_are_acknowledged(mock: Mock, open_page: PageOpener):
    mock.tell(acknowledged=3)
    page = open_page("given-1")
    panel = page.get_by_role("complementary", name="Guidelines")
    expect(panel.locator("ins").first).to_contain_text("Browsing is off")
    panel.get_by_role("button", name="All of it").click()
    expect(panel.get_by_role("heading", name="General chat")).to_be_visible()
    panel.get_by_role("button", name="I have read version 4").click()
    expect(panel.get_by_role("button", name="I have read version 4")).to_be_hidden()
    assert mock.asked("POST", "/acknowledge")[0]["body"] == {"version": 4}
    panel.get_by_role("button", name="Close the guidelines").click()
    expect(panel).to_be_hidden()


def test_beats_tell_what_happened_and_keep_it_while_nobody_answers(mock: Mock, open_page: PageOpener, browser):
    context = browser.new_context(base_url=mock.url)
    page = context.new_page()
    page.clock.install()
    page.goto(f"{mock.url}/work/given-1")
    page.wait_for_selector("rating-field")
    page.clock.run_for(2_000)
    page.wait_for_timeout(300)
    first = mock.asked("POST", "/beat")
    assert first[0]["body"]["foreground"] is True
    assert first[0]["body"]["reading_ms"] > 0
    mock.switch(offline=True)
    page.clock.run_for(6_000)
    page.mouse.move(50, 200)
    page.mouse.move(80, 260)
    page.clock.run_for(21_000)
    # The beat that nobody answers has to fail before somebody does.
    page.wait_for_timeout(700)
    mock.switch(offline=False)
    before = len(mock.asked("POST", "/beat"))
    page.clock.run_for(20_000)
    deadline = time.monotonic() + 5
    while len(mock.asked("POST", "/beat")) == before:
        assert time.monotonic() < deadline
        page.wait_for_timeout(50)
    ages = mock.asked("POST", "/beat")[-1]["body"]["inputs"]
    assert any(age > 30_000 for age in ages), ages
    context.close()


def test_the_clock_stands_still_without_input(mock: Mock, browser):
    context = browser.new_context(base_url=mock.url)
    page = context.new_page()
    page.clock.install()
    page.goto(f"{mock.url}/work/given-1")
    page.wait_for_selector("rating-field")
    page.clock.run_for(10_000)
    expect(page.locator(".clock")).not_to_have_class("clock still")
    page.clock.fast_forward(600_000)
    page.clock.run_for(2_000)
    expect(page.locator(".clock")).to_contain_text("idle")
    page.mouse.move(50, 200)
    page.clock.run_for(2_000)
    expect(page.locator(".clock")).not_to_contain_text("idle")
    context.close()
