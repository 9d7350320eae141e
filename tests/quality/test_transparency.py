"""Figures about all trainers together: right, and never about a few."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preceptor.cli.report import page_of
from preceptor.lib.clock import utc_now
from preceptor.lib.ids import new_id
from preceptor.lib.money import Money
from preceptor.pay.operations import Earned, overturn, record_earnings, reverse
from preceptor.people.operations.profile import set_place_and_languages
from preceptor.people.rules import SYSTEM, MissingPermissionError, Place
from preceptor.quality.queries.transparency import csv_rows, table_of, transparency_report
from preceptor.quality.rules.transparency import FEWEST, FigureRow, shown
from preceptor.work.tables import Exposure, TimeEntry

patient = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
NOW = utc_now()
sizes = st.lists(st.integers(0, 12), max_size=8)


def rows_of(people):
    return [FigureRow(label=f"group {n}", people=count, values=(float(count),)) for n, count in enumerate(people)]


@patient
@given(sizes)
def test_small_groups_are_never_shown(people):
    for row, count in zip(shown(rows_of(people), add_up=False), people, strict=True):
        assert row.is_hidden == (0 < count < FEWEST)
        assert row.people in {0, count}


@patient
@given(sizes)
def test_what_is_hidden_cannot_be_told_from_a_sum(people):
    rows = shown(rows_of(people), add_up=True)
    hidden = sum(count for row, count in zip(rows, people, strict=True) if row.is_hidden)
    visible = [count for row, count in zip(rows, people, strict=True) if not row.is_hidden and count]
    assert hidden == 0 or hidden >= FEWEST or not visible


async def report(db, actor=SYSTEM):
    async with db.read() as session:
        return await transparency_report(
            session, actor=actor, since=NOW - timedelta(days=30), until=NOW + timedelta(days=1), now=NOW
        )


async def test_pay_per_place_from_five_people_on(db, make_world, make_person):
    world = await make_world(items=1)
    for place, people in (("ES", 5), ("US", 4)):
        for number in range(people):
            person = await make_person("trainer", team=world.team_id)
            async with db.write() as session:
                await set_place_and_languages(
                    session, actor=SYSTEM, person_id=person.person_id, place=Place(place, ""), spoken=[]
                )
                session.add(
                    TimeEntry(
                        id=new_id(),
                        person_id=person.person_id,
                        project_id=world.terms.id,
                        assignment_id=new_id(),
                        activity="work",
                        outcome="submitted",
                        started_at=NOW,
                        ended_at=NOW,
                        active_ms=3_000_000,
                        idle_ms=600_000,
                        waiting_ms=600_000,
                        paused_ms=0,
                        paid_ms=3_000_000,
                        rate_minor=2_000,
                        currency="EUR",
                        amount_minor=1_000 + 100 * number,
                    )
                )
                session.add(Exposure(person_id=person.person_id, day=NOW.date(), category="violence", ms=120_000))
    found = await report(db)
    spain, states = table_of(found, "pay").rows
    assert (spain.people, spain.values) == (5, (11.0, 12.0, 13.0))
    assert states.is_hidden
    unpaid = table_of(found, "unpaid").rows
    assert [round(row.values[0]) for row in unpaid[:3]] == [90, 90, 90]
    exposure = {row.people: row.values for row in table_of(found, "exposure").rows if row.people}
    assert exposure == {9: (18.0, 2.0)}
    text = page_of(found)
    assert "fewer than 5" in text
    assert "12.00" in text
    assert "<script" not in text
    assert csv_rows(table_of(found, "pay"))[2][:2] == ("United States · EUR", "fewer than 5")


async def test_top_ups_count_as_pay_and_what_was_taken_back_does_not(db, make_world, make_person):
    """An hour each: three were topped up, one lost all of it, and one lost it and got it again."""
    world = await make_world(items=1)
    for earned, topped_up, turned in ((1_000, 200, 0), (1_000, 400, 0), (1_000, 600, 0), (2_000, 0, 1), (1_000, 0, 2)):
        person, time_id = await make_person("trainer", team=world.team_id), new_id()
        async with db.write() as session:
            session.add(
                TimeEntry(
                    id=time_id,
                    person_id=person.person_id,
                    project_id=world.terms.id,
                    assignment_id=new_id(),
                    activity="work",
                    outcome="submitted",
                    started_at=NOW,
                    ended_at=NOW,
                    active_ms=3_600_000,
                    idle_ms=0,
                    waiting_ms=0,
                    paused_ms=0,
                    paid_ms=3_600_000,
                    rate_minor=earned,
                    currency="EUR",
                    amount_minor=earned,
                )
            )
            driver = await session.driver()
            booked = {f"time:{time_id}": earned, f"topup:{new_id()}": topped_up}
            for source, minor in booked.items():
                one = Earned(person.person_id, world.terms.id, Money(minor, "EUR"), source, "work")
                await record_earnings(driver, [one] if minor else [], now=NOW)
            for turn in (reverse, overturn)[:turned]:
                await turn(driver, source=f"time:{time_id}", reason="copied", now=NOW)
    (row,) = table_of(await report(db), "pay").rows
    assert (row.people, row.values) == (5, (10.0, 12.0, 14.0)), "of 0, 10, 12, 14 and 16"


async def test_who_reads_figures(db, as_role, make_person):
    for role, allowed in (
        ("representative", True),
        ("operator", True),
        ("manager", True),
        ("trainer", False),
        ("client", False),
    ):
        client = await as_role(role)
        assert (await client.get("/figures")).status_code == (200 if allowed else 403), role
        assert (await client.get("/api/v1/figures?days=7")).status_code == (200 if allowed else 403), role
        assert (await client.get("/figures/pay")).status_code == (200 if allowed else 403), role
    assert (await (await as_role("representative")).get("/figures/nothing")).status_code == 404
    with pytest.raises(MissingPermissionError):
        await report(db, await make_person("reviewer"))
