"""Rows that say who may take them: columns for language, level and content, where an import is told to look at them."""

import io
import json

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from preceptor.lib.errors import InvalidError
from tests.datasets.test_importing import problems_of

ROWS = [
    {"prompt": "One", "language": "ca", "level": 3, "categories": ["violence", "hate"]},
    {"prompt": "Two", "language": "es-MX"},
    {"prompt": "Three", "level": 5},
    {"prompt": "Four"},
]
LANES = ["ca/3/hate+violence", "es-MX//", "/5/", ""]


def lines(*rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.fixture
async def world(make_world):
    return await make_world(items=0)


async def lanes(imports, world):
    return [item.lane for item in await imports.items(world)]


async def test_each_row_goes_where_it_says_and_so_do_its_slots(imports, world, db):
    checked = await imports.do(world, lines(*ROWS), routed=True, confirmed=False)
    assert (checked.good, checked.problems) == (4, 0)
    done = await imports.do(world, lines(*ROWS), routed=True)
    assert (done.items_added, done.problems) == (4, 0)
    assert await lanes(imports, world) == LANES
    async with db.hot() as driver:
        query = (
            "SELECT slot.lane FROM slot JOIN item ON item.id = slot.item_id WHERE item.project_id = %s ORDER BY item.id"
        )
        rows = await (await driver.execute(query, (world.terms.id,))).fetchall()
    assert [row[0] for row in rows] == LANES


async def test_untold_the_columns_are_kept_and_mean_nothing(imports, world):
    await imports.do(world, lines(*ROWS))
    items = await imports.items(world)
    assert [item.lane for item in items] == [""] * 4
    assert items[0].content["source"] == {"language": "ca", "level": 3, "categories": ["violence", "hate"]}


async def test_what_holds_for_all_rows_holds_where_a_row_says_nothing(imports, world):
    await imports.do(world, lines(*ROWS), routed=True, language="fr", level=2, categories=("hate",))
    assert await lanes(imports, world) == ["ca/3/hate+violence", "es-MX/2/hate", "fr/5/hate", "fr/2/hate"]


async def test_spreadsheets_parquet_and_separated_values_say_the_same(imports, make_world):
    header = ["prompt", "language", "level", "categories"]
    table = [
        [row["prompt"], row.get("language"), row.get("level"), ", ".join(row.get("categories", ()))] for row in ROWS
    ]
    book = openpyxl.Workbook()
    for row in [header, *table]:
        book.active.append(row)
    sheet = io.BytesIO()
    book.save(sheet)
    columns = {name: [row[place] for row in table] for place, name in enumerate(header)}
    columns["level"] = pa.array([row[2] for row in table], pa.float64())  # as tools write whole numbers with gaps
    parquet = io.BytesIO()
    pq.write_table(pa.table(columns), parquet)
    quoted = '"[""violence"", ""hate""]"'
    csv = f"prompt,language,level,categories\nOne,ca,3,{quoted}\nTwo,es-MX,,\nThree,,5,\nFour,,,\n"
    for form, data in (("xlsx", sheet.getvalue()), ("parquet", parquet.getvalue()), ("csv", csv)):
        world = await make_world(items=0)
        done = await imports.do(world, data, form, routed=True)
        assert (done.items_added, done.problems) == (4, 0), form
        assert await lanes(imports, world) == LANES, form


async def test_what_cannot_be_is_told_by_line_and_the_rest_comes_in(imports, world, db):
    bad = [
        {"prompt": "a", "level": 6},
        {"prompt": "b", "level": "high"},
        {"prompt": "c", "level": 2.5},
        {"prompt": "d", "language": "not a language"},
        {"prompt": "e", "categories": ["kittens"]},
        {"prompt": "f", "categories": {"hate": True}},
        {"prompt": "g", "categories": "violence"},
    ]
    done = await imports.do(world, lines(*bad), routed=True)
    assert (done.items_added, done.problems) == (1, 6)
    assert [line for line, _message in await problems_of(db, done.id)] == [1, 2, 3, 4, 5, 6]
    assert await lanes(imports, world) == ["//violence"]


async def test_what_all_rows_are_said_to_ask_is_checked_before_a_line_is_read(imports, world):
    for wrong in ({"level": 9}, {"language": "??"}, {"categories": ("kittens",)}):
        with pytest.raises(InvalidError):
            await imports.request(world, lines(*ROWS), **wrong)
