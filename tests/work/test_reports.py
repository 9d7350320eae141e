"""Reports from a product: consent, keys, order in the queue; and originals, for those who may read them."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from preceptor.kinds.content import Message
from preceptor.lib.clock import utc_now
from preceptor.lib.errors import ProblemError
from preceptor.people.rules import SYSTEM, MissingPermissionError, Permission
from preceptor.projects.operations import add_client_organisation
from preceptor.projects.queries import access_project
from preceptor.work.operations.adding import GivenItem, add_given_items
from preceptor.work.operations.originals import NoOriginalError, read_original
from preceptor.work.operations.reports import (
    GivenReport,
    NoConsentError,
    ReportKeyUsedError,
    TakesNoReportsError,
    take_report,
)
from preceptor.work.queries.project_items import ItemFilter, access_item, list_items
from tests.work.conftest import open_project

KIND = "review_conversation"
SECRET = "leo.brandt@example.org"


def given(key: str, **more) -> GivenReport:
    said = (Message("user", f"Write to {SECRET}, please."), Message("assistant", "No."))
    return msgspec.structs.replace(GivenReport(key=key, messages=said, consent=True, reason="Rude."), **more)


@pytest.fixture
async def triage(make_world):
    world = await make_world(items=0, kind=KIND)
    return world.terms


async def send(db, terms, report, actor=SYSTEM):
    async with db.write() as session:
        return await take_report(session, actor=actor, terms=terms, report=report, now=utc_now())


async def items_of(db, terms):
    query = "SELECT item.content::text, item.priority FROM item WHERE project_id = %s ORDER BY id"
    async with db.hot() as driver:
        return await (await driver.execute(query, (terms.id,))).fetchall()


async def test_without_consent_nothing_is_kept(db, triage):
    with pytest.raises(NoConsentError) as told:
        await send(db, triage, given("a", consent=False))
    assert [problem.path for problem in told.value.fields] == ["consent"]
    assert await items_of(db, triage) == []


async def test_the_same_report_is_one_item_however_often_it_comes_and_another_under_its_key_is_refused(db, triage):
    taken = await asyncio.gather(*(send(db, triage, given("a")) for _time in range(6)))
    assert len({one.item_id for one in taken}) == 1
    assert sorted(one.fresh for one in taken) == [False] * 5 + [True]
    with pytest.raises(ReportKeyUsedError):
        await send(db, triage, given("a", reason="Something else."))
    await send(db, triage, given("b"))
    assert len(await items_of(db, triage)) == 2


async def test_a_kind_without_use_for_reports_takes_none(db, team_id):
    slug = await open_project(db, team_id, settings=None)
    async with db.read() as session:
        project = await access_project(session, actor=SYSTEM, slug=slug)
    with pytest.raises(TakesNoReportsError):
        await send(db, project, given("a"))


async def test_the_worst_is_handed_out_first_and_of_equals_the_oldest(db, triage, make_world, make_person):
    for key, severity, categories in (
        ("low", "low", ()),
        ("first medium", None, ()),
        ("second medium", "medium", ()),
        ("by category", None, ("errors", "illegal")),
        ("high", "high", ("illegal",)),
        ("critical", "critical", ()),
    ):
        await send(db, triage, given(key, severity=severity, categories=categories, topic=key))
    query = "SELECT item.topic FROM slot JOIN item ON item.id = slot.item_id WHERE slot.project_id = %s ORDER BY slot.priority, slot.round, slot.place"
    async with db.hot() as driver:
        rows = await (await driver.execute(query, (triage.id,))).fetchall()
    assert [row[0] for row in rows] == ["by category", "critical", "high", "first medium", "second medium", "low"]


async def test_items_of_the_api_and_their_own_priority_are_ordered_alike(db, triage):
    said = [{"role": "user", "content": "Hello."}]
    items = [GivenItem(content={"messages": said, "severity": "critical"}, priority=priority) for priority in (5, 9, 2)]
    async with db.write() as session:
        await add_given_items(session, actor=SYSTEM, terms=triage, items=items)
    assert [row[1] for row in await items_of(db, triage)] == [1, 5, 0]


async def test_nobody_finds_or_sees_an_original_and_who_may_asks_for_it_by_name(db, triage, make_person):
    taken = await send(db, triage, given("a", reported_at=utc_now() - timedelta(days=1)))
    manager = await make_person("manager")
    async with db.read() as session:
        project = await access_project(session, actor=manager, slug=triage.slug)
        detail = await access_item(session, actor=manager, project=project, item_id=taken.item_id)
        found = [
            len((await list_items(session, actor=manager, project=project, wanted=ItemFilter(text=text))).rows)
            for text in ("leo.brandt", "[EMAIL]", "rude")
        ]
    assert found == [0, 1, 1]
    assert detail.hides
    assert SECRET not in msgspec.json.encode(detail.content).decode()
    assert "[EMAIL]" in msgspec.json.encode(detail.content).decode()
    assert "EMAIL" not in detail.entry.summary

    async with db.write() as session:
        original = await read_original(session, actor=manager, project=project, item_id=taken.item_id)
    assert original.hidden["original"]["messages"][0]["content"] == f"Write to {SECRET}, please."
    async with db.hot() as driver:
        query = "SELECT actor_id, subject_id FROM event WHERE name = 'work.original_read'"
        assert await (await driver.execute(query)).fetchall() == [(manager.person_id, taken.item_id)]
    without = msgspec.structs.replace(manager, permissions=manager.permissions - {Permission.ITEM_READ_ORIGINAL})
    with pytest.raises(MissingPermissionError):
        async with db.write() as session:
            await read_original(session, actor=without, project=project, item_id=taken.item_id)
    plain = await send(db, triage, given("b", messages=(Message("user", "Hello."),)))
    with pytest.raises(NoOriginalError):
        async with db.write() as session:
            await read_original(session, actor=manager, project=project, item_id=plain.item_id)


async def test_trainers_and_reviewers_may_neither_send_reports_nor_read_originals(db, triage, make_person):
    for role in ("trainer", "reviewer"):
        person = await make_person(role)
        with pytest.raises(MissingPermissionError):
            await send(db, triage, given("a"), actor=person)
        assert not person.may(Permission.ITEM_READ_ORIGINAL)


async def test_over_http(db, triage, as_role):
    manager, trainer = await as_role("manager"), await as_role("trainer")
    body = msgspec.to_builtins(given("order 66", severity="high", source={"mail": SECRET, "build": 7}))
    address = f"/api/v1/projects/{triage.slug}/reports"
    first, again = [await manager.post(address, json=body) for _time in range(2)]
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["item_id"] == again.json()["item_id"]
    refused = await manager.post(address, json=body | {"key": "other", "consent": False})
    assert (refused.status_code, refused.json()["code"]) == (422, "no_consent")
    assert "Ask the user" in refused.json()["fields"][0]["message"]
    assert (await manager.post(address, json={"key": "x", "messages": []})).status_code == 422
    assert (await trainer.post(address, json=body)).status_code in {403, 404}

    item = f"/api/v1/projects/{triage.slug}/items/{first.json()['item_id']}"
    shown = await manager.get(item)
    assert SECRET not in shown.text
    assert shown.json()["content"]["source"] == {"mail": "[EMAIL]", "build": 7}
    assert shown.json()["priority"] == 3
    original = await manager.post(f"{item}/original")
    assert original.json()["original"]["original"]["source"]["mail"] == SECRET
    for page in (f"/projects/{triage.slug}/items", f"/projects/{triage.slug}/try?item={first.json()['item_id']}"):
        assert SECRET not in (await manager.get(page)).text
    page = await manager.get(f"/projects/{triage.slug}/items/{first.json()['item_id']}")
    assert SECRET not in page.text
    assert "Read the original" in page.text


@pytest.mark.parametrize("depth", [40, 800, 950, 5_000])
async def test_fields_that_lie_too_deep_inside_each_other_are_refused(triage, as_role, depth):
    manager = await as_role("manager")
    deep = '{"a":' * depth + "1" + "}" * depth
    body = msgspec.json.encode(msgspec.to_builtins(given("deep"))).replace(b'"source":{}', f'"source":{deep}'.encode())
    headers = {"content-type": "application/json"}
    sent = await manager.post(f"/api/v1/projects/{triage.slug}/reports", content=body, headers=headers)
    assert sent.status_code in {400, 422}


async def test_a_problem_is_told_by_its_place(db, triage):
    with pytest.raises(ProblemError) as told:
        await send(db, triage, given("a", messages=()))
    assert [problem.path for problem in told.value.fields] == ["messages"]


async def test_a_client_who_also_works_here_sends_nothing_into_anothers_project(db, triage, as_role, team_id):
    async with db.write() as session:
        own = await add_client_organisation(session, actor=SYSTEM, name="Another lab")
    async with db.read() as session:
        theirs = (await access_project(session, actor=SYSTEM, slug=triage.slug)).client.id
    body = msgspec.to_builtins(given("a"))
    for client_id, status in ((own, 404), (theirs, 201)):
        both = await as_role("client", "trainer", team=team_id, client=client_id)
        assert (await both.get(f"/api/v1/projects/{triage.slug}/guidelines")).status_code == 200
        assert (await both.post(f"/api/v1/projects/{triage.slug}/reports", json=body)).status_code == status
