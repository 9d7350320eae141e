"""What people judged elsewhere: it comes in as finished work of those who stand for them, and goes out as it came in."""

import gzip
import json
from collections import Counter
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import func, select

from preceptor import flow
from preceptor.datasets.formats.whole_dialogues import dialogue_pair
from preceptor.datasets.matching import BadSlugError, NothingSuitsError, best_kind, first_contents, make_project
from preceptor.datasets.queries import list_import_problems
from preceptor.datasets.rules import ImportOptions
from preceptor.datasets.tables import SourceWorker
from preceptor.kinds.content import Content, Conversation, Message
from preceptor.kinds.given import Comparison
from preceptor.people import SYSTEM
from preceptor.people.tables import Person
from preceptor.projects.queries import project_terms
from preceptor.work.queries.counts import project_counts
from preceptor.work.tables import Assignment, Item, Slot, Submission
from tests.work.conftest import World


@pytest.fixture
def project_for(db):
    """Make a project for rows of a format, as the command does."""

    async def make(path, form, slug="made", **options):
        kind = options.pop("kind", None)
        contents = first_contents(path=path, format=form, options=ImportOptions(**options), file_name=path.name)
        async with db.write() as session:
            await make_project(session, actor=SYSTEM, slug=slug, contents=contents, kind=kind)
        async with db.read() as session:
            return World(terms=await project_terms(session, slug=slug), team_id=UUID(int=0), item_ids=[])

    return make


async def slot_states(db, world):
    async with db.read() as session:
        return dict(
            list(
                await session.execute(
                    select(Slot.state, func.count()).where(Slot.project_id == world.terms.id).group_by(Slot.state)
                )
            )
        )


async def work_of(db, world):
    """Answers by worker, all of them accepted and unpaid."""
    async with db.read() as session:
        rows = await session.execute(
            select(Person.name, Person.email, Person.state, Assignment.state, Assignment.rate_minor, Submission.origin)
            .join(Assignment, Assignment.trainer_id == Person.id)
            .join(Submission, Submission.assignment_id == Assignment.id)
            .where(Assignment.project_id == world.terms.id)
        )
        found = [tuple(row) for row in rows]
    assert {row[1:] for row in found} <= {(None, "disabled", "accepted", 0, "given")}
    return Counter(row[0] for row in found)


def lines(folder, release, path):
    text = (folder / f"releases/{release.summary.id}" / path).read_text()
    return [json.loads(line) for line in text.splitlines()]


PAIRS = [
    {"chosen": "\n\nHuman: Hi\n\nAssistant: Hello!", "rejected": "\n\nHuman: Hi\n\nAssistant: ", "id": 7},
    {"chosen": "\n\nHuman: Hi\n\nAssistant: A\n\nAssistant: B", "rejected": "\n\nHuman: Hi\n\nAssistant: C"},
    {"chosen": "\n\nHuman: Hi\n\nAssistant: One", "rejected": "\n\nHuman: Hi\n\nAssistant: Two"},
    {"chosen": "\n\nHuman: Hi\n\nAssistant: Two", "rejected": "\n\nHuman: Hi\n\nAssistant: One"},
]


async def test_pairs_come_in_as_judged_and_go_out_as_they_were(imports, releases, project_for, db, tmp_path):
    path = tmp_path / "pairs.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in PAIRS))
    world = await project_for(path, "hh")
    done = await imports.do(world, path.read_text(), "hh")

    assert (done.items_added, done.answers_added, done.problems, done.duplicates) == (4, 4, 0, 0)
    assert await slot_states(db, world) == {"done": 4}
    assert await work_of(db, world) == {"Somebody elsewhere": 4}
    async with db.read() as session:
        notes = (await list_import_problems(session, actor=SYSTEM, import_id=done.id)).rows
    assert [(note.line, note.left_out) for note in notes] == [(1, False), (2, False)]
    assert "The worse reply is empty" in notes[0].message
    assert "which they share, is the prompt" in notes[1].message
    release = await releases.write(await releases.freeze(world, formats=("hh", "scored")))
    root = releases.storage.root
    assert lines(root, release, "hh/train.jsonl") == PAIRS
    judged = lines(root, release, "scored/train.jsonl")
    assert {row["meta"]["review"] for row in judged} == {"imported"}
    assert [json.loads(row["meta"]["source"]) for row in judged] == [{"id": 7}, {}, {}, {}]


async def test_they_count_as_accepted_before_and_after_the_worker_has_counted(imports, project_for, db, tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("item,worker,label\na,x,1\na,y,0\nb,x,1\n")
    world = await project_for(path, "labels")
    await imports.do(world, path.read_text(), "labels")

    async def counted():
        async with db.read() as session:
            counts = await project_counts(session, project_id=world.terms.id)
        return counts.accepted, counts.given, counts.earned

    assert await counted() == (3, 3, 0)
    await flow.fold_events(db)
    assert await counted() == (3, 3, 0)


async def test_importing_the_same_file_again_changes_nothing(imports, project_for, db, tmp_path):
    path = tmp_path / "pairs.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in PAIRS))
    world = await project_for(path, "hh")
    await imports.do(world, path.read_text(), "hh")
    again = await imports.do(world, path.read_text() + path.read_text(), "hh")

    assert (again.state, again.items_added, again.answers_added, again.duplicates) == ("done", 0, 0, 8)
    assert await slot_states(db, world) == {"done": 4}


LABELS = "item\tworker\tlabel\tgold\n" + "".join(
    f"{item}\tw{worker}\t{(item + worker) % 2}\t{item % 2}\n" for item in range(3) for worker in range(4)
)


async def test_labels_of_one_thing_meet_in_one_item(imports, project_for, db, tmp_path, monkeypatch):
    path = tmp_path / "labels.tsv"
    path.write_text(LABELS)
    world = await project_for(path, "labels")
    monkeypatch.setattr("preceptor.datasets.itemising.RowReader.take.__kwdefaults__", {"rows": 5})
    done = await imports.do(world, LABELS, "labels")

    assert (done.items_added, done.answers_added, done.duplicates) == (3, 12, 0)
    assert await slot_states(db, world) == {"done": 12}
    assert await work_of(db, world) == {f"w{worker}": 3 for worker in range(4)}
    async with db.read() as session:
        wanted = list(await session.scalars(select(Item.wanted).where(Item.project_id == world.terms.id)))
        counted = await project_counts(session, project_id=world.terms.id)
        stand_ins = await session.scalar(select(func.count()).select_from(SourceWorker))
    assert wanted == [4, 4, 4]
    assert (counted.accepted, counted.open) == (12, 0)
    assert stand_ins == 4
    more = await imports.do(world, LABELS + "0\tw9\t1\t0\n", "labels")
    assert (more.items_added, more.answers_added, more.duplicates) == (0, 1, 12)


async def test_more_answers_can_be_asked_for_than_there_are(imports, project_for, db, tmp_path):
    path = tmp_path / "labels.tsv"
    path.write_text(LABELS)
    world = await project_for(path, "labels")
    first = "item\tworker\tlabel\n0\tw0\t1\n"
    await imports.do(world, first, "labels", answers=3)
    assert await slot_states(db, world) == {"done": 1, "open": 2}
    await imports.do(world, "item\tworker\tlabel\n0\tw1\t1\n", "labels", answers=3)

    assert await slot_states(db, world) == {"done": 2, "open": 1}
    async with db.read() as session:
        counted = await project_counts(session, project_id=world.terms.id)
    assert (counted.accepted, counted.open) == (2, 1)


async def test_a_check_counts_answers_and_adds_none(imports, project_for, db, tmp_path):
    path = tmp_path / "labels.tsv"
    path.write_text(LABELS)
    world = await project_for(path, "labels")
    checked = await imports.do(world, LABELS, "labels", confirmed=False)

    assert (checked.state, checked.good, checked.answers_added) == ("checked", 3, 12)
    assert await slot_states(db, world) == {}
    async with db.read() as session:
        assert await session.scalar(select(func.count()).select_from(SourceWorker)) == 0


def test_the_best_match_is_the_kind_that_takes_the_content_first():
    pair = Comparison(prompt=(Message("user", "Hi"),), responses=(), ranking=((0,), (1,)))
    prompt = Conversation(messages=(Message("user", "Hi"),))
    full = msgspec.structs.replace(pair, responses=tuple(map(_response, "ab")))

    assert Comparison in _accepts(best_kind([full]))[:1]
    assert Conversation in _accepts(best_kind([prompt]))[:1]
    with pytest.raises(NothingSuitsError):
        best_kind([Content()])


def _response(text):
    from preceptor.kinds.content import GivenResponse

    return GivenResponse(text)


def _accepts(key):
    from preceptor.kinds.registry import task_kind

    return task_kind(key).accepts


@pytest.mark.parametrize("slug", ["Pairs", "two--hyphens", "-x", "", "new ones"])
async def test_a_project_gets_the_address_that_was_asked_for_or_none(db, slug):
    prompt = Conversation(messages=(Message("user", "Hi"),))
    with pytest.raises(BadSlugError):
        async with db.write() as session:
            await make_project(session, actor=SYSTEM, slug=slug, contents=[prompt])


# --- the shared data --------------------------------------------------------------------------------------------------


async def test_every_pair_of_hh_is_kept_and_exported(imports, releases, project_for, data, db):
    path = data / "preferences" / "hh_rlhf_harmless_test.jsonl.gz"
    world = await project_for(path, "hh")
    done = await imports.do(world, path.read_bytes(), "hh")

    assert (done.items_added, done.answers_added, done.problems, done.duplicates) == (2_312, 2_312, 0, 0)
    async with db.read() as session:
        notes = (await list_import_problems(session, actor=SYSTEM, import_id=done.id)).rows
    parted = {note.line for note in notes if "do not part at the last reply" in note.message}
    assert parted == {1255, 1689, 1951, 1953, 2037}
    empty = {note.line for note in notes if note.message == "The better reply is empty. It is kept so."}
    assert empty == {87, 517, 926, 1104}
    assert len(notes) == len(parted) + len(empty)
    release = await releases.write(await releases.freeze(world, formats=("hh",)))
    rows = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
    assert lines(releases.storage.root, release, "hh/train.jsonl") == rows


@pytest.mark.parametrize(
    ("chosen", "rejected", "note"),
    [
        ("Yes.", " ", "The worse reply is empty. It is kept so."),
        ("", "No.", "The better reply is empty. It is kept so."),
        ("", " ", "Both replies are empty. They are kept so."),
        ("Yes.", "No.", None),
    ],
)
def test_a_reply_that_says_nothing_is_named(chosen, rejected, note):
    prompt = "\n\nHuman: Is it?\n\nAssistant: "
    row = dialogue_pair({"chosen": prompt + chosen, "rejected": prompt + rejected}, 1)
    assert (str(row.note) if row.note else None) == note


@pytest.mark.parametrize(("name", "items", "labels", "workers"), [("rte", 800, 8_000, 164), ("temp", 462, 4_620, 76)])
async def test_snows_labels_come_in_by_worker(imports, releases, project_for, data, db, name, items, labels, workers):
    path = data / "crowd" / f"snow_{name}.tsv"
    world = await project_for(path, "labels")
    done = await imports.do(world, path.read_bytes(), "labels")

    assert (done.items_added, done.answers_added, done.problems, done.duplicates) == (items, labels, 0, 0)
    assert len(await work_of(db, world)) == workers
    release = await releases.write(await releases.freeze(world, formats=("labels",)))
    out = Counter(
        (row["item"], row["label"], row["gold"]) for row in lines(releases.storage.root, release, "labels/train.jsonl")
    )
    given = [line.split("\t") for line in path.read_text().splitlines()[1:]]
    assert out == Counter((row[2], row[3], row[4]) for row in given)


async def test_judged_steps_go_out_as_they_came_in(imports, releases, project_for, tmp_path):
    rows = [
        {
            "prompt": f"What is {number} × 3 + 1?",
            "completions": [f"{number} × 3 = {number * 3}", "+ 1 = 7"],
            "labels": labels,
        }
        for number, labels in ((2, [True, True]), (3, [True, False]))
    ]
    path = tmp_path / "steps.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    world = await project_for(path, "trl-stepwise")
    done = await imports.do(world, path.read_bytes(), "trl-stepwise")
    assert (done.items_added, done.answers_added, done.problems) == (2, 2, 0)
    release = await releases.write(await releases.freeze(world, formats=("trl-stepwise", "csv")))
    out = lines(releases.storage.root, release, "trl-stepwise/train.jsonl")
    assert [{name: row[name] for name in rows[0]} for row in out] == rows


async def test_trees_go_out_field_by_field_as_they_came_in(imports, releases, project_for, data, db):
    path = data / "conversations" / "oasst_en_100_tree.jsonl"
    world = await project_for(path, "oasst")
    done = await imports.do(world, path.read_bytes(), "oasst")

    assert (done.items_added, done.answers_added, done.problems) == (100, 100, 0)
    release = await releases.write(await releases.freeze(world, formats=("oasst", "trl-preference")))
    root = releases.storage.root
    trees = lines(root, release, "oasst/train.jsonl")
    assert trees == [json.loads(line) for line in path.read_text().splitlines()]
    assert len(lines(root, release, "oasst/messages.jsonl")) == 1_167
    assert len({row["meta"]["item_id"] for row in lines(root, release, "trl-preference/train.jsonl")}) <= 100


async def test_ranked_replies_of_trees_become_comparisons(imports, project_for, data):
    path = data / "conversations" / "oasst_en_100_tree.jsonl"
    world = await project_for(path, "oasst", kind=best_kind_of_pairs())
    done = await imports.do(world, path.read_bytes(), "oasst")

    assert (done.items_added, done.answers_added, done.lines_read, done.problems) == (212, 212, 100, 0)


def best_kind_of_pairs():
    return best_kind([Comparison(prompt=(), responses=tuple(map(_response, "ab")), ranking=((0,), (1,)))])


async def test_prompts_of_mt_bench_become_items_of_two_turns(imports, project_for, data):
    path = data / "prompts" / "mt_bench_questions.jsonl"
    world = await project_for(path, "jsonl")
    done = await imports.do(world, path.read_bytes())

    assert (done.items_added, done.problems) == (80, 0)
    assert all(len(item.content["follow_ups"]) == 1 for item in await imports.items(world))


@pytest.mark.parametrize(
    "name",
    ["test_export_coco/data", "test_export_json_min/data", "test_export_json_min/chat_data", "test_export_yolo/data"],
)
async def test_tasks_of_label_studio_come_in_with_their_annotations(imports, releases, project_for, data, db, name):
    path = data / "label_studio" / f"{name}.json"
    world = await project_for(path, "label-studio")
    done = await imports.do(world, path.read_bytes(), "label-studio")
    tasks = json.loads(path.read_text())

    assert (done.items_added, done.problems) == (len(tasks), 0)
    assert done.answers_added == sum(len(task["annotations"]) for task in tasks)
    async with db.read() as session:
        notes = (await list_import_problems(session, actor=SYSTEM, import_id=done.id)).rows
    named = {task["data"]["image"] for task in tasks if "image" in task["data"]}
    assert all("is not in this file" in one.message for one in notes), (
        "what is drawn on is a picture, whatever its name"
    )
    assert len(notes) == len(named)
