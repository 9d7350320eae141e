"""Writing a response as people do it: from a pasted prompt to a demonstration in a release."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from preceptor.lib.ids import new_id
from tests.journey.steps import (
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

WRONG = "Cold air contracts, so the pressure in the tires falls during the night and rises again in the sun."
RIGHT = "El aire frío se contrae, por eso la presión baja durante la noche.\n\n- **Mide** la presión por la mañana."


def write(page: Page) -> None:
    """First in the wrong language, which is asked about; then in the right one, with a source."""
    expect(page.get_by_text("Write in Spanish")).to_be_visible()
    look(page)
    response = page.get_by_role("textbox", name="Response")
    response.fill(WRONG)
    expect(page.get_by_text("19 words")).to_be_visible()
    page.get_by_role("button", name="Add a source").click()
    address = page.get_by_role("textbox", name="Address")
    expect(address).to_be_focused()
    address.fill("javascript:alert(1)")
    page.locator(".submit").click()
    expect(page.get_by_text("This is not a web address").first).to_be_visible()
    look(page)
    address.fill("https://example.org/tires")
    page.get_by_role("textbox", name="Title").fill("Tires in the winter")
    page.locator(".submit").click()
    asked = page.get_by_role("dialog").filter(
        has_text="This seems to be written in English, but is asked for in Spanish"
    )
    expect(asked).to_be_visible()
    look(page)
    asked.get_by_role("button", name="Go back").click()
    response.fill(RIGHT)
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("region", name="Response, as it will be read").get_by_role("listitem")).to_have_count(1)
    expect_saved(page)
    look(page)
    page.reload()
    expect(page.get_by_role("textbox", name="Response")).to_have_value(RIGHT)


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_from_prompt_to_demonstration(browser, house, phone):
    title = f"Write {new_id().hex[-6:]}"
    manager = sign_in(browser, house, "manager", phone=phone)
    slug = make_project(manager, title, kind="write_response")
    manager.goto(f"/projects/{slug}/items/new")
    look(manager)
    expect(manager.get_by_role("textbox", name="Prompts, one a line")).to_be_visible()
    prompt = [{"role": "user", "content": "Hola."}, {"role": "assistant", "content": "¡Hola!"}]
    prompt.append({"role": "user", "content": "¿Por qué pierden aire mis neumáticos en invierno?"})
    import_rows(manager, slug, [{"prompt": prompt, "lang": "es"}])
    open_project(manager, slug)
    tried = try_out(manager, slug, "write-response-widget")
    expect(tried.get_by_text("The chain skips on the small sprockets.")).to_be_visible()

    trainer = sign_in(browser, house, "trainer", phone=phone)
    assignment = start_work(trainer, title)
    write(trainer)
    hand_in(trainer)

    reviewer = sign_in(browser, house, "reviewer", phone=phone)
    start_review(reviewer, slug)
    expect(reviewer.get_by_role("link", name="Tires in the winter")).to_have_attribute(
        "href", "https://example.org/tires"
    )
    expect(reviewer.get_by_role("region", name="Response, as it will be read")).to_contain_text("El aire frío")
    look(reviewer)
    reviewer.get_by_role("button", name=re.compile("^Accept")).first.click()
    expect_accepted(trainer, assignment)

    (row,) = release_rows(manager, slug, "trl-prompt-completion/train.jsonl")
    assert row["prompt"] == prompt
    assert row["completion"] == [{"role": "assistant", "content": RIGHT}]
    assert json.loads(row["meta"]["sources"]) == [{"title": "Tires in the winter", "url": "https://example.org/tires"}]
