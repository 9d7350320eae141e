"""The main job, as people do it: a manager makes a project, a trainer works, a reviewer decides, data is released.

A real browser on a real installation with the embedded language model, at desktop and phone width.
"""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from preceptor.lib.ids import new_id
from tests.cli.test_house import running_house
from tests.journey.steps import choose, look, press, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.kill]


@pytest.fixture(scope="module")
def house():
    with running_house("--host", "127.0.0.1") as running:
        assert "practice" not in running.said
        yield running


def make_project(page: Page, title: str) -> str:
    page.goto("/projects/new")
    look(page)
    page.get_by_label("Title").fill(title)
    page.get_by_label("Currency").select_option("EUR")
    page.get_by_label("Hourly rate").fill("24")
    page.get_by_label("Longest response").fill("48")
    page.get_by_label("Writers EN").check()
    page.get_by_role("button", name="Make the project").click()
    page.wait_for_url(re.compile(r"/projects/(?!new)"))
    slug = re.search(r"/projects/([a-z0-9-]+)", page.url).group(1)
    page.goto(f"/projects/{slug}/guidelines")
    page.get_by_role("textbox", name=re.compile("Guidelines|Text|Markdown")).first.fill(
        "# Rate what is there\n\nA **7** is basically perfect."
    )
    look(page)
    page.get_by_role("button", name=re.compile("Save|Publish")).first.click()
    page.wait_for_load_state("networkidle")
    page.goto(f"/projects/{slug}/state")
    look(page)
    press(page, page.get_by_role("button", name=re.compile("^Open")).first)
    expect(page.get_by_text(re.compile("^open$", re.IGNORECASE)).first).to_be_visible()
    return slug


def add_items(page: Page, slug: str) -> None:
    page.goto(f"/projects/{slug}/items/new?way=free")
    look(page)
    page.get_by_label("Brief").fill("Have a conversation on any topic, browsing off.")
    page.get_by_label("How many").fill("2")
    page.get_by_role("button", name="Add items").click()
    page.wait_for_url(re.compile(r"/items($|\?)"))
    look(page)
    page.goto(f"/projects/{slug}")
    look(page)


def rate_and_write(page: Page, *, phone: bool) -> str:
    """On the workbench: ask, wait for four answers, tag, rate, write the ideal one, hand it in."""
    acknowledge = page.get_by_role("button", name=re.compile("I have read"))
    if acknowledge.count() and acknowledge.first.is_visible():
        acknowledge.first.click()
    prompt = page.get_by_role("textbox", name="Your prompt")
    prompt.fill("Name three things that float on water.")
    prompt.press("Control+Enter")
    for number, rating in ((1, 6), (2, 4), (3, 4), (4, 2)):
        if phone:  # one response at a time, chosen above the cards
            page.get_by_role("navigation", name="Responses").get_by_role("button", name=f"Response {number}").click()
        group = page.get_by_role("radiogroup", name=f"Response {number}, rating")
        expect(group).to_be_visible(timeout=120_000)
        choose(group.get_by_role("radio").nth(rating - 1))
    look(page)
    ideal = page.get_by_role("textbox", name="Ideal response")
    ideal.fill("Wood, cork and ice float on water, because each of them is less dense than it.")
    expect(page.locator(".save")).to_contain_text("saved", timeout=10_000)
    identity = re.search(r"/assignments/([0-9a-f-]+)", page.url).group(1)
    page.reload()
    expect(page.get_by_role("textbox", name="Ideal response")).to_have_value(re.compile("less dense"))
    page.locator(".submit").click()
    receipt = page.get_by_role("dialog", name="Submitted")
    expect(receipt).to_be_visible()
    expect(receipt).to_contain_text("€")
    return identity


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_from_project_to_release(browser, house, phone):
    title = f"Journey {new_id().hex[-6:]}"
    manager = sign_in(browser, house, "manager", phone=phone)
    slug = make_project(manager, title)
    add_items(manager, slug)

    trainer = sign_in(browser, house, "trainer", phone=phone)
    look(trainer)
    card = trainer.get_by_role("article").filter(has_text=title)
    expect(card).to_contain_text("€24.00")
    card.get_by_role("button", name="Start").click()
    trainer.wait_for_url(re.compile("/work/assignments/"))
    assignment = rate_and_write(trainer, phone=phone)
    trainer.goto("/my-work")
    look(trainer)
    trainer.goto("/earnings")
    look(trainer)

    reviewer = sign_in(browser, house, "reviewer", phone=phone)
    look(reviewer)
    reviewer.goto(f"/reviews?project={slug}")
    waiting = reviewer.get_by_role("table").get_by_role("link").first
    for _look in range(30):  # the worker samples within a second
        if waiting.count():
            break
        reviewer.wait_for_timeout(500)
        reviewer.reload()
    look(reviewer)
    reviewer.get_by_role("button", name="Start reviewing").click()
    reviewer.wait_for_url(re.compile("/reviews/[0-9a-f-]{36}"))
    expect(reviewer.get_by_role("radiogroup", name="Response 1, rating")).to_be_visible()
    look(reviewer)
    reviewer.get_by_role("button", name=re.compile("^Accept")).click()
    reviewer.wait_for_url(re.compile(r"/reviews\?project="))

    trainer.goto(f"/my-work/{assignment}")
    expect(trainer.get_by_text(re.compile("accepted", re.IGNORECASE)).first).to_be_visible()

    manager.goto(f"/projects/{slug}")
    look(manager)
    manager.goto(f"/projects/{slug}/releases")
    look(manager)
    manager.get_by_role("link", name="Freeze a release").first.click()
    look(manager)
    manager.get_by_role("main").get_by_role("button", name=re.compile("Freeze")).first.click()
    manager.wait_for_url(re.compile(r"/releases/\d+"))
    link = manager.get_by_role("link", name="Download trl-preference/train.jsonl")
    expect(link).to_be_visible(timeout=60_000)
    look(manager)
    with manager.expect_download() as download:
        link.click()
    pairs = [json.loads(line) for line in Path(download.value.path()).read_text().splitlines()]
    # 6 > 4 = 4 > 2: five strict pairs, none between the tied two.
    assert len(pairs) == 5
    assert all(pair["prompt"][-1]["content"].startswith("Name three things") for pair in pairs)

    client = sign_in(browser, house, "client", phone=phone)
    look(client)
    expect(client.get_by_text(title).first).to_be_visible()
