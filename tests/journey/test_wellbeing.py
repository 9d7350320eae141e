"""Content that can weigh on people: said yes to and taken back, announced before it is shown, blurred until asked for,
limited by the day, left at no cost; a break that is proposed; and a mail when work opens again.

The clock of the house is the test's, so that minutes and days pass in seconds.
"""

import re
import time
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from playwright.sync_api import Locator, Page, expect

from preceptor.lib.ids import new_id
from tests.journey.exam_steps import RESPONSES, answer_part, make
from tests.journey.steps import (
    expect_saved,
    hand_in,
    import_rows,
    look,
    open_project,
    sign_in,
    start_review,
    start_work,
)
from tests.journey.time_machine import TimeMachine, movable_house

pytestmark = [pytest.mark.browser, pytest.mark.kill]

HATE = "Hate against groups of people"
HELP = "Call Dr. Ferrer's practice, day and night."
LEAST_MINUTES = "5"
"""The least that a project can set as its daily limit."""


@pytest.fixture(scope="module")
def moved():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PRECEPTOR_HELP_CONTACT", HELP)
        patch.setenv("PRECEPTOR_HELP_CONTACT_URL", "https://help.example/now")
        with movable_house("--practice", "--host", "127.0.0.1") as both:
            yield both


def make_hard_project(page: Page, title: str) -> str:
    """All of it may show hate; nobody sees more than five minutes of that a day."""
    slug = make(page, title, exam=False)
    page.goto(f"/projects/{slug}/settings")
    page.get_by_label(HATE).check()
    page.get_by_label("Announced content a day").fill(LEAST_MINUTES)
    page.get_by_role("button", name="Save").first.click()
    page.wait_for_load_state("networkidle")
    look(page)
    import_rows(
        page, slug, [{"prompt": f"Somebody was insulted here ({n}).", "responses": RESPONSES} for n in range(6)]
    )
    open_project(page, slug)
    return slug


def entry(page: Page, title: str) -> Locator:
    """The project on the list of work."""
    page.goto("/work")
    return page.get_by_role("article").filter(has_text=title)


def say(page: Page, *, yes: bool) -> None:
    """Say yes or no to hate, with keys alone."""
    page.goto("/account/work")
    box = page.get_by_label(HATE)
    if box.is_checked() != yes:
        box.focus()
        page.keyboard.press("Space")
    page.get_by_role("button", name="Save what I say yes to").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("A task you have open can be skipped at any time")).to_be_visible()


def choose_how_it_is_shown(page: Page) -> None:
    """Blurred, without colours, and a break after two minutes."""
    page.goto("/account/work")
    page.get_by_label(re.compile("^Blur pictures")).check()
    page.get_by_label("Show pictures without colours").check()
    page.get_by_label("Propose a break after").fill("2")
    look(page)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The queue goes by it")).to_be_visible()


def filters(page: Page, part: str) -> str:
    """What is done to how a part of the page is shown."""
    return page.locator(part).first.evaluate("element => getComputedStyle(element).filter")


def expect_filter(page: Page, part: str, wanted: str) -> None:
    for _try in range(50):
        if filters(page, part) == wanted:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{part}: {filters(page, part)} instead of {wanted}")


PROMPT = ".content-stage :is(.words, rich-text)"


def see_what_is_announced(page: Page) -> None:
    """The notice comes before the task; its text is blurred until somebody asks for it, with the keyboard."""
    notice = page.get_by_role("region", name="About the content")
    expect(notice).to_contain_text(HATE)
    comes_first = """() => document.querySelector(".content-notice").compareDocumentPosition(
        document.querySelector(".content-stage")) & Node.DOCUMENT_POSITION_FOLLOWING"""
    assert page.evaluate(comes_first)
    expect_filter(page, PROMPT, "blur(9px)")
    look(page)
    show = notice.get_by_role("button", name="Show what is blurred")
    show.focus()
    page.keyboard.press("Enter")
    expect_filter(page, PROMPT, "none")
    again = notice.get_by_role("button", name="Blur it again")
    expect(again).to_be_focused()
    page.keyboard.press("Enter")
    expect_filter(page, PROMPT, "blur(9px)")
    page.keyboard.press("Enter")
    expect_filter(page, PROMPT, "none")
    notice.get_by_text("If this weighs on you").focus()
    page.keyboard.press("Enter")
    expect(notice).to_contain_text(HELP)
    expect(notice.get_by_role("link", name="Get help")).to_have_attribute("href", "https://help.example/now")
    look(page)
    page.keyboard.press("Enter")


def skip(page: Page) -> None:
    """It costs nothing, and what it took is paid."""
    page.get_by_role("button", name="Skip or report").click()
    page.get_by_role("button", name=re.compile("Skip this task")).click()
    dialog = page.get_by_role("dialog", name="Skip this task?")
    expect(dialog).to_contain_text("Skipping is free")
    dialog.get_by_role("radio").first.check()
    look(page)
    dialog.get_by_role("button", name="Skip", exact=True).click()
    receipt = page.get_by_role("dialog", name="Skipped")
    expect(receipt).to_contain_text("€")
    look(page)


def stay(page: Page, machine: TimeMachine, minutes: int) -> None:
    """At work: a key every two minutes at the latest, which is less than it takes to count as idle."""
    for _step in range(minutes // 2):
        page.keyboard.press("Shift")
        machine.pass_on(page, timedelta(minutes=2))


def take_a_break(page: Page) -> None:
    """It was proposed; put off once, then taken."""
    proposed = page.get_by_role("status").filter(has_text="How about a break?")
    expect(proposed).to_be_visible()
    look(page)
    proposed.get_by_role("button", name="Later").focus()
    page.keyboard.press("Enter")
    expect(proposed).to_have_count(0)


def held_back(page: Page, slug: str, why: str) -> Locator:
    """What the inbox says of an answer that waits and is not offered to who looks."""
    page.goto(f"/reviews?project={slug}")
    told = page.locator(".notice").filter(has_text="not offered to you").filter(has_text=why)
    for _look in range(30):  # the worker samples within a second
        if told.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(told).to_be_visible()
    expect(page.get_by_role("button", name="Start reviewing")).to_have_count(0)
    expect(page.get_by_role("table")).to_have_count(0)
    look(page)
    return told


def review_it(page: Page, machine: TimeMachine, slug: str) -> None:
    """A reviewer is asked as its trainer is, is proposed a break, and has had enough of it for the day as well."""
    page.clock.install(time=machine.now())
    say(page, yes=False)
    told = held_back(page, slug, HATE)
    told.get_by_role("link", name="See what you can do").click()
    page.wait_for_url(re.compile("/account/work"))
    say(page, yes=True)
    page.get_by_label("Propose a break after").fill("2")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The queue goes by it")).to_be_visible()
    start_review(page, slug)
    notice = page.get_by_role("region", name="About the content")
    expect(notice).to_contain_text(HATE)
    notice.get_by_text("If this weighs on you").click()
    expect(notice).to_contain_text(HELP)
    expect_filter(page, PROMPT, "none")
    look(page)
    machine.pass_on(page, timedelta(seconds=5))  # the first sign of life
    stay(page, machine, 4)
    take_a_break(page)
    stay(page, machine, 2)
    page.get_by_role("button", name="Put back").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Somebody else may take it")).to_be_visible()
    held_back(page, slug, "Again from")


def mails_to(house, address: str) -> list[str]:
    """The subjects of mails about work that opened, to somebody."""
    found = []
    for path in sorted((house.home / "mail").glob("*.eml")):
        mail = message_from_bytes(path.read_bytes(), policy=default)
        if mail["To"] == address and mail["Subject"] == "There is work for you again":
            found.append(mail.get_body(("plain",)).get_content())
    return found


def wait_for_mail(house, address: str) -> str:
    """The worker looks for people who wait once a minute."""
    for _look in range(200):
        if found := mails_to(house, address):
            assert len(found) == 1, "at most one a day"
            return found[0]
        time.sleep(0.5)
    raise AssertionError("no mail came")


@pytest.mark.parametrize(("phone", "who"), [(False, "trainer"), (True, "writer-two")], ids=["1280", "390"])
def test_hard_content_is_asked_for_announced_and_limited(browser, moved, phone, who):
    house, machine = moved
    title = f"Insults {new_id().hex[-6:]}"
    slug = make_hard_project(sign_in(browser, house, "manager", phone=phone), title)
    page = sign_in(browser, house, who, phone=phone)
    page.clock.install(time=machine.now())

    shut = entry(page, title)
    expect(shut).to_contain_text(HATE)
    expect(shut).to_contain_text(HELP)
    expect(shut.get_by_role("button", name=re.compile("Start"))).to_have_count(0)
    look(page)
    shut.get_by_role("link", name=re.compile("See what you can do")).click()
    page.wait_for_url(re.compile("/account/work"))
    say(page, yes=True)
    choose_how_it_is_shown(page)
    expect(entry(page, title)).to_contain_text("0 of 5 min today")
    look(page)

    start_work(page, title)
    see_what_is_announced(page)
    stay(page, machine, 4)
    take_a_break(page)
    skip(page)
    page.get_by_role("dialog").get_by_role("button", name=re.compile("Next")).first.click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect_filter(page, PROMPT, "blur(9px)")
    page.get_by_role("button", name="Show what is blurred").click()
    answer_part(page, phone=phone)
    stay(page, machine, 2)
    expect_saved(page)
    task = re.search(r"/assignments/([0-9a-f-]+)", page.url).group(1)
    hand_in(page)

    limited = entry(page, title)
    expect(limited).to_contain_text("of 5 min today")
    expect(limited).to_contain_text(re.compile("Again from"))
    expect(limited.get_by_role("button", name=re.compile("Start"))).to_have_count(0)
    look(page)
    say(page, yes=False)
    expect(entry(page, title)).to_contain_text("said yes to that")
    say(page, yes=True)
    expect(entry(page, title)).to_contain_text(re.compile("Again from"))

    # What was given is announced wherever it is shown again.
    page.goto(f"/my-work/{task}")
    expect(page.get_by_role("region", name="About the content")).to_contain_text(HATE)
    expect_filter(page, PROMPT, "blur(9px)")
    look(page)
    review_it(sign_in(browser, house, "reviewer", phone=phone), machine, slug)

    before = mails_to(house, f"{who}@demo.example")
    assert before == []
    machine.pass_time(timedelta(hours=25))
    assert title in wait_for_mail(house, f"{who}@demo.example")
    page.goto("/my-work/metrics")
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    look(page)
    expect(entry(page, title).get_by_role("button", name=re.compile("Start"))).to_be_visible()
