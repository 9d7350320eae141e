"""A decision about somebody, from its announcement to the appeal that overturns it; and what is theirs: a copy, a way out."""

import re
import zipfile

import pytest
from playwright.sync_api import Page, expect

from tests.journey.steps import look, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.kill]
OWN_HOUSE = True

WORDS = "The certification for this language was not taken within the time we had agreed on."
APPEAL = "The exam was not open in those weeks; please look at the dates once more."


def announce(manager: Page, name: str) -> str:
    """Find the person, give reasons, tell them; answers the case's id."""
    manager.goto("/cases")
    look(manager)
    manager.get_by_role("link", name="Announce a measure").click()
    manager.get_by_role("searchbox", name="Person").fill(name)
    manager.keyboard.press("Enter")
    manager.get_by_role("main").get_by_role("link", name=name).first.click()
    expect(manager.get_by_text("Records it rests on")).to_be_visible()
    look(manager)
    manager.get_by_role("radio", name=re.compile("^Removal")).check()
    manager.get_by_label("Reason").select_option("not_certified")
    manager.get_by_label("What happened, and why this follows").fill(WORDS)
    manager.get_by_text("another team first").click()
    manager.get_by_label("Why no team can be offered").fill("No other team is open in this language.")
    manager.get_by_role("button", name="Announce").click()
    manager.wait_for_url(re.compile(r"/cases/[0-9a-f-]{36}$"))
    look(manager)
    return manager.url.rpartition("/")[2]


@pytest.mark.parametrize("phone", [False, True], ids=["1280", "390"])
def test_announced_appealed_overturned(browser, house, phone):
    trainer = sign_in(browser, house, "trainer", phone=phone)
    trainer.goto("/account")
    name = trainer.get_by_label("Name").input_value()
    case = announce(sign_in(browser, house, "manager", phone=phone), name)

    trainer.goto("/account/cases")
    look(trainer)
    trainer.get_by_role("main").get_by_role("link", name=re.compile("Removal")).first.click()
    expect(trainer.get_by_text(WORDS)).to_be_visible()
    expect(trainer.get_by_text("announced, and not in force yet")).to_be_visible()
    look(trainer)
    trainer.get_by_label("What should the decider know?").fill("no")
    trainer.get_by_role("button", name="Send the appeal").click()
    expect(trainer.get_by_text("Write between")).to_be_visible()
    trainer.get_by_label("What should the decider know?").fill(APPEAL)
    trainer.get_by_role("button", name="Send the appeal").click()
    expect(trainer.get_by_text("does not bind you")).to_be_visible()

    operator = sign_in(browser, house, "operator", phone=phone)
    operator.goto("/cases?show=appealed")
    look(operator)
    operator.get_by_role("main").get_by_role("link", name=name).first.click()
    expect(operator.get_by_text(APPEAL)).to_be_visible()
    operator.get_by_role("radio", name=re.compile("overturned")).check()
    operator.get_by_label("Why").first.fill("The exam was indeed closed, so the time had not run out.")
    look(operator)
    operator.get_by_role("button", name="Decide").click()
    expect(operator.get_by_text("The appeal is decided")).to_be_visible()

    trainer.goto(f"/account/cases/{case}")
    expect(trainer.get_by_text("The exam was indeed closed")).to_be_visible()
    expect(trainer.get_by_text("overturned").first).to_be_visible()


@pytest.mark.parametrize("phone", [False, True], ids=["1280", "390"])
def test_a_copy_a_wish_and_a_way_out(browser, house, tmp_path, phone):
    trainer = sign_in(browser, house, "trainer", phone=phone)
    trainer.goto("/account/data")
    look(trainer)
    before = trainer.get_by_role("link", name="Download").count()
    trainer.get_by_role("button", name="Make a copy").click()
    expect(trainer.get_by_text("Your copy is being made")).to_be_visible()
    for _attempt in range(60):
        trainer.goto("/account/data")
        if trainer.get_by_role("link", name="Download").count() > before:
            break
        trainer.wait_for_timeout(1_000)
    with trainer.expect_download() as started:
        trainer.get_by_role("link", name="Download").first.click()
    path = tmp_path / "data.zip"
    started.value.save_as(path)
    with zipfile.ZipFile(path) as archive:
        assert "trainer@demo.example" in archive.read("data.json").decode()
        (tmp_path / "index.html").write_bytes(archive.read("index.html"))
    readable = trainer.context.new_page()
    readable.goto((tmp_path / "index.html").as_uri())
    expect(readable.get_by_role("heading", name="Your profile")).to_be_visible()

    trainer.get_by_label("What is wrong, and how is it right?").fill("I moved to Andorra in May.")
    trainer.get_by_role("button", name="Send").click()
    expect(trainer.get_by_text("I moved to Andorra in May.").first).to_be_visible()

    trainer.get_by_label("Your password").fill("not my password at all")
    trainer.get_by_role("button", name="Erase me").click()
    expect(trainer.get_by_text("do not match")).to_be_visible()
    look(trainer)
    trainer.get_by_label("Your password").fill("preceptor demo")
    trainer.get_by_role("button", name="Erase me").click()
    expect(trainer.get_by_text("You asked to be erased. It is done on")).to_be_visible()
    look(trainer)
    trainer.get_by_role("button", name="Stay after all").click()
    expect(trainer.get_by_text("Nothing was erased.")).to_be_visible()
