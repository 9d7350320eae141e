"""A manager makes an exam, a trainer sits it, a reviewer grades it, and the project that asks for it opens."""

import re

import pytest
from playwright.sync_api import expect

from preceptor.lib.ids import new_id
from tests.journey.exam_steps import (
    KEY,
    RESPONSES,
    answer_part,
    make,
    make_certification,
    write_key_by_hand,
    write_terms,
)
from tests.journey.steps import hand_in, import_rows, look, open_project, sign_in, start_work

pytestmark = pytest.mark.kill
OWN_HOUSE = True


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
    expect(reviewer.get_by_role("timer", name="Your time on this")).to_be_visible()
    reviewer.get_by_role("button", name="Put back").click()
    reviewer.wait_for_url(re.compile("/grading$"))
    reviewer.reload()  # what the page that was left said at its end has come in by now
    expect(reviewer.get_by_role("row").filter(has_text=exam_title).get_by_text("in your hands")).to_have_count(0)
    waiting.first.click()
    expect(reviewer.get_by_role("timer", name="Your time on this")).to_be_visible()
    reviewer.get_by_label("It is right").fill("3")
    reviewer.get_by_label("What they should know").fill("Say also why it stays so.")
    look(reviewer)
    reviewer.get_by_role("button", name="Give the grade").click()
    expect(reviewer.get_by_text("Your grade is kept.")).to_be_visible()
    reviewer.goto("/earnings")
    expect(reviewer.get_by_text("Exam graded").first).to_be_visible()
    look(reviewer)

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
