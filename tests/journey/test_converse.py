"""Leading a conversation as people do it: with a step back and a second branch, reviewed with the whole tree, released."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from preceptor.lib.ids import new_id
from tests.journey.steps import (
    expect_accepted,
    expect_saved,
    hand_in,
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

BRIEF = "Ask for something to cook, then change your mind."
ONE, TWO, BESIDE = "What could I bake with three bananas?", "My oven is broken. What now?", "Something savoury, rather."


def add_item(page: Page, slug: str) -> None:
    page.goto(f"/projects/{slug}/items/new?way=free")
    page.get_by_label("Brief").fill(BRIEF)
    page.get_by_role("button", name="Add items").click()
    page.wait_for_url(re.compile(r"/items($|\?)"))


def say(page: Page, text: str) -> None:
    """Send a message, and wait until its two responses are there."""
    box = page.get_by_role("textbox", name=re.compile("Your (first|next) message"))
    box.fill(text)
    box.press("Control+Enter")
    expect(page.locator(".turn").last.locator(".bubble")).to_contain_text(text)
    expect(page.locator(".turn").last.locator("article:is(.complete, .stopped)")).to_have_count(2, timeout=30_000)


def rate(page: Page, turn: int, *ratings: int) -> None:
    """Rate the responses of a turn of the line that is shown, counted from 0."""
    groups = page.locator(".turn").nth(turn).get_by_role("radiogroup")
    for place, rating in enumerate(ratings):
        # Not by force: a page that still scrolls would be hit somewhere else.
        groups.nth(place).locator("label").nth(rating - 1).click()
        expect(groups.nth(place).get_by_role("radio").nth(rating - 1)).to_be_checked()


def messages(page: Page) -> list[str]:
    return page.locator(".turn .bubble .words").all_inner_texts()


def talk(page: Page) -> None:
    """Two turns, a step back to the first, another way on from there, and to the first way again."""
    expect(page.locator("converse-widget .beside")).to_contain_text(BRIEF)
    say(page, ONE)
    look(page)
    rate(page, 0, 6, 3)
    say(page, TWO)
    rate(page, 1, 5, 2)
    page.get_by_role("button", name="Go on from Response 2 of this turn").first.click()
    expect(page.get_by_text("1 branch that follows already is kept")).to_be_visible()
    assert messages(page) == [ONE]
    say(page, BESIDE)
    assert messages(page) == [ONE, BESIDE]
    expect(page.locator(".branches")).to_contain_text("2 of 2")
    rate(page, 1, 2, 4)
    look(page)
    expect_saved(page)
    page.reload()
    expect(page.locator(".branches")).to_contain_text("2 of 2")
    page.get_by_role("button", name="The branch before").click()
    expect(page.locator(".branches")).to_contain_text("1 of 2")
    assert messages(page) == [ONE, TWO]


def tree_rows(page: Page, slug: str) -> list[dict]:
    """Freeze a release of trees and take it, as a program does."""
    token = next(one["value"] for one in page.context.cookies() if one["name"] == "csrftoken")
    headers = {"x-csrf-token": token}
    made = page.request.post(f"/api/v1/projects/{slug}/releases", data={"formats": ["oasst"]}, headers=headers)
    assert made.status == 202, made.text()
    address = f"/api/v1/releases/{made.json()['id']}"
    for _look in range(60):
        if page.request.get(address).json()["state"] == "done":
            break
        page.wait_for_timeout(500)
    taken = page.request.get(f"{address}/files/oasst/train.jsonl")
    assert taken.status == 200, taken.text()
    return [json.loads(line) for line in taken.text().splitlines()]


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_from_a_brief_to_a_released_tree(browser, house, phone):
    title = f"Conversations {new_id().hex[-6:]}"
    manager = sign_in(browser, house, "manager", phone=phone)
    slug = make_project(manager, title, kind="converse")
    manager.get_by_label("Responses to each message").fill("2")
    manager.get_by_label("Longest response").fill("48")
    manager.get_by_role("button", name=re.compile("^Save")).click()
    manager.wait_for_load_state("networkidle")
    add_item(manager, slug)
    widget = try_out(manager, slug, "converse-widget")
    expect(widget.locator(".turn")).to_have_count(1)
    open_project(manager, slug)

    trainer = sign_in(browser, house, "trainer", phone=phone)
    assignment = start_work(trainer, title)
    talk(trainer)
    trainer.get_by_role("button", name="Improve Response 1").last.click()
    trainer.get_by_role("textbox", name="Your own response").fill("Then fry small cakes in a pan.")
    trainer.locator(".submit").click()
    expect(trainer.get_by_text("1 thing missing")).to_be_visible()
    whole = trainer.get_by_role("radiogroup", name="The conversation, rating")
    whole.locator("label").nth(5).click()
    expect(whole.get_by_role("radio").nth(5)).to_be_checked()
    look(trainer)
    expect_saved(trainer)
    hand_in(trainer)

    reviewer = sign_in(browser, house, "reviewer", phone=phone)
    start_review(reviewer, slug)
    expect(reviewer.locator(".turn")).to_have_count(2)
    assert messages(reviewer) == [ONE, TWO]
    outline = reviewer.locator(".outline")
    expect(outline.get_by_role("button")).to_have_count(3)
    expect(outline.get_by_role("button").filter(has_text="handed in")).to_have_count(2)
    look(reviewer)
    outline.get_by_role("button", name=BESIDE).click()
    expect(reviewer.get_by_text("This branch was not handed in.")).to_be_visible()
    assert messages(reviewer) == [ONE, BESIDE]
    reviewer.get_by_role("button", name="Back to the one that was").click()
    assert messages(reviewer) == [ONE, TWO]
    reviewer.get_by_role("button", name=re.compile("^Accept")).click()
    expect_accepted(trainer, assignment)

    pairs = release_rows(manager, slug, "trl-preference/train.jsonl")
    asked = [[message["content"] for message in pair["prompt"]] for pair in pairs]
    assert sorted(len(prompt) for prompt in asked) == [1, 3, 3]  # each branch has its own line
    assert {prompt[-1] for prompt in asked} == {ONE, TWO, BESIDE}
    (tree,) = tree_rows(manager, slug)
    root = tree["prompt"]
    assert (root["role"], root["text"]) == ("prompter", ONE)
    followed = [[one["text"] for one in reply["replies"]] for reply in root["replies"]]
    assert sorted(followed) == sorted([[TWO], [BESIDE]])
    assert tree["conversation"]["rating"] == 6
