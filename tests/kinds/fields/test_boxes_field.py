"""Shapes on pictures: what is refused, how far two shapes cover each other, and how far two people agree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw

from preceptor.kinds.fields.boxes.field import FIELD, BoxesSettings, ShapeLabel, found_alike, outside, quality
from preceptor.kinds.fields.boxes.overlap import matched, overlap, shared_area
from preceptor.kinds.pictures import MOST_SHAPES, Shape

CARS = BoxesSettings(labels=(ShapeLabel("car"), ShapeLabel("light")), kinds=("box", "polygon", "point"))
SIDE = 60


def box(left, top, right, bottom, label="car", key="a"):
    return Shape(key, "box", label, ((left, top), (right, bottom)))


def paths(settings, *shapes):
    return [problem.path for problem in FIELD.validate(settings, shapes)]


def test_shapes_need_a_label_a_kind_corners_and_a_size():
    assert paths(CARS, box(0, 0, 10, 10)) == []
    assert paths(CARS, box(0, 0, 10, 10, label="")) == ["0.label"]
    assert paths(CARS, box(0, 0, 10, 10, label="bus")) == ["0.label"]
    assert paths(CARS, box(0, 0, 1, 10)) == ["0.points"]
    assert paths(CARS, Shape("a", "box", "car", ((0, 0), (1, 1), (2, 2)))) == ["0.points"]
    assert paths(CARS, Shape("a", "polygon", "car", ((0, 0), (9, 9)))) == ["0.points"]
    assert paths(CARS, Shape("a", "point", "car", ((0, 0),))) == []
    assert paths(BoxesSettings(labels=CARS.labels), Shape("a", "point", "car", ((0, 0),))) == ["0.kind"]
    assert paths(CARS, box(0, 0, 9, 9), box(5, 5, 20, 20)) == ["1.id"]


def test_how_many_is_asked_for():
    settings = BoxesSettings(labels=CARS.labels, least=1, most=2)
    assert paths(settings) == [""]
    assert paths(settings, *(box(0, 0, 9, 9, key=str(key)) for key in range(3))) == [""]
    assert paths(settings, box(0, 0, 9, 9)) == []


def test_thousands_of_wrong_ones_are_told_in_a_few_sentences():
    many = [box(0, 0, 9, 9, label="bus", key=str(key)) for key in range(5_000)]
    assert len(FIELD.validate(CARS, many)) < 30


def test_beyond_the_picture_is_wrong():
    shapes = [box(0, 0, 640, 480), box(-1, 0, 9, 9), box(600, 0, 641, 9), box(0, 470, 9, 481)]
    assert [one.path for one in outside(shapes, width=640, height=480)] == ["1.points", "2.points", "3.points"]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"labels": ()}, "labels"),
        ({"labels": (ShapeLabel("a"), ShapeLabel("a"))}, "labels.1.key"),
        ({"labels": (ShapeLabel(" a"),)}, "labels.0.key"),
        ({"labels": (ShapeLabel("a\nb"),)}, "labels.0.key"),
        ({"labels": (ShapeLabel("a", {"en": " "}),)}, "labels.0.label.en"),
        ({"kinds": ()}, "kinds"),
        ({"kinds": ("box", "box")}, "kinds"),
        ({"least": 3, "most": 2}, "most"),
        ({"most": MOST_SHAPES + 1}, "most"),
        ({"tolerance": 0}, "tolerance"),
    ],
)
def test_settings_that_make_no_sense_are_refused(changes, path):
    assert [problem.path for problem in FIELD.validate_settings(BoxesSettings(**changes))] == [path]


def test_overlap_of_boxes_is_intersection_over_union():
    assert overlap(box(0, 0, 10, 10), box(0, 0, 10, 10), tolerance=1) == 1
    assert overlap(box(0, 0, 10, 10), box(5, 0, 15, 10), tolerance=1) == pytest.approx(50 / 150)
    assert overlap(box(0, 0, 10, 10), box(10, 0, 20, 10), tolerance=1) == 0
    assert overlap(box(0, 0, 10, 10), box(50, 50, 60, 60), tolerance=1) == 0


def test_points_are_the_same_within_the_tolerance():
    def apart(by):
        return overlap(Shape("a", "point", "", ((0, 0),)), Shape("b", "point", "", ((by, 0),)), tolerance=10)

    assert [apart(0), apart(10), apart(20), apart(50)] == [1, 0.5, 0, 0]
    assert overlap(Shape("a", "point", "", ((5, 5),)), box(0, 0, 10, 10), tolerance=10) == 0


def test_a_triangle_covers_half_of_its_box():
    triangle = Shape("a", "polygon", "car", ((0, 0), (10, 0), (10, 10)))
    assert overlap(triangle, box(0, 0, 10, 10), tolerance=1) == pytest.approx(0.5)


corners = st.lists(st.tuples(st.integers(0, SIDE), st.integers(0, SIDE)), min_size=3, max_size=7)


def painted(outline):
    """The same outline in a picture sixteen times as fine; pixels on its edge count, hence the rough comparison."""
    picture = Image.new("1", (SIDE * 16 + 1, SIDE * 16 + 1))
    ImageDraw.Draw(picture).polygon([(x * 16, y * 16) for x, y in outline], fill=1)
    return picture


def length(outline):
    return sum(
        ((a - c) ** 2 + (b - d) ** 2) ** 0.5 for (a, b), (c, d) in zip(outline, outline[1:] + outline[:1], strict=True)
    )


@given(one=corners, other=corners)
def test_shared_areas_are_those_that_are_painted(one, other):
    both = ImageChops.logical_and(painted(one), painted(other))
    counted = sum(both.convert("L").histogram()[255:]) / 256
    assert shared_area(one, other) == pytest.approx(counted, abs=2 + (length(one) + length(other)) / 8)


@given(one=corners, other=corners)
def test_overlap_is_the_same_from_both_sides_and_whole_with_oneself(one, other):
    first, second = Shape("a", "polygon", "", tuple(one)), Shape("b", "polygon", "", tuple(other))
    there, back = overlap(first, second, tolerance=1), overlap(second, first, tolerance=1)
    assert there == pytest.approx(back, abs=1e-6)
    assert -1e-9 <= there <= 1
    if shared_area(one, one) > 1e-6:
        assert overlap(first, first, tolerance=1) == pytest.approx(1)


def test_a_shape_is_matched_once_and_the_best_first():
    ones = [box(0, 0, 10, 10, key="a"), box(1, 0, 11, 10, key="b")]
    others = [box(1, 0, 11, 10, key="x")]
    assert [(match.one, match.other) for match in matched(ones, others, tolerance=1)] == [(1, 0)]
    assert matched(ones, [box(1, 0, 11, 10, label="light")], tolerance=1) == []
    assert matched(ones, [box(6, 0, 16, 10)], tolerance=1) == []


boxes = st.lists(
    st.builds(
        lambda x, y, w, h, label: box(x, y, x + w, y + h, label),
        *(st.integers(0, 50), st.integers(0, 50), st.integers(1, 40), st.integers(1, 40)),
        st.sampled_from(["car", "light"]),
    ),
    max_size=6,
)


@given(ones=boxes, others=boxes)
def test_walking_from_left_to_right_finds_every_pair(ones, others):
    pairs = {
        (a, b)
        for a, one in enumerate(ones)
        for b, other in enumerate(others)
        if one.label == other.label and overlap(one, other, tolerance=10) >= 0.5
    }
    found = matched(ones, others, tolerance=10)
    assert {(match.one, match.other) for match in found} <= pairs
    left_ones = {a for a, _b in pairs} - {match.one for match in found}
    left_others = {b for _a, b in pairs} - {match.other for match in found}
    assert not [(a, b) for a, b in pairs if a in left_ones and b in left_others]


@given(ones=boxes, others=boxes)
def test_agreement_is_the_same_from_both_sides_and_never_above_what_was_found(ones, others):
    assert quality(CARS, ones, others) == pytest.approx(quality(CARS, others, ones))
    assert 0 <= quality(CARS, ones, others) <= found_alike(CARS, ones, others) + 1e-9 <= 1 + 1e-9


def test_agreement_says_how_far_people_agree():
    one = (box(0, 0, 10, 10), box(20, 0, 30, 10))
    half = (box(0, 0, 10, 10),)
    wide = (box(0, 0, 10, 8), box(20, 0, 30, 8))
    assert found_alike(CARS, one, half) == pytest.approx(2 / 3)
    assert found_alike(CARS, one, wide) == 1
    assert quality(CARS, one, wide) == pytest.approx(0.8)
    assert quality(CARS, (), ()) == 1
    assert quality(CARS, one, ()) == 0


def test_five_thousand_boxes_of_two_people_are_compared_in_seconds():
    from time import process_time

    def grid(shift):
        return [
            box(x * 12 + shift, y * 12, x * 12 + 10 + shift, y * 12 + 10, key=f"{x}-{y}")
            for x in range(100)
            for y in range(50)
        ]

    start = process_time()
    assert found_alike(CARS, grid(0), grid(1)) == 1
    assert process_time() - start < 20
