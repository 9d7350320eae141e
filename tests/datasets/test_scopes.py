"""Which work a release holds, how it is shared out, under which names, and what another release has instead."""

import json
from datetime import date, timedelta

import fsspec
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.datasets.operations import NobodyWithdrawnError, NothingAcceptedError, withdraw_work
from preceptor.datasets.queries import release_difference
from preceptor.datasets.rules import ReleaseSettings, release_problems, split_of
from preceptor.datasets.sending import UnknownPlaceError, send_release
from preceptor.lib.clock import utc_now
from preceptor.lib.ids import new_id
from preceptor.people import SYSTEM
from preceptor.people.pseudonyms import derived_pseudonym
from preceptor.work.operations.verdicts import accept


@pytest.fixture
async def world(make_world):
    return await make_world(items=6)


def rows(releases, view, path):
    file = releases.storage.root / f"releases/{view.summary.id}" / path
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


async def test_days_topics_and_reviews_choose_what_is_in(releases, world):
    for _answer in range(2):
        await releases.accepted(world)
    today = utc_now().date()

    async def held(**settings):
        return (await releases.view(await releases.freeze(world, **settings))).summary.submissions

    assert await held(since=today, until=today, topics=("winter", "x"), reviews=("unreviewed",)) == 2
    for nothing in (
        {"since": today + timedelta(days=1)},
        {"until": today - timedelta(days=1)},
        {"topics": ("summer",)},
        {"reviews": ("accepted", "corrected", "imported")},
    ):
        with pytest.raises(NothingAcceptedError):
            await releases.freeze(world, **nothing)


async def test_languages_and_levels_choose_what_is_in(releases, world, database_url):
    for _answer in range(3):
        await releases.accepted(world)
    with psycopg.connect(database_url) as connection:
        ids = [row[0] for row in connection.execute("SELECT item_id FROM assignment WHERE state = 'accepted'")]
        connection.execute("UPDATE item SET lane = 'ca/3/' WHERE id = %s", (ids[0],))
        connection.execute("UPDATE item SET lane = '/2/' WHERE id = %s", (ids[1],))

    async def held(**settings):
        return (await releases.view(await releases.freeze(world, **settings))).summary.submissions

    assert await held(item_languages=("ca",)) == 1
    assert await held(item_levels=(2, 3)) == 2
    with pytest.raises(NothingAcceptedError):
        await held(item_languages=("ca",), item_levels=(2,))


async def test_only_what_people_agree_on(releases, make_world, db):
    world = await make_world(items=3, wanted=2)

    async def judge(*stars):
        """A new trainer's accepted answer, whose ratings go by the texts, in whatever order they are shown."""
        trainer = await releases.bench.trainer(world)
        view, _fresh = await releases.bench.desk.claim(
            actor=trainer, slug=world.terms.slug, prefetch=False, now=utc_now()
        )
        responses = sorted(view.turns[0].responses, key=lambda response: response.text)
        ratings = {response.id: star for response, star in zip(responses, stars, strict=True)}
        handed = await releases.bench._submit(trainer, view, fold=True, ratings=ratings)
        async with db.write() as session:
            await accept(session, actor=SYSTEM, assignment_id=handed.assignment_id, submission_id=handed.submission_id)

    # The first answer of each item, then the second: they agree on the first item, and on the second do not.
    for stars in ((6, 5, 4, 3), (6, 5, 4, 3), (6, 5, 4, 3), (6, 5, 4, 3), (1, 2, 6, 7)):
        await judge(*stars)
    held = {
        least: (await releases.write(await releases.freeze(world, least_agreement=least))).summary.submissions
        for least in (0.0, 0.95)
    }
    assert held == {0.0: 4, 0.95: 2}
    view = await releases.write(await releases.freeze(world, least_agreement=1.0, topics=("summer",)))
    assert view.summary.state == "failed"
    assert "agree that much" in view.summary.error
    card = await releases.write(await releases.freeze(world, least_agreement=0.95, formats=("scored",)))
    assert "agree by 0.95 or more" in (releases.storage.root / f"releases/{card.summary.id}/README.md").read_text()


async def test_the_card_says_what_is_in(releases, world):
    await releases.accepted(world)
    view = await releases.write(await releases.freeze(world, topics=("winter",), since=date(2020, 1, 1)))
    card = (releases.storage.root / f"releases/{view.summary.id}" / "README.md").read_text()

    assert "submitted on 2020-01-01 or later; only the topics winter" in card


async def test_items_are_shared_out_and_none_is_in_two_splits(releases, world):
    for _answer in range(6):
        await releases.accepted(world)
    shares = {"train": 0.5, "test": 0.5}
    view = await releases.write(await releases.freeze(world, splits=shares, seed="s", formats=("scored",)))

    found = {
        name: {row["prompt"][-1]["content"] for row in rows(releases, view, f"{name}/scored/train.jsonl")}
        for name in shares
    }
    assert not found["train"] & found["test"]
    assert len(found["train"] | found["test"]) == 6
    assert all(split_of(prompt, splits=shares, seed="s") == name for name, asked in found.items() for prompt in asked)
    paths = {file.path for file in view.files}
    assert {"README.md", "SHA256SUMS"} <= paths
    assert all(path.split("/")[0] in {*shares, "README.md", "SHA256SUMS", "croissant.json"} for path in paths)


@given(key=st.text(), seed=st.text(), cut=st.floats(0.01, 0.99))
def test_a_key_has_one_split_for_good(key, seed, cut):
    splits = {"train": cut, "test": 1 - cut}
    assert split_of(key, splits=splits, seed=seed) == split_of(key, splits=dict(splits), seed=seed)


def test_shares_are_kept_about():
    splits = {"train": 0.8, "validation": 0.1, "test": 0.1}
    found = [split_of(str(number), splits=splits, seed="x") for number in range(10_000)]
    assert all(abs(found.count(name) / 10_000 - share) < 0.02 for name, share in splits.items())


@pytest.mark.parametrize(
    "splits", [{"train": 0.5}, {"train": 0.0, "test": 1.0}, {"Train": 1.0}, {"../x": 1.0}, {"train": -1.0, "test": 2.0}]
)
def test_splits_that_make_no_sense_are_refused(splits):
    assert [problem.path for problem in release_problems(ReleaseSettings(splits=splits))] == ["splits"]


def test_nobody_says_by_hand_that_a_release_replaces_another():
    assert [one.path for one in release_problems(ReleaseSettings(replaces=1))] == ["replaces"]


async def test_a_seed_draws_other_pseudonyms(releases, world):
    await releases.accepted(world)

    async def names(**settings):
        view = await releases.write(await releases.freeze(world, formats=("scored",), **settings))
        return {row["meta"]["pseudonym"] for row in rows(releases, view, "scored/train.jsonl")}

    first, again, other = await names(seed="a"), await names(seed="a"), await names(seed="b")
    assert first == again != other
    assert not (first | other) & await names()


def test_derived_pseudonyms_tell_people_apart():
    people = [new_id() for _person in range(2_000)]
    assert len({derived_pseudonym(person, seed="s") for person in people}) == 2_000


async def test_withdrawing_makes_a_new_release_that_says_so(releases, world, db):
    gone, kept = await releases.accepted(world), await releases.accepted(world)
    first = await releases.write(await releases.freeze(world, formats=("scored",)))
    names = {
        row["meta"]["submission_id"]: row["meta"]["pseudonym"] for row in rows(releases, first, "scored/train.jsonl")
    }
    await releases.accepted(world)
    async with db.write() as session:
        made = await withdraw_work(
            session,
            actor=SYSTEM,
            slug=world.terms.slug,
            number=1,
            people=[names[str(gone.submission_id)]],
            now=utc_now(),
        )
    view = await releases.write(made.id)

    assert (view.summary.number, view.summary.submissions) == (2, 1)
    assert (view.settings.replaces, view.settings.withdrawn) == (1, 1)
    assert [row["meta"]["submission_id"] for row in rows(releases, view, "scored/train.jsonl")] == [
        str(kept.submission_id)
    ]
    card = (releases.storage.root / f"releases/{view.summary.id}" / "README.md").read_text()
    assert "this release replaces release 1, from which 1 submissions were withdrawn" in card
    async with db.read() as session:
        found = await release_difference(session, actor=SYSTEM, slug=world.terms.slug, old=1, new=2)
    assert (found.kept.submissions, found.removed.submissions, found.added.submissions) == (1, 1, 0)
    assert found.removed.named == (gone.submission_id,)
    with pytest.raises(NobodyWithdrawnError):
        async with db.write() as session:
            await withdraw_work(session, actor=SYSTEM, slug=world.terms.slug, number=2, people=["x"], now=utc_now())


async def test_a_correction_is_a_revision_of_what_was_there(releases, world, bench, db):
    handed = await releases.accepted(world)
    await releases.freeze(world)
    async with db.hot() as driver:
        await driver.execute(
            "INSERT INTO submission SELECT %s, %s, assignment_id, item_id, project_id, trainer_id, author_id, 2, 'review', "
            "form_version, guidelines_version, content_hash, surplus, submitted_at FROM submission WHERE id = %s",
            (second := new_id(), new_id(), handed.submission_id),
        )
        await driver.execute(
            "INSERT INTO submission_body SELECT %s, content, NULL FROM submission_body WHERE submission_id = %s",
            (second, handed.submission_id),
        )
    await releases.freeze(world)
    async with db.read() as session:
        found = await release_difference(session, actor=SYSTEM, slug=world.terms.slug, old=1, new=2)
    assert (found.revised.submissions, found.revised.named, found.kept.submissions) == (1, (second,), 0)


async def test_the_api_withdraws_and_tells_differences(releases, world, as_role):
    manager = await as_role("manager")
    await releases.accepted(world)
    await releases.accepted(world)
    first = await releases.write(await releases.freeze(world, formats=("scored",)))
    name = rows(releases, first, "scored/train.jsonl")[0]["meta"]["pseudonym"]
    base = f"/api/v1/projects/{world.terms.slug}/releases"
    made = await manager.post(f"{base}/1/withdrawals", json={"people": [name]})
    assert made.status_code == 202, made.text
    told = (await manager.get(f"{base}/2/differences", params={"since": 1})).json()
    assert (told["removed"]["submissions"], told["kept"]["submissions"]) == (1, 1)


async def test_a_release_goes_to_a_bucket_file_by_file(releases, world):
    await releases.accepted(world)
    view = await releases.write(await releases.freeze(world, formats=("scored",)))
    folder = releases.storage.root / f"releases/{view.summary.id}"
    sent = list(send_release(folder, view.files, "memory://bucket/data"))

    assert sent == [file.path for file in view.files]
    place = fsspec.filesystem("memory")
    for file in view.files:
        assert place.cat_file(f"/bucket/data/{file.path}") == (folder / file.path).read_bytes()
    with pytest.raises(UnknownPlaceError):
        list(send_release(folder, view.files, "nowhere://x"))
