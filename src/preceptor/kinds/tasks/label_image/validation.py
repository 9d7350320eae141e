"""Why an answer cannot be handed in, and what is asked about one that can."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from preceptor.kinds.fields.boxes.field import FIELD as BOXES
from preceptor.kinds.fields.boxes.field import MOST_TOLD, outside
from preceptor.kinds.fields.boxes.overlap import overlap
from preceptor.kinds.findings import Question, below
from preceptor.kinds.pictures import Shape
from preceptor.kinds.tasks.label_image.item import Answer, ItemContent
from preceptor.kinds.tasks.label_image.settings import Settings
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _, ngettext_lazy

DOUBLE_FROM = 0.95
"""Two shapes of one label that cover each other so far look like one drawn twice."""
MOST_ASKED = 5


def answer_problems(settings: Settings, item: ItemContent, answer: Answer) -> list[FieldProblem]:
    """What is missing or wrong, in the order of the page."""
    problems = [
        *_shape_problems(settings, item, answer),
        *_suggestion_problems(settings, item, answer),
        *_class_problems(settings, answer),
    ]
    return problems[:MOST_TOLD]


def _shape_problems(settings: Settings, item: ItemContent, answer: Answer) -> Iterator[FieldProblem]:
    if settings.draws:
        yield from below("shapes", BOXES.validate(settings.shapes, answer.shapes))
        yield from below("shapes", outside(answer.shapes, width=item.file.width, height=item.file.height))
    elif answer.shapes:
        yield FieldProblem("shapes", _("Shapes are not asked for here."))


def _suggestion_problems(settings: Settings, item: ItemContent, answer: Answer) -> Iterator[FieldProblem]:
    known = {shape.id for shape in item.suggestions}
    accepted = {shape.id for shape in answer.shapes} & known
    rejected = set(answer.rejected)
    if rejected - known:
        yield FieldProblem("rejected", _("There is no such suggestion."))
    if len(rejected) != len(answer.rejected) or rejected & accepted:
        yield FieldProblem("rejected", _("A suggestion can be accepted or rejected, and only once."))
    waiting = len(known - accepted - rejected)
    if settings.draws and settings.suggestions == "decide" and waiting:
        message = ngettext_lazy(
            "{count} suggestion is neither accepted nor rejected.",
            "{count} suggestions are neither accepted nor rejected.",
            waiting,
        )
        yield FieldProblem("rejected", message)


def _class_problems(settings: Settings, answer: Answer) -> Iterator[FieldProblem]:
    known = {one.key for one in settings.classes}
    for index, key in enumerate(answer.classes):
        if key not in known:
            yield FieldProblem(f"classes.{index}", _("There is no class “{key}” in this form.").format(key=key))
    if len(set(answer.classes)) != len(answer.classes):
        yield FieldProblem("classes", _("A class is given twice."))
    if settings.classes and settings.choose == "one" and len(answer.classes) != 1:
        yield FieldProblem("classes", _("Say what the picture shows: choose one."))


def answer_questions(settings: Settings, answer: Answer) -> list[Question]:
    """Nothing marked at all; the same thing marked twice."""
    found: list[Question] = []
    if settings.draws and not answer.shapes:
        text = _("Nothing is marked on this picture. Is there really nothing to mark?")
        found.append(Question("nothing_marked:shapes", text, "shapes"))
    return [*found, *list(_doubles(settings, answer.shapes))[:MOST_ASKED]]


def _doubles(settings: Settings, shapes: tuple[Shape, ...]) -> Iterator[Question]:
    """Neighbours in the order of their left edges alone are compared, so that thousands cost nothing."""
    ordered = sorted(range(len(shapes)), key=lambda place: shapes[place].bounds)
    for one, other in pairwise(ordered):
        first, second = shapes[one], shapes[other]
        if first.label != second.label or not first.kind == second.kind != "polygon":
            continue
        if overlap(first, second, tolerance=settings.shapes.tolerance) >= DOUBLE_FROM:
            low, high = sorted((one, other))
            text = _("Shapes {one} and {other} lie on top of each other. Are they two things?")
            text = text.format(one=low + 1, other=high + 1)
            yield Question(f"drawn_twice:{shapes[low].id}:{shapes[high].id}", text, f"shapes.{high}")
