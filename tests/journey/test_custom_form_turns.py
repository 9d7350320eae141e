"""Forms of a manager's own that ask models, once or over several turns, in a real browser."""

import json
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
    open_project,
    release_rows,
    sign_in,
    start_review,
    start_work,
)
from tests.journey.test_custom_form import BOTH, add_question, call, card, freeze, make_it, see_editor, see_preview

pytestmark = [pytest.mark.browser, pytest.mark.kill]


LIVE = {
    "fields": [
        {"key": "right", "field": "boolean", "label": {"en": "Is it right?"}, "scope": "response", "required": True},
        {"key": "order", "field": "ranking", "label": {"en": "Order them"}, "required": True},
    ],
    "responses": 2,
    "positions": [{"max_tokens": 24}],
}


def test_models_answer_a_prompt_that_is_not_lost_before_it_is_sent(browser, house):
    title = f"Live form {new_id().hex[-6:]}"
    manager = sign_in(browser, house, "manager", phone=True)
    manager.goto("/projects/new?kind=custom_form")
    form = {"name": "form.json", "mimeType": "application/json", "buffer": json.dumps(LIVE).encode()}
    manager.locator("custom-form-builder input[type=file]").set_input_files(form)
    expect(manager.get_by_label("Live responses to each prompt")).to_have_value("2")
    slug = make_it(manager, title)
    call(manager, "POST", f"/projects/{slug}/items", {"count": 1})
    open_project(manager, slug)

    trainer = sign_in(browser, house, "trainer", phone=True)
    start_work(trainer, title)
    box = trainer.get_by_role("textbox", name="Your prompt")
    box.fill("Name something that floats.")
    expect_saved(trainer)
    trainer.reload()
    expect(box).to_have_value("Name something that floats.")
    trainer.get_by_role("button", name="Send").click()
    for number in (1, 2):
        group = trainer.get_by_role("radiogroup", name=f"Response {number}: Is it right?")
        expect(group).to_be_visible(timeout=60_000)
        choose(group.get_by_role("radio", name="Yes"))
    trainer.get_by_role("button", name=re.compile("Give Response 2 place 1")).last.click()
    trainer.get_by_role("button", name=re.compile("Give Response 1 place 2")).last.click()
    look(trainer)
    hand_in(trainer)


TALK = {
    "fields": [
        {
            "key": "good",
            "field": "rating",
            "label": {"en": "How good is it?"},
            "scope": "response",
            "required": True,
            "settings": {"points": 5},
        },
        {"key": "order", "field": "ranking", "label": {"en": "Order them"}, "scope": "turn", "required": True},
        {"key": "goal", "field": "boolean", "label": {"en": "Closer to the goal?"}, "scope": "turn", "required": True},
    ],
    "responses": 2,
    "min_turns": 2,
    "max_turns": 3,
    "positions": [{"max_tokens": 24}],
}


def say(page: Page, text: str, *, turn: int) -> None:
    """Send a prompt, and wait until both of its responses can be asked about."""
    box = page.get_by_role("textbox", name="Your prompt" if turn == 1 else "Go on with the conversation")
    box.fill(text)
    page.get_by_role("button", name="Send").click()
    asked = page.get_by_role("region", name="Turn").nth(turn - 1).get_by_role("radiogroup", name="How good is it?")
    expect(asked).to_have_count(2, timeout=60_000)


def answer_turn(page: Page, turn: int) -> None:
    """The second response is the better one of each turn."""
    region = page.get_by_role("region", name="Turn").nth(turn - 1)
    ratings = region.get_by_role("radiogroup", name="How good is it?")
    for place, points in enumerate((2, 4)):
        choose(ratings.nth(place).get_by_role("radio").nth(points - 1))
    region.get_by_role(
        "button", name=re.compile("Give .*response 2 place 1|Give Response 2 place 1", re.IGNORECASE)
    ).last.click()
    region.get_by_role(
        "button", name=re.compile("Give .*response 1 place 2|Give Response 1 place 2", re.IGNORECASE)
    ).last.click()
    choose(region.get_by_role("radiogroup", name=re.compile("Closer to the goal")).get_by_role("radio", name="Yes"))


@BOTH
def test_a_conversation_of_several_turns_is_asked_about_turn_by_turn(browser, house, phone):
    title = f"Talk {new_id().hex[-6:]}"
    manager = sign_in(browser, house, "manager", phone=phone)
    manager.goto("/projects/new?kind=custom_form")
    form = {"name": "form.json", "mimeType": "application/json", "buffer": json.dumps(TALK).encode()}
    manager.locator("custom-form-builder input[type=file]").set_input_files(form)
    expect(manager.get_by_label("Most turns")).to_have_value("3")
    seen = see_preview(manager, phone=phone)
    expect(seen.get_by_text("Is the museum open today?")).to_have_count(1)  # said in the first turn alone
    expect(manager.locator("custom-form-preview").get_by_text("Go on with the conversation").first).to_be_visible()
    look(manager)
    see_editor(manager, phone=phone)
    slug = make_it(manager, title)
    call(manager, "POST", f"/projects/{slug}/items", {"count": 1})
    open_project(manager, slug)

    trainer = sign_in(browser, house, "trainer", phone=phone)
    assignment = start_work(trainer, title)
    say(trainer, "Name something that floats.", turn=1)
    answer_turn(trainer, 1)
    look(trainer)
    trainer.locator(".submit").click()  # one turn is not enough
    expect(trainer.get_by_text("This conversation needs at least 2 turns.").first).to_be_visible()
    goes_on = trainer.get_by_role("textbox", name="Go on with the conversation")
    goes_on.fill("And something that sinks?")
    trainer.get_by_role("button", name="Send").click()
    expect(trainer.get_by_text("Choose one of the responses to go on from.").first).to_be_visible()
    choose(trainer.get_by_role("group", name="Go on from").get_by_role("radio", name="Response 2"))
    expect_saved(trainer)
    trainer.reload()
    expect(goes_on).to_have_value("And something that sinks?")
    expect(trainer.get_by_role("group", name="Go on from").get_by_role("radio", name="Response 2")).to_be_checked()
    say(trainer, "And something that sinks?", turn=2)
    expect(trainer.get_by_text("goes on from Turn 1, response 2")).to_be_visible()
    answer_turn(trainer, 2)
    look(trainer)
    hand_in(trainer)

    reviewer = sign_in(browser, house, "reviewer", phone=phone)
    start_review(reviewer, slug)
    expect(reviewer.get_by_text("goes on from Turn 1, response 2")).to_be_visible()
    expect(reviewer.get_by_role("textbox", name="Go on with the conversation")).to_have_count(0)
    look(reviewer)
    with reviewer.expect_response(re.compile("/decide$")) as decided:
        reviewer.get_by_role("button", name=re.compile("^Accept")).first.click()
    assert decided.value.ok
    expect_accepted(trainer, assignment)

    pairs, task, _answers = freeze(manager, slug)
    told = task["data"]["turns"]
    assert [one["prompt"] for one in told] == ["Name something that floats.", "And something that sinks?"]
    assert told[0]["continued_with"] in [one["text"] for one in told[0]["responses"]]
    assert [one["meta"]["turn"] for one in pairs] == [1, 2]
    assert [message["content"] for message in pairs[1]["prompt"]][-3:] == [
        "Name something that floats.",
        told[0]["continued_with"],
        "And something that sinks?",
    ]
    assert pairs[0]["chosen"][0]["content"] == told[0]["continued_with"]


SOLUTION = {
    "prompt": "What is 3 times 4, less 2?",
    "completions": ["3 times 4 is 12.", "12 less 2 is 9.", "So it is 9."],
}


def ask_of_steps(page: Page, *, phone: bool) -> None:
    """One question in the builder, a yes or no, asked of each step."""
    page.goto("/projects/new?kind=custom_form")
    for name in ("What is wrong", "How good is this"):
        card(page, name).get_by_role("button", name="Delete").click()
    add_question(page, "Yes or no", "Is this step right?")
    page.locator(".question-card.open").get_by_label("Asked", exact=True).select_option("step")
    seen = see_preview(page, phone=phone)
    expect(seen.get_by_role("radiogroup", name=re.compile("^Step 2: Is this step right"))).to_be_visible()
    look(page)
    see_editor(page, phone=phone)


@BOTH
def test_each_step_of_a_solution_is_called_right_or_wrong(browser, house, phone):
    title = f"Steps {new_id().hex[-6:]}"
    manager = sign_in(browser, house, "manager", phone=phone)
    ask_of_steps(manager, phone=phone)
    slug = make_it(manager, title)
    import_rows(manager, slug, [SOLUTION], form="trl-stepwise")
    open_project(manager, slug)

    trainer = sign_in(browser, house, "trainer", phone=phone)
    assignment = start_work(trainer, title)
    steps = [trainer.get_by_role("radiogroup", name=re.compile(f"^Step {n}: Is this step right")) for n in (1, 2, 3)]
    for step, said in zip(steps, ("Yes", "No", None), strict=True):
        if said:
            choose(step.get_by_role("radio", name=said))
    trainer.locator(".submit").click()  # the last one is not looked at yet
    expect(trainer.locator("custom-form-question .bad").first).to_contain_text("Answer this question.")
    choose(steps[2].get_by_role("radio", name="No"))
    look(trainer)
    hand_in(trainer)
    reviewer = sign_in(browser, house, "reviewer", phone=phone)
    start_review(reviewer, slug)
    expect(
        reviewer.get_by_role("radiogroup", name=re.compile("^Step 2: Is this step")).get_by_role("radio", name="No")
    ).to_be_checked()
    reviewer.get_by_role("button", name=re.compile("^Accept")).first.click()
    expect_accepted(trainer, assignment)

    [row] = release_rows(manager, slug, "trl-stepwise/train.jsonl", form="trl-stepwise")
    assert row["completions"] == SOLUTION["completions"]
    assert row["labels"] == [True, False, False]
    assert row["prompt"] == SOLUTION["prompt"]
    assert (row["meta"]["kind"], row["meta"]["review"]) == ("custom_form", "accepted")
