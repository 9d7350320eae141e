"""What people mark as private in a reported conversation: from then on only those read it who may read originals."""

import json
from uuid import uuid4

import msgspec
import pytest

from preceptor.kinds.content import Message
from preceptor.lib.clock import utc_now
from preceptor.people.rules import SYSTEM, MissingPermissionError, Permission
from preceptor.projects.queries import access_project
from preceptor.quality.queries import access_review
from preceptor.work.operations.originals import (
    NothingReplacedError,
    WorkBegunError,
    read_original,
    restore_part,
)
from preceptor.work.operations.reports import GivenReport, take_report
from preceptor.work.operations.verdicts import accept
from preceptor.work.queries import project_items
from preceptor.work.queries.project_items import ItemFilter, access_item, list_items
from preceptor.work.queries.submissions import access_submission

SAID = (Message("user", "I am Ana Duarte. Order +34 600 123 456."), Message("assistant", "Hello Ana Duarte!"))
COVERED = ["I am ███ ██████. Order [PHONE].", "Hello ███ ██████!"]
MARKS = [
    {"text": "m1", "start": 5, "end": 15, "label": "name"},
    {"text": "m2", "start": 6, "end": 16, "label": "name"},
]


@pytest.fixture
async def world(make_world):
    return await make_world(items=0, kind="review_conversation", answers_per_item=2)


@pytest.fixture
async def item_id(db, world):
    report = GivenReport(key="a", messages=SAID, consent=True, reason="It knows my name.")
    async with db.write() as session:
        return (await take_report(session, actor=SYSTEM, terms=world.terms, report=report, now=utc_now())).item_id


def texts(item):
    return [message["content"] for message in item["messages"]]


async def claim(bench, world):
    trainer = await bench.trainer(world)
    view, _fresh = await bench.desk.claim(actor=trainer, slug=world.terms.slug, prefetch=False, now=utc_now())
    return trainer, view


async def hand_in(bench, trainer, view, spans):
    verdicts = dict.fromkeys(("m1", "m2"), "problem")
    answer = {
        "verdict": "confirmed",
        "severity": "high",
        "categories": ["private"],
        "messages": verdicts,
        "spans": spans,
    }
    receipt, _fresh = await bench.desk.submit(
        actor=trainer, assignment_id=view.id, key=uuid4(), content=answer, confirmed=()
    )
    await bench.fold()
    return receipt


async def test_what_somebody_marked_nobody_else_reads(bench, world, item_id, db):
    trainer, view = await claim(bench, world)
    assert texts(view.item.content) == ["I am Ana Duarte. Order [PHONE].", "Hello Ana Duarte!"]
    await hand_in(bench, trainer, view, MARKS)

    # Its reviewer, its author afterwards, the next trainer, and the list of items.
    reviewer = await bench.person("reviewer")
    review_id = await bench.claim(reviewer)
    async with db.read() as session:
        review = await access_review(session, actor=reviewer, review_id=review_id, now=utc_now())
        own = await access_submission(session, actor=trainer, assignment_id=view.id)
    assert texts(review.item.content) == COVERED
    assert review.answer["spans"] == MARKS  # every place is what it was
    assert texts(own.assignment.item.content) == COVERED
    other, second = await claim(bench, world)
    assert texts(second.item.content) == COVERED
    assert texts((await bench.desk.view(actor=other, assignment_id=second.id)).item.content) == COVERED
    manager = await bench.person("manager")
    async with db.read() as session:
        project = await access_project(session, actor=manager, slug=world.terms.slug)
        detail = await access_item(session, actor=manager, project=project, item_id=item_id)
    assert texts(detail.content) == COVERED
    assert detail.hides
    async with db.write() as session:
        found = await read_original(session, actor=manager, project=project, item_id=item_id)
    assert texts(found.hidden["original"]) == [message.content for message in SAID]


async def test_what_is_marked_is_read_only_by_name_even_where_the_machine_replaced_nothing(bench, world, db):
    plain = GivenReport(
        key="b", messages=(Message("user", "I am Ana Duarte."), Message("assistant", "Hello!")), consent=True
    )
    async with db.write() as session:
        taken = await take_report(session, actor=SYSTEM, terms=world.terms, report=plain, now=utc_now())
    trainer, view = await claim(bench, world)
    await hand_in(bench, trainer, view, MARKS[:1])
    manager = await bench.person("manager")
    async with db.write() as session:
        project = await access_project(session, actor=manager, slug=world.terms.slug)
        detail = await access_item(session, actor=manager, project=project, item_id=taken.item_id)
        found = await read_original(session, actor=manager, project=project, item_id=taken.item_id)
    assert texts(detail.content)[0] == "I am ███ ██████."
    assert texts(found.hidden)[0] == "I am Ana Duarte."
    assert found.parts == ()


async def test_nobody_finds_what_is_marked(bench, world, item_id, db, as_role):
    manager = await bench.person("manager")

    async def found(text):
        async with db.read() as session:
            project = await access_project(session, actor=manager, slug=world.terms.slug)
            return [
                row.id
                for row in (
                    await list_items(session, actor=manager, project=project, wanted=ItemFilter(text=text))
                ).rows
            ]

    asker = await as_role("manager")
    base = f"/projects/{world.terms.slug}/items?q="
    assert await found("duarte") == [item_id]  # until somebody marks it
    assert str(item_id) in (await asker.get(f"{base}Duarte")).text
    for n in range(4):
        other = GivenReport(key=f"other {n}", messages=(Message("user", "Is Duarte a town?"),), consent=True)
        async with db.write() as session:
            taken = await take_report(session, actor=SYSTEM, terms=world.terms, report=other, now=utc_now())
    trainer, view = await claim(bench, world)
    assert view.item.content["messages"][0]["content"].startswith("I am Ana")
    await hand_in(bench, trainer, view, MARKS)
    towns = await found("duarte")
    assert len(towns) == 4 and item_id not in towns and taken.item_id in towns
    for text in ("Ana Duarte", "am Ana", "duarte!"):
        assert await found(text) == []
    # The rest of it is found as before: in the message, in what was said about it, and by what was replaced.
    for text in ("ORDER [phone]", "it knows my name"):
        assert await found(text) == [item_id]
    assert str(item_id) not in (await asker.get(f"{base}Duarte")).text
    assert str(item_id) in (await asker.get(f"{base}Order")).text
    api = await asker.get(f"/api/v1/projects/{world.terms.slug}/items", params={"q": "Ana Duarte"})
    assert api.json()["items"] == []


async def test_what_is_marked_takes_no_place_on_a_page(bench, world, item_id, db, monkeypatch):
    monkeypatch.setattr(project_items, "PAGE_SIZE", 2)
    manager = await bench.person("manager")
    for n in range(5):
        said = (Message("user", f"I am Ana Duarte, {n}."), Message("assistant", "Hello Ana Duarte!"))
        async with db.write() as session:
            report = GivenReport(key=f"more {n}", messages=said, consent=True)
            await take_report(session, actor=SYSTEM, terms=world.terms, report=report, now=utc_now())
    for _marked in range(5):  # the newest is left as it is
        trainer, view = await claim(bench, world)
        await hand_in(bench, trainer, view, MARKS)
    async with db.read() as session:
        project = await access_project(session, actor=manager, slug=world.terms.slug)
        found = await list_items(session, actor=manager, project=project, wanted=ItemFilter(text="Duarte"))
    assert len(found.rows) == 1
    assert found.next_cursor is None


async def test_one_persons_mark_counts_in_everybodys_release(bench, world, item_id, releases, db):
    for spans in (MARKS, []):
        trainer, view = await claim(bench, world)
        receipt = await hand_in(bench, trainer, view, spans)
        async with db.write() as session:
            await accept(session, actor=SYSTEM, assignment_id=view.id, submission_id=receipt.submission_id)
    view = await releases.write(await releases.freeze(world, formats=("triage",)))
    folder = releases.storage.root / f"releases/{view.summary.id}"
    written = "".join(path.read_text() for path in folder.rglob("*.jsonl"))
    rows = [json.loads(line) for line in written.splitlines()]
    assert len(rows) == 2
    assert "Duarte" not in written
    assert sorted(row["messages"][1]["content"] for row in rows) == ["Hello [NAME]!", "Hello ███ ██████!"]


async def test_a_number_that_is_not_private_is_put_back_until_somebody_works_on_it(bench, world, item_id, db):
    manager = await bench.person("manager")
    async with db.write() as session:
        project = await access_project(session, actor=manager, slug=world.terms.slug)
        found = await read_original(session, actor=manager, project=project, item_id=item_id)
    (part,) = found.parts
    assert (part.said, part.shown, part.before.endswith("Order ")) == ("+34 600 123 456", "[PHONE]", True)

    async def put_back(actor=manager, key=part.key):
        async with db.write() as session:
            await restore_part(session, actor=actor, project=project, item_id=item_id, part=key)

    for missing in (Permission.ITEM_READ_ORIGINAL, Permission.ITEM_WRITE):
        with pytest.raises(MissingPermissionError):
            await put_back(msgspec.structs.replace(manager, permissions=manager.permissions - {missing}))
    with pytest.raises(NothingReplacedError):
        await put_back(key="m1:0-3")
    await put_back()
    with pytest.raises(NothingReplacedError):
        await put_back()
    async with db.hot() as driver:
        query = "SELECT actor_id, subject_id, data::text FROM event WHERE name = 'work.replacement_undone'"
        ((actor_id, subject_id, data),) = await (await driver.execute(query)).fetchall()
    assert (actor_id, subject_id) == (manager.person_id, item_id)
    assert "600" not in data
    _trainer, view = await claim(bench, world)
    assert texts(view.item.content)[0] == "I am Ana Duarte. Order +34 600 123 456."
    assert view.item.content["private"] in ([], ())


async def test_nothing_is_put_back_below_marks(bench, world, item_id, db):
    manager = await bench.person("manager")
    async with db.write() as session:
        project = await access_project(session, actor=manager, slug=world.terms.slug)
        part = (await read_original(session, actor=manager, project=project, item_id=item_id)).parts[0]
    trainer, view = await claim(bench, world)
    for _time in range(2):
        with pytest.raises(WorkBegunError):
            async with db.write() as session:
                await restore_part(session, actor=manager, project=project, item_id=item_id, part=part.key)
        if _time == 0:
            await hand_in(bench, trainer, view, MARKS)


async def test_over_http_and_on_the_page(bench, world, item_id, as_role):
    manager = await as_role("manager")
    base = f"/projects/{world.terms.slug}/items/{item_id}/original"
    page = await manager.post(base)
    assert page.status_code == 200
    assert "<mark" in page.text and "+34 600 123 456" in page.text
    read = (await manager.post(f"/api/v1{base}")).json()
    (part,) = read["parts"]
    assert (await manager.post(f"/api/v1{base}/restore", json={"part": "m9:1-2"})).json()["code"] == "nothing_replaced"
    done = await manager.post(f"{base}/restore", data={"part": part["key"]})
    assert done.status_code == 303
    assert (await manager.post(f"/api/v1{base}")).json()["parts"] == []
    again = await manager.post(f"/api/v1{base}/restore", json={"part": part["key"]})
    assert again.status_code == 404
    trainer = await as_role("trainer")
    assert (await trainer.post(f"/api/v1{base}/restore", json={"part": part["key"]})).status_code in {403, 404}
