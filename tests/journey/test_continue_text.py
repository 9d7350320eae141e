"""Continuing a text as people do it: candidates of a model and of the author, mixed unseen; one is chosen."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from preceptor.lib.ids import new_id
from tests.journey.steps import (
    expect_accepted,
    expect_saved,
    hand_in,
    import_rows,
    look,
    make_project,
    open_project,
    release_rows,
    sign_in,
    start_review,
    start_work,
    try_out,
)

pytestmark = [pytest.mark.browser, pytest.mark.kill]

TEXT = "The ferry left the harbour an hour late. Nobody on deck complained. Then the engine"
REAL = "coughed twice and fell silent, and they heard the gulls."
OWN = "died, and with it the only sound they had stopped hearing."


def choose(page: Page, *, phone: bool) -> None:
    """The author's candidate: by its number, or by a tap. Writing takes its place, and leaves it again."""
    candidates = page.get_by_role("radio", name=re.compile("^Candidate"))
    expect(candidates).to_have_count(4, timeout=60_000)
    expect(page.get_by_text("the author")).to_have_count(0)
    look(page)
    texts = page.locator(".candidate .words").all_inner_texts()
    place = texts.index(REAL)
    if phone:
        page.locator(".candidate").nth(place).tap()
    else:
        page.get_by_role("region", name="The text").click()
        page.keyboard.press(str(place + 1))
    expect(candidates.nth(place)).to_be_checked()
    running = page.get_by_role("region", name="The text")
    expect(running).to_contain_text(f"the engine {REAL}")
    own = page.get_by_role("textbox", name="Your continuation")
    own.fill(OWN)
    expect(running).to_contain_text(f"the engine {OWN}")
    page.locator(".submit").click()
    asked = page.get_by_role("dialog").filter(has_text="You chose a candidate and wrote a continuation too")
    expect(asked).to_be_visible()
    look(page)
    asked.get_by_role("button", name="Go back").click()
    own.fill("")
    expect(running).to_contain_text(f"the engine {REAL}")
    expect_saved(page)
    look(page)
    page.reload()
    expect(candidates.nth(place)).to_be_checked()
    assert page.locator(".candidate .words").all_inner_texts() == texts


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_from_text_to_preferences(browser, house, phone):
    title = f"Continue {new_id().hex[-6:]}"
    manager = sign_in(browser, house, "manager", phone=phone)
    slug = make_project(manager, title, kind="continue_text")
    import_rows(manager, slug, [{"prompt": TEXT, "responses": [{"text": REAL, "model": "the author"}]}])
    open_project(manager, slug)
    tried = try_out(manager, slug, "continue-text-widget")
    expect(tried.get_by_role("radio", name="Candidate 1")).to_be_visible()

    trainer = sign_in(browser, house, "trainer", phone=phone)
    assignment = start_work(trainer, title)
    choose(trainer, phone=phone)
    hand_in(trainer)

    reviewer = sign_in(browser, house, "reviewer", phone=phone)
    start_review(reviewer, slug)
    expect(reviewer.get_by_role("region", name="The text")).to_contain_text(f"the engine {REAL}")
    expect(reviewer.get_by_text("the author")).to_have_count(0)
    look(reviewer)
    reviewer.get_by_role("button", name=re.compile("^Accept")).first.click()
    expect_accepted(trainer, assignment)

    pairs = release_rows(manager, slug, "trl-preference/train.jsonl")
    assert {pair["chosen"][0]["content"] for pair in pairs} == {REAL}
    assert {pair["meta"]["chosen"]["model"] for pair in pairs} == {"the author"}
    assert 1 <= len(pairs) <= 3
    assert all(pair["meta"]["rejected"]["model"] != "the author" for pair in pairs)
    assert all(json.loads(pair["meta"]["rejected"]["sampling"])["max_tokens"] == 120 for pair in pairs)
