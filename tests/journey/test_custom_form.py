"""A form of a manager's own, from the builder to the released answers, in a real browser at both widths."""

import csv
import json
import re
from pathlib import Path

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
    sign_in,
    start_review,
    start_work,
    try_out,
)

pytestmark = [pytest.mark.browser, pytest.mark.kill]

BOTH = pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
PROMPT = "Is the museum in Lisbon open on Monday?"
RESPONSES = ["No, it is closed on Mondays. Ask for Ms Duarte.", "Yes, all week."]
CONFIG = """<View><Text name="t" value="$text"/>
<Choices name="tone" toName="t" choice="single"><Choice value="Kind"/><Choice value="Rude"/></Choices>
<Audio name="sound" value="$sound"/></View>"""


def cards(page: Page) -> list[str]:
    return page.locator("custom-form-builder .question-card .words:not(div)").all_inner_texts()


def add_question(page: Page, kind: str, words: str) -> None:
    page.get_by_role("group", name="Add a question").get_by_role("button", name=kind, exact=True).click()
    page.locator(".question-card.open").get_by_label("Question", exact=True).first.fill(words)


def card(page: Page, words: str):
    return page.locator(".question-card").filter(has=page.get_by_role("button", name=re.compile(words)))


def see_preview(page: Page, *, phone: bool):
    if phone:
        page.get_by_role("toolbar", name="The form").get_by_role("button", name="Preview").click()
    preview = page.locator("custom-form-preview")
    expect(preview).to_be_visible()
    return preview


def see_editor(page: Page, *, phone: bool) -> None:
    if phone:
        page.get_by_role("toolbar", name="The form").get_by_role("button", name="Edit").click()


def build(page: Page, *, phone: bool) -> None:
    """How good is each response; why, only where it is bad; which words are names."""
    page.goto("/projects/new?kind=custom_form")
    expect(page.locator(".question-card")).to_have_count(2)
    look(page)
    # The form it begins with goes, comes back, and goes for good.
    card(page, "What is wrong").get_by_role("button", name="Delete").click()
    expect(page.locator(".question-card")).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".question-card")).to_have_count(2)
    card(page, "How good is this").locator(".name").click()
    page.locator(".question-card.open").get_by_label("Asked", exact=True).select_option("response")
    card(page, "How good is this").locator(".name").click()
    card(page, "What is wrong").locator(".name").click()
    # Asked once, it cannot hang on what is asked of each response; the place of the fault says so.
    expect(page.locator(".question-card.open .error").first).to_contain_text("asked once, or about the same thing")
    page.locator(".question-card.open").get_by_label("Asked", exact=True).select_option("response")
    expect(page.locator(".question-card.open .error")).to_have_count(0)
    expect(card(page, "What is wrong").locator(".when")).to_have_text("Asked only if “How good is this?” is below 3.")
    card(page, "What is wrong").locator(".name").click()
    add_question(page, "Marked words", "Mark the names")
    look(page)
    page.locator(".question-card.open").get_by_label("Required").uncheck()
    entry = page.locator(".question-card.open .rows .entry").first
    entry.get_by_role("textbox", name="Name").fill("Person")
    page.locator(".question-card.open").get_by_role("button", name="Add an entry").click()
    page.locator(".question-card.open .rows .entry").nth(1).get_by_role("textbox", name="Name").fill("Place")
    preview = see_preview(page, phone=phone)
    expect(preview.get_by_role("toolbar", name="Labels").get_by_role("button", name="Place")).to_be_visible()
    see_editor(page, phone=phone)
    add_question(page, "Yes or no", "Would you send it?")
    # Moved by keys to the front, copied, and the copy deleted.
    page.locator(".question-card .name").nth(3).focus()
    for _step in range(3):
        page.keyboard.press("Alt+ArrowUp")
    expect(page.locator(".question-card .words:not(div)").first).to_have_text("Would you send it?")
    card(page, "Would you send it").first.get_by_role("button", name="Duplicate").click()
    expect(page.locator(".question-card")).to_have_count(5)
    page.locator(".question-card").nth(1).get_by_role("button", name="Delete").click()
    assert cards(page) == ["Would you send it?", "How good is this?", "What is wrong with it?", "Mark the names"]
    look(page)


def try_condition(page: Page, *, phone: bool) -> None:
    preview = see_preview(page, phone=phone)
    why = preview.get_by_role("textbox", name="Response 1: What is wrong with it?")
    expect(why).to_have_count(0)
    choose(preview.get_by_role("radiogroup", name="Response 1: How good is this?").get_by_role("radio").nth(1))
    expect(why).to_be_visible()
    choose(preview.get_by_role("radiogroup", name="Response 1: How good is this?").get_by_role("radio").nth(4))
    expect(why).to_have_count(0)
    look(page)
    see_editor(page, phone=phone)


def make_it(page: Page, title: str) -> str:
    page.get_by_label("Title", exact=True).fill(title)
    page.get_by_label("Hourly rate").fill("24")
    page.get_by_label("Writers EN").check()
    page.get_by_role("button", name="Make the project").click()
    page.wait_for_url(re.compile(r"/projects/(?!new)"))
    slug = re.search(r"/projects/([a-z0-9-]+)", page.url).group(1)
    page.get_by_role("textbox", name=re.compile("Guidelines|Text|Markdown")).first.fill("# Take your time")
    page.get_by_role("button", name=re.compile("Save|Publish")).first.click()
    page.wait_for_load_state("networkidle")
    return slug


def rate(page: Page, text: str, points: int) -> str:
    """Rates the response that says this; answers its name."""
    article = page.get_by_role("article").filter(has_text=text).first
    name = article.get_attribute("aria-label")
    group = page.get_by_role("radiogroup", name=f"{name}: How good is this?")
    choose(group.get_by_role("radio").nth(points - 1))
    return name


def fill_in(page: Page, *, phone: bool) -> None:
    rate(page, RESPONSES[0], 5)
    bad = rate(page, RESPONSES[1], 1)
    page.locator(".submit").click()  # not all is said yet
    expect(page.locator("custom-form-question .bad").first).to_contain_text("Answer this question.")
    look(page)
    page.get_by_role("textbox", name=f"{bad}: What is wrong with it?").fill("It is closed on Mondays.")
    choose(page.get_by_role("radiogroup", name="Would you send it?").get_by_role("radio", name="No"))
    words = page.locator("spans-text").filter(has_text=RESPONSES[0]).locator(".words")
    words.scroll_into_view_if_needed()
    if phone:
        page.evaluate(
            """(text) => {
                const words = [...document.querySelectorAll("spans-text .words")].find((one) => one.textContent === text);
                const node = document.createTreeWalker(words, NodeFilter.SHOW_TEXT).nextNode();
                getSelection().setBaseAndExtent(node, text.indexOf("Ms"), node, text.indexOf("Duarte") + 2);
            }""",
            RESPONSES[0],
        )
    else:
        words.focus()
        page.keyboard.press("End")
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("Shift+ArrowLeft")
    expect(page.get_by_text("“Ms Duarte”: choose a label.")).to_be_visible()
    page.get_by_role("toolbar", name="Labels").get_by_role("button", name="Person").click()
    expect(page.get_by_role("listitem").filter(has_text="Ms Duarte")).to_be_visible()
    look(page)


def freeze(page: Page, slug: str) -> tuple[list[dict], dict, list[dict]]:
    """A release: the pairs, Label Studio's one task, and the rows of the spreadsheet."""
    headers = {"X-CSRF-Token": next(one["value"] for one in page.context.cookies() if one["name"] == "csrftoken")}
    formats = ["trl-preference", "label-studio", "csv"]
    made = page.request.post(f"/api/v1/projects/{slug}/releases", data={"formats": formats}, headers=headers)
    assert made.status == 202, made.text()
    page.goto(f"/projects/{slug}/releases/{made.json()['number']}")
    texts = []
    for file in ("trl-preference/train.jsonl", "label-studio/train.json", "csv/answers.csv"):
        link = page.get_by_role("link", name=f"Download {file}", exact=True)
        expect(link).to_be_visible(timeout=60_000)
        with page.expect_download() as download:
            link.click()
        texts.append(Path(download.value.path()).read_text())
    look(page)
    (task,) = json.loads(texts[1])
    return [json.loads(line) for line in texts[0].splitlines()], task, list(csv.DictReader(texts[2].splitlines()))


@BOTH
def test_from_the_builder_to_the_release(browser, house, phone):
    title = f"Own form {new_id().hex[-6:]}"
    manager = sign_in(browser, house, "manager", phone=phone)
    build(manager, phone=phone)
    try_condition(manager, phone=phone)
    slug = make_it(manager, title)
    rows = [{"prompt": PROMPT, "responses": [{"text": text, "model": f"lab-{n}"} for n, text in enumerate(RESPONSES)]}]
    import_rows(manager, slug, rows)
    open_project(manager, slug)
    tried = try_out(manager, slug, "custom-form-widget")
    expect(tried.get_by_role("article", name="Response 2")).to_be_visible()

    trainer = sign_in(browser, house, "trainer", phone=phone)
    assignment = start_work(trainer, title)
    expect(trainer.get_by_text("lab-")).to_have_count(0)
    fill_in(trainer, phone=phone)
    expect_saved(trainer)
    said = trainer.evaluate("document.querySelector('custom-form-widget').value.values")
    trainer.reload()
    expect(trainer.get_by_role("listitem").filter(has_text="Ms Duarte")).to_be_visible()
    assert trainer.evaluate("document.querySelector('custom-form-widget').value.values") == said
    hand_in(trainer)

    reviewer = sign_in(browser, house, "reviewer", phone=phone)
    start_review(reviewer, slug)
    expect(reviewer.get_by_text("It is closed on Mondays.", exact=True)).to_be_visible()
    expect(reviewer.get_by_role("listitem").filter(has_text="Ms Duarte")).to_be_visible()
    look(reviewer)
    with reviewer.expect_response(re.compile("/decide$")) as decided:
        reviewer.get_by_role("button", name=re.compile("^Accept")).first.click()
    assert decided.value.ok
    expect_accepted(trainer, assignment)

    pairs, task, answers = freeze(manager, slug)
    assert [(one["chosen"][0]["content"], one["rejected"][0]["content"]) for one in pairs] == [tuple(RESPONSES)]
    assert [one["meta"]["margin"] for one in pairs] == [4.0]
    assert [one["text"] for one in sorted(task["data"]["responses"], key=lambda one: one["model"])] == RESPONSES
    results = task["annotations"][0]["result"]
    assert {one["from_name"]: one["type"] for one in results} == {
        "quality": "rating",
        "reason": "textarea",
        "spans": "labels",
        "boolean": "choices",
    }
    (mark,) = [one["value"] for one in results if one["from_name"] == "spans"]
    assert (mark["text"], mark["labels"]) == ("Ms Duarte", ["person"])
    assert [one["boolean"] for one in answers] == ["no"]
    assert sorted(json.loads(answers[0]["quality"]).values()) == [1, 5]


@BOTH
def test_a_labelling_configuration_becomes_a_form_that_can_be_taken_along(browser, house, phone):
    manager = sign_in(browser, house, "manager", phone=phone)
    manager.goto("/projects/new?kind=custom_form")
    chosen = {"name": "config.xml", "mimeType": "text/xml", "buffer": CONFIG.encode()}
    manager.locator("custom-form-builder input[type=file]").set_input_files(chosen)
    expect(manager.locator(".question-card")).to_have_count(1)
    expect(manager.get_by_text("<Audio sound> is left out: there is nothing like it here.")).to_be_visible()
    look(manager)
    with manager.expect_download() as download:
        manager.get_by_role("button", name="Export").click()
    exported = json.loads(Path(download.value.path()).read_text())
    assert [one["key"] for one in exported["fields"]] == ["tone"]
    manager.get_by_role("button", name="Undo").click()
    expect(manager.locator(".question-card")).to_have_count(2)
    again = {"name": "form.json", "mimeType": "application/json", "buffer": json.dumps(exported).encode()}
    manager.locator("custom-form-builder input[type=file]").set_input_files(again)
    expect(manager.locator(".question-card")).to_have_count(1)
    wrong = {"name": "x.xml", "mimeType": "text/xml", "buffer": b"<View"}
    manager.locator("custom-form-builder input[type=file]").set_input_files(wrong)
    expect(manager.get_by_text("This is not XML that can be read")).to_be_visible()


def test_questions_are_dragged_into_another_order(browser, house):
    manager = sign_in(browser, house, "manager", phone=False)
    manager.goto("/projects/new?kind=custom_form")
    expect(manager.locator(".question-card")).to_have_count(2)
    before = cards(manager)
    grip = manager.locator(".question-card .grip").first
    grip.scroll_into_view_if_needed()
    start, end = grip.bounding_box(), manager.locator(".question-card").nth(1).bounding_box()
    manager.mouse.move(start["x"] + 5, start["y"] + 5)
    manager.mouse.down()
    manager.mouse.move(start["x"] + 5, end["y"] + 5)
    manager.mouse.move(start["x"] + 5, end["y"] + end["height"] - 4)
    manager.mouse.up()
    assert cards(manager) == before[::-1]


def call(page: Page, method: str, path: str, body: dict) -> dict:
    headers = {"X-CSRF-Token": next(one["value"] for one in page.context.cookies() if one["name"] == "csrftoken")}
    answer = page.request.fetch(f"/api/v1{path}", method=method, data=body, headers=headers)
    assert answer.ok, answer.text()
    return answer.json()
