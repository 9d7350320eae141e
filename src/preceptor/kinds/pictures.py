"""Typed content about pictures: what is to be labelled, what marks stand on it, and what people made of it.

Coordinates are pixels of the picture as it is shown, from its upper left corner, x to the right and y down; they lie
on the edges of pixels, so that a picture of width 640 goes from 0 to 640, and may be fractions.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Literal

import msgspec

from preceptor.kinds.content import Content, Provenance

MOST_SHAPES = 10_000
"""On one picture."""
MOST_CORNERS = 500
"""Of one polygon."""

ShapeKind = Literal["box", "polygon", "point"]
Point = tuple[float, float]

FEWEST_POINTS: dict[str, int] = {"box": 2, "polygon": 3, "point": 1}
MOST_POINTS: dict[str, int] = {"box": 2, "polygon": MOST_CORNERS, "point": 1}


class PictureFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A picture whose bytes are kept beside the items of its project, under the hash of what is in it.

    Attributes:
        sha256: of the bytes, in lower-case hex.
        name: what it is called, as whoever brought it did; a path inside an archive has `/`.
        media_type: `image/jpeg`, …
        width, height: in pixels, as browsers show it (a turned photograph is turned).
    """

    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=400)]
    media_type: Annotated[str, msgspec.Meta(pattern="^image/[a-z]+$")]
    width: Annotated[int, msgspec.Meta(ge=1, le=100_000)]
    height: Annotated[int, msgspec.Meta(ge=1, le=100_000)]


class Shape(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One mark on a picture.

    Attributes:
        id: unique among the marks of its picture.
        kind: a box is two opposite corners, upper left first; a polygon its corners in turn; a point itself.
        label: name of what is marked, as releases have it.
        points: in pixels.
        attributes: what else a format says about it (`difficult`, `iscrowd` …): kept, and written again.
    """

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    kind: ShapeKind
    label: Annotated[str, msgspec.Meta(max_length=200)]
    points: Annotated[tuple[Point, ...], msgspec.Meta(min_length=1, max_length=MOST_CORNERS)]
    attributes: dict[str, Any] = {}

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of the smallest upright box around it."""
        if len(self.points) == 2:  # noqa: PLR2004 (a box; there may be thousands)
            (a, b), (c, d) = self.points
            return min(a, c), min(b, d), max(a, c), max(b, d)
        across = [x for x, _y in self.points]
        down = [y for _x, y in self.points]
        return min(across), min(down), max(across), max(down)

    @property
    def outline(self) -> tuple[Point, ...]:
        """Its corners in turn: four of a box, those of a polygon; a point has one."""
        if self.kind != "box":
            return self.points
        left, top, right, bottom = self.bounds
        return (left, top), (right, top), (right, bottom), (left, bottom)

    @property
    def area(self) -> float:
        """Square pixels inside an outline without crossings, by the shoelace formula; 0 for a point."""
        closed = [*self.outline, self.outline[0]]
        return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(closed))) / 2


class PictureAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one person elsewhere marked on a picture.

    Attributes:
        worker: who, by the name the source has for them; empty where it does not say.
        shapes, classes: as in `LabelledPicture`.
    """

    worker: str
    shapes: tuple[Shape, ...] = ()
    classes: tuple[str, ...] = ()


class Picture(Content, frozen=True, kw_only=True):
    """A picture to be labelled, as imports yield it.

    Attributes:
        file: where its bytes are.
        answers: what people marked: finished work.
        suggestions: marks that a model made, for people to accept or reject.
        labels: the names that its source knows, whether they stand on this picture or not.
        source: fields that nobody knew: kept, and exported again.
        record: the same as a `Record`, where its source is a form that was filled in: for kinds that ask by name.
    """

    file: PictureFile
    answers: tuple[PictureAnswer, ...] = ()
    suggestions: tuple[Shape, ...] = ()
    labels: tuple[str, ...] = ()
    source: dict[str, Any] = msgspec.field(default_factory=dict)
    record: Content | None = None


class LabelledPicture(Content, frozen=True, kw_only=True):
    """A picture with all that one person marked on it: one struct per accepted answer.

    Attributes:
        shapes: in the order in which they were drawn or brought along.
        classes: what the picture as a whole shows.
        labels: every name that could be given to a shape, in the order of the form.
        class_names: every name that could be given to the picture, likewise.
    """

    file: PictureFile
    provenance: Provenance
    shapes: tuple[Shape, ...] = ()
    classes: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    class_names: tuple[str, ...] = ()
