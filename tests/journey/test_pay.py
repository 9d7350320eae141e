"""Pay as people meet it: a rate by place, a claim over the cap, and a rejection contested and overturned."""

import re

import psycopg
import pytest
from playwright.sync_api import Page, expect

from preceptor.lib.embedded.postgres import find_running_postgres
from preceptor.lib.ids import new_id
from tests.journey.steps import (
    expect_saved,
    hand_in,
    import_rows,
    look,
    make_project,
    open_project,
    sign_in,
    start_review,
    start_work,
)

pytestmark = [pytest.mark.browser, pytest.mark.kill]

ANSWER = "Cold air contracts, so the pressure in the tires falls during the night and rises again in the sun."


def tell(house, statement: str, *values: object) -> None:
    """What the test decides about time and rules, written straight into the house's database."""
    with psycopg.connect(find_running_postgres(house.home), autocommit=True) as connection:
        connection.execute(statement, values)


def set_a_rate(page: Page, slug: str) -> None:
    page.goto(f"/projects/{slug}/rates")
    look(page)
    page.get_by_label("Country").select_option("ES")
    page.get_by_label("Region").fill("CT")
    page.get_by_label("Per hour").fill("1x")
    page.get_by_role("button", name="Set", exact=True).click()
    expect(page.get_by_label("Per hour")).to_have_value("1x")
    page.get_by_label("Per hour").fill("30")
    page.get_by_role("button", name="Set", exact=True).click()
    expect(page.get_by_role("row").filter(has_text="Spain, CT")).to_contain_text("€30.00")
    look(page)


def answer_for_25_minutes(page: Page, house, title: str) -> str:
    """Of a task that is paid for ten."""
    assignment = start_work(page, title)
    page.get_by_role("textbox", name="Response").fill(ANSWER)
    expect_saved(page)
    tell(house, "UPDATE assignment SET active_ms = 1500000 WHERE id = %s", assignment)
    hand_in(page)
    return assignment


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_what_is_owed_is_paid(browser, house, phone):
    title = f"Pay {new_id().hex[-6:]}"
    manager = sign_in(browser, house, "manager", phone=phone)
    slug = make_project(manager, title, kind="write_response")
    import_rows(manager, slug, [{"prompt": [{"role": "user", "content": "Why do tires go flat in winter?"}]}])
    rules = '{"cap_minutes": 10}'
    tell(house, "UPDATE project SET rules = rules || %s::jsonb, currency = 'EUR' WHERE slug = %s", rules, slug)
    open_project(manager, slug)
    set_a_rate(manager, slug)

    trainer = sign_in(browser, house, "trainer", phone=phone)
    assignment = answer_for_25_minutes(trainer, house, title)
    task = f"/my-work/{assignment}"
    trainer.goto(task)
    look(trainer)
    trainer.get_by_label("Why did it take longer?").fill("The sources contradicted each other.")
    trainer.get_by_role("button", name="Claim this time").click()
    expect(trainer.get_by_text("Waits for a decision")).to_be_visible()
    look(trainer)

    manager.goto("/claims")
    claim = manager.get_by_role("region", name=title)
    expect(claim).to_contain_text("The sources contradicted each other.")
    look(manager)
    claim.get_by_role("button", name="Pay it").click()
    expect(manager.get_by_text("Granted: it is paid")).to_be_visible()
    trainer.goto(task)
    expect(trainer.get_by_role("region", name="Time over the limit")).to_contain_text("Decided by")

    reviewer = sign_in(browser, house, "reviewer", phone=phone)
    start_review(reviewer, slug)
    expect(reviewer.get_by_role("timer", name="Your time on this")).to_be_visible()
    look(reviewer)
    reviewer.get_by_role("button", name=re.compile("^Reject")).first.click()
    dialog = reviewer.get_by_role("dialog")
    dialog.get_by_label("Copied from elsewhere").check()
    dialog.get_by_label("Note to the trainer").fill("This stands on a web page.")
    look(reviewer)
    dialog.get_by_role("button", name=re.compile("^Reject")).click()
    reviewer.wait_for_url(re.compile(r"/reviews\?project="))

    trainer.goto(task)
    expect(trainer.get_by_text("what it had earned was taken back")).to_be_visible()
    look(trainer)
    trainer.get_by_label("What has the reviewer overlooked?").fill("I wrote that page myself.")
    trainer.get_by_role("button", name="Contest it").click()
    expect(trainer.get_by_text("Waits for somebody else to look")).to_be_visible()

    reviewer.goto("/disputes")
    expect(reviewer.get_by_role("heading", name="Disputes")).to_be_visible()
    expect(reviewer.get_by_text("I wrote that page myself.")).to_have_count(0)
    manager.goto("/disputes")
    look(manager)
    manager.get_by_role("link", name="I wrote that page myself.").click()
    expect(manager.get_by_text("This stands on a web page.")).to_be_visible()
    expect(manager.get_by_text(ANSWER).first).to_be_visible()
    look(manager)
    manager.get_by_label("Your answer to the trainer").fill("It is yours indeed.")
    manager.get_by_role("button", name="Overturn the rejection").click()
    expect(manager.get_by_text("Decided. The trainer is told.")).to_be_visible()
    trainer.goto(task)
    expect(trainer.get_by_text("Overturned: the answer counts")).to_be_visible()
    expect(trainer.get_by_text("It is yours indeed.")).to_be_visible()
    expect(trainer.get_by_role("region", name="Time and money")).to_contain_text(re.compile(r"€10\.0\d"))
    look(trainer)
