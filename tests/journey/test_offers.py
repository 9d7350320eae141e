"""From a stranger to an engagement: on a phone, with a manager at a desk between.

A stranger finds the Catalan offer, applies, opens the mail's link, sees where the application stands; a manager admits
them to the paid exam; they sit it, a reviewer grades it; they accept, and what they agreed to is kept.
"""

import re
import time
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.frontend.conftest import PHONE
from tests.journey.steps import expect_saved, hand_in, look, sign_in, speak

pytestmark = [pytest.mark.browser, pytest.mark.kill]
OWN_HOUSE = True

WORDS = "set paraules que recordo"
EXAM = "examen-escriure-en-catala"
ANSWER = (
    "Comença a poc a poc i amb ganes: camina de pressa mitja hora, tres dies per setmana, i només quan t’hi trobis bé "
    "afegeix-hi estones curtes de córrer. Si et fa mal, para i parla amb el teu metge."
)


def stranger(browser, house, *, language: str) -> Page:
    context = browser.new_context(
        viewport=PHONE,
        has_touch=True,
        is_mobile=True,
        reduced_motion="reduce",
        base_url=f"http://127.0.0.1:{house.port}",
        locale=language,
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    return page


def mailed_link(home: Path, address: str, path: str) -> str:
    """The link below `path` in the newest mail to an address, from the folder that mails go to without a server."""
    for _look in range(60):
        for file in sorted((home / "mail").rglob("*.eml"), key=lambda one: one.stat().st_mtime, reverse=True):
            message = message_from_bytes(file.read_bytes(), policy=policy.default)
            body = message.get_body(preferencelist=("plain",))
            found = re.search(rf"https?://\S+({re.escape(path)}/[\w-]+)", body.get_content() if body else "")
            if address in str(message["to"]) and found:
                return found[1]
        time.sleep(0.5)
    raise AssertionError(f"no mail to {address}")


def sit_exam(page: Page) -> None:
    """Both parts, in a few sentences."""
    begin = page.get_by_role("button", name="Begin the exam")
    page.goto(f"/exams/{EXAM}")
    for _look in range(40):  # what somebody may do is known again within half a minute
        if begin.count():
            break
        page.wait_for_timeout(1_000)
        page.reload()
    look(page)
    begin.click()
    for _part in range(2):
        page.goto(f"/exams/{EXAM}")
        page.get_by_role("button", name="Next part").click()
        page.wait_for_url(re.compile("/work/assignments/"))
        acknowledge = page.get_by_role("button", name=re.compile("I have read"))
        if acknowledge.count() and acknowledge.first.is_visible():
            acknowledge.first.click()
        page.get_by_role("textbox", name="Response").fill(ANSWER)
        expect_saved(page)
        hand_in(page)


def grade_exam(page: Page) -> None:
    """Full marks for all parts that wait: both of theirs, and both of somebody who sat it before."""
    for left in (4, 3, 2, 1):
        waiting = page.get_by_role("link", name="Examen: escriure en català")
        page.goto("/grading")
        for _look in range(40):  # the worker hands the sitting in within a second
            if waiting.count() == left:
                break
            page.wait_for_timeout(500)
            page.reload()
        look(page)
        waiting.first.click()
        for label, points in (("It answers the question", "5"), ("Natural and correct", "5"), ("Clear, and no", "2")):
            page.get_by_label(label).fill(points)
        page.get_by_label("What they should know").fill("Molt bé.")
        page.get_by_role("button", name="Give the grade").click()
        expect(page.get_by_text("Your grade is kept.")).to_be_visible()


def test_a_stranger_finds_the_offer_and_is_engaged(browser, house):
    page = stranger(browser, house, language="ca-ES")
    page.goto("/offers")
    expect(page.get_by_role("heading", name="Ofertes")).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(4)
    look(page)
    page.get_by_label("On ets").select_option("ES-CT")
    page.wait_for_url(re.compile("place=ES-CT"))
    offer = page.get_by_role("article").filter(has_text="en català")
    expect(offer).to_have_count(1)
    offer.get_by_role("link").click()
    expect(page.get_by_text("17,00 USD / hora").first).to_be_visible()
    expect(page.get_by_text("Cap document d’identitat").first).to_be_visible()
    look(page)
    page.get_by_role("link", name="Sol·licita", exact=True).first.click()
    page.wait_for_url(re.compile("/apply$"))
    look(page)
    page.get_by_label("El teu nom").fill("Berta Roca")
    page.get_by_label("Correu electrònic").fill("berta@people.example")
    page.get_by_label("Nivell").first.select_option("5")
    page.get_by_label("Per què t’interessa").fill("Escric cada dia.")
    page.get_by_role("button", name="Envia la sol·licitud").click()
    expect(page.get_by_role("heading", name="Mira el correu")).to_be_visible()
    look(page)
    page.goto(mailed_link(house.home, "berta@people.example", "/apply/confirm"))
    look(page)
    page.get_by_label("Tria una contrasenya").fill(WORDS)
    page.get_by_role("button", name="Confirma i continua").click()
    page.wait_for_url(re.compile("/applications/[0-9a-f-]{36}"))
    expect(page.get_by_text("Rebuda").first).to_be_visible()
    look(page)

    desk = sign_in(browser, house, "manager", phone=False)
    desk.goto("/hiring")
    look(desk)
    desk.goto("/hiring/applications?q=berta")
    look(desk)
    desk.get_by_role("link", name="Berta Roca").click()
    look(desk)
    desk.get_by_role("button", name="Admit").click()
    expect(desk.get_by_text("They are invited to the exam.")).to_be_visible()

    page.reload()
    expect(page.get_by_text("Convidada a la prova").first).to_be_visible()
    look(page)
    application = page.url
    speak(page, "en")  # so that the steps shared with other journeys can be taken
    sit_exam(page)
    speak(page, "ca")
    grade_exam(sign_in(browser, house, "reviewer", phone=False))
    page.goto(application)
    expect(page.get_by_text("Oferta feta").first).to_be_visible()
    look(page)
    page.get_by_label("He llegit les condicions").check()
    page.get_by_role("button", name="Accepta l’oferta").click()
    page.wait_for_url(re.compile("/engagements/"))
    expect(page.get_by_role("main")).to_contain_text("Berta Roca")
    look(page)
    page.goto("/work")
    expect(page.get_by_text("Conversa en català").first).to_be_visible()
    desk.goto("/hiring/engagements?offer=1")
    expect(desk.get_by_role("link", name="Berta Roca")).to_be_visible()
    look(desk)


def test_a_manager_writes_an_offer_and_sees_it_as_applicants_will(browser, house):
    desk = sign_in(browser, house, "manager", phone=False)
    desk.goto("/hiring/offers/new")
    look(desk)
    desk.get_by_label("Title").fill("Basque writers")
    desk.get_by_label("Description").fill("Write Basque well.")
    desk.get_by_label("Hourly rate").fill("17.50")
    preview = desk.locator("#offer-preview")
    expect(preview).to_contain_text("$17.50 / hour")
    expect(preview).to_contain_text("Write Basque well.")
    desk.get_by_label("Country").select_option("ES")
    desk.get_by_label("Region").select_option("PV")
    desk.get_by_label("Language 1").select_option("eu")
    desk.get_by_label("Who engages and pays").fill("Aurora Work")
    desk.get_by_label("Contact").fill("people@aurora.example")
    desk.get_by_label("Terms, in Markdown").fill("# Terms\n\nPaid every week.")
    desk.get_by_role("button", name="Save").click()
    desk.wait_for_url(re.compile(r"/hiring/offers/\d{4}$"))
    look(desk)
    desk.get_by_role("button", name="Publish").click()
    desk.get_by_role("dialog").get_by_role("button", name="Publish").click()
    expect(desk.get_by_text("The offer is published.")).to_be_visible()
    page = stranger(browser, house, language="en-US")
    page.goto("/offers/check")
    page.get_by_label("Number, link or message").fill(f"Look at offer {desk.url[-4:]}!")
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("Genuine.")).to_be_visible()
    look(page)
    desk.get_by_role("button", name="Close", exact=True).click()
    desk.get_by_role("dialog").get_by_role("button", name="Close", exact=True).last.click()
    expect(desk.get_by_text("The offer is closed.")).to_be_visible()
    answer = page.goto(f"/offers/{desk.url[-4:]}")
    assert answer.status == 410
    look(page)
