"""A sign-in that runs out in the middle of work, for people with a second factor: nothing that was typed is lost."""

import re
import time

import pyotp
import pytest
from playwright.sync_api import Locator, Page, expect

from preceptor.lib.web.authentication import SESSION_COOKIE
from tests.journey.steps import look
from tests.journey.test_signing_in import DEMO, authenticator, opened, type_password

pytestmark = [pytest.mark.browser, pytest.mark.kill]
OWN_HOUSE = True

PROJECT = "Answers by hand"


def begin(page: Page) -> Locator:
    """At a task with a text to write; answers its field."""
    page.goto("/work")
    card = page.get_by_role("article").filter(has=page.get_by_role("heading", name=PROJECT))
    card.get_by_role("button", name=re.compile("^Start")).or_(
        card.get_by_role("link", name=re.compile("^Resume"))
    ).click()
    page.wait_for_url(re.compile("/work/assignments/"))
    acknowledge = page.get_by_role("button", name=re.compile("I have read"))
    if acknowledge.count() and acknowledge.first.is_visible():
        acknowledge.first.click()
    return page.get_by_role("textbox", name="Response")


def lapse(page: Page, field: Locator, text: str) -> Locator:
    """The sign-in runs out, and something is typed; answers the dialog."""
    page.context.clear_cookies(name=SESSION_COOKIE)
    field.fill(text)
    dialog = page.get_by_role("dialog", name="Please sign in again")
    expect(dialog).to_be_visible()
    return dialog


def expect_kept(page: Page, field: Locator, text: str) -> None:
    """Saved on the server, and there after a reload."""
    expect(page.locator(".save")).to_contain_text("saved", timeout=15_000)
    page.reload()
    expect(field).to_have_value(text)


@pytest.mark.parametrize(("phone", "who"), [(False, "trainer"), (True, "writer-two")], ids=["1280", "390"])
def test_with_a_code_of_an_app(browser, house, phone, who):
    page = opened(browser, house, phone=phone)
    type_password(page, f"{who}@demo.example")
    page.wait_for_url(re.compile("//[^/]+/work"))
    page.goto("/account/second-factor")
    page.get_by_role("button", name="Set up an app").click()
    page.get_by_text("Type the key instead").click()
    app = pyotp.TOTP(page.locator("details code").inner_text().replace(" ", ""))
    step = int(time.time()) // 30
    page.get_by_label("Type the code that it shows").fill(app.generate_otp(step))
    page.get_by_role("button", name="Use this app").click()
    expect(page.locator("ol code")).to_have_count(10)
    recovery = page.locator("ol code").all_inner_texts()

    field = begin(page)
    dialog = lapse(page, field, "Written before the sign-in ran out.")
    look(page)
    dialog.get_by_label("Password").fill(DEMO)
    page.keyboard.press("Enter")
    code = dialog.get_by_label("Code")
    expect(code).to_be_focused()
    page.keyboard.type(app.generate_otp(step))  # it was taken to set the app up
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("This code is not right")
    look(page)
    code.fill(app.generate_otp(int(time.time()) // 30 + 1))
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    expect_kept(page, field, "Written before the sign-in ran out.")

    dialog = lapse(page, field, "And with a recovery code.")
    dialog.get_by_label("Password").fill(DEMO)
    page.keyboard.press("Enter")
    dialog.get_by_label("Code").fill(recovery[0])
    dialog.get_by_role("button", name="Sign in", exact=True).click()
    expect(dialog).to_have_count(0)
    expect_kept(page, field, "And with a recovery code.")


def test_with_a_passkey_alone(browser, house):
    page = opened(browser, house, phone=True)
    authenticator(page)
    type_password(page, "writer-one@demo.example")
    page.wait_for_url(re.compile("//[^/]+/work"))
    page.goto("/account/second-factor")
    page.get_by_label("Name").fill("Laptop")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("button", name="Remove the passkey “Laptop”")).to_be_visible()
    page.wait_for_load_state("networkidle")
    field = begin(page)
    dialog = lapse(page, field, "Kept by a passkey.")
    dialog.get_by_role("button", name="Use a passkey").click()
    expect(dialog).to_have_count(0)
    expect_kept(page, field, "Kept by a passkey.")
