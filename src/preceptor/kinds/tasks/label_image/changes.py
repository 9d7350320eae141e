"""What is different between two answers, shape by shape."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from preceptor.kinds.changes import AnswerChange, value_change
from preceptor.kinds.fields.boxes.field import KIND_NAMES, ShapeLabel
from preceptor.kinds.labels import label_in
from preceptor.kinds.pictures import Shape
from preceptor.kinds.tasks.label_image.item import Answer
from preceptor.kinds.tasks.label_image.settings import Settings
from preceptor.lib.i18n import _, current_language


def answer_changes(settings: Settings, before: Answer, after: Answer) -> list[AnswerChange]:
    """Shapes added, removed, renamed or moved, by their number in the list they stand in; then the classes."""
    return [*_shape_changes(settings, before.shapes, after.shapes), *_class_changes(settings, before, after)]


def _shape_changes(settings: Settings, before: Sequence[Shape], after: Sequence[Shape]) -> Iterator[AnswerChange]:
    old = {shape.id: (number, shape) for number, shape in enumerate(before, 1)}
    new = {shape.id: shape for shape in after}
    for number, shape in old.values():
        name = _("Shape {number}").format(number=number)
        now = new.get(shape.id)
        path = f"shapes.{number - 1}"
        yield from value_change(path, name, _said(settings, shape), "" if now is None else _said(settings, now))
    for number, shape in enumerate(after, 1):
        if shape.id not in old:
            name = _("Shape {number}, added").format(number=number)
            yield from value_change(f"shapes.{number - 1}", name, "", _said(settings, shape))


def _class_changes(settings: Settings, before: Answer, after: Answer) -> Iterator[AnswerChange]:
    pair = _names(settings.classes, before.classes), _names(settings.classes, after.classes)
    yield from value_change("classes", _("The whole picture"), *pair)


def _said(settings: Settings, shape: Shape) -> str:
    """Such as `Red cell, box 12, 30 – 60, 80`, so that a move can be read off."""
    left, top, right, bottom = (round(edge, 1) for edge in shape.bounds)
    name = _names(settings.shapes.labels, [shape.label])
    kind = str(KIND_NAMES[shape.kind])
    if shape.kind == "point":
        return str(_("{label}, {kind} at {x}, {y}").format(label=name, kind=kind, x=f"{left:g}", y=f"{top:g}"))
    words = _("{label}, {kind} from {left}, {top} to {right}, {bottom}")
    edges = {"left": f"{left:g}", "top": f"{top:g}", "right": f"{right:g}", "bottom": f"{bottom:g}"}
    if shape.kind == "polygon":
        words = _("{label}, {kind} of {corners} corners from {left}, {top} to {right}, {bottom}")
        edges["corners"] = str(len(shape.points))
    return str(words.format(label=name, kind=kind, **edges))


def _names(labels: Sequence[ShapeLabel], keys: Sequence[str]) -> str:
    """In the order of the form, so that choosing in another order is no change."""
    language = current_language()
    known = [label_in(one.label, language) or one.key for one in labels if one.key in keys]
    return ", ".join([*known, *sorted(set(keys) - {one.key for one in labels})])
