"""The whole way of a trainer: a stranger finds the Catalan offer on a phone, applies, passes the paid exam, is certified
and engaged, works for an hour with idling and a pause between, sees the exact money, and is paid by bank transfer.

The clock of the house is the test's, so that the hour passes in seconds; everything else is as it is for people.
"""

import csv
import re
import time
from datetime import timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from importlib.resources import files
from io import StringIO
from pathlib import Path

import psycopg
import pytest
import xmlschema
from defusedxml import ElementTree
from playwright.sync_api import Page, expect

from preceptor.lib.embedded.postgres import find_running_postgres
from tests.journey.exam_steps import (
    KEY,
    RESPONSES,
    answer_part,
    make,
    make_certification,
    write_key_by_hand,
    write_terms,
)
from tests.journey.steps import expect_saved, hand_in, import_rows, look, open_project, press, sign_in, speak
from tests.journey.test_offers import WORDS, mailed_link, stranger
from tests.journey.time_machine import TimeMachine, movable_house

pytestmark = [pytest.mark.browser, pytest.mark.kill]

ME = "berta@people.example"
IBAN = "ES91 2100 0418 4502 0005 1332"
MINUTES = ((15, 0, 0), (15, 17, 0), (15, 0, 30), (16, 119, 0))
"""Paid, idle and paused, of each task in `work`."""


@pytest.fixture(scope="module")
def moved():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PRECEPTOR_PAYER_NAME", "Aurora Lab GmbH")
        patch.setenv("PRECEPTOR_PAYER_IBAN", "DE89370400440532013000")
        with movable_house("--practice", "--host", "127.0.0.1") as both:
            yield both


def found_team(page: Page, name: str) -> None:
    page.goto("/people/teams")
    page.get_by_label("Name").last.fill(name)
    page.get_by_role("button", name="Found the team").click()
    expect(page.get_by_role("main").get_by_text(name).first).to_be_visible()


def prepare(page: Page) -> tuple[str, str]:
    """A certification, its exam, the project that asks for it, and the offer; answers exam and project."""
    for team in ("Candidates CA", "Editors CA"):
        found_team(page, team)
    certification = make_certification(page, "Catalan editors")
    exam = make(page, "Catalan exam", exam=True, team="Candidates CA")
    work = make(page, "Catalan editing", exam=False, team="Editors CA")
    rows = [{"prompt": f"Per què és salat el mar? ({number})", "responses": RESPONSES, "key": KEY} for number in (1, 2)]
    import_rows(page, exam, rows)
    import_rows(page, work, [{"prompt": f"De què és fet el núvol {n}?", "responses": RESPONSES} for n in range(6)])
    write_key_by_hand(page, exam)
    write_terms(page, exam, "Catalan editors")
    page.goto(f"/projects/{work}/settings")
    page.get_by_label("Paid at most").fill("40")
    page.get_by_role("button", name="Save").first.click()
    page.wait_for_load_state("networkidle")
    open_project(page, exam)
    open_project(page, work)
    page.goto(certification)
    page.get_by_label("Project", exact=True).select_option(label="Catalan editing")
    page.get_by_label("From level").select_option("2")
    page.get_by_role("button", name="Ask for it").click()
    expect(page.get_by_role("button", name=re.compile("Ask no more"))).to_be_visible()
    return exam, work


def publish_offer(page: Page) -> str:
    """In Catalonia, at 17 euros an hour, with the exam; answers its public page."""
    page.goto("/hiring/offers/new")
    page.get_by_label("Title").fill("Editors i editores en català")
    page.get_by_label("Description").fill("Avalues respostes i escrius la millor.")
    page.get_by_label("Catalan editing").check()
    page.get_by_label("Country").select_option("ES")
    page.get_by_label("Region").select_option("CT")
    page.get_by_label("Hourly rate").fill("17")
    page.get_by_label("Currency").select_option("EUR")
    page.get_by_label("Places").fill("3")
    page.get_by_label("Language 1").select_option("ca")
    page.get_by_label("Certification", exact=True).select_option(label="Catalan editors")
    page.get_by_label("Level", exact=True).fill("2")
    page.get_by_label("Exam", exact=True).select_option(label="Catalan exam")
    page.get_by_label("The exam takes about").fill("20")
    page.get_by_label("Admit at once").check()
    page.get_by_label("Who engages and pays").fill("Aurora Work")
    page.get_by_label("Contact").fill("people@aurora.example")
    page.get_by_label("Terms, in Markdown").fill("# Condicions\n\nEs paga cada setmana.")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(re.compile(r"/hiring/offers/\d{4}$"))
    press(page, page.get_by_role("button", name="Publish").first)
    expect(page.get_by_text("Published").first).to_be_visible()
    return "/offers/" + page.url.rsplit("/", 1)[1]


def apply(page: Page, house, offer: str) -> str:
    """From the list of offers to the application; answers its page."""
    page.goto("/offers")
    page.get_by_label("On ets").select_option("ES-CT")
    page.wait_for_url(re.compile("place=ES-CT"))
    page.get_by_role("article").filter(has_text="Editors i editores").get_by_role("link").click()
    page.wait_for_url(re.compile(offer))
    expect(page.get_by_text("17,00 € / hora").first).to_be_visible()
    look(page)
    page.get_by_role("link", name="Sol·licita", exact=True).first.click()
    page.get_by_label("El teu nom").fill("Berta Roca")
    page.get_by_label("Correu electrònic").fill(ME)
    page.get_by_label("Nivell").first.select_option("5")
    page.get_by_label("Per què t’interessa").fill("Escric cada dia.")
    page.get_by_role("button", name="Envia la sol·licitud").click()
    expect(page.get_by_role("heading", name="Mira el correu")).to_be_visible()
    page.goto(mailed_link(house.home, ME, "/apply/confirm"))
    page.get_by_label("Tria una contrasenya").fill(WORDS)
    page.get_by_role("button", name="Confirma i continua").click()
    page.wait_for_url(re.compile("/applications/[0-9a-f-]{36}"))
    look(page)
    return page.url


def open_task(page: Page) -> str:
    """See to it that the workbench stands; answers the assignment's id."""
    page.wait_for_url(re.compile("/work/assignments/"))
    acknowledge = page.get_by_role("button", name=re.compile("I have read"))
    if acknowledge.count() and acknowledge.first.is_visible():
        acknowledge.first.click()
    expect(page.get_by_role("textbox", name="Ideal response")).to_be_visible()
    return re.search(r"/assignments/([0-9a-f-]+)", page.url).group(1)


def sit_exam(page: Page, machine: TimeMachine, exam: str) -> None:
    page.goto(f"/exams/{exam}")
    look(page)
    page.get_by_role("button", name="Begin the exam").click()
    for _part in range(2):
        page.goto(f"/exams/{exam}")
        page.get_by_role("button", name="Next part").click()
        open_task(page)
        answer_part(page, phone=True)
        live(page, machine, 4)
        hand_in(page)


def grade(page: Page, title: str) -> None:
    page.goto("/grading")
    waiting = page.get_by_role("link", name=title)
    for _look in range(40):  # the worker hands the sitting in within a second
        if waiting.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    waiting.first.click()
    page.get_by_label("It is right").fill("3")
    page.get_by_label("What they should know").fill("Molt bé.")
    page.get_by_role("button", name="Give the grade").click()
    expect(page.get_by_text("Your grade is kept.")).to_be_visible()


def live(page: Page, machine: TimeMachine, minutes: float) -> None:
    """Work: a key every two minutes at the latest, which is less than it takes to count as idle."""
    left = timedelta(minutes=minutes)
    while left > timedelta():
        step = min(left, timedelta(minutes=2))
        page.get_by_role("textbox", name="Ideal response").press("End")
        machine.pass_on(page, step)
        left -= step


def work(page: Page, machine: TimeMachine) -> dict[str, timedelta]:
    """An hour in four tasks: plain, with idling, with a pause, and shut in the middle.

    The second is the one that was held ahead during the first, for longer than its lease.

    Answers the tasks, and how long each took this test itself, which counts on top of the time that was moved.
    """
    done: dict[str, timedelta] = {}
    for number in range(4):
        began = time.monotonic()
        if number == 1:
            page.get_by_role("dialog", name="Submitted").get_by_role("button", name="Next task").click()
            page.wait_for_url(lambda url: not any(task in url for task in done))
        else:
            page.goto("/work")
            page.get_by_role("article").filter(has_text="Catalan editing").get_by_role("button", name="Start").click()
        task = open_task(page)
        answer_part(page, phone=True)
        live(page, machine, 10)
        if number == 1:  # idle: three minutes after the last key still count, seventeen do not
            page.get_by_role("textbox", name="Ideal response").press("End")
            machine.pass_on(page, timedelta(minutes=20))
        if number == 2:  # a pause of half an hour
            with page.expect_response(re.compile("/pause$")):  # the page says so at once, the clock stops on the server
                page.get_by_role("button", name="Pause").click()
            expect(page.get_by_role("button", name="Go on")).to_be_visible()
            machine.pass_time(timedelta(minutes=30))
            look(page)
            with page.expect_response(re.compile("/resume$")):
                page.get_by_role("button", name="Go on").click()
            expect(page.get_by_role("button", name="Go on")).to_have_count(0)
        if number == 3:  # shut for two hours: the last key counts for a minute more, and the draft is there
            page.goto("/account")
            machine.pass_time(timedelta(hours=2))
            page.goto(f"/work/assignments/{task}")
            open_task(page)
            expect(page.get_by_role("textbox", name="Ideal response")).to_have_value(re.compile("Rivers carry"))
        live(page, machine, {0: 5, 1: 2, 2: 5, 3: 5}[number])
        expect_saved(page)
        hand_in(page)
        done[task] = timedelta(seconds=time.monotonic() - began)
    return done


def times_of(house, ids: list[str]) -> list[tuple[timedelta, timedelta, timedelta]]:
    """Paid, idle and paused time of tasks, as the house wrote it down."""
    with psycopg.connect(find_running_postgres(house.home)) as connection:
        rows = connection.execute(
            "SELECT id::text, active_ms + waiting_ms, idle_ms, paused_ms FROM assignment WHERE id = ANY(%s::uuid[])",
            (ids,),
        ).fetchall()
    found = {row[0]: tuple(timedelta(milliseconds=one) for one in row[1:]) for row in rows}
    return [found[one] for one in ids]


def euros(paid: timedelta) -> Decimal:
    """17 an hour, to the even cent."""
    exact = Decimal(17) * (paid // timedelta(milliseconds=1)) / Decimal(3_600_000)
    return exact.quantize(Decimal("0.01"), ROUND_HALF_EVEN)


def paid_by_bank(operator: Page, manager: Page, machine: TimeMachine) -> Path:
    """Everything earned until now, in one batch; answers its file."""
    machine.pass_time(timedelta(days=1))
    until = machine.now().date() - timedelta(days=1)
    operator.goto("/payouts")
    operator.get_by_label("All that was earned until").fill(until.isoformat())
    operator.get_by_label("Smallest amount").fill("0.50")
    operator.get_by_role("button", name="Draft the batch").click()
    operator.wait_for_url(re.compile(r"/payouts/[0-9a-f-]{36}"))
    batch = operator.url
    manager.goto(batch)
    look(manager)
    manager.get_by_role("button", name="Approve", exact=True).first.click()
    manager.get_by_role("dialog").get_by_role("button", name="Approve", exact=True).click()
    expect(manager.get_by_text("Approved. The money has left")).to_be_visible()
    operator.goto(batch)
    operator.get_by_role("button", name="Write the file").click()
    with operator.expect_download() as waiting:
        operator.get_by_role("link", name="Download the file").click()
    operator.get_by_role("button", name="It was sent").click()
    expect(operator.get_by_text("Sent. Now say what becomes")).to_be_visible()
    operator.get_by_role("button", name="All have arrived", exact=True).first.click()
    operator.get_by_role("dialog").get_by_role("button", name="All have arrived", exact=True).click()
    expect(operator.get_by_text("Settled")).to_be_visible()
    return waiting.value.path()


def amounts_in(file: Path) -> dict[str, Decimal]:
    """By account, what a SEPA file asks the bank to pay."""
    xmlschema.XMLSchema(str(files("sepaxml") / "schemas" / "pain.001.001.03.xsd")).validate(str(file))
    space = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"}
    found = {}
    for transfer in ElementTree.parse(file).findall(".//p:CdtTrfTxInf", space):
        found[transfer.findtext(".//p:CdtrAcct//p:IBAN", namespaces=space)] = Decimal(
            transfer.findtext(".//p:InstdAmt", namespaces=space)
        )
    return found


def test_from_a_stranger_to_a_paid_editor(browser, moved):
    house, machine = moved
    manager = sign_in(browser, house, "manager", phone=False)
    exam, _project = prepare(manager)
    offer = publish_offer(manager)

    me = stranger(browser, house, language="ca-ES")
    me.clock.install()
    application = apply(me, house, offer)
    speak(me, "en")  # so that the steps shared with other journeys can be taken
    me.goto(application)
    me.get_by_role("link", name="To the exam").click()
    me.wait_for_url(re.compile(f"/exams/{exam}$"))
    sit_exam(me, machine, exam)
    grade(sign_in(browser, house, "reviewer", phone=False), "Catalan exam")
    me.goto(application)
    expect(me.get_by_label("I have read the terms")).to_be_visible()
    look(me)
    me.get_by_label("I have read the terms").check()
    me.get_by_role("button", name="Accept the offer").click()
    me.wait_for_url(re.compile("/engagements/"))
    me.goto("/certifications")
    expect(me.get_by_role("article").filter(has_text="Catalan editors").first).to_contain_text("2")
    look(me)

    tasks = work(me, machine)
    for spent, minutes, took in zip(times_of(house, [*tasks]), MINUTES, tasks.values(), strict=True):
        for length, expected in zip(spent, minutes, strict=True):
            assert timedelta() <= length - timedelta(minutes=expected) < took, (spent, minutes, took)

    everything = [*tasks, *exam_parts(house)]
    due = sum(euros(paid) for paid, _idle, _pause in times_of(house, everything))
    me.goto("/earnings")
    look(me)
    expect(me.get_by_role("main")).to_contain_text(re.compile(rf"{due}".replace(".", "[.,]")))
    me.goto("/account/payout")
    me.get_by_label("Bank account (SEPA)").check()
    me.get_by_label("Account holder").fill("Berta Roca")
    me.get_by_label("IBAN, or the e-mail").fill(IBAN)
    look(me)
    me.get_by_label("Your password").fill("not it at all")  # it is long since they signed in
    me.get_by_role("button", name="Save").click()
    expect(me.get_by_text("This is not your password.")).to_be_visible()
    expect(me.get_by_label("IBAN, or the e-mail")).to_have_value(IBAN)
    me.get_by_label("Your password").fill(WORDS)
    me.get_by_role("button", name="Save").click()
    expect(me.get_by_text("ES •••• 1332")).to_be_visible()

    operator = sign_in(browser, house, "operator", phone=False)
    # Others of the demo are due something as well.
    assert amounts_in(paid_by_bank(operator, manager, machine))[IBAN.replace(" ", "")] == due
    me.goto("/earnings")
    expect(me.get_by_role("region", name="Paid to you")).to_contain_text("Paid")
    look(me)
    ends = machine.now().date()
    me.goto(f"/earnings/statement?begins={ends - timedelta(days=4)}&ends={ends}")
    look(me)
    with me.expect_download() as waiting:
        me.get_by_role("link", name="CSV").click()
    rows = list(csv.DictReader(StringIO(Path(waiting.value.path()).read_text())))
    earned = [Decimal(row["amount"]) for row in rows if row["kind"] != "payout"]
    assert (sum(earned), sum(Decimal(row["amount"]) for row in rows)) == (due, 0)
    checked = house.command("ledger", "check")
    assert checked.returncode == 0, checked.stdout


def exam_parts(house) -> list[str]:
    """The parts of the exam that I sat."""
    with psycopg.connect(find_running_postgres(house.home)) as connection:
        rows = connection.execute(
            "SELECT a.id::text FROM assignment a JOIN project p ON p.id = a.project_id WHERE p.slug = 'catalan-exam'"
        )
        return [row[0] for row in rows.fetchall()]
