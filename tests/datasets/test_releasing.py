"""Releases as managers freeze them and the worker writes them: what is in them, and that they never change."""

import hashlib
import json

import psycopg
import pyarrow.parquet as pq
import pytest

from preceptor.datasets.operations import NothingAcceptedError
from preceptor.datasets.queries import NoSuchReleaseError, access_release, access_release_by_id, list_releases
from preceptor.datasets.queries.releases import release_key
from preceptor.lib.errors import InvalidError
from preceptor.lib.ids import new_id
from preceptor.people import SYSTEM
from preceptor.people.queries import actor_of
from preceptor.people.rules import MissingPermissionError
from preceptor.people.tables import Person
from preceptor.projects.queries import NoSuchProjectError
from preceptor.work.operations.verdicts import accept
from preceptor.work.queries.turns import TurnsWanted, turns_of, turns_of_many
from tests.work.conftest import answer_to

FOLDERS = {"scored", "trl-preference", "trl-preference-implicit", "trl-prompt-completion", "trl-unpaired"}


def lines(releases, release, path):
    file = releases.storage.path(f"{release_key(release.summary.id)}/{path}")
    return [json.loads(line) for line in file.read_text().splitlines()]


@pytest.fixture
async def world(make_world):
    return await make_world(items=3, wanted=2)


async def test_a_release_holds_what_was_accepted_and_nothing_else(releases, world, bench):
    accepted = [await releases.accepted(world, ideal=f"Ideal {number}.") for number in range(3)]
    await bench.hand_in(world)  # waits for its review
    release = await releases.write(await releases.freeze(world))

    assert (release.summary.state, release.summary.number) == ("done", 1)
    assert (release.summary.submissions, release.summary.written) == (3, 3)
    assert {file.path.split("/")[0] for file in release.files} == FOLDERS | {
        "README.md",
        "SHA256SUMS",
        "croissant.json",
    }
    rows = lines(releases, release, "scored/train.jsonl")
    assert {row["meta"]["submission_id"] for row in rows} == {str(one.submission_id) for one in accepted}
    assert sorted(row["ideal"] for row in rows) == ["Ideal 0.", "Ideal 1.", "Ideal 2."]
    assert [row["meta"]["submission_id"] for row in rows] == sorted(row["meta"]["submission_id"] for row in rows)


async def test_rows_say_what_the_trainer_saw_and_where_they_come_from(releases, world, bench):
    handed = await releases.accepted(world)
    release = await releases.write(await releases.freeze(world))

    (row,) = lines(releases, release, "scored/train.jsonl")
    shown = handed.view.turns[0]
    assert [one["response_id"] for one in row["responses"]] == [one.id for one in shown.responses]
    assert [one["text"] for one in row["responses"]] == [one.text for one in shown.responses]
    ratings = handed.content["turns"][0]["ratings"]
    assert {one["response_id"]: one["rating"] for one in row["responses"]} == ratings
    assert row["prompt"] == [{"role": "user", "content": shown.prompt}]
    meta = row["meta"]
    assert meta["pseudonym"] == handed.trainer.pseudonym
    assert (meta["topic"], meta["revision"], meta["turn"], meta["turns"]) == ("winter", 1, 1, 1)
    assert (meta["guidelines_version"], meta["form_version"]) == (1, 1)
    assert meta["project"] == world.terms.slug
    assert meta["item_id"] == str(handed.view.item.id)
    assert meta["review"] == "unreviewed"
    assert handed.trainer.name not in json.dumps(row)


async def test_times_are_the_sum_of_all_stretches(releases, world, bench, db):
    handed = await releases.accepted(world)
    async with db.hot() as driver:
        for active in (1_000, 250):
            await driver.execute(
                "INSERT INTO time_entry SELECT %s, person_id, project_id, assignment_id, 'rework', outcome, started_at,"
                " ended_at, %s, 7, 0, 3, 0, rate_minor, currency, 0 FROM time_entry LIMIT 1",
                (new_id(), active),
            )
        query = "SELECT sum(active_ms)::int, sum(idle_ms)::int, sum(paused_ms)::int FROM time_entry"
        expected = await (await driver.execute(query)).fetchone()
    release = await releases.write(await releases.freeze(world))

    (row,) = lines(releases, release, "scored/train.jsonl")
    assert tuple(row["meta"][key] for key in ("active_ms", "idle_ms", "paused_ms")) == expected
    assert row["meta"]["submission_id"] == str(handed.submission_id)


@pytest.mark.parametrize(("verdict", "word"), [("accept", "accepted"), ("correct", "corrected")])
async def test_a_reviewers_correction_takes_the_place_of_what_it_corrects(releases, world, bench, verdict, word):
    handed = await bench.hand_in(world, ideal="As the trainer wrote it.")
    reviewer = await bench.person("reviewer")
    review = await bench.claim(reviewer)
    corrected = answer_to(handed.view, ideal="As the reviewer wrote it.")
    given = {"content": corrected} if verdict == "correct" else {}
    await bench.decide(reviewer, review, verdict, **given)
    release = await releases.write(await releases.freeze(world))

    (row,) = lines(releases, release, "scored/train.jsonl")
    assert row["meta"]["review"] == word
    assert row["meta"]["revision"] == (2 if given else 1)
    assert row["meta"]["pseudonym"] == handed.trainer.pseudonym
    assert row["ideal"] == ("As the reviewer wrote it." if given else "As the trainer wrote it.")


async def test_surplus_and_erased_work_stays_out(releases, world, bench, db):
    kept = await releases.accepted(world)
    surplus = await releases.accepted(world)
    erased = await releases.accepted(world)
    async with db.hot() as driver:
        await driver.execute("UPDATE assignment SET state = 'surplus' WHERE id = %s", (surplus.assignment_id,))
        query = "UPDATE submission_body SET content = '{}', erased_at = now() WHERE submission_id = %s"
        await driver.execute(query, (erased.submission_id,))
    release = await releases.write(await releases.freeze(world))

    (row,) = lines(releases, release, "scored/train.jsonl")
    assert row["meta"]["submission_id"] == str(kept.submission_id)
    assert release.summary.submissions == 1


async def test_what_is_erased_after_freezing_is_not_written(releases, world, db):
    gone = await releases.accepted(world)
    await releases.accepted(world)
    release_id = await releases.freeze(world)
    async with db.hot() as driver:
        query = "UPDATE submission_body SET content = '{}', erased_at = now() WHERE submission_id = %s"
        await driver.execute(query, (gone.submission_id,))
    release = await releases.write(release_id)

    assert (release.summary.submissions, release.summary.written) == (2, 2)
    assert len(lines(releases, release, "scored/train.jsonl")) == 1


async def test_checksums_and_sizes_are_those_of_the_files(releases, world):
    await releases.accepted(world)
    release = await releases.write(await releases.freeze(world))

    for file in release.files:
        data = releases.storage.path(f"{release_key(release.summary.id)}/{file.path}").read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (file.bytes, file.sha256)
    table = releases.storage.path(f"{release_key(release.summary.id)}/trl-preference/train.parquet")
    assert pq.read_table(table).num_rows == 6


async def test_releases_are_numbered_and_the_first_stays_as_it_was(releases, world, db):
    await releases.accepted(world)
    first = await releases.write(await releases.freeze(world))
    await releases.accepted(world)
    second = await releases.write(await releases.freeze(world))

    assert (first.summary.number, second.summary.number) == (1, 2)
    assert (first.summary.submissions, second.summary.submissions) == (1, 2)
    assert await releases.view(first.summary.id) == first
    async with db.read() as session:
        page = await list_releases(session, actor=SYSTEM, slug=world.terms.slug)
    assert [row.number for row in page.rows] == [2, 1]


async def test_work_accepted_after_freezing_is_not_in(releases, world):
    await releases.accepted(world)
    release_id = await releases.freeze(world)
    await releases.accepted(world)
    release = await releases.write(release_id)

    assert len(lines(releases, release, "scored/train.jsonl")) == 1


async def test_the_same_work_gives_the_same_data_files(releases, world):
    await releases.accepted(world)
    first, second = [await releases.write(await releases.freeze(world)) for _time in range(2)]

    def sums(release):
        return {file.path: file.sha256 for file in release.files if "/" in file.path}

    assert sums(first) == sums(second)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE release SET number = 7",
        "UPDATE release SET state = 'failed'",
        "DELETE FROM release",
        "UPDATE release_file SET sha256 = ''",
        "DELETE FROM release_file",
        "DELETE FROM release_member",
        "TRUNCATE release_member",
    ],
)
async def test_the_database_itself_refuses_to_change_a_release(releases, world, db, statement):
    await releases.accepted(world)
    await releases.write(await releases.freeze(world))
    async with db.hot() as driver:
        with pytest.raises(psycopg.errors.IntegrityError, match="append-only"):
            await driver.execute(statement)


async def test_writing_again_changes_nothing(releases, world):
    await releases.accepted(world)
    release = await releases.write(await releases.freeze(world))
    file = releases.storage.path(f"{release_key(release.summary.id)}/README.md")
    before = file.stat()

    assert await releases.write(release.summary.id) == release
    assert file.stat() == before


async def test_settings_choose_formats_and_thresholds(releases, world):
    await releases.accepted(world)
    release = await releases.write(
        await releases.freeze(
            world,
            formats=("trl-unpaired",),
            settings={"trl-unpaired": {"true_from": 5, "false_to": 4}},
            licence="cc-by-4.0",
            languages=("en",),
        )
    )

    assert {file.path.split("/")[0] for file in release.files} == {
        "trl-unpaired",
        "README.md",
        "SHA256SUMS",
        "croissant.json",
    }
    labels = [(row["meta"]["rating"], row["label"]) for row in lines(releases, release, "trl-unpaired/train.jsonl")]
    assert sorted(labels) == [(3, False), (4, False), (5, True), (6, True)]
    card = releases.storage.path(f"{release_key(release.summary.id)}/README.md").read_text()
    assert 'license: "cc-by-4.0"' in card
    assert "Factual inaccuracy" in card


@pytest.mark.parametrize(
    ("chosen", "path"),
    [
        ({"formats": ()}, "formats"),
        ({"formats": ("text",)}, None),
        ({"formats": ("nothing",)}, None),
        ({"settings": {"trl-unpaired": {"true_from": 2, "false_to": 3}}}, "settings.trl-unpaired"),
        ({"settings": {"trl-unpaired": {"surprise": 1}}}, "settings.trl-unpaired"),
        ({"settings": {"nothing": {}}}, "settings.nothing"),
        ({"licence": "x" * 200}, "licence"),
        ({"licence": "a\nb"}, "licence"),
        ({"languages": ("English, please",)}, "languages"),
    ],
)
async def test_settings_that_make_no_sense_are_refused(releases, world, chosen, path):
    await releases.accepted(world)
    with pytest.raises(InvalidError) as caught:
        await releases.freeze(world, **chosen)
    assert [problem.path for problem in caught.value.fields] == ([path] if path else [])


async def test_nothing_accepted_is_nothing_to_release(releases, world, bench):
    await bench.hand_in(world)
    with pytest.raises(NothingAcceptedError):
        await releases.freeze(world)


async def test_later_turns_and_shared_turns_are_read_in_batches_as_they_were_seen(releases, make_world, bench, db):
    world = await make_world(items=4, wanted=2, settings={"max_turns": 3})
    wanted = []
    for number in range(6):
        handed = await bench.hand_in(world)
        item_id = handed.view.item.id
        if number % 2:  # a second turn of their own
            async with db.hot() as driver:
                turn_id = new_id()
                await driver.execute(
                    "INSERT INTO turn (id, item_id, assignment_id, position, prompt, continue_from, continued_with,"
                    " state) VALUES (%s, %s, %s, 1, 'And then?', 'ideal', 'It was so.', 'complete')",
                    (turn_id, item_id, handed.assignment_id),
                )
                for place in range(3):
                    await driver.execute(
                        "INSERT INTO response (id, turn_id, position, model, state, text)"
                        " VALUES (%s, %s, %s, 'm', 'complete', %s)",
                        (new_id(), turn_id, place, f"Answer {place}"),
                    )
        kind = bench.desk
        form = await kind.form(world.terms.id, 1)
        async with db.hot() as driver:
            row = await (await driver.execute("SELECT content FROM item WHERE id = %s", (item_id,))).fetchone()
        given = form.kind.given_turn(form.kind.decode_item(row[0]))
        wanted.append(TurnsWanted(handed.assignment_id, item_id, given))
    async with db.hot() as driver:
        many = await turns_of_many(driver, wanted=wanted)
        for one in wanted:
            alone = await turns_of(driver, assignment_id=one.assignment_id, item_id=one.item_id, given=one.given)
            assert many[one.assignment_id] == alone
    assert sorted(len(turns) for turns in many.values()) == [1, 1, 1, 2, 2, 2]


async def test_who_may_freeze_and_read(releases, world, bench, db):
    await releases.accepted(world)
    release_id = await releases.freeze(world)
    own = await bench.person("client")
    async with db.hot() as driver:
        query = "UPDATE person SET client_ids = %s WHERE id = %s"
        await driver.execute(query, ([world.terms.client_id], own.person_id))
    async with db.read() as session:
        own = await actor_of(session, await session.get_one(Person, own.person_id))
    other = await bench.person("client", "reviewer")
    manager = await bench.person("manager")
    trainer = await bench.trainer(world, "reviewer")
    async with db.read() as session:
        for actor in (own, manager):
            assert (await access_release_by_id(session, actor=actor, release_id=release_id)).summary.number == 1
            assert (await access_release(session, actor=actor, slug=world.terms.slug, number=1)).summary.number == 1
        with pytest.raises(NoSuchReleaseError):
            await access_release_by_id(session, actor=other, release_id=release_id)
        with pytest.raises(NoSuchProjectError):  # although a reviewer sees the project
            await access_release(session, actor=other, slug=world.terms.slug, number=1)
        with pytest.raises(MissingPermissionError):
            await access_release_by_id(session, actor=trainer, release_id=release_id)
        with pytest.raises(NoSuchReleaseError):
            await access_release(session, actor=manager, slug=world.terms.slug, number=2)


async def test_accepted_twice_is_in_once(releases, world, bench, db):
    """Handing in, correcting, and being accepted leaves one row."""
    handed = await bench.hand_in(world, ideal="First.")
    await bench.desk.correct(
        actor=handed.trainer, assignment_id=handed.assignment_id, content=answer_to(handed.view, ideal="Second.")
    )
    async with db.write() as session:
        await accept(session, actor=SYSTEM, assignment_id=handed.assignment_id, submission_id=handed.submission_id)
    release = await releases.write(await releases.freeze(world))

    (row,) = lines(releases, release, "scored/train.jsonl")
    assert (row["ideal"], row["meta"]["revision"]) == ("Second.", 2)
