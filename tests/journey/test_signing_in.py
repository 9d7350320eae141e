"""Signing in safely, in a real browser: a passkey of a virtual authenticator, an app's codes, a forgotten password."""

import re
import time
from email import message_from_bytes
from email.policy import default

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.frontend.conftest import PHONE, WIDE
from tests.journey.steps import look

pytestmark = pytest.mark.browser
OWN_HOUSE = True

DEMO = "preceptor demo"


def opened(browser, house, *, phone: bool) -> Page:
    """A browser at the one name that passkeys of this machine are bound to."""
    context = browser.new_context(
        viewport=PHONE if phone else WIDE,
        has_touch=phone,
        is_mobile=phone,
        reduced_motion="reduce",
        base_url=f"http://localhost:{house.port}",
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    return page


def type_password(page: Page, email: str, password: str = DEMO) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()


def authenticator(page: Page):
    """A device with a fingerprint reader, as far as the browser can tell; its options can be changed later."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return devtools, made["authenticatorId"]


def sign_out(page: Page) -> None:
    page.locator("header.top form[action='/sign-out'] button").dispatch_event("click")
    page.wait_for_url(re.compile("/sign-in"))


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_a_passkey_is_added_used_and_removed(browser, house, phone):
    page = opened(browser, house, phone=phone)
    devtools, device = authenticator(page)
    type_password(page, "reviewer@demo.example")
    page.wait_for_url(re.compile("//[^/]+/reviews"))
    page.goto("/account/second-factor")
    look(page)
    page.get_by_label("Name").fill("Work laptop")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("Work laptop").first).to_be_visible()
    expect(page.get_by_text("You have no recovery codes.")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Make recovery codes").click()
    expect(page.locator("ol code")).to_have_count(10)
    look(page)
    sign_out(page)
    look(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(re.compile("//[^/]+/(reviews|account/second-factor)"))
    page.goto("/account/sessions")
    expect(page.get_by_text("with a passkey").first).to_be_visible()
    look(page)
    sign_out(page)
    # Whom the device has not verified is not let in.
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator(".flashes .notice")).to_be_visible()
    assert "/sign-in" in page.url
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": True})
    # The password alone no longer does: the passkey is the second step.
    type_password(page, "reviewer@demo.example")
    page.wait_for_url(re.compile("/sign-in/step"))
    look(page)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(re.compile("//[^/]+/reviews"))
    # A copy of the key counts from the beginning again.
    (kept,) = devtools.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]
    assert kept["signCount"] >= 2
    page.goto("/account/second-factor")
    page.get_by_role("button", name="Remove the passkey “Work laptop”").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("The passkey is removed")).to_be_visible()
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator(".flashes .notice")).to_be_visible()


def test_a_copied_passkey_is_refused(browser, house):
    page = opened(browser, house, phone=False)
    devtools, device = authenticator(page)
    type_password(page, "client@demo.example")
    page.wait_for_url(re.compile("/client"))
    page.goto("/account/second-factor")
    page.get_by_label("Name").fill("Phone")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("button", name="Remove the passkey “Phone”")).to_be_visible()
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(re.compile("//[^/]+/(client|account/second-factor)"))
    (kept,) = devtools.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]
    devtools.send("WebAuthn.removeCredential", {"authenticatorId": device, "credentialId": kept["credentialId"]})
    copy = {"authenticatorId": device, "credential": kept | {"signCount": 0}}
    devtools.send("WebAuthn.addCredential", copy)
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator(".flashes .notice")).to_contain_text("This passkey could not be used")


@pytest.mark.parametrize(("phone", "role"), [(False, "manager"), (True, "trainer")], ids=["wide", "phone"])
def test_an_app_is_set_up_and_asked_for(browser, house, phone, role):
    page = opened(browser, house, phone=phone)
    type_password(page, f"{role}@demo.example")
    page.wait_for_url(re.compile("/(projects|work)"))
    page.goto("/account/second-factor")
    page.get_by_role("button", name="Set up an app").click()
    assert page.locator("main img").evaluate("image => image.naturalWidth") > 100
    page.get_by_text("Type the key instead").click()
    app = pyotp.TOTP(page.locator("details code").inner_text().replace(" ", ""))
    look(page)
    page.get_by_label("Type the code that it shows").fill("000000")
    page.get_by_role("button", name="Use this app").click()
    expect(page.get_by_text("This is not the code the app shows now")).to_be_visible()
    step = int(time.time()) // 30
    page.get_by_label("Type the code that it shows").fill(app.generate_otp(step))
    page.get_by_role("button", name="Use this app").click()
    expect(page.locator("ol code")).to_have_count(10)
    codes = page.locator("ol code").all_inner_texts()
    look(page)
    sign_out(page)
    type_password(page, f"{role}@demo.example")
    page.wait_for_url(re.compile("/sign-in/step"))
    look(page)
    page.get_by_label("Code").fill(app.generate_otp(step))
    page.get_by_role("button", name="Sign in", exact=True).last.click()
    expect(page.get_by_text("This is not right.")).to_be_visible()
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(re.compile("/(projects|work)"))
    page.goto("/account/notices")
    expect(page.get_by_text("A recovery code was used")).to_be_visible()
    look(page)


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_a_forgotten_password(browser, house, phone):
    page = opened(browser, house, phone=phone)
    before = len(reset_links(house, "operator@demo.example"))
    page.goto("/sign-in")
    page.get_by_role("link", name="Forgotten your password?").click()
    look(page)
    page.get_by_label("E-mail").fill("operator@demo.example")
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_text("a mail is on its way")).to_be_visible()
    look(page)
    page.goto(link_after(house, "operator@demo.example", before))
    look(page)
    page.get_by_label("New password").fill("a brand new password")
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_text("Your new password is set")).to_be_visible()
    type_password(page, "operator@demo.example", "a brand new password")
    page.wait_for_url(re.compile("/models"))
    for path in (
        "/providers",
        "/providers/new",
        "/account/email",
        "/account/notices",
        "/account/confirm?next=/account",
    ):
        page.goto(path)
        look(page)


def reset_links(house, to: str) -> list[str]:
    """The paths that mails to somebody lead to, oldest first."""
    found = []
    for path in sorted((house.home / "mail").glob("*.eml")):
        mail = message_from_bytes(path.read_bytes(), policy=default)
        link = re.search(r"http://\S+?(/reset/\S+)", mail.get_body(("plain",)).get_content())
        if mail["To"] == to and link:
            found.append(link[1])
    return found


def link_after(house, to: str, before: int) -> str:
    """The path of the first mail to somebody after so many; the worker writes it within some seconds."""
    for _look in range(120):
        found = reset_links(house, to)
        if len(found) > before:
            return found[before]
        time.sleep(0.5)
    raise AssertionError("no mail came")
