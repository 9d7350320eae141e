"""Statements: every task's minutes and money, and sums that are the ledger's."""

import csv
from datetime import UTC, date, datetime
from io import StringIO

import pytest

from preceptor.lib.errors import InvalidError, NotFoundError
from preceptor.lib.ids import new_id
from preceptor.lib.money import Money
from preceptor.pay.operations import adjust, overturn, reverse
from preceptor.pay.rules import EntryKind, MethodKind, month_end, month_of, period_of
from preceptor.pay.writing import statement_csv, statement_pdf
from preceptor.pay.writing.fonts import FontUnreadableError, writable
from preceptor.people.operations import change_profile
from preceptor.work.queries.statements import access_account, all_lines, chosen_period, statement_lines, statement_of
from tests.pay.conftest import NOW
from tests.pay.pdf_text import texts_of

OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))


@pytest.fixture
async def trainer(make_person):
    return await make_person("trainer", name="Núria Pla")


async def read(db, actor, person=None, *, begins=OCTOBER[0], ends=OCTOBER[1]):
    async with db.read() as session:
        whose = await access_account(session, actor=actor, person_id=(person or actor).person_id)
        period = chosen_period(whose, begins=begins, ends=ends, now=NOW)
        statement = await statement_of(session, whose=whose, period=period)
        lines = [line async for line in all_lines(session, whose=whose, period=period)]
    return statement, lines


async def time_entry(house, person, *, paid_ms, amount, currency="EUR", at):
    entry_id, project_id = new_id(), new_id()
    async with house.db.hot() as driver:
        await driver.execute(
            "INSERT INTO time_entry (id, person_id, project_id, activity, outcome, started_at, ended_at, active_ms,"
            " idle_ms, waiting_ms, paused_ms, paid_ms, rate_minor, currency, amount_minor)"
            " VALUES (%s, %s, %s, 'work', 'submitted', %s, %s, %s, 0, 0, 0, %s, 1800, %s, %s)",
            (entry_id, person.person_id, project_id, at, at, paid_ms, paid_ms, currency, amount),
        )
    if amount:
        await house.earn(person, amount, currency, at=at, source=f"time:{entry_id}", project_id=project_id)
    return f"time:{entry_id}"


async def test_a_statement_holds_everything_and_adds_up(house, trainer):
    early = datetime(2026, 9, 30, 21, 59, tzinfo=UTC)
    within = datetime(2026, 10, 12, tzinfo=UTC)
    await time_entry(house, trainer, paid_ms=600_000, amount=300, at=early)
    source = await time_entry(house, trainer, paid_ms=1_200_000, amount=600, at=within)
    await time_entry(house, trainer, paid_ms=900, amount=0, at=within)
    async with house.db.hot() as driver, driver.transaction():
        await reverse(driver, source=source, reason="copied", now=within)
    async with house.db.hot() as driver, driver.transaction():
        await overturn(driver, source=source, reason="it was their own", now=within)
    await house.write(
        adjust,
        actor=house.maker,
        person_id=trainer.person_id,
        money=Money(50, "EUR"),
        reason="The clock stood still.",
        now=within,
    )
    await house.method(trainer)
    batch = await house.make()
    await house.send(batch)
    october, lines = await read(house.db, trainer)
    (total,) = october.sums
    assert (total.opening, total.earned, total.reversed, total.adjusted, total.paid_out) == (300, 600, 0, 50, 0)
    assert total.closing == 950
    assert total.paid_ms == 1_200_900
    assert sum(line.amount.amount for line in lines) == total.closing - total.opening
    assert sum(line.paid_ms for line in lines) == total.paid_ms
    assert october.lines == len(lines) == 5
    assert [line.kind for line in lines if line.amount.amount < 0] == [EntryKind.REVERSAL]
    november, paid = await read(house.db, trainer, begins=date(2026, 11, 1), ends=date(2026, 11, 30))
    (after,) = november.sums
    assert (after.opening, after.paid_out, after.closing) == (950, -950, 0)
    assert [(str(line.what), str(line.detail)) for line in paid] == [("Paid out", "ES •••• 1332")]
    async with house.db.read() as session:
        whose = await access_account(session, actor=trainer, person_id=trainer.person_id)
        pages, cursor = [], None
        while True:
            found = await statement_lines(session, whose=whose, period=october.period, cursor=cursor, size=2)
            pages += found.rows
            if (cursor := found.next_cursor) is None:
                break
    assert pages == lines
    told = texts_of(statement_pdf(october, lines))
    assert sorted(one for one in told if one.endswith((" min", " s"))) == sorted(
        ["20 min", *["20 min"] * 2, "-20 min", "1 s"]
    )
    assert "–" in told, "what was given by hand has no time"


async def test_days_are_those_of_the_person(house, trainer):
    await house.write(change_profile, actor=trainer, name="Núria Pla", language="", time_zone="Pacific/Auckland")
    await house.earn(trainer, 100, at=datetime(2026, 10, 31, 11, 30, tzinfo=UTC))  # the first of November there
    assert (await read(house.db, trainer))[0].sums == []
    november, _lines = await read(house.db, trainer, begins=date(2026, 11, 1), ends=date(2026, 11, 1))
    assert [one.closing for one in november.sums] == [100]


@pytest.mark.parametrize(("currency", "shown"), [("JPY", "1234"), ("EUR", "12.34"), ("KWD", "1.234")])
async def test_each_currency_has_its_decimals(house, trainer, currency, shown):
    await house.earn(trainer, 1234, currency)
    await house.earn(trainer, 1, currency)
    await house.method(trainer, currency, MethodKind.PAYPAL)
    batch = await house.make(currency, MethodKind.PAYPAL)
    assert [row[2] for row in await house.payouts(batch)] == [1235]
    statement, lines = await read(house.db, trainer)
    assert [(one.currency, one.closing) for one in statement.sums] == [(currency, 1235)]

    async def given():
        for line in lines:
            yield line

    rows = list(csv.DictReader(StringIO("".join([line async for line in statement_csv(given())]))))
    assert rows[0]["amount"] == shown
    assert rows[0]["currency"] == currency


async def test_nobody_reads_anothers(house, trainer, make_person):
    other, manager = await make_person("trainer"), await make_person("manager")
    await house.earn(trainer, 100)
    for actor in (other, await make_person("reviewer"), await make_person("client")):
        with pytest.raises(NotFoundError):
            await read(house.db, actor, trainer)
    assert (await read(house.db, manager, trainer))[0].sums[0].closing == 100


def test_periods():
    assert month_end(date(2026, 2, 3)) == date(2026, 2, 28)
    assert month_of(datetime(2026, 10, 31, 23, 30, tzinfo=UTC), "Europe/Madrid").begins == date(2026, 11, 1)
    for begins, ends in (
        (date(2026, 2, 1), date(2026, 1, 1)),
        (date(1990, 1, 1), date(2026, 1, 1)),
        (date.min, date.max),
    ):
        with pytest.raises(InvalidError):
            period_of(begins, ends, "UTC")


def test_a_pdf_writes_names_in_many_scripts(tmp_path):
    from preceptor.pay.rules import Statement, StatementPeriod, StatementSum

    statement = Statement(
        person_id=new_id(),
        name="Наталия · محمد علي · 李",
        period=StatementPeriod(*OCTOBER),
        sums=[
            StatementSum(currency="KWD", opening=0, earned=5, reversed=0, adjusted=0, paid_out=0, closing=5, paid_ms=1)
        ],
        lines=0,
    )
    written = statement_pdf(statement, [], payer="Häuser")
    assert written.startswith(b"%PDF-")
    assert b"FiraGO" in written
    (tmp_path / "no.ttf").write_bytes(b"no font")
    with pytest.raises(FontUnreadableError):
        statement_pdf(statement, [], font=str(tmp_path / "no.ttf"))


def test_what_no_font_writes_is_spelled():
    from preceptor.pay.writing.fonts import font_file

    assert writable("Núria Наталия 李 🙂", font_file("figo")).startswith("Núria Наталия Li ")
