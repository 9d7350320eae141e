"""Labelling pictures: what stops an answer, what is asked about one, what it gives and how it changes."""

import msgspec
import pytest

from preceptor.kinds.fields.boxes.field import BoxesSettings, ShapeLabel
from preceptor.kinds.pictures import LabelledPicture, Picture, PictureAnswer, Shape
from preceptor.kinds.registry import task_kind
from preceptor.kinds.task import InvalidItemError
from preceptor.kinds.tasks.label_image.item import Answer
from preceptor.kinds.tasks.label_image.settings import Settings
from preceptor.lib.i18n import speaking
from tests.kinds.test_contract import PROVENANCE

KIND = task_kind("label_image")
SAMPLE = KIND.sample()
ITEM = SAMPLE.item
CAR = Shape("a", "box", "vehicle", ((10, 10), (90, 60)))


def problems(answer, *, settings=SAMPLE.settings, item=ITEM):
    return [problem.path for problem in KIND.validate_answer(settings, item, (), answer)]


def with_(answer=SAMPLE.answer, **changes):
    return msgspec.structs.replace(answer, **changes)


def test_every_suggestion_is_decided_once():
    assert problems(SAMPLE.answer) == []
    assert problems(with_(rejected=())) == ["rejected"]
    assert problems(with_(rejected=("p1", "p2"))) == ["rejected"]
    assert problems(with_(rejected=("p2", "p2"))) == ["rejected"]
    assert problems(with_(rejected=("p2", "nobody"))) == ["rejected"]
    optional = msgspec.structs.replace(SAMPLE.settings, suggestions="optional")
    assert problems(with_(rejected=()), settings=optional) == []


def test_shapes_lie_on_the_picture():
    beyond = Shape("z", "box", "vehicle", ((600, 400), (641, 470)))
    assert problems(with_(shapes=(*SAMPLE.answer.shapes, beyond))) == ["shapes.3.points"]


def test_a_class_is_chosen_where_one_is_asked_for():
    assert problems(with_(classes=())) == ["classes"]
    assert problems(with_(classes=("day", "night"))) == ["classes"]
    assert problems(with_(classes=("noon",))) == ["classes.0"]
    many = msgspec.structs.replace(SAMPLE.settings, choose="many")
    assert problems(with_(classes=()), settings=many) == []
    assert problems(with_(classes=("day", "night")), settings=many) == []
    assert problems(with_(classes=("day", "day")), settings=many) == ["classes"]


def test_a_form_may_ask_for_classes_alone():
    settings = Settings(shapes=BoxesSettings(kinds=()), classes=(ShapeLabel("day"),))
    assert KIND.validate_settings(settings) == []
    assert problems(Answer(classes=("day",)), settings=settings) == []
    assert problems(Answer(shapes=(CAR,), classes=("day",)), settings=settings) == ["shapes"]
    nothing = Settings(shapes=BoxesSettings(kinds=()))
    assert [problem.path for problem in KIND.validate_settings(nothing)] == ["shapes.kinds"]


def test_an_empty_picture_and_a_thing_drawn_twice_are_asked_about():
    def asked(*shapes):
        return [one.code for one in KIND.questions(SAMPLE.settings, ITEM, (), Answer(shapes=shapes, classes=("day",)))]

    twin = Shape("b", "box", "vehicle", ((10, 10), (90, 61)))
    assert asked() == ["nothing_marked:shapes"]
    assert asked(CAR) == []
    assert asked(CAR, twin) == ["drawn_twice:a:b"]
    assert asked(CAR, msgspec.structs.replace(twin, label="pedestrian")) == []


def test_suggestions_beyond_the_picture_make_no_item():
    wrong = Shape("p1", "box", "vehicle", ((0, 0), (700, 10)))
    twice = (CAR, CAR)
    for suggestions, path in (((wrong,), "suggestions.0.points"), (twice, "suggestions.1.id")):
        with pytest.raises(InvalidItemError) as error:
            KIND.item_from_content(Picture(file=ITEM.file, suggestions=suggestions))
        assert [one.path for one in error.value.fields] == [path]


def test_an_imported_picture_brings_answers_whose_names_the_form_need_not_know():
    content = Picture(
        file=ITEM.file,
        answers=(PictureAnswer("ann", (msgspec.structs.replace(CAR, label="RBC"),)), PictureAnswer("bob")),
        labels=("RBC", "WBC"),
        source={"camera": "south"},
    )
    item = KIND.item_from_content(content)
    assert KIND.item_source(item) == {"camera": "south"}
    given = KIND.answers_from_content(SAMPLE.settings, item, (), content)
    assert [one.worker for one in given] == ["ann", "bob"]
    (row,) = KIND.content_rows(SAMPLE.settings, item, (), given[0].answer, PROVENANCE)
    assert isinstance(row, LabelledPicture)
    assert row.labels == ("vehicle", "pedestrian", "traffic light", "RBC")
    settings = KIND.settings_from_content([content])
    assert KIND.validate_settings(settings) == []
    assert [label.key for label in settings.shapes.labels] == ["RBC", "WBC"]
    assert problems(given[0].answer, settings=settings, item=item) == []


def test_pictures_without_labels_start_from_the_usual_form():
    settings = KIND.settings_from_content([Picture(file=ITEM.file)])
    assert settings == Settings()


def test_the_picture_is_what_the_item_shows():
    assert KIND.item_files(ITEM) == (ITEM.file,)
    assert KIND.item_summary(ITEM) == "street/crossing.jpg"
    assert "source" not in KIND.item_shown(ITEM)
    assert KIND.open_item() is None


def test_a_correction_says_what_it_did():
    moved = msgspec.structs.replace(CAR, points=((12, 10), (92, 60)))
    added = Shape("n", "point", "traffic light", ((5, 6),))
    polygon = Shape("g", "polygon", "pedestrian", ((0, 0), (5, 0), (5, 9)))
    before = Answer(shapes=(CAR, polygon), classes=("day",))
    after = Answer(shapes=(moved, added), classes=("night",))
    with speaking("en"):
        told = [
            (one.path, str(one.label), one.before, one.after)
            for one in KIND.changes(SAMPLE.settings, (), before, after)
        ]
    assert told == [
        ("shapes.0", "Shape 1", "Vehicle, Box from 10, 10 to 90, 60", "Vehicle, Box from 12, 10 to 92, 60"),
        ("shapes.1", "Shape 2", "Pedestrian, Polygon of 3 corners from 0, 0 to 5, 9", ""),
        ("shapes.1", "Shape 2, added", "", "Traffic light, Point at 5, 6"),
        ("classes", "The whole picture", "Day", "Night"),
    ]
    assert KIND.changes(SAMPLE.settings, (), before, before) == []


def test_agreement_is_of_shapes_and_classes_as_the_form_has_them():
    def keys(settings):
        return [measure.key for measure in KIND.agreement(settings, [[SAMPLE.answer, SAMPLE.answer]])]

    assert keys(SAMPLE.settings) == ["shapes_quality", "shapes_found", "classes_shared"]
    assert keys(Settings()) == ["shapes_quality", "shapes_found"]
    assert keys(Settings(shapes=BoxesSettings(kinds=()), classes=(ShapeLabel("day"),))) == ["classes_shared"]


def test_five_thousand_shapes_fit_into_an_answer_and_are_checked_at_once():
    from time import process_time

    shapes = tuple(
        Shape(f"4e1fdc60-3da0-4d37-a4f2-80c9bab{number:05}", "box", "vehicle", ((x, y), (x + 5.25, y + 5.75)))
        for number in range(5_000)
        for x, y in [((number % 100) * 6.25, (number // 100) * 9.25)]
    )
    raw = msgspec.json.encode({"shapes": msgspec.to_builtins(shapes), "classes": ["day"], "rejected": ["p1", "p2"]})
    start = process_time()
    answer = KIND.decode_answer(raw)
    assert problems(answer) == []
    assert KIND.questions(SAMPLE.settings, ITEM, (), answer) == []
    assert process_time() - start < 1
