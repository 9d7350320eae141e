"""Keys that come along with imported rows: kept apart from the item, and refused where they are not of the form."""

import json
import uuid

import msgspec
import pytest
from sqlalchemy import select

from preceptor.datasets.itemising import NOBODY, RowReader
from preceptor.datasets.rules import ImportOptions
from preceptor.kinds.registry import task_kinds
from preceptor.lib.clock import utc_now
from preceptor.people.rules import SYSTEM
from preceptor.projects.rules import Purpose
from preceptor.work.operations.importing import add_rows
from preceptor.work.tables import Item, ItemKey, Slot

RATED = {"given-response-1": 6, "given-response-2": 2}
KEY = {"turns": [{"turn_id": "given-turn", "ratings": RATED}]}


def row(**more):
    responses = [{"role": "assistant", "content": "Because it is cold."}, {"role": "assistant", "content": "No idea."}]
    return {"prompt": "Why?", "responses": [one["content"] for one in responses], **more}


def reader_of(tmp_path, terms, rows):
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(json.dumps(one) for one in rows))
    kind = task_kinds()[terms.kind]
    return RowReader(
        path=path,
        format="jsonl",
        terms=terms,
        form=msgspec.to_builtins(kind.default_settings()),
        options=ImportOptions(),
        file_name="rows.jsonl",
        import_id=uuid.uuid4(),
    )


async def nobody(_names):
    return {}


async def test_a_key_is_kept_apart_from_its_item(db, make_world, tmp_path):
    world = await make_world(items=0)
    exam = msgspec.structs.replace(world.terms, purpose=Purpose.EXAM)
    reading = reader_of(tmp_path, exam, [row(key=KEY, by_hand=True, other="kept")]).take(after=0)
    assert reading.problems == []
    async with db.write() as session:
        added = await add_rows(
            session, actor=SYSTEM, terms=exam, rows=reading.rows, import_id=uuid.uuid4(), people=nobody, now=utc_now()
        )
    assert added.items == 1
    async with db.read() as session:
        (item,), (key,) = list(await session.scalars(select(Item))), list(await session.scalars(select(ItemKey)))
        assert list(await session.scalars(select(Slot))) == [], "an exam's items wait for sittings"
    assert (key.item_id, key.by_hand) == (item.id, True)
    assert key.key["turns"][0]["ratings"] == RATED
    assert "given-response" not in json.dumps(item.content)
    assert item.content["source"] == {"other": "kept"}


@pytest.mark.parametrize(
    "wrong", [{"turns": 3}, {"nonsense": 1}, {"turns": [{"turn_id": "given-turn", "ratings": {"given-response-9": 1}}]}]
)
async def test_a_key_that_is_not_of_the_form_is_a_problem_of_its_row(make_world, tmp_path, wrong):
    world = await make_world(items=0)
    reading = reader_of(tmp_path, world.terms, [row(key=wrong), row(key="a plain key of the source")]).take(after=0)
    assert [line for line, _why in reading.problems] == [1]
    assert reading.rows[0].key is None, "what is no object is a field like any other"
    assert NOBODY not in {one.id for one in reading.rows}
