"""Responses as they are written."""

import pytest
from playwright.sync_api import expect

from .conftest import Mock, PageOpener

pytestmark = pytest.mark.browser


def test_tokens_come_one_by_one_and_the_rating_opens_at_the_end(mock: Mock, open_page: PageOpener):
    mock.switch(token=60)
    page = open_page("ask-1")
    second = page.get_by_role("article", name="Response 2")
    expect(second).to_contain_text("Tires go flat")
    assert "sidewall" not in second.inner_text()
    expect(second).to_contain_text("The rating opens when the response is complete.")
    expect(second.get_by_role("radio")).to_have_count(0)
    mock.switch(token=1)
    expect(second).to_contain_text("sidewall")
    expect(second.get_by_role("radio")).to_have_count(7)
    assert len(mock.asked("POST", "/turns")) == 1


def test_a_reload_joins_where_it_is(mock: Mock, open_page: PageOpener):
    mock.switch(token=50)
    page = open_page("ask-1")
    expect(page.get_by_role("article", name="Response 1")).to_contain_text("Cold air is denser")
    page.reload()
    expect(page.get_by_role("article", name="Response 1")).to_contain_text("Cold air is denser")
    mock.switch(token=1)
    expect(page.get_by_role("article", name="Response 1")).to_contain_text("door frame.")
    assert len(mock.asked("POST", "/turns")) == 1


def test_what_one_has_begun_to_select_stays(mock: Mock, open_page: PageOpener):
    mock.switch(token=40)
    page = open_page("ask-1")
    card = page.get_by_role("article", name="Response 3")
    expect(card).to_contain_text("the air contracts")
    page.evaluate(
        """() => {
            const text = document.querySelectorAll("rich-text")[2].firstElementChild.firstChild;
            getSelection().setBaseAndExtent(text, 0, text, 5);
        }"""
    )
    mock.switch(token=1)
    expect(card).to_contain_text("valve cores.")
    assert page.evaluate("getSelection().toString()") == "Three"


def test_one_can_be_stopped_and_judged_as_far_as_it_came(mock: Mock, open_page: PageOpener):
    mock.switch(token=80)
    page = open_page("ask-1")
    first = page.get_by_role("article", name="Response 1")
    expect(first).to_contain_text("Cold air")
    page.get_by_role("button", name="Stop Response 1").click()
    expect(first.get_by_text("stopped")).to_be_visible()
    expect(first.get_by_role("radio")).to_have_count(7)
    mock.switch(token=1)
    expect(page.get_by_role("article", name="Response 2")).to_contain_text("sidewall")
    assert "door frame" not in first.inner_text()


def test_a_failed_one_says_so_and_never_holds_up_the_rest(mock: Mock, open_page: PageOpener):
    page = open_page("failed-1")
    second = page.get_by_role("article", name="Response 2")
    expect(second).to_contain_text("The model did not answer in time.")
    expect(page.get_by_role("article", name="Response 1").get_by_role("radio")).to_have_count(7)
    second.get_by_role("button", name="Try again").click()
    expect(second).to_contain_text("sidewall")
    expect(second.get_by_role("radio")).to_have_count(7)


def test_the_end_is_announced_once_and_not_every_token(mock: Mock, open_page: PageOpener):
    mock.switch(token=5)
    page = open_page("ask-1")
    expect(page.locator("rate-turn [role=status]").first).to_have_text("All responses are complete.")
    assert page.locator("rich-text[aria-live], .text [aria-live]").count() == 0


def test_a_conversation_goes_on_from_the_chosen_response(mock: Mock, open_page: PageOpener):
    mock.switch(token=1)
    page = open_page("multi-1")
    page.get_by_role("textbox", name="Your prompt").fill("Why?")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("article", name="Response 4").get_by_role("radio")).to_have_count(7)
    expect(page.get_by_text("turn 1 of 3")).to_be_visible()
    page.get_by_role("button", name="How often should I check them, then?").click()
    page.get_by_role("group", name="Go on from").get_by_role("radio", name="Response 3").check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("turn 2 of 3")).to_be_visible()
    asked = mock.asked("POST", "/turns")[-1]["body"]
    assert asked["prompt"] == "How often should I check them, then?"
    assert asked["continue_from"].endswith("-r3")
    expect(page.get_by_text("went on from Response 3")).to_be_visible()
    # What was said about the first turn can still be changed.
    page.get_by_text("Ratings and ideal response of turn 1").click()
    expect(page.locator("rate-turn")).to_have_count(2)


def test_it_goes_on_from_what_the_person_wrote(mock: Mock, open_page: PageOpener):
    mock.switch(token=1)
    page = open_page("multi-1")
    page.get_by_role("textbox", name="Your prompt").fill("Why?")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("article", name="Response 4").get_by_role("radio")).to_have_count(7)
    page.get_by_role("textbox", name="Ideal response").fill("Because of the cold.")
    page.get_by_role("group", name="Go on from").get_by_role("radio", name="your ideal response").check()
    page.get_by_role("textbox", name="Go on with the conversation").fill("And then?")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("turn 2 of 3")).to_be_visible()
    asked = mock.asked("POST", "/turns")[-1]["body"]
    assert (asked["continue_from"], asked["ideal"]) == ("ideal", "Because of the cold.")


def test_a_prompt_the_model_cannot_take_is_refused_in_words_and_kept(open_page: PageOpener):
    page = open_page("free-1")
    box = page.get_by_role("textbox", name="Your prompt")
    box.fill("this is too long")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("longer than the model can read")
    expect(box).to_have_value("this is too long")


def test_a_prompt_sent_without_a_network_is_kept(mock: Mock, open_page: PageOpener):
    page = open_page("free-1")
    mock.switch(offline=True)
    box = page.get_by_role("textbox", name="Your prompt")
    box.fill("Why?")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("There is no connection")
    expect(box).to_have_value("Why?")
    mock.switch(offline=False)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("article", name="Response 4")).to_be_visible()
