"""Earnings: every figure of the page says the same as the ledger, also where no time stands behind the money."""

import html
import re
from datetime import timedelta
from uuid import uuid4

import pytest

from preceptor.lib.clock import utc_now
from preceptor.lib.money import Money
from preceptor.pay.operations import adjust, reverse_adjustment
from preceptor.people.rules import SYSTEM
from preceptor.quality.operations import claim_review, decide, release_review
from preceptor.quality.rules import Verdict
from tests.quality.conftest import bench  # noqa: F401 (a fixture)
from tests.work.conftest import answer_to, make_world  # noqa: F401 (a fixture)


def figures(text):
    """The tiles on top, by their name."""
    found = re.findall(r'<div class="card figure">(.*?)</div>', text, re.DOTALL)
    words = [html.unescape(re.sub(r"<[^>]+>", "|", one)) for one in found]
    parts = [[part.strip() for part in one.split("|") if part.strip()] for one in words]
    return {part[0]: part[1:] for part in parts if part}


def rows(text, caption):
    """The rows of a table, their cells as text."""
    table = re.search(rf"<caption[^>]*>{caption}</caption>(.*?)</table>", text, re.DOTALL)[1]
    lines = re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
    return [
        [
            html.unescape(re.sub(r"<[^>]+>", "", cell)).strip()
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t", line, re.DOTALL)
        ]
        for line in lines
    ]


@pytest.fixture
async def trainer(make_world, as_role, team_id):  # noqa: F811
    client = await as_role("trainer", team=team_id)
    client.world = await make_world(items=3)
    return client


async def work(client, db, minutes):
    """Hand in a task that took so many minutes, at 36 EUR an hour."""
    view = (await client.post(f"/api/v1/projects/{client.world.terms.slug}/claim", json={})).json()
    async with db.hot() as driver:
        await driver.execute("UPDATE assignment SET active_ms = %s WHERE id = %s", (minutes * 60_000, view["id"]))
    body = {"key": str(uuid4()), "content": answer_to(view)}
    assert (await client.post(f"/api/v1/assignments/{view['id']}/submit", json=body)).status_code == 201


async def give(db, person, minor):
    async with db.write() as session:
        return await adjust(
            session,
            actor=SYSTEM,
            person_id=person.person_id,
            reason="The clock stood still.",
            money=Money(minor, "EUR"),
            now=utc_now(),
        )


async def test_money_without_time_behind_it_is_in_every_figure(trainer, db):
    await work(trainer, db, 10)
    first, second = await give(db, trainer.actor, 250), await give(db, trainer.actor, 100)
    assert first != second
    async with db.write() as session:
        await reverse_adjustment(
            session,
            actor=SYSTEM,
            source=second,
            person_id=trainer.actor.person_id,
            reason="Given twice.",
            now=utc_now(),
        )
    text = (await trainer.get("/earnings")).text
    told = figures(text)
    assert told["Today"] == told["This week"] == told["This month"] == ["€8.50", "10 min"]
    assert told["Not paid out yet"][0] == "€8.50"
    assert "€8.50 in all, €8.50 on the best day" in text
    _head, project, beside = rows(text, "By project")
    assert project == [trainer.world.terms.title, "1", "10 min", "€6.00"]
    assert beside == ["Topped up or given by hand, less what was taken back", "–", "–", "€2.50"]


async def test_only_money_without_time(trainer, db):
    await give(db, trainer.actor, 250)
    text = (await trainer.get("/earnings")).text
    assert figures(text)["Today"] == ["€2.50", "not from tasks"]
    assert rows(text, "By project")[1][-1] == "€2.50"


async def test_who_judges_sees_what_they_judged_and_no_tasks(bench, make_world, make_person, db, signed_in):  # noqa: F811
    world = await make_world(items=2)
    for _item in range(2):
        await bench.hand_in(world)
    reviewer, began = await make_person("reviewer"), utc_now() - timedelta(minutes=1)
    async with db.write() as session:
        first = await claim_review(session, actor=reviewer, now=began)
        await release_review(session, actor=reviewer, review_id=first, now=began + timedelta(seconds=20))
    for _review in range(2):
        async with db.write() as session:
            held = await claim_review(session, actor=reviewer, now=began + timedelta(seconds=30))
            await decide(
                session, actor=reviewer, review_id=held, verdict=Verdict.ACCEPT, now=began + timedelta(seconds=40)
            )
    await give(db, reviewer, 250)
    text = (await (await signed_in(reviewer)).get("/earnings")).text
    head, project, _beside = rows(text, "By project")
    assert head == ["Project", "Reviews", "Paid time", "Earned"]
    assert project[:2] == [world.terms.title, "2"], "one that was put back and taken again is one"
