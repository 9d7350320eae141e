"""A person takes all of their data along, has it put right, and is erased: no row anywhere holds their name then."""

import json
import re
import zipfile
from datetime import UTC, datetime, timedelta
from io import BytesIO

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from preceptor.datasets.jobs import delete_withdrawn_files, forget_downloads, write_data_download
from preceptor.datasets.operations import erase_due, freeze_release
from preceptor.datasets.operations.erasing import mentions
from preceptor.datasets.queries.releases import release_key
from preceptor.hiring.operations import appeal_case
from preceptor.hiring.rules import CaseReason, CaseRecord, Measure, NewCase, RecordKind
from preceptor.lib.money import Money
from preceptor.lib.storage import storage_of
from preceptor.pay.operations import Earned, record_earnings
from preceptor.people.operations import ask_erasure, change_profile, note_failed_attempt, withdraw_erasure
from preceptor.people.operations.notices import Told, notify
from preceptor.people.operations.notices import named as name_of
from preceptor.people.queries import actor_by_id
from preceptor.people.queries.notices import list_notices
from preceptor.people.rules import SYSTEM
from preceptor.people.tables import Person
from preceptor.quality.operations import open_case
from preceptor.work.tables import SubmissionBody
from tests.conftest import PASSWORD
from tests.quality.conftest import bench  # noqa: F401 (a fixture)
from tests.work.conftest import make_world  # noqa: F401 (a fixture)

NAME = "Remedios Quintanilla Echevarría"
NOW = datetime.now(UTC)
DAYS = timedelta(days=1)
FROM = {"address": "192.0.2.1", "attempts": 10, "now": NOW}


@pytest.fixture
async def leaver(db, bench, make_world, make_person):  # noqa: F811 (fixtures)
    """Somebody with an account, work, a case and notices, whose name stands in many places."""
    world = await make_world(items=4)
    actor = await make_person("trainer", name=NAME, team=world.team_id)
    plain = await bench.hand_in(world, trainer=actor, ideal="Cold air takes up less room.")
    named = await bench.hand_in(world, trainer=actor, ideal=f"Signed, {NAME.upper()}.")
    await bench.desk.claim(actor=actor, slug=world.terms.slug, prefetch=False, now=NOW)
    manager = await bench.person("manager")
    async with db.write() as session:
        case_id = await open_case(
            session,
            actor=manager,
            case=NewCase(
                person_id=actor.person_id,
                measure=Measure.WARNING,
                reason=CaseReason.QUALITY,
                words=f"{NAME} did not read the brief, twice in a row.",
                records=(CaseRecord(RecordKind.SUBMISSION, plain.submission_id),),
            ),
            notice=14 * DAYS,
            now=NOW,
        )
        await appeal_case(
            session, actor=actor, case_id=case_id, words=f"I, {NAME}, did read it.", within=14 * DAYS, now=NOW
        )
        row = await session.get_one(Person, actor.person_id)
        email = row.email
        await note_failed_attempt(session, email=email, address="10.0.0.1", now=NOW)
        for person_id in (actor.person_id, manager.person_id):
            kin = await session.get_one(Person, person_id)
            kin.email = kin.email or "manager@example.org"
            await session.flush()
            await notify(
                session,
                person_id=person_id,
                kind="x.y",
                text=lambda: Told("About you", f"{name_of(actor)} ({email}) asked."),
            )
    return actor, world, plain, named, email


def places_that_say(database_url: str, words: list[str]) -> list[str]:
    """Every column of every table in which one of the words stands, whatever its letters."""
    found = []
    with psycopg.connect(database_url) as connection:
        columns = connection.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
            "AND (data_type IN ('text', 'character varying', 'jsonb', 'json', 'ARRAY'))"
        ).fetchall()
        assert len(columns) > 200
        for table, column in columns:
            for word in words:
                query = f'SELECT count(*) FROM "{table}" WHERE "{column}"::text ILIKE %s'
                if connection.execute(query, [f"%{word}%"]).fetchone()[0]:
                    found.append(f"{table}.{column}")
    return sorted(set(found))


async def erase(db, actor, *, with_texts=False):
    async with db.write() as session:
        due = await ask_erasure(session, actor=actor, password=PASSWORD, with_texts=with_texts, wait=14 * DAYS, **FROM)
    async with db.write() as session:
        assert await erase_due(session, now=due - DAYS) == 0
    async with db.write() as session:
        await (await session.driver()).execute(
            "INSERT INTO ledger_entry (id, debit, credit, amount_minor, currency, source, kind) "
            "SELECT gen_random_uuid(), credit, 'adjustments', sum(amount_minor), currency, 'settled:' || credit, 'adjustment' "
            "FROM ledger_entry WHERE credit = %s GROUP BY credit, currency",
            (f"person:{actor.person_id}",),
        )
    async with db.write() as session:
        assert await erase_due(session, now=due) == 1
    return due


async def test_erased_means_that_no_row_holds_name_or_address(db, database_url, leaver):
    actor, _world, plain, named, email = leaver
    before = places_that_say(database_url, [NAME, email])
    assert {"person.name", "person.email", "case_text.text", "submission_body.content", "notification.body"} <= set(
        before
    )
    await erase(db, actor)
    assert places_that_say(database_url, [NAME, email]) == []
    async with db.read() as session:
        row = await session.get_one(Person, actor.person_id)
        assert (row.name, row.email, row.state, row.pseudonym) == (actor.pseudonym, None, "disabled", actor.pseudonym)
        kept = await session.get_one(SubmissionBody, plain.submission_id)
        gone = await session.get_one(SubmissionBody, named.submission_id)
        assert kept.content and kept.erased_at is None
        assert gone.content == {} and gone.erased_at is not None
        for table in ("time_entry", "submission", "due_process_case"):
            column = "trainer_id" if table == "submission" else "person_id"
            count = await session.scalar(
                text(f"SELECT count(*) FROM {table} WHERE {column} = :person"), {"person": actor.person_id}
            )
            assert count, table


async def test_texts_of_their_work_go_where_they_want_it_and_releases_say_so(db, settings, bench, leaver):  # noqa: F811
    actor, world, plain, _named, _email = leaver
    other = await bench.hand_in(world, ideal="Somebody else wrote this one.")
    async with db.write() as session:
        await session.execute(text("UPDATE assignment SET state = 'accepted' WHERE state = 'submitted'"))
        made = await freeze_release(session, actor=SYSTEM, slug=world.terms.slug, now=NOW)
        await session.execute(text("UPDATE release SET state = 'done'"))
    kept = storage_of(settings).path(release_key(made.id))
    kept.mkdir(parents=True)
    (kept / "data.jsonl").write_text("their text")
    await erase(db, actor, with_texts=True)
    await delete_withdrawn_files(db, settings, subject_id=str(actor.person_id))
    assert not kept.exists()
    async with db.read() as session:
        assert (await session.get_one(SubmissionBody, plain.submission_id)).content == {}
        assert (await session.get_one(SubmissionBody, other.submission_id)).content
        rows = (await session.execute(text("SELECT number, submissions, settings FROM release ORDER BY number"))).all()
    assert [row.submissions for row in rows] == [made.submissions, 1]
    assert (rows[1].settings["replaces"], rows[1].settings["withdrawn"]) == (1, 2)


async def test_money_that_is_owed_is_paid_first(db, leaver):
    actor, *_ = leaver
    async with db.write() as session:
        await (await session.driver()).execute(
            "INSERT INTO ledger_entry (id, debit, credit, amount_minor, currency, source, kind) "
            "VALUES (gen_random_uuid(), 'adjustments', %s, 500, 'EUR', 'owed', 'adjustment')",
            (f"person:{actor.person_id}",),
        )
        due = await ask_erasure(session, actor=actor, password=PASSWORD, with_texts=False, wait=14 * DAYS, **FROM)
    for later, expected in ((DAYS, 0), (89 * DAYS, 0), (90 * DAYS, 1)):
        async with db.write() as session:
            assert await erase_due(session, now=due + later) == expected


async def test_one_can_change_ones_mind(db, leaver):
    actor, *_ = leaver
    async with db.write() as session:
        due = await ask_erasure(session, actor=actor, password=PASSWORD, with_texts=True, wait=14 * DAYS, **FROM)
        await withdraw_erasure(session, actor=actor, now=NOW + DAYS)
    async with db.write() as session:
        assert await erase_due(session, now=due + 100 * DAYS) == 0


async def test_texts_of_answers_change_to_tombstones_alone(db, leaver):
    for statement in (
        "UPDATE submission_body SET content = '{\"turns\": []}'",
        "UPDATE submission_body SET content = '{}'",
        "DELETE FROM submission_body",
    ):
        with pytest.raises(IntegrityError):
            async with db.write() as session:
                await session.execute(text(statement))


async def test_who_is_called_like_a_word_takes_no_word_out_of_what_others_read(db, leaver, make_person):
    """They were named “the” when somebody was told of it; the word stays a word, there and everywhere."""
    actor, *_others, email = leaver
    reader = await make_person("trainer")
    async with db.write() as session:
        await change_profile(session, actor=actor, name="the", language="", time_zone="UTC")
    async with db.read() as session:
        actor = await actor_by_id(session, person_id=actor.person_id)
    texts = (
        lambda: Told(
            f"A word from {name_of(actor)}",
            f"{name_of(actor)} booked the amount for the clock that {name_of(reader)} saw.",
        ),
        lambda: Told("the the", f"Ask the office, not X{email} but {email.upper()}."),
        lambda: Told("", f"{name_of(reader)} and {name_of(actor)}: the end."),
    )
    async with db.write() as session:
        for one in texts:
            await notify(session, person_id=reader.person_id, kind="x.y", text=one)
    assert (actor.name, reader.name != actor.name) == ("the", True)
    await erase(db, actor)
    async with db.read() as session:
        last, middle, first = (await list_notices(session, actor=reader)).rows
    who, name = actor.pseudonym, reader.name
    assert (first.subject, first.body) == (
        f"A word from {who}",
        f"{who} booked the amount for the clock that {name} saw.",
    )
    assert (middle.subject, middle.body) == ("the the", f"Ask the office, not X{email} but {who}.")
    assert last.body == f"{name} and {who}: the end."


@pytest.mark.parametrize(
    ("name", "sentence", "found"),
    [
        ("Ana Lee", "ana  LEE wrote", True),
        ("Will", "it will rain", False),
        ("Will", "Yours, Will.", True),
        ("Will", "Willow", False),
        ("A. (B) C", "by a. (b) c!", True),
        ("Ana Lee", "write to ana.lee@example.org", True),
        ("Ana Lee", "write to ana-lee@example.org", False),
    ],
)
def test_mentions(database_url, name, sentence, found):
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT %s ~ %s", [sentence, mentions(name, "ana.lee@example.org")]).fetchone()
    assert row == (found,)


async def test_a_copy_holds_everything_and_nothing_of_others(db, settings, leaver, signed_in, as_role):
    actor, world, plain, _named, email = leaver
    client = await signed_in(actor)
    (case,) = (await client.get("/api/v1/my/cases")).json()
    attached = await client.post(f"/api/v1/cases/{case['id']}/files?name=my+log.txt", content=b"I read it at nine.")
    assert (await client.post("/account/data/copy")).status_code == 303
    assert (await client.post("/api/v1/my/data/copies")).status_code == 409
    (waiting,) = (await client.get("/api/v1/my/data")).json()["copies"]
    assert (await client.get(f"/account/data/{waiting['id']}/file")).status_code == 404
    await write_data_download(db, settings, subject_id=waiting["id"])
    page = await client.get("/account/data")
    assert f"/account/data/{waiting['id']}/file" in page.text
    answer = await client.get(f"/account/data/{waiting['id']}/file")
    with zipfile.ZipFile(BytesIO(answer.content)) as archive:
        file = f"files/{attached.json()['id']}-my log.txt"
        assert sorted(archive.namelist()) == ["data.json", file, "index.html"]
        assert archive.read(file) == b"I read it at nine."
        data = json.loads(archive.read("data.json"))
        readable = archive.read("index.html").decode()
    tables: dict[str, list] = {}
    for part in data["data"]:
        tables.setdefault(part["table"], []).extend(part["rows"])
    assert tables["person"][0]["email"] == email
    assert {row["id"] for row in tables["submission"]} >= {str(plain.submission_id)}
    assert "Cold air takes up less room." in json.dumps(tables["submission_body"])
    assert tables["time_entry"] and tables["due_process_case"] and len(tables["case_text"]) == 2
    assert "password_hash" not in tables["person"][0]
    assert "argon2" not in json.dumps(data)
    assert NAME in readable and "Cold air takes up less room." in readable
    heads = re.findall(r"<summary><h2>(.*?) <small>", readable)
    assert (heads[0], heads[-1]) == ("Your profile", "What you did, and what happened to you")
    assert "<dd>€" in readable, "money in words"
    assert f"<dd>{world.terms.title}</dd>" in readable, "projects by their titles"
    assert re.search(r"<h3>[A-Z][^<]+\.</h3>", readable), "what happened in sentences"
    stranger = await as_role("trainer")
    assert (await stranger.get(f"/account/data/{waiting['id']}/file")).status_code == 404
    async with db.write() as session:
        await session.execute(text("UPDATE data_download SET expires_at = now() - interval '1 minute'"))
    assert (await client.get(f"/account/data/{waiting['id']}/file")).status_code == 404
    kept = storage_of(settings).path(f"own-data/{waiting['id']}/data.zip")
    assert kept.exists()
    assert await forget_downloads(db, settings) == 1
    assert not kept.exists()


async def test_corrections_are_answered_by_a_person(as_role):
    client, manager = await as_role("trainer"), await as_role("manager")
    short = await client.post("/account/data/correction", data={"wish": "no"})
    assert short.status_code == 422
    sent = await client.post("/account/data/correction", data={"wish": "My country is <b>Andorra</b>."})
    assert sent.status_code == 303
    waiting = await manager.get("/people/corrections")
    assert "My country is &lt;b&gt;Andorra" in waiting.text
    (wish,) = (await client.get("/api/v1/my/data")).json()["corrections"]
    assert (await client.get("/people/corrections")).status_code == 403
    declined = await manager.post(f"/people/corrections/{wish['id']}", data={"verdict": "no", "answer": ""})
    assert declined.status_code == 422
    done = await manager.post(f"/people/corrections/{wish['id']}", data={"verdict": "yes", "answer": "It is now."})
    assert done.status_code == 303
    assert "It is now." in (await client.get("/account/data")).text
    again = await manager.post(f"/people/corrections/{wish['id']}", data={"verdict": "yes", "answer": ""})
    assert again.status_code == 404


async def test_erasure_on_the_page_wants_the_password(as_role):
    client = await as_role("trainer")
    wrong = await client.post("/account/data/erase", data={"password": "not mine at all"})
    assert wrong.status_code == 422
    asked = await client.post("/account/data/erase", data={"password": PASSWORD, "with_texts": "true"})
    assert asked.status_code == 303
    assert "Stay after all" in (await client.get("/account/data")).text
    assert (await client.post("/api/v1/my/data/erasure", json={"password": PASSWORD})).status_code == 409
    assert (await client.post("/account/data/stay")).status_code == 303
    assert (await client.delete("/api/v1/my/data/erasure")).status_code == 409
    assert (await client.get("/api/v1/my/data")).json()["erasure"] is None


async def test_who_waits_for_their_money_keeps_nobody_behind_them_waiting(db, make_person):
    owed, free = [await make_person("trainer") for _one in range(12)], [await make_person("trainer") for _one in "ab"]
    for actor in [*owed, *free]:
        async with db.write() as session:
            due = await ask_erasure(session, actor=actor, password=PASSWORD, with_texts=False, wait=14 * DAYS, **FROM)
    async with db.hot() as driver, driver.transaction():
        for actor in owed:
            earned = Earned(actor.person_id, actor.person_id, Money(1, "EUR"), f"time:{actor.person_id}", "work")
            await record_earnings(driver, [earned], now=NOW)
    async with db.write() as session:
        assert await erase_due(session, now=due) == 2
    async with db.read() as session:
        gone = {row.id for row in await session.scalars(select(Person).where(Person.erased_at.is_not(None)))}
    assert gone == {actor.person_id for actor in free}
