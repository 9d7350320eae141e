"""What people do with certifications and exams, step by step in a real browser: what the journeys of hiring share."""

import re

from playwright.sync_api import Page, expect

from preceptor.kinds.registry import task_kinds
from tests.journey.steps import choose, look

RESPONSES = ["Salt water is denser than fresh water.", "Because fish carry it."]
KEY = {"turns": [{"turn_id": "given-turn", "ratings": {"given-response-1": 7, "given-response-2": 1}}]}


def make(page: Page, title: str, *, exam: bool, team: str = "Writers EN") -> str:
    """A project with guidelines, by its form; answers its address."""
    page.goto(f"/projects/new?kind={next(iter(task_kinds()))}")
    page.get_by_label("Title").fill(title)
    if exam:
        page.get_by_role("radio", name="An exam").check()
    page.get_by_label("Currency").select_option("EUR")
    page.get_by_label("Hourly rate").fill("24")
    page.get_by_label(team).check()
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
        choose(group.get_by_role("radio").nth(6 if right else 0))
    page.get_by_role("textbox", name="Ideal response").fill(
        "Rivers carry salts into the sea, and only water leaves it."
    )
    expect(page.locator(".save")).to_contain_text("saved", timeout=10_000)
