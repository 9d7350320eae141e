from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar

import msgspec

from preceptor.kinds.agreement import Measure, mean_of_pairs, measured
from preceptor.kinds.field import Field, FieldSample, Subject
from preceptor.kinds.fields.boxes.overlap import matched
from preceptor.kinds.findings import below, join
from preceptor.kinds.given import FieldValue
from preceptor.kinds.labels import Labels, label_in, label_problems
from preceptor.kinds.pictures import FEWEST_POINTS, MOST_POINTS, MOST_SHAPES, Shape, ShapeKind
from preceptor.kinds.shape_values import TakenNames, shape_in, shape_value
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import LazyText, _, current_language

MOST_LABELS = 200
LONGEST_KEY = 100
MOST_TOLD = 20
"""Problems told at once; each can be looked at before the next."""

Shapes = Annotated[tuple[Shape, ...], msgspec.Meta(max_length=MOST_SHAPES)]

KIND_NAMES: dict[str, LazyText] = {"box": _("Box"), "polygon": _("Polygon"), "point": _("Point")}


class ShapeLabel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a shape can be.

    Attributes:
        key: the name that releases have, such as `RBC` or `traffic light`.
        label: what people read, per language; where there is none they read the key.
    """

    key: str
    label: Labels = {}


class BoxesSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What can be drawn.

    Attributes:
        labels: what shapes can be; the first nine are chosen by the keys 1 to 9.
        kinds: the kinds of shapes that can be drawn, in the order of the tools.
        least, most: how many shapes there are to be.
        smallest: width and height of the smallest box or polygon, in pixels.
        tolerance: points at most so many pixels apart are the same, when answers are compared.
    """

    labels: tuple[ShapeLabel, ...] = (ShapeLabel("object", {"en": "Object", "es": "Objeto"}),)
    kinds: tuple[ShapeKind, ...] = ("box",)
    least: int = 0
    most: int = MOST_SHAPES
    smallest: float = 2
    tolerance: float = 10


class BoxesField(Field[BoxesSettings, tuple[Shape, ...]]):
    """Boxes, polygons and points on a picture, each with a label."""

    key = "boxes"
    title = _("Boxes and other shapes")
    description = _("Boxes, polygons and points on a picture, each with a label.")
    settings_type = BoxesSettings
    value_type = Shapes
    setting_names: ClassVar[Mapping[str, LazyText]] = {
        "labels": _("Labels"),
        "labels.label": _("Name"),
        "labels.key": _("Key"),
        "kinds": _("Shapes"),
        "kinds=box": _("Box"),
        "kinds=polygon": _("Polygon"),
        "kinds=point": _("Point"),
        "least": _("Shapes, at least"),
        "most": _("Shapes, at most"),
    }
    options_setting = "labels"
    operators = ("answered", "unanswered", "includes", "excludes")
    needs = "pictures"

    def validate_settings(self, settings: BoxesSettings) -> list[FieldProblem]:
        """Labels with keys of their own, at least one tool, sensible numbers."""
        return [*_label_problems(settings), *_kind_problems(settings), *_number_problems(settings)]

    def validate(
        self, settings: BoxesSettings, value: tuple[Shape, ...], *, options: Sequence[str] = ()
    ) -> list[FieldProblem]:
        """As many shapes as asked for, each of a known kind and label, with its corners, not too small."""
        del options
        problems: list[FieldProblem] = []
        if len(value) < settings.least:
            message = _("Mark at least {least}; there are {count} so far.")
            problems.append(FieldProblem("", message.format(least=settings.least, count=len(value))))
        if len(value) > settings.most:
            problems.append(FieldProblem("", _("Mark at most {most}.").format(most=settings.most)))
        labels = {label.key for label in settings.labels}
        seen: set[str] = set()
        for index, shape in enumerate(value):
            if len(problems) >= MOST_TOLD:
                break
            problems += below(str(index), _shape_problems(settings, shape, labels))
            if shape.id in seen:
                problems.append(FieldProblem(f"{index}.id", _("Another shape has this id already.")))
            seen.add(shape.id)
        return problems

    def check(self, settings: BoxesSettings, value: tuple[Shape, ...], subject: Subject) -> list[FieldProblem]:
        """As `validate`, and within the picture."""
        problems = self.validate(settings, value)
        if subject.picture is not None and len(problems) < MOST_TOLD:
            problems += outside(value, width=subject.picture.width, height=subject.picture.height)
        return problems[:MOST_TOLD]

    def written(
        self, settings: BoxesSettings, value: tuple[Shape, ...], subject: Subject, *, name: str, on: str
    ) -> list[FieldValue]:
        """As the results of RectangleLabels, PolygonLabels and KeyPointLabels, one for each shape."""
        if subject.picture is None:
            return super().written(settings, value, subject, name=name, on=on)
        told = [shape_value(shape, subject.picture) for shape in value]
        return [FieldValue(name, on, one.kind, one.value, one.source) for one in told]

    def read(self, settings: BoxesSettings, values: Sequence[FieldValue]) -> Any:
        """The shapes of such results, with keys for labels that are given in words."""
        by_words = {said: label.key for label in settings.labels for said in (*label.label.values(), label.key)}
        read = [shape_in(one.kind, one.value, one.source) for one in values]
        if not any(read):
            return super().read(settings, values)
        taken = TakenNames()
        return [
            msgspec.to_builtins(
                msgspec.structs.replace(shape, id=taken.free(shape.id), label=by_words.get(shape.label, shape.label))
            )
            for shape in filter(None, read)
        ]

    def in_words(self, settings: BoxesSettings, value: tuple[Shape, ...]) -> str:
        """How many shapes of each label there are."""
        language = current_language()
        names = {label.key: label_in(label.label, language) or label.key for label in settings.labels}
        counts = Counter(shape.label for shape in value)
        return ", ".join(f"{names.get(key, key)}: {count}" for key, count in counts.items())

    def options_in(self, value: tuple[Shape, ...]) -> frozenset[str]:
        """The labels given."""
        return frozenset(shape.label for shape in value)

    def agreement(self, settings: BoxesSettings, units: Sequence[Sequence[tuple[Shape, ...]]]) -> Measure:
        """Panoptic quality, averaged over pairs of people and over pictures."""
        found, pairs = measured(units)
        return Measure(
            key="shapes_quality",
            title=_("Shapes: panoptic quality at an overlap of one half, mean over pairs of people"),
            value=mean_of_pairs(units, similarity=lambda one, other: quality(settings, one, other)),
            units=found,
            pairs=pairs,
        )

    def likeness(self, settings: BoxesSettings, key: tuple[Shape, ...], value: tuple[Shape, ...]) -> float:
        """Panoptic quality at an overlap of one half."""
        return quality(settings, key, value)

    def sample(self) -> FieldSample[BoxesSettings, tuple[Shape, ...]]:
        """Two boxes and a point, and one box that lies elsewhere."""
        settings = BoxesSettings(
            labels=(ShapeLabel("car", {"en": "Car"}), ShapeLabel("light")), kinds=("box", "polygon", "point")
        )
        return FieldSample(
            settings=settings,
            value=(
                Shape("a", "box", "car", ((10, 10), (60, 40))),
                Shape("b", "polygon", "car", ((70, 10), (95, 10), (80, 40))),
                Shape("c", "point", "light", ((5, 5),)),
            ),
            changed=(Shape("a", "box", "car", ((15, 10), (65, 40))),),
        )


def quality(settings: BoxesSettings, ones: Sequence[Shape], others: Sequence[Shape]) -> float:
    """Panoptic quality of two people's shapes: 1 where they are the same, 0 where nothing matches.

    The sum of the overlaps of matched shapes over (matches + half of those that are only one person's). It is the same
    whoever comes first. Source: Kirillov et al. (2019), *Panoptic Segmentation*, CVPR, equation 1. Two pictures on
    which nothing was marked say the same.
    """
    if not ones and not others:
        return 1.0
    found = matched(ones, others, tolerance=settings.tolerance)
    return 2 * sum(match.overlap for match in found) / (len(ones) + len(others))


def found_alike(settings: BoxesSettings, ones: Sequence[Shape], others: Sequence[Shape]) -> float:
    """The share of shapes that both have, however closely drawn: the F measure 2 m / (a + b) of m matched ones.

    Agreement on what there is to be found, where nobody can count what was rightly left out. Source: Hripcsak and
    Rothschild (2005), *Agreement, the F-Measure, and Reliability in Information Retrieval*.
    """
    if not ones and not others:
        return 1.0
    return 2 * len(matched(ones, others, tolerance=settings.tolerance)) / (len(ones) + len(others))


def outside(value: Sequence[Shape], *, width: int, height: int) -> Iterator[FieldProblem]:
    """Shapes that reach beyond a picture of this size; paths start at the value."""
    for index, shape in enumerate(value):
        left, top, right, bottom = shape.bounds
        if left < 0 or top < 0 or right > width or bottom > height:
            yield FieldProblem(f"{index}.points", _("This shape reaches beyond the picture."))


def _label_problems(settings: BoxesSettings) -> Iterator[FieldProblem]:
    if not settings.labels:
        yield FieldProblem("labels", _("Name at least one thing that can be marked."))
    if len(settings.labels) > MOST_LABELS:
        yield FieldProblem("labels", _("Use at most {limit} labels.").format(limit=MOST_LABELS))
    keys: set[str] = set()
    for index, label in enumerate(settings.labels):
        at = join("labels", index)
        if (
            not 0 < len(label.key.strip()) <= LONGEST_KEY
            or not label.key.isprintable()
            or label.key != label.key.strip()
        ):
            message = _("Give a name of 1 to {limit} characters, without spaces around it.").format(limit=LONGEST_KEY)
            yield FieldProblem(f"{at}.key", message)
        elif label.key in keys:
            yield FieldProblem(f"{at}.key", _("Another label has this name already."))
        keys.add(label.key)
        if label.label:
            yield from label_problems(label.label, path=f"{at}.label")


def _kind_problems(settings: BoxesSettings) -> Iterator[FieldProblem]:
    if not settings.kinds:
        yield FieldProblem("kinds", _("Choose at least one kind of shape."))
    if len(set(settings.kinds)) != len(settings.kinds):
        yield FieldProblem("kinds", _("A kind of shape is given twice."))


def _number_problems(settings: BoxesSettings) -> Iterator[FieldProblem]:
    for path, value, least, most in (
        ("least", settings.least, 0, MOST_SHAPES),
        ("most", settings.most, 1, MOST_SHAPES),
        ("smallest", settings.smallest, 0, 1_000),
        ("tolerance", settings.tolerance, 1, 1_000),
    ):
        if not least <= value <= most:
            yield FieldProblem(path, _("Give a number from {least} to {most}.").format(least=least, most=most))
    if settings.least > settings.most:
        yield FieldProblem("most", _("This is less than the smallest number of shapes."))


def _shape_problems(settings: BoxesSettings, shape: Shape, labels: set[str]) -> Iterator[FieldProblem]:
    if shape.label not in labels:
        message = _("Give this shape a label.")
        if shape.label:
            message = _("There is no label “{key}” in this form. Choose another one.").format(key=shape.label)
        yield FieldProblem("label", message)
    if shape.kind not in settings.kinds:
        yield FieldProblem(
            "kind", _("{kind} is not among the shapes asked for here.").format(kind=KIND_NAMES[shape.kind])
        )
    if not FEWEST_POINTS[shape.kind] <= len(shape.points) <= MOST_POINTS[shape.kind]:
        yield FieldProblem("points", _("This shape does not have the right number of corners."))
    elif shape.kind != "point":
        left, top, right, bottom = shape.bounds
        if right - left < settings.smallest or bottom - top < settings.smallest:
            message = _("This shape is smaller than {pixels} pixels. Draw it larger, or remove it.")
            yield FieldProblem("points", message.format(pixels=f"{settings.smallest:g}"))


FIELD = BoxesField()
