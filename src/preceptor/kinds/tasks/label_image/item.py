from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import msgspec

from preceptor.kinds.fields.boxes.field import MOST_TOLD, Shapes, outside
from preceptor.kinds.findings import below
from preceptor.kinds.pictures import FEWEST_POINTS, MOST_POINTS, Picture, PictureFile, Shape
from preceptor.kinds.reading import document_problems
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class ItemContent(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A picture to be labelled.

    Attributes:
        file: the picture, as the answer to its upload names it.
        suggestions: shapes that a model made, to be accepted or rejected.
        source: fields of the imported row that nobody knew.
    """

    file: PictureFile
    suggestions: Shapes = ()
    source: dict[str, Any] = {}


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a person sees on a picture; a draft has the same form with things still missing.

    Attributes:
        shapes: what they drew, and the suggestions they accepted, which keep their ids, changed or not.
        classes: keys of the classes of the whole picture.
        rejected: ids of suggestions that are wrong.
    """

    shapes: Shapes = ()
    classes: Annotated[tuple[Name, ...], msgspec.Meta(max_length=200)] = ()
    rejected: Annotated[tuple[Name, ...], msgspec.Meta(max_length=10_000)] = ()


def item_from(picture: Picture) -> ItemContent:
    """An item from a picture that a format read."""
    return ItemContent(file=picture.file, suggestions=picture.suggestions, source=picture.source)


def item_problems(item: ItemContent) -> list[FieldProblem]:
    """Suggestions that are no shapes, lie beyond the picture or share an id; a document too large to keep."""
    problems = [*below("suggestions", _suggestion_problems(item)), *document_problems(item)]
    return problems[:MOST_TOLD]


def _suggestion_problems(item: ItemContent) -> Iterator[FieldProblem]:
    seen: set[str] = set()
    for index, shape in enumerate(item.suggestions):
        if not _is_whole(shape):
            yield FieldProblem(f"{index}.points", _("This shape does not have the right number of corners."))
        if shape.id in seen:
            yield FieldProblem(f"{index}.id", _("Another shape has this id already."))
        seen.add(shape.id)
    yield from outside(item.suggestions, width=item.file.width, height=item.file.height)


def _is_whole(shape: Shape) -> bool:
    return FEWEST_POINTS[shape.kind] <= len(shape.points) <= MOST_POINTS[shape.kind]
