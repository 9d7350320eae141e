"""Comparing responses as people do it: a manager imports them, a trainer orders them, a reviewer corrects the order."""

import re

import pytest
from playwright.sync_api import Page, expect

from preceptor.lib.ids import new_id
from tests.journey.steps import (
    choose,
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

LONG = "The soil dries slowly in the winter. " * 60
TEXTS = ["Water it from below.", LONG, "Buy a new one."]


def number_of(page: Page, text: str) -> int:
    """The place at which this person sees a response."""
    card = page.get_by_role("article").filter(has_text=text).first
    expect(card).to_be_visible()
    return int(re.search(r"\d+", card.get_by_role("heading").first.inner_text()).group())


def ranking(page: Page) -> list[list[str]]:
    return page.evaluate("document.querySelector('ranking-field').value")


def drag_by_touch(page: Page, thing: str) -> None:
    """Drags a response that has no place yet before all others, with a finger."""
    touch = page.context.new_cdp_session(page)
    grip = page.locator("ranking-field .waiting-things .thing").filter(has_text=thing).locator(".grip")
    grip.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    start = grip.bounding_box()
    end = page.locator("ranking-field [data-gap='0']").first.bounding_box()
    x, y = start["x"] + start["width"] / 2, start["y"] + start["height"] / 2
    target = end["x"] + end["width"] / 2, end["y"] + end["height"] / 2
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 11):
        at = {"x": x + (target[0] - x) * step / 10, "y": y + (target[1] - y) * step / 10}
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [at]})
        page.wait_for_timeout(20)
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def order(page: Page, *, phone: bool) -> None:
    """The soil first, then the water, then the new one: by keys, or by tapping and dragging."""
    first, second, third = (number_of(page, text[:30]) for text in (LONG, TEXTS[0], TEXTS[2]))
    look(page)
    if phone:
        card = page.get_by_role("article", name=f"Response {first}")
        card.get_by_role("button", name="Show all of it").tap()
        expect(card.get_by_role("button", name="Show less")).to_be_visible()
        page.get_by_role("button", name=f"Give Response {second} place 1").last.tap()
        drag_by_touch(page, f"Response {first}")
    else:
        page.get_by_role("article", name="Response 1").click(position={"x": 60, "y": 20})
        page.keyboard.press(str(second))
        page.keyboard.press(str(first))
        # The last one left found its place by itself. Now the second one up: into the tie, and out of it.
        expect(page.locator("ranking-field .place")).to_have_count(3)
        page.get_by_role("article", name=f"Response {first}").focus()
        page.keyboard.press("Alt+ArrowUp")
        expect(page.locator("ranking-field .place.tied")).to_have_count(1)
        page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("ranking-field .place")).to_have_count(3)
    names = page.locator("ranking-field .place .thing .name bdi")
    expect(names).to_have_text([f"Response {number}" for number in (first, second, third)])


def swap_the_last_two(page: Page) -> None:
    """A reviewer's correction: what came last comes second."""
    page.get_by_role("button", name=re.compile("^Correct")).first.click()
    last = page.locator("ranking-field .place").last
    name = last.locator("bdi").inner_text()
    expect(page.get_by_text(re.compile("The trainer’s order: .*" + name))).to_be_visible()
    for _step in range(2):  # into the tie, and out of it
        page.get_by_role("button", name=f"Move {name} up").click()
    expect(page.locator("ranking-field .place").nth(1).locator("bdi")).to_have_text(name)
    look(page)
    page.get_by_role("button", name="Accept with correction").click()


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_from_import_to_released_pairs(browser, house, phone):
    title = f"Compare {new_id().hex[-6:]}"
    manager = sign_in(browser, house, "manager", phone=phone)
    slug = make_project(manager, title, kind="compare_responses")
    responses = [{"text": text, "model": f"lab-{number}"} for number, text in enumerate(TEXTS)]
    import_rows(manager, slug, [{"prompt": "How do I keep basil alive?", "responses": responses, "sheet": 7}])
    open_project(manager, slug)
    tried = try_out(manager, slug, "compare-responses-widget")
    expect(tried.get_by_role("article", name="Response 3")).to_be_visible()

    trainer = sign_in(browser, house, "trainer", phone=phone)
    assignment = start_work(trainer, title)
    expect(trainer.get_by_text("lab-")).to_have_count(0)
    order(trainer, phone=phone)
    said = ranking(trainer)
    trainer.locator(".submit").click()  # how much better is still to be said
    expect(trainer.locator(".flash, .toast, [role=status]").filter(has_text="how much better").first).to_be_visible()
    choose(trainer.get_by_role("radiogroup", name=re.compile("How much better")).get_by_role("radio").nth(1))
    trainer.get_by_role("textbox", name="Why this order?").fill("It tells the cause.")
    expect_saved(trainer)
    look(trainer)
    trainer.reload()
    expect(trainer.get_by_role("textbox", name="Why this order?")).to_have_value("It tells the cause.")
    assert ranking(trainer) == said
    hand_in(trainer)

    reviewer = sign_in(browser, house, "reviewer", phone=phone)
    start_review(reviewer, slug)
    expect(reviewer.get_by_text("It tells the cause.")).to_be_visible()
    assert ranking(reviewer) == said
    look(reviewer)
    if phone:
        reviewer.get_by_role("button", name=re.compile("^Accept")).first.click()
    else:
        swap_the_last_two(reviewer)
    expect_accepted(trainer, assignment)
    expect(trainer.get_by_text("The soil dries slowly").first).to_be_visible()

    pairs = release_rows(manager, slug, "trl-preference/train.jsonl")
    found = [
        (pair["chosen"][0]["content"][:9], pair["rejected"][0]["content"][:9], pair["meta"]["margin"]) for pair in pairs
    ]
    second, third = ("Water it ", "Buy a new") if phone else ("Buy a new", "Water it ")
    assert found == [("The soil ", second, 2.0), ("The soil ", third, 3.0), (second, third, 1.0)]
    assert {pair["meta"]["chosen"]["model"] for pair in pairs} == {"lab-1", "lab-0" if phone else "lab-2"}
    assert all(pair["prompt"] == [{"role": "user", "content": "How do I keep basil alive?"}] for pair in pairs)
    assert all('"sheet":7' in pair["meta"]["source"].replace(" ", "") for pair in pairs)
