"""How people get their money: a trainer says where, one person makes a batch, another approves it, the file keeps to its
schema, and the trainer sees what was paid and takes the statement along. In a browser, wide and on a phone."""

import csv
import re
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from io import StringIO
from pathlib import Path

import pytest
import xmlschema
from playwright.sync_api import Page, expect

from tests.cli.test_house import running_house
from tests.journey.steps import look, sign_in

pytestmark = pytest.mark.browser

IBAN = "ES91 2100 0418 4502 0005 1332"
TO_METHODS = re.compile("How you are paid|Change where your money goes")
SHOTS: str | None = None
"""A folder for pictures of every page, where somebody wants to look at them."""


@pytest.fixture(scope="module")
def house():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PRECEPTOR_PAYER_NAME", "Aurora Lab GmbH")
        patch.setenv("PRECEPTOR_PAYER_IBAN", "DE89370400440532013000")
        with running_house("--practice", "--host", "127.0.0.1") as running:
            yield running


def seen(page: Page, name: str) -> None:
    look(page)
    if SHOTS:
        wide = "wide" if page.viewport_size["width"] > 1000 else "phone"
        page.screenshot(path=f"{SHOTS}/{name}-{wide}.png", full_page=True)


def saved(page: Page, click) -> Path:
    with page.expect_download() as waiting:
        click()
    return waiting.value.path()


def confirmed(page: Page, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).first.click()
    page.get_by_role("dialog").get_by_role("button", name=button, exact=True).click()


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_from_the_account_to_the_statement(browser, house, phone):
    trainer = sign_in(browser, house, "trainer" if not phone else "writer-one", phone=phone)
    trainer.goto("/earnings")
    seen(trainer, "earnings-before")
    trainer.get_by_role("link", name=TO_METHODS).first.click()
    trainer.get_by_label("Bank account (SEPA)").check()
    trainer.get_by_label("IBAN, or the e-mail").fill("ES91 2100 0418 4502 0005 1333")
    trainer.get_by_role("button", name="Save").click()
    expect(trainer.get_by_text("This is not an IBAN")).to_be_visible()
    seen(trainer, "method-wrong")
    trainer.get_by_label("IBAN, or the e-mail").fill(IBAN)
    trainer.get_by_role("button", name="Save").click()
    expect(trainer.get_by_text("ES •••• 1332")).to_be_visible()
    seen(trainer, "method")

    operator = sign_in(browser, house, "operator", phone=phone)
    operator.goto("/payouts")
    today = (datetime.now(UTC) - timedelta(days=1)).date()
    operator.get_by_label("All that was earned until").fill(today.isoformat())
    operator.get_by_label("Smallest amount").fill("0.50")
    seen(operator, "payouts")
    operator.get_by_role("button", name="Draft the batch").click()
    operator.wait_for_url(re.compile(r"/payouts/[0-9a-f-]{36}"))
    batch = operator.url
    expect(operator.get_by_role("button", name="Approve")).to_have_count(0)
    seen(operator, "batch-draft")

    manager = sign_in(browser, house, "manager", phone=phone)
    manager.goto(batch)
    seen(manager, "batch-to-approve")
    confirmed(manager, "Approve")
    expect(manager.get_by_text("Approved. The money has left")).to_be_visible()
    expect(manager.get_by_role("button", name="Write the file")).to_have_count(0)

    operator.goto(batch)
    operator.get_by_role("button", name="Write the file").click()
    file = saved(operator, lambda: operator.get_by_role("link", name="Download the file").click())
    schema = xmlschema.XMLSchema(str(files("sepaxml") / "schemas" / "pain.001.001.03.xsd"))
    schema.validate(file.read_text())
    assert "ES9121000418450200051332" in file.read_text()
    again = saved(operator, lambda: operator.get_by_role("link", name="Download the file").click())
    assert again.read_bytes() == file.read_bytes()
    operator.get_by_role("button", name="It was sent").click()
    expect(operator.get_by_text("Sent. Now say what becomes")).to_be_visible()
    seen(operator, "batch-sent")
    trainer.goto("/earnings")
    expect(trainer.get_by_text("On its way to you")).to_be_visible()
    seen(trainer, "earnings-on-the-way")
    confirmed(operator, "All have arrived")
    expect(operator.get_by_text("Settled")).to_be_visible()
    seen(operator, "batch-settled")

    trainer.goto("/earnings")
    expect(trainer.get_by_role("region", name="Paid to you").get_by_text("Paid", exact=True).first).to_be_visible()
    seen(trainer, "earnings-paid")
    trainer.get_by_role("link", name="Statements").click()
    expect(trainer.get_by_text("Paid out").first).to_be_visible()
    seen(trainer, "statement")
    pdf = saved(trainer, lambda: trainer.get_by_role("link", name="PDF").click())
    assert pdf.read_bytes().startswith(b"%PDF-")
    file = saved(trainer, lambda: trainer.get_by_role("link", name="CSV").click())
    rows = list(csv.DictReader(StringIO(file.read_text())))
    assert [row["detail"] for row in rows if row["kind"] == "payout"][-1] == "ES •••• 1332"
    assert float(next(row["amount"] for row in rows if row["kind"] == "payout")) < 0
    if not phone:
        comes_back(operator, trainer, "Tessa Lind")


def comes_back(operator: Page, trainer: Page, name: str) -> None:
    """What was paid is returned after all; the trainer's pages say why, and they put it right."""
    operator.get_by_role("row").filter(has_text=name).get_by_role(
        "button", name=re.compile("What became of the payout")
    ).click()
    dialog = operator.get_by_role("dialog")
    dialog.get_by_label("why?").select_option(label="The account is closed")
    seen(operator, "outcome")
    dialog.get_by_role("button", name="Save").click()
    expect(operator.get_by_text("The money is the person’s again")).to_be_visible()
    trainer.goto("/earnings")
    expect(trainer.get_by_text("came back").first).to_be_visible()
    seen(trainer, "earnings-back")
    trainer.get_by_role("link", name=TO_METHODS).first.click()
    expect(trainer.get_by_text("Enter another account.")).to_be_visible()
    seen(trainer, "method-back")
    trainer.get_by_role("button", name="It is right; try again").click()
    expect(trainer.get_by_text("The next payout tries it again")).to_be_visible()
