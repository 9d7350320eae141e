"""A question answered beside the work, an announcement seen, a project rated; and a client from order to invoice."""

import re

import pytest
from playwright.sync_api import expect

from preceptor.lib.clock import utc_now
from preceptor.lib.ids import new_id
from tests.journey.steps import look, sign_in, start_work

pytestmark = [pytest.mark.browser, pytest.mark.kill]
OWN_HOUSE = True

PROJECTS = {False: "Everyday questions", True: "Answers by hand"}
"""One for each width: a task that was begun is resumed, not started."""


def slug_of(manager, title: str) -> str:
    manager.goto("/projects")
    manager.get_by_role("link", name=title).first.click()
    manager.wait_for_url(re.compile(r"/projects/[a-z0-9-]+$"))
    return manager.url.rpartition("/")[2]


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_asking_beside_the_work_and_having_a_say(browser, house, phone):
    mark = new_id().hex[-6:]
    manager, trainer = sign_in(browser, house, "manager", phone=phone), sign_in(browser, house, "trainer", phone=phone)
    title = PROJECTS[phone]
    slug = slug_of(manager, title)
    manager.goto(f"/announcements?to=project:{slug}")
    manager.get_by_label("Title").fill(f"News {mark}")
    manager.get_by_label("Text, in Markdown").fill("From **Monday** on.")
    look(manager)
    manager.get_by_role("button", name="Announce").click()
    expect(manager.get_by_role("link", name=f"News {mark}")).to_be_visible()

    trainer.goto("/work")
    expect(trainer.get_by_role("heading", name=f"News {mark}")).to_be_visible()
    look(trainer)
    start_work(trainer, title)
    notice = trainer.locator(".notice").filter(has_text=f"News {mark}")
    expect(notice).to_contain_text("Monday")
    if phone:  # folded, so that the work itself is on the first screen
        expect(notice.get_by_text("Monday")).to_be_hidden()
        notice.get_by_text(f"News {mark}").tap()
        expect(notice.get_by_text("Monday")).to_be_visible()
    look(trainer)
    notice.get_by_role("button", name=f"Seen: News {mark}").click()
    expect(notice).to_have_count(0)
    with trainer.context.expect_page() as opened:
        trainer.get_by_role("link", name=re.compile("^Questions")).click()
    room = opened.value
    room.get_by_label("Your question, in a line").fill(f"May I swear? {mark}")
    look(room)
    room.get_by_role("button", name="Ask everybody").click()
    room.wait_for_url(re.compile(r"/questions/[0-9a-f-]{36}"))
    address = room.url
    look(room)
    room.close()
    expect(trainer.locator("preceptor-workbench")).to_be_visible()  # where it was, with what was written

    manager.goto(address)
    manager.get_by_label("Your answer, in Markdown").fill("Only in *quotes*.")
    manager.get_by_role("button", name="Answer", exact=True).click()
    manager.get_by_role("button", name="This settles it").click()
    expect(manager.get_by_text("the answer", exact=True)).to_be_visible()
    look(manager)
    trainer.goto("/work")
    expect(trainer.get_by_role("heading", name=f"News {mark}")).to_have_count(0)
    trainer.goto(f"/projects/{slug}/questions?q=quotes")
    expect(trainer.get_by_role("link", name=f"May I swear? {mark}")).to_be_visible()
    look(trainer)
    trainer.goto(f"/work/{slug}/rating")
    look(trainer)
    if trainer.get_by_role("button", name=re.compile("^Rate|^Change")).count():
        for part in ("Pay", "Clarity", "Fairness"):
            trainer.get_by_role("group", name=re.compile(f"^{part}")).get_by_label("4", exact=True).check()
        trainer.get_by_role("button", name=re.compile("^Rate|^Change")).click()
        expect(trainer.get_by_text("You can change it until the month ends")).to_be_visible()
    else:
        expect(trainer.get_by_text("once you have worked on it")).to_be_visible()
    for path in ("/teams", "/account/credit", "/announcements"):
        trainer.goto(path)
        look(trainer)


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_from_order_to_invoice(browser, house, phone):
    title = PROJECTS[phone]
    manager, client = sign_in(browser, house, "manager", phone=phone), sign_in(browser, house, "client", phone=phone)
    slug = slug_of(manager, title)
    manager.goto(f"/projects/{slug}/orders")
    look(manager)
    manager.get_by_label("Price of one").fill("4.20")
    manager.get_by_label("Items wanted").fill("500")
    manager.get_by_label("From", exact=True).fill("2020-01-01")
    manager.get_by_role("button", name="Draft the order").click()
    manager.wait_for_url(re.compile(r"/orders/\d+"))
    manager.get_by_role("button", name="It is agreed").click()
    manager.get_by_role("dialog").get_by_role("button", name="It is agreed").click()
    expect(manager.get_by_text("Agreed. Its terms stay as they are.")).to_be_visible()
    look(manager)
    client.goto(f"/client/{slug}")
    expect(client.get_by_role("heading", name="Order 1")).to_be_visible()
    expect(client.get_by_text("Margin")).to_have_count(0)
    look(client)
    manager.get_by_label("Work up to and with").fill(utc_now().date().isoformat())
    manager.get_by_role("button", name="Issue", exact=True).click()
    if manager.get_by_role("heading", name=re.compile(r"^Invoice \d+")).count():
        look(manager)
        client.goto("/invoices")
        client.get_by_role("link", name=re.compile(r"^Invoice \d+")).first.click()
        expect(client.get_by_text("Total")).to_be_visible()
        look(client)
    else:
        expect(manager.get_by_text("There is nothing to invoice").first).to_be_visible()
        look(manager)
    for path in (f"/projects/{slug}/moving", "/figures", "/people/teams"):
        manager.goto(path)
        look(manager)
