"""The demo: its money is right, its offers and people are there, what it reports is not empty, and who leaves is gone."""

import asyncio
import csv
import re
import statistics
from datetime import timedelta

import psycopg
import pytest
from click.testing import CliRunner

from preceptor.cli import commands
from preceptor.cli.demo_house import ACCOUNTS, PASSWORD, with_payer
from preceptor.cli.demo_house.load import load
from preceptor.datasets.operations import erase_due
from preceptor.lib.clock import utc_now
from preceptor.lib.db import Database
from preceptor.pay import MethodKind
from preceptor.pay.operations import (
    approve_batch,
    export_batch,
    make_batch,
    mark_all_paid,
    mark_sent,
    set_payout_method,
)
from preceptor.pay.sealing import payout_sealer
from preceptor.pay.writing import payer_of
from preceptor.people.operations import ask_erasure
from preceptor.people.queries import actor_by_email
from tests.people.test_own_data import places_that_say

DAYS = timedelta(days=1)


@pytest.fixture
def rows(demo):
    """`rows("SELECT …")`."""

    def ask(query, *values):
        with psycopg.connect(demo.database_url) as connection:
            named = values[0] if values and isinstance(values[0], dict) else values
            return connection.execute(query, named).fetchall()

    return ask


@pytest.fixture
def run(demo):
    """`run("ledger", "check")`, as an operator types it."""

    def call(*arguments):
        variables = {"PRECEPTOR_HOME": str(demo.home), "DATABASE_URL": demo.database_url}
        return CliRunner().invoke(commands, [str(part) for part in arguments], env=variables)

    return call


def test_the_ledger_is_right(run, rows):
    told = run("ledger", "check")
    assert (told.exit_code, "The ledger is right" in told.output) == (0, True), told.output
    kinds = dict(rows("SELECT kind, count(*) FROM ledger_entry GROUP BY kind"))
    assert {"earning", "reversal", "adjustment", "payout", "settlement"} <= set(kinds)


def test_four_offers_are_published_each_with_a_paid_exam(rows):
    found = rows(
        "SELECT country, region, offer.rate_minor, offer.currency, project.purpose FROM offer "
        "JOIN project ON project.id = exam_project_id WHERE offer.state = 'published' ORDER BY number"
    )
    assert found == [
        ("ES", "CT", 1700, "USD", "exam"),
        ("US", "", 2500, "USD", "exam"),
        ("ES", "", 1850, "USD", "exam"),
        ("US", "", 2500, "USD", "exam"),
    ]
    paid = rows(
        "SELECT person.country, array_agg(DISTINCT time_entry.rate_minor) FROM time_entry JOIN person ON person.id = person_id "
        "JOIN project ON project.id = project_id "
        "WHERE activity IN ('exam', 'work') AND project.currency = 'USD' GROUP BY 1"
    )
    assert {country: set(rates) for country, rates in paid} == {"ES": {1700, 1850}, "US": {2500}}


def test_people_are_at_every_step(rows):
    applications = {state for (state,) in rows("SELECT DISTINCT state FROM application")}
    assert applications >= {
        "received",
        "waiting",
        "invited",
        "failed",
        "offered",
        "accepted",
        "declined",
        "withdrawn",
        "refused",
    }
    assert {level for (level,) in rows("SELECT DISTINCT level FROM certificate")} == {1, 2, 3, 4, 5}
    assert {state for (state,) in rows("SELECT DISTINCT state FROM payout")} == {"open", "paid", "returned", "failed"}
    verdicts = {verdict for (verdict,) in rows("SELECT DISTINCT verdict FROM review WHERE state = 'decided'")}
    assert verdicts >= {"accept", "return", "reject"}
    outcomes = {outcome for (outcome,) in rows("SELECT DISTINCT outcome FROM due_process_case")}
    assert outcomes == {None, "overturned"}
    assert rows("SELECT count(DISTINCT person_id) >= 5 FROM project_rating GROUP BY project_id") == [(True,)] * 3
    assert rows("SELECT count(*) FROM question WHERE answer_id IS NOT NULL") == [(1,)]
    assert rows("SELECT count(*) FROM invoice_line") != [(0,)]
    assert rows("SELECT state, count(*) FROM cap_claim GROUP BY 1 ORDER BY 1") == [("accepted", 1), ("open", 1)]
    assert rows("SELECT state, count(*) FROM dispute GROUP BY 1 ORDER BY 1") == [("open", 1), ("overturned", 1)]


def test_nobody_is_paid_outside_of_time_that_has_passed(rows):
    """All of it lies in the past, and nobody was at two things at once."""
    assert rows("SELECT count(*) FROM time_entry WHERE ended_at > now() OR started_at > ended_at") == [(0,)]
    overlapping = (
        "SELECT count(*) FROM time_entry AS one JOIN time_entry AS other ON other.person_id = one.person_id "
        "AND other.id <> one.id AND other.started_at < one.ended_at AND one.started_at < other.ended_at "
        "WHERE one.activity NOT IN ('guidelines') AND other.activity NOT IN ('guidelines') "
        "AND one.assignment_id IS DISTINCT FROM other.assignment_id"
    )
    assert rows(overlapping) == [(0,)]


def test_reviewers_are_paid_for_every_look(rows):
    unpaid = "SELECT count(*) FROM time_entry WHERE activity = 'review' AND amount_minor = 0"
    assert rows(unpaid) == [(0,)]
    assert rows("SELECT count(DISTINCT person_id) FROM time_entry WHERE activity = 'review'") == [(2,)]


def test_a_second_start_changes_nothing(demo, rows):
    before = rows("SELECT count(*), max(id::text) FROM event")
    asyncio.run(load(demo))
    assert rows("SELECT count(*), max(id::text) FROM event") == before


def test_it_leaves_a_release_and_announcements_for_the_worker(rows):
    assert rows("SELECT number, state FROM release") == [(1, "waiting")]
    jobs = sorted(task for (task,) in rows("SELECT task_name FROM procrastinate_jobs"))
    assert jobs == ["datasets.jobs.write_release", *["projects.jobs.tell_announcement"] * 2]


def median_hour(rows, country, *, by_the_task):
    """The median over people of what an hour has earned them in euros, by the ledger; with or without pay by the task."""
    found = rows(
        "WITH told AS (SELECT DISTINCT project_id FROM task_price), "
        "earned AS (SELECT entry.credit AS to, entry.debit AS from, entry.amount_minor AS amount "
        "  FROM ledger_entry AS entry LEFT JOIN ledger_entry AS first ON first.id = entry.origin "
        "  WHERE coalesce(first.kind, entry.kind) = 'earning' AND entry.currency = 'EUR'), "
        "moved AS (SELECT earned.to AS person, earned.from AS project, amount FROM earned "
        "  UNION ALL SELECT earned.from, earned.to, -amount FROM earned) "
        "SELECT (SELECT sum(amount) FROM moved WHERE moved.person = 'person:' || person.id "
        "  AND (%(all)s OR project NOT IN (SELECT 'project:' || project_id FROM told))), sum(active_ms + waiting_ms) "
        "FROM time_entry JOIN person ON person.id = person_id WHERE country = %(country)s AND currency = 'EUR' "
        "AND (%(all)s OR project_id NOT IN (SELECT project_id FROM told)) GROUP BY person.id",
        {"country": country, "all": by_the_task},
    )
    return f"{statistics.median(float(earned) * 36_000 / float(ms) for earned, ms in found):.2f}"


def test_the_transparency_report_is_a_page_and_files(run, rows, tmp_path):
    out = tmp_path / "report"
    told = run("report", "transparency", "--out", out)
    assert told.exit_code == 0, told.output
    assert f"Written: {out / 'index.html'} and 7 CSV files." in told.output
    tables = {}
    for file in out.glob("*.csv"):
        with file.open(newline="") as stream:
            tables[file.stem] = list(csv.DictReader(stream))
    assert set(tables) == {"pay", "verdicts", "rejections", "removals", "appeals", "exposure", "unpaid"}
    pay = {row["group"]: row for row in tables["pay"]}
    median = pay["Ireland · EUR"]["Median"]
    assert median == median_hour(rows, "IE", by_the_task=True)
    assert median_hour(rows, "IE", by_the_task=False) == "25.00", "the hour that was offered"
    assert float(pay["United States · USD"]["Median"]) == pytest.approx(25, abs=0.1)
    assert pay["Netherlands · EUR"]["people"] == "fewer than 5"
    assert pay["Netherlands · EUR"]["Median"] == ""
    exposed = {row["group"]: row["people"] for row in tables["exposure"]}
    assert exposed["Illness, injury and gore"] == "8", "seven who wrote, and who reviewed them"
    assert exposed["Harassment and bullying"] == exposed["Hate against groups of people"] == "7", "six, and a reviewer"
    assert exposed["Violence"] == "0"
    (without,) = [row for row in tables["unpaid"] if row["group"].startswith("Without work now")]
    assert int(without["people"]) >= 5
    assert float(without["Minutes"]) > 0
    accepted = tables["verdicts"][0]
    assert (accepted["group"], int(accepted["people"]) >= 10) == ("Accepted", True)
    assert {row["group"] for row in tables["rejections"]} == {"Copied from elsewhere", "Not about what the task asks"}
    assert all(row["people"] == "fewer than 5" for row in tables["rejections"])
    page = (out / "index.html").read_text()
    for name, found in tables.items():
        assert f'href="{name}.csv"' in page
        assert all(row["formula"] for row in found)
    assert median in page
    for account in ACCOUNTS:
        assert account.name not in page
    assert not re.search(r"<script|https?://", page), "it needs nothing else"


def test_it_cannot_write_where_a_file_stands(run, tmp_path):
    (tmp_path / "report").write_text("mine")
    told = run("report", "transparency", "--out", tmp_path / "report")
    assert told.exit_code == 2
    assert run("report", "transparency", "--out", tmp_path, "--days", "0").exit_code == 2
    assert run("report", "transparency").exit_code == 2


async def pay_and_erase(demo, name, email):
    """Pay somebody all they are owed in one more batch, and erase them when their time to think it over has passed."""
    settings, now = with_payer(demo), utc_now()
    db = Database(demo.database_url, pool_size=2)
    try:
        actors = {}
        async with db.read() as session:
            for key, address in (("leaver", email), ("operator", ACCOUNTS[4].email), ("manager", ACCOUNTS[2].email)):
                actors[key] = await actor_by_email(session, email=address)
        leaver, operator = actors["leaver"], actors["operator"]
        async with db.write() as session:
            await set_payout_method(
                session,
                actor=leaver,
                sealer=payout_sealer(settings),
                currency="EUR",
                kind=MethodKind.SEPA,
                holder=name,
                account="DE89370400440532013000",
                now=now,
            )
        async with db.write() as session:
            batch = await make_batch(
                session,
                actor=operator,
                kind=MethodKind.SEPA,
                currency="EUR",
                period_end=now,
                minimum_minor=1,
                now=now,
            )
        async with db.write() as session:
            await approve_batch(session, actor=actors["manager"], batch_id=batch, now=now)
            await export_batch(
                session,
                actor=operator,
                batch_id=batch,
                sealer=payout_sealer(settings),
                payer=payer_of(settings),
                now=now,
            )
            await mark_sent(session, actor=operator, batch_id=batch, now=now)
            await mark_all_paid(session, actor=operator, batch_id=batch, now=now)
        async with db.write() as session:
            due = await ask_erasure(
                session,
                actor=leaver,
                password=PASSWORD,
                with_texts=True,
                wait=14 * DAYS,
                address="192.0.2.1",
                attempts=10,
                now=now,
            )
        async with db.write() as session:
            assert await erase_due(session, now=due) == 1
    finally:
        await db.close()
    return leaver


def test_whoever_leaves_the_demo_is_gone_and_its_money_stays_right(demo, run, rows):
    """Somebody with everything about them: paid and owed, a case, reviews, ratings, questions, mails."""
    name, email = "Daniel Achebe", "daniel@demo.example"
    before = places_that_say(demo.database_url, [name, email])
    assert {"person.name", "person.email", "person.credit_name"} <= set(before)
    kept = rows(
        "SELECT count(*), sum(amount_minor) FROM time_entry JOIN person ON person.id = person_id WHERE email = %s",
        email,
    )
    leaver = asyncio.run(pay_and_erase(demo, name, email))
    assert places_that_say(demo.database_url, [name, email, "Achebe"]) == []
    assert rows("SELECT name, email, state FROM person WHERE id = %s", leaver.person_id) == [
        (leaver.pseudonym, None, "disabled")
    ]
    assert rows("SELECT count(*), sum(amount_minor) FROM time_entry WHERE person_id = %s", leaver.person_id) == kept
    told = run("ledger", "check")
    assert told.exit_code == 0, told.output
