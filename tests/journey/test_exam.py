"""A manager makes an exam, a trainer sits it, a reviewer grades it, and the project that asks for it opens."""

import re

import pytest
from playwright.sync_api import Page, expect

from preceptor.kinds.registry import task_kinds
from preceptor.lib.ids import new_id
from tests.journey.steps import hand_in, import_rows, look, open_project, sign_in, start_work

pytestmark = pytest.mark.kill

RESPONSES = ["Salt water is denser than fresh water.", "Because fish carry it."]
KEY = {"turns": [{"turn_id": "given-turn", "ratings": {"given-response-1": 7, "given-response-2": 1}}]}


def make(page: Page, title: str, *, exam: bool) -> str:
    """A project with guidelines, by its form; answers its address."""
    page.goto(f"/projects/new?kind={next(iter(task_kinds()))}")
    page.get_by_label("Title").fill(title)
    if exam:
        page.get_by_role("radio", name="An exam").check()
    page.get_by_label("Currency").select_option("EUR")
    page.get_by_label("Hourly rate").fill("24")
    page.get_by_label("Writers EN").check()
    page.get_by_role("button", name="Make the project").click()
    page.wait_for_url(re.compile(r"/projects/(?!new)"))
    slug = re.search(r"/projects/([a-z0-9-]+)", page.url).group(1)
    page.get_by_role("textbox", name=re.compile("Guidelines|Text|Markdown")).first.fill("# Take your time")
    page.get_by_role("button", name=re.compile("Save|Publish")).first.click()
    page.wait_for_load_state("networkidle")
    return slug


def make_certification(page: Page, name: str) -> str:
    """By its form; answers its page."""
    page.goto("/people/certifications")
    look(page)
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Make it").click()
    page.wait_for_url(re.compile("/people/certifications/[0-9a-f-]{36}"))
    look(page)
    return page.url


def write_terms(page: Page, slug: str, certification: str) -> None:
    """One level by ratings and what is written, and a rubric of one criterion."""
    page.goto(f"/projects/{slug}/exam")
    page.get_by_label("Certification").select_option(label=certification)
    page.get_by_label("Ratings, level 2, percent").fill("80")
    page.get_by_label("What you wrote, level 2, percent").fill("50")
    page.get_by_role("button", name="Add a criterion").click()
    page.get_by_label("Criterion").fill("It is right")
    page.get_by_label("Points").fill("4")
    look(page)
    page.get_by_role("button", name="Save the exam").click()
    expect(page.get_by_text("The exam’s terms are saved.")).to_be_visible()
    look(page)


def write_key_by_hand(page: Page, slug: str) -> None:
    """Of the first item on the list: what came with the file stays, and a person is to read what is written."""
    page.goto(f"/projects/{slug}/items")
    page.get_by_role("table").get_by_role("link").first.click()
    page.get_by_role("link", name="Key").click()
    expect(page.get_by_role("radiogroup", name=re.compile("Response 1"))).to_be_visible()
    page.get_by_label("A person grades what is written").check()
    look(page)
    page.get_by_role("button", name="Save the key").click()
    expect(page.get_by_text("The key is saved.")).to_be_visible()


def answer_part(page: Page, *, phone: bool) -> None:
    """Rate by what the responses say, and write the ideal one."""
    for number in (1, 2):
        if phone:
            page.get_by_role("navigation", name="Responses").get_by_role("button", name=f"Response {number}").click()
        group = page.get_by_role("radiogroup", name=f"Response {number}, rating")
        expect(group).to_be_visible(timeout=60_000)
        right = page.get_by_role("article", name=f"Response {number}").get_by_text("denser").count()
        group.get_by_role("radio").nth(6 if right else 0).check(force=True)
    page.get_by_role("textbox", name="Ideal response").fill(
        "Rivers carry salts into the sea, and only water leaves it."
    )
    expect(page.locator(".save")).to_contain_text("saved", timeout=10_000)


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_from_exam_to_the_project_it_opens(browser, house, phone):
    name = new_id().hex[-6:]
    certification, exam_title, work_title = f"Raters {name}", f"Exam {name}", f"Experts {name}"
    manager = sign_in(browser, house, "manager", phone=phone)
    page_of_it = make_certification(manager, certification)
    exam, work = make(manager, exam_title, exam=True), make(manager, work_title, exam=False)
    rows = [{"prompt": f"Why is the sea salty? ({number})", "responses": RESPONSES, "key": KEY} for number in (1, 2)]
    import_rows(manager, exam, rows)
    import_rows(manager, work, [{"prompt": "Why is the sky blue?", "responses": RESPONSES}])
    write_key_by_hand(manager, exam)
    write_terms(manager, exam, certification)
    open_project(manager, exam)
    open_project(manager, work)
    manager.goto(page_of_it)
    manager.get_by_label("Project", exact=True).select_option(label=work_title)
    manager.get_by_label("From level").select_option("2")
    manager.get_by_role("button", name="Ask for it").click()
    expect(manager.get_by_role("button", name=re.compile(f"Ask no more: {work_title}"))).to_be_visible()
    look(manager)

    trainer = sign_in(browser, house, "trainer", phone=phone)
    trainer.goto("/work")
    gated = trainer.get_by_role("article").filter(has_text=work_title)
    expect(gated).to_contain_text(certification)
    expect(gated.get_by_role("button", name="Start")).to_have_count(0)
    gated.get_by_role("link", name=re.compile("See what you can do")).click()
    expect(trainer.get_by_role("heading", name=exam_title)).to_be_visible()
    look(trainer)
    trainer.get_by_role("button", name="Begin the exam").click()
    for _part in range(2):
        trainer.goto(f"/exams/{exam}")
        look(trainer)
        trainer.get_by_role("button", name="Next part").click()
        trainer.wait_for_url(re.compile("/work/assignments/"))
        acknowledge = trainer.get_by_role("button", name=re.compile("I have read"))
        if acknowledge.count() and acknowledge.first.is_visible():
            acknowledge.first.click()
        answer_part(trainer, phone=phone)
        hand_in(trainer)

    reviewer = sign_in(browser, house, "reviewer", phone=phone)
    reviewer.goto("/grading")
    waiting = reviewer.get_by_role("link", name=exam_title)
    for _look in range(40):  # the worker hands the sitting in within a second
        if waiting.count():
            break
        reviewer.wait_for_timeout(500)
        reviewer.reload()
    look(reviewer)
    waiting.first.click()
    expect(reviewer.get_by_text("Rivers carry salts").first).to_be_visible()
    reviewer.get_by_label("It is right").fill("3")
    reviewer.get_by_label("What they should know").fill("Say also why it stays so.")
    look(reviewer)
    reviewer.get_by_role("button", name="Give the grade").click()
    expect(reviewer.get_by_text("Your grade is kept.")).to_be_visible()

    trainer.goto(f"/exams/{exam}")
    trainer.get_by_role("link", name=re.compile("Attempt 1")).click()
    expect(trainer.get_by_text("Passed, at level 2")).to_be_visible()
    expect(trainer.get_by_text("Say also why it stays so.")).to_be_visible()
    expect(trainer.get_by_text(re.compile("95 % interval")).first).to_be_visible()
    look(trainer)
    trainer.goto("/certifications")
    expect(trainer.get_by_role("article").filter(has_text=certification).first).to_contain_text("level 2")
    look(trainer)
    start_work(trainer, work_title)
    trainer.goto("/earnings")
    expect(trainer.get_by_text(exam_title).first).to_be_visible()
