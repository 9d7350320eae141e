"""Pictures with boxes, polygons, points and classes as Label Studio's JSON: what goes out comes in again."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.datasets.matching import best_kind
from preceptor.kinds.given import Record
from preceptor.kinds.pictures import LabelledPicture, Picture, Shape
from preceptor.kinds.registry import task_kind
from preceptor.kinds.tasks.custom_form.answer import Answer
from preceptor.kinds.tasks.custom_form.item import ItemContent
from preceptor.kinds.tasks.custom_form.settings import FormField, Settings, completed
from preceptor.lib.storage import Storage
from preceptor.work.attaching import keep_picture
from tests.datasets.pictures import labelled, packed, provenance, read, write
from tests.datasets.test_picture_formats import HEIGHT, LABELS, WIDTH, often, shapes
from tests.work.pictures import picture_bytes

ZIP = "label-studio/label-studio.zip"
CLASSES = ("street", "traffic light", "día")


@pytest.fixture
def storage(tmp_path):
    return Storage(tmp_path / "files")


def told(one):
    return (
        one.file.sha256,
        one.file.name,
        [(shape.id, shape.kind, shape.label, shape.attributes) for shape in one.shapes],
        one.classes,
    )


def near(ones, others, most):
    for one, other in zip(ones, others, strict=True):
        for shape, again in zip(one.shapes, other.shapes, strict=True):
            assert len(shape.points) == len(again.points)
            for point, moved in zip(shape.points, again.points, strict=True):
                assert point == pytest.approx(moved, abs=most)


@st.composite
def drawings(draw):
    """Pictures, each with what one or two people drew on it and called it."""
    labels = tuple(draw(LABELS))
    said = st.tuples(
        st.lists(shapes(labels), max_size=5).map(tuple), st.lists(st.sampled_from(CLASSES), unique=True).map(tuple)
    )
    return labels, draw(st.lists(st.lists(said, min_size=1, max_size=2), min_size=1, max_size=3))


@often
@given(drawn=drawings())
def test_what_is_released_comes_in_again_with_its_pictures(drawn, storage, tmp_path):
    labels, pictures = drawn
    contents = []
    for number, people in enumerate(pictures):
        file = keep_picture(storage, picture_bytes(WIDTH, HEIGHT, shade=number), name=f"a folder/p#{number}.png").file
        for worker, (shapes_, classes) in zip(("heron", "wren"), people, strict=False):
            told_by = provenance(number, {"batch": 3}, worker)
            contents.append(
                LabelledPicture(file=file, provenance=told_by, shapes=shapes_, classes=classes, labels=labels)
            )
    place = tmp_path / f"trip-{len(list(tmp_path.iterdir()))}"
    path = write("label-studio", contents, place, storage)
    rows, problems = read("label-studio", path, storage)
    assert problems == []
    assert all(isinstance(row.content, Picture) and row.content.source == {"batch": 3} for row in rows)
    assert [[one.worker for one in row.content.answers] for row in rows] == [
        ["heron", "wren"][: len(people)] for people in pictures
    ]
    back = labelled(rows)
    named = [
        msgspec.structs.replace(one, file=msgspec.structs.replace(one.file, name=one.file.name[9:])) for one in contents
    ]
    assert [told(one) for one in back] == [told(one) for one in named]
    near(named, back, 1e-6)


# A form with a picture among its questions.

FORM = Settings(
    fields=tuple(
        completed(one)
        for one in (
            FormField(
                key="cars",
                field="boxes",
                label={"en": "Cars"},
                settings={"labels": [{"key": "car", "label": {"en": "Any car"}}], "kinds": ["box", "polygon", "point"]},
            ),
            FormField(key="lights", field="boxes", label={"en": "Lights"}, settings={"labels": [{"key": "light"}]}),
            FormField(
                key="place",
                field="choice",
                label={"en": "Where?"},
                settings={"options": [{"key": key, "label": {"en": key}} for key in ("street", "yard")]},
            ),
            FormField(key="why", field="text", label={"en": "Why?"}),
        )
    )
)


@often
@given(
    cars=st.lists(shapes(("car",)), max_size=4, unique_by=lambda shape: shape.id),
    lights=st.lists(shapes(("light",), ("box",)), max_size=2, unique_by=lambda shape: shape.id),
    place=st.none() | st.sampled_from(["street", "yard"]),
    data=st.sampled_from([{}, {"caption": "A car."}, {"image": "another.png"}]),
)
def test_a_form_with_a_picture_comes_in_again(cars, lights, place, data, storage, tmp_path):
    kind = task_kind("custom_form")
    file = keep_picture(storage, picture_bytes(WIDTH, HEIGHT), name="one.png").file
    values = {
        "cars": {"item": cars},
        "lights": {"item": lights},
        "why": {"item": "Wheels."},
        "place": {"item": [place]},
    }
    if place is None:
        del values["place"]
    values = {key: value for key, value in values.items() if value["item"]}
    answer = Answer(values=msgspec.to_builtins(values))
    rows = kind.content_rows(FORM, ItemContent(picture=file, data=data), (), answer, provenance(1, {}))
    place_ = tmp_path / f"form-{len(list(tmp_path.iterdir()))}"
    (row,), problems = read("label-studio", write("label-studio", rows, place_, storage), storage)
    assert problems == []
    assert isinstance(row.content, Record)
    item = kind.item_from_content(row.content)
    assert (item.picture, item.data) == (file, data)
    (again,) = kind.answers_from_content(FORM, item, (), row.content)
    assert again.worker == "blue-heron"
    assert "other_values" not in again.answer.source
    assert again.answer.values.keys() == values.keys()
    for key in ("place", "why"):
        assert again.answer.values.get(key) == values.get(key)
    for key in values.keys() & {"cars", "lights"}:
        before, after = values[key]["item"], msgspec.convert(again.answer.values[key]["item"], list[Shape])
        assert [(one.id, one.kind, one.label) for one in after] == [(one.id, one.kind, one.label) for one in before]
        for one, other in zip(before, after, strict=True):
            assert [value for point in one.points for value in point] == pytest.approx(
                [value for point in other.points for value in point], abs=1e-6
            )
    # A kind that knows pictures alone takes the shapes of all questions, and keeps the rest.
    (drawn,) = row.content.otherwise()
    assert len(drawn.answers[0].shapes) == len(cars) + len(lights)
    assert [one["value"] for one in drawn.source["other_results"][0]["result"]] == [{"text": ["Wheels."]}]


def test_a_form_is_made_for_what_is_drawn_and_said(storage, tmp_path):
    kind = task_kind("custom_form")
    file = keep_picture(storage, picture_bytes(WIDTH, HEIGHT), name="one.png").file
    box = {"id": "a", "kind": "box", "label": "car", "points": [[1, 2], [30, 40]]}
    answer = Answer(values={"cars": {"item": [box]}, "why": {"item": "Wheels."}})
    rows = kind.content_rows(FORM, ItemContent(picture=file), (), answer, provenance(1, {}))
    (row,), _problems = read("label-studio", write("label-studio", rows, tmp_path / "out", storage), storage)
    assert best_kind([row.content]) == "custom_form"
    made = kind.settings_from_content([row.content])
    assert kind.validate_settings(made) == []
    assert [(one.key, one.field) for one in made.fields] == [("cars", "boxes"), ("why", "text")]
    (again,) = kind.answers_from_content(made, kind.item_from_content(row.content), (), row.content)
    assert again.answer.values["cars"]["item"][0]["label"] == "car"


# What Label Studio itself writes.


def task(image, *results, **more):
    return {
        "data": {"image": image},
        "annotations": [{"completed_by": {"email": "ann@lab"}, "result": [*results]}],
    } | more


def result(kind, value, **more):
    return {"id": "r1", "from_name": "f", "to_name": "image", "type": kind, "value": value} | more


BOX = result(
    "rectanglelabels", {"x": 10, "y": 20, "width": 50, "height": 25, "rotation": 0, "rectanglelabels": ["car"]}
)


def packed_tasks(tmp_path, tasks, files=None, name="tasks.zip"):
    path = tmp_path / name
    path.write_bytes(
        packed({"project-1.json": json.dumps(tasks)} | ({"a.png": picture_bytes()} if files is None else files))
    )
    return path


@pytest.mark.parametrize(
    "reference",
    [
        "a.png",
        "./a.png",
        "/data/upload/1/a.png",
        "/data/local-files/?d=street/a.png",
        "https://lab.example/x/a.png?s=1",
    ],
)
def test_pictures_are_found_beside_the_tasks(reference, storage, tmp_path):
    (row,), problems = read("label-studio", packed_tasks(tmp_path, [task(reference, BOX)]), storage)
    assert problems == []
    (answer,) = row.content.answers
    assert answer.worker == "ann@lab"
    assert [(one.label, one.points) for one in answer.shapes] == [("car", ((32, 48), (192, 108)))]
    assert row.content.file.name == "a.png"


def test_what_is_drawn_is_read_in_every_form(storage, tmp_path):
    turned = {"x": 50, "y": 50, "width": 10, "height": 10, "rotation": 90, "rectanglelabels": ["car", "red"]}
    results = [
        BOX | {"parentID": "p"},
        result("rectanglelabels", turned, id="r2"),
        result("polygonlabels", {"points": [[0, 0], [100, 0], [100, 100.1]], "polygonlabels": ["road"]}),
        result("keypointlabels", {"x": 50, "y": 50, "width": 1, "keypointlabels": ["light"]}, id=7),
        result("choices", {"choices": ["street"]}, id="c"),
        result("choices", {"choices": ["of the region"]}),
        result("brushlabels", {"rle": [1, 2], "brushlabels": ["car"]}, id="b"),
    ]
    prediction = {"model_version": "v1", "score": 0.5, "result": [BOX | {"score": 0.9}, BOX]}
    tasks = [task("a.png", *results, predictions=[prediction], agreement=1)]
    (row,), problems = read("label-studio", packed_tasks(tmp_path, tasks), storage)
    assert problems == []
    assert isinstance(row.content, Record)  # there is more than a picture's kind knows
    (drawn,) = row.content.otherwise()
    (answer,) = drawn.answers
    assert [(one.id, one.kind, one.label) for one in answer.shapes] == [
        ("r1", "box", "car"),
        ("r2", "polygon", "car"),
        ("r1-2", "polygon", "road"),
        ("s", "point", "light"),
    ]
    assert answer.shapes[0].attributes == {"parentID": "p"}
    assert answer.shapes[1].attributes == {"labels": ["car", "red"]}
    assert answer.shapes[1].points[1] == pytest.approx((160, 152))  # turned about its upper left corner, clockwise
    assert answer.shapes[1].points[3] == pytest.approx((136, 120))
    assert answer.shapes[2].points[2] == (320, 240)  # rounding beyond the picture
    assert answer.classes == ("street",)
    assert [(one.id, one.attributes) for one in drawn.suggestions] == [("r1", {"score": 0.9}), ("r1-2", {})]
    assert drawn.source["agreement"] == 1
    kinds = [one["kind"] for one in drawn.source["other_results"][0]["result"]]
    assert kinds == ["choices", "brushlabels"]


def test_five_thousand_boxes_come_back(storage, tmp_path):
    many = tuple(
        Shape(f"s{n}", "box", "cell", ((n % 300, n % 200), (n % 300 + 5.5, n % 200 + 7.25))) for n in range(5_000)
    )
    file = keep_picture(storage, picture_bytes(), name="cells.png").file
    content = LabelledPicture(file=file, provenance=provenance(1, {}), shapes=many, labels=("cell",))
    rows, problems = read("label-studio", write("label-studio", [content], tmp_path / "out", storage), storage)
    assert problems == []
    back = labelled(rows)
    assert told(back[0]) == told(content)
    near([content], back, 1e-6)


@pytest.mark.parametrize(
    ("files", "tasks", "code"),
    [
        ({"b.png": picture_bytes()}, [task("a.png", BOX)], "no_picture"),
        ({"a.png": b"<svg onload=alert(1)>"}, [task("a.png", BOX)], "not_a_picture"),
        ({"b.png": picture_bytes()}, [task("../../etc/a.png", BOX)], "no_picture"),
        (None, [task("a.png", *[BOX] * 10_001)], "too_many"),
    ],
)
def test_what_is_wrong_is_told_by_line_and_leaves_the_others(files, tasks, code, storage, tmp_path):
    good = {"data": {"text": "No picture."}, "annotations": []}
    rows, problems = read("label-studio", packed_tasks(tmp_path, [*tasks, good], files), storage)
    assert [(one.line, one.code) for one in problems] == [(1, code)]
    assert [row.line for row in rows] == [2]


async def test_dead_servers_are_given_up(storage, tmp_path):
    tasks = [task(f"file://{tmp_path}/gone/{n}.png", BOX) for n in range(15)]
    path = tmp_path / "tasks.json"
    path.write_text(json.dumps(tasks))
    rows, problems = read("label-studio", path, storage, f"file://{tmp_path}/gone/")
    assert rows == []
    assert ["no more are asked for" in str(one.message) for one in problems] == [False] * 10 + [True] * 5
