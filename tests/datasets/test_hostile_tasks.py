"""Tasks of Label Studio that were made, or broke, so that an import chokes on them: one row is told of, the rest comes in."""

import json
import time
import zipfile

import pytest

from preceptor.datasets.formats import import_format
from preceptor.datasets.importing import run_import
from preceptor.datasets.matching import first_contents
from preceptor.datasets.queries import list_import_problems
from preceptor.datasets.readers import ImportedRow, RowProblem, Source, folders
from preceptor.datasets.readers.records import read_rows
from preceptor.datasets.readers.source import SourceError
from preceptor.datasets.rules import ImportOptions
from preceptor.kinds.given import FieldValue, Record, RecordAnswer
from preceptor.kinds.pictures import MOST_SHAPES, PictureFile
from preceptor.kinds.registry import task_kind, task_kinds
from preceptor.kinds.shape_values import shape_in
from preceptor.kinds.tasks.custom_form.given import answers_in
from preceptor.kinds.tasks.custom_form.item import ItemContent
from preceptor.kinds.tasks.custom_form.settings import FormField, Settings, completed
from preceptor.lib.storage import Storage
from preceptor.people import SYSTEM
from preceptor.work.attaching import look_at_picture
from tests.datasets.pictures import read
from tests.datasets.test_label_studio_picture_imports import project_for  # noqa: F401 (a fixture)
from tests.datasets.test_label_studio_pictures import BOX, packed_tasks, task
from tests.work.pictures import picture_kind

FILE = PictureFile(sha256="0" * 64, name="a.png", media_type="image/png", width=100, height=100)


async def problems_of(db, import_id):
    async with db.read() as session:
        return (await list_import_problems(session, actor=SYSTEM, import_id=import_id)).rows


async def test_ids_that_are_no_texts_stop_nothing(imports, project_for, db, tmp_path):  # noqa: F811
    odd = [BOX | {"id": one} for one in ([1], {"a": 1}, 7, None)]
    choice = {"from_name": "class", "to_name": "image", "type": "choices", "value": {"choices": ["street"]}}
    tasks = [task("a.png", *odd, choice | {"id": [1]}), task("a.png", *odd, choice)]
    path = packed_tasks(tmp_path, tasks)
    rows, problems = read("label-studio", path, Storage(tmp_path / "files"))
    assert problems == []
    classes = [row.content.answers[0].classes for row in rows]
    assert classes == [(), ("street",)], "what is said about a region is not said about the whole"
    world = await project_for(path, "label-studio", "odd", kind=picture_kind())
    assert (await imports.do(world, path.read_bytes(), "label-studio")).items_added == 2


def test_thousands_of_shapes_without_an_id_are_numbered_in_one_pass():
    shape = FieldValue("box", "image", "rectanglelabels", BOX["value"], {"original_width": 9, "original_height": 9})
    said = RecordAnswer("", (shape,) * MOST_SHAPES)
    record = Record(data={}, picture=FILE, answers=(said,), suggestions=(said, said))
    began = time.process_time()
    (picture,) = record.otherwise()
    # A pass takes half a second; looking for each number from the beginning took minutes.
    assert time.process_time() - began < 20
    ids = [shape.id for shape in picture.suggestions]
    assert len(ids) == len(set(ids)) == 2 * MOST_SHAPES
    assert ids[:3] == ["s", "s-2", "s-3"]


def test_numbers_that_another_shape_has_are_passed_over():
    size = {"original_width": 9, "original_height": 9}
    named = [
        FieldValue("b", "i", "rectanglelabels", BOX["value"], size | {"id": one}) for one in ("a", "a-2", "a", "a")
    ]
    (picture,) = Record(data={}, picture=FILE, answers=(RecordAnswer("", tuple(named)),)).otherwise()
    assert [shape.id for shape in picture.answers[0].shapes] == ["a", "a-2", "a-3", "a-4"]


def test_a_box_drawn_from_its_lower_right_corner_is_the_same_box():
    size = {"original_width": 200, "original_height": 100}
    value = {"x": 60, "y": 50, "width": -20, "height": -10, "rectanglelabels": ["car"]}
    shape = shape_in("rectanglelabels", value, size)
    assert shape is not None
    assert shape.points == ((80.0, 40.0), (120.0, 50.0))


async def test_an_answer_that_could_not_be_read_back_is_refused_with_its_row(imports, project_for, db, tmp_path):  # noqa: F811
    """It would be kept, and every release of its project would fail on it."""
    large = [BOX | {"id": f"b{number}", "note": "x" * 900} for number in range(1_500)]
    path = packed_tasks(tmp_path, [task("a.png", BOX), task("a.png", *large)])
    world = await project_for(path, "label-studio", "large", kind=picture_kind())
    import_id = await imports.request(world, path.read_bytes(), "label-studio")
    await run_import(db, imports.storage, import_id=import_id)
    (problem,) = await problems_of(db, import_id)
    assert (problem.line, problem.left_out) == (2, True)
    assert "larger than the allowed" in problem.message
    assert len(await imports.items(world)) == 1


def test_a_step_of_five_thousand_digits_is_no_step():
    settings = Settings(
        fields=(completed(FormField(key="right", field="boolean", label={"en": "Right?"}, scope="step")),)
    )
    said = [
        FieldValue("right", f"{start}{'9' * 5_000}", "choices", {"choices": ["yes"]}) for start in ("steps.", "step-")
    ]
    record = Record(data={"prompt": "1+1?", "steps": ["a", "b"]}, answers=(RecordAnswer("", tuple(said)),))
    (given,) = answers_in(settings, ItemContent(prompt="1+1?", steps=("a", "b")), record, [])
    assert given.answer.values == {}
    assert len(given.answer.source["other_values"]) == 2


async def test_workers_whose_long_names_begin_alike_are_two(imports, project_for, tmp_path):  # noqa: F811
    tasks = [task("a.png", BOX)]
    tasks[0]["annotations"] = [tasks[0]["annotations"][0] | {"completed_by": "x" * 1_500 + one} for one in "ab"]
    path = packed_tasks(tmp_path, tasks)
    world = await project_for(path, "label-studio", "long", kind=picture_kind())
    done = await imports.do(world, path.read_bytes(), "label-studio")
    assert (done.state, done.answers_added) == ("done", 2)
    again = await imports.do(world, path.read_bytes(), "label-studio")
    assert (again.answers_added, again.duplicates) == (0, 1)


def zipped(path, *entries):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return path


def test_an_archive_that_unfolds_without_end_is_let_go(tmp_path, monkeypatch):
    monkeypatch.setattr(folders, "ALWAYS_TAKEN", 1_000_000)
    written = []
    real = folders.shutil.disk_usage
    monkeypatch.setattr(folders.shutil, "disk_usage", lambda place: written.append(place) or real(place))
    bomb = zipped(tmp_path / "bomb.zip", ("a.jsonl", b'{"prompt": "good"}\n'), ("b.jsonl", b" " * 300_000_000))
    rows = list(read_rows(Source(path=bomb)))
    assert [type(row).__name__ for row in rows] == ["PlainRow", "RowProblem"]
    assert (rows[1].code, rows[1].fatal) == ("too_large", True)
    assert not any(place.exists() for place in written), "nothing is left behind"


def test_an_archive_is_not_unpacked_where_it_would_fill_the_disk(tmp_path, monkeypatch):
    class Nearly:
        free = 50_000

    monkeypatch.setattr(folders.shutil, "disk_usage", lambda _place: Nearly)
    rows = list(read_rows(Source(path=zipped(tmp_path / "a.zip", ("a.jsonl", b'{"prompt": "one"}\n' * 5_000)))))
    assert [(row.code, row.fatal) for row in rows] == [("too_large", True)]
    assert "room" in str(rows[0].message)


def test_an_archive_inside_an_archive_is_not_opened(tmp_path):
    inner = zipped(tmp_path / "inner.zip", ("a.json", b'[{"prompt": "hidden"}]')).read_bytes()
    outer = zipped(tmp_path / "outer.zip", ("a.json", inner), ("b.json", b'[{"prompt": "shown"}]'))
    rows = list(read_rows(Source(path=outer)))
    assert [row.code for row in rows if isinstance(row, RowProblem)] == ["archive_inside"]
    assert [row.value for row in rows if not isinstance(row, RowProblem)] == [{"prompt": "shown"}]


def broken(data: bytes) -> list[bytes]:
    """The same archive with its packed bytes, its names or its directory spoilt."""
    start = data.index(b"PK\x01\x02")
    packed = bytearray(data)
    packed[60:90] = b"\xff" * 30
    named = bytearray(data)
    named[start + 8 : start + 10] = b"\x00\x08"  # the name is said to be UTF-8
    named[start + 46] = 0xFF
    ranged = bytearray(data)
    ranged[start + 10 : start + 12] = b"\x0e\x00"  # packed by LZMA, it says
    local = data.index(b"PK\x03\x04")
    ranged[local + 8 : local + 10] = b"\x0e\x00"
    return [bytes(packed), bytes(named), bytes(ranged)]


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("form", ["label-studio", "jsonl", "coco", "images"])
def test_a_spoilt_archive_says_so(form, place, tmp_path):
    path = zipped(tmp_path / "a.zip", ("tasks.json", json.dumps([task("a.png", BOX)] * 40)), ("a.png", b"x" * 300))
    path.write_bytes(broken(path.read_bytes())[place])
    source = Source(path=path)
    source.keep_picture = lambda data, name: look_at_picture(data, name=name)
    read_ = import_format(form).read
    try:
        rows = list(read_(source))
    except SourceError:
        return
    assert not any(isinstance(row, ImportedRow) for row in rows)
    assert rows


def test_first_contents_of_odd_tasks(tmp_path):
    path = packed_tasks(tmp_path, [task("a.png", BOX | {"id": [1]})])
    assert len(first_contents(path=path, format="label-studio", options=ImportOptions(), file_name="a.zip")) == 1


def form_kind():
    return next(key for key, kind in task_kinds().items() if kind.item_type is ItemContent)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"x" * 101: 1}, "1 to 100 characters"),
        ({"": 1}, "1 to 100 characters"),
        ({f"column {number}": 1 for number in range(501)}, "length <= 500"),
        ({"prompt": "1+1?", "steps": ["a"] * 501}, "length <= 500"),
    ],
)
async def test_an_item_that_could_not_be_read_back_is_refused(imports, make_world, db, row, said):
    """It would be handed out, and whoever took it could neither see it nor put it back."""
    world = await make_world(items=0, kind=form_kind())
    rows = [{"data": {"text": "Good."}}, {"data": row}]
    import_id = await imports.request(world, json.dumps(rows).replace(", {", ",\n{", 1), "label-studio")
    await run_import(db, imports.storage, import_id=import_id)
    (problem,) = await problems_of(db, import_id)
    assert said in problem.message
    assert len(await imports.items(world)) == 1


@pytest.mark.parametrize("depth", [300, 900, 980])
async def test_a_value_nested_without_end_is_refused_or_kept_whole(imports, make_world, db, depth):
    world = await make_world(items=0, kind=form_kind())
    deep = "[" * depth + "]" * depth
    rows = (
        '[{"data": {"text": "a", "n": %s}},\n{"data": {"text": "b"}, "annotations": [{"result": [{"from_name": "q", '
        '"to_name": "t", "type": "textarea", "value": {"text": %s}}]}]},\n{"data": {"text": "c"}}]'
    )
    done = await imports.do(world, rows % (deep, deep), "label-studio")
    assert done.state == "done"
    items = await imports.items(world)
    assert len(items) + done.problems == 3
    kind = task_kind(form_kind())
    for item in items:
        kind.decode_item(json.dumps(item.content).encode())
