"""Shapes in the words of Label Studio's JSON, which counts in hundredths of a picture's width and height.

Source: https://labelstud.io/tags/rectanglelabels, https://labelstud.io/tags/polygonlabels and
https://labelstud.io/tags/keypointlabels, each under "Sample Results JSON".
"""

from __future__ import annotations

from collections.abc import Mapping
from math import cos, radians, sin
from typing import Any

import msgspec

from preceptor.kinds.pictures import FEWEST_POINTS, MOST_CORNERS, PictureFile, Point, Shape, ShapeKind

LONGEST_ID = 64
LONGEST_LABEL = 200
POINT_WIDTH = 0.5
"""How wide a point is drawn, in hundredths of the picture's width; it says nothing."""
SLACK = 0.5
"""So many pixels beyond the picture are taken for rounding."""

_TYPES: dict[ShapeKind, str] = {"box": "rectanglelabels", "polygon": "polygonlabels", "point": "keypointlabels"}
_KINDS: dict[str, ShapeKind] = {
    **{name: kind for kind, name in _TYPES.items()},
    "rectangle": "box",
    "polygon": "polygon",
    "keypoint": "point",
}
LONGEST_STEM = 50
"""Letters of an id that are kept before a number."""
_SIZES = ("original_width", "original_height")
_OWN = {"id", "image_rotation", "origin", *_SIZES}


class ShapeValue(msgspec.Struct, frozen=True):
    """One result of an annotation.

    Attributes:
        kind: its type there: `rectanglelabels`, `polygonlabels` or `keypointlabels`.
        value: where the shape is, and its label.
        source: what else stands beside it: its id, the size of the picture, the attributes of the shape.
    """

    kind: str
    value: dict[str, Any]
    source: dict[str, Any]


class TakenNames:
    """Ids that are in use on one picture. Thousands of shapes may come without any, and are numbered in one pass."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._numbers: dict[str, int] = {}

    def free(self, wanted: str) -> str:
        """The id that was wanted, or one made of it that nothing has; it is taken from now on."""
        name, stem = wanted, wanted[:LONGEST_STEM]
        while name in self._taken:
            self._numbers[stem] = self._numbers.get(stem, 1) + 1
            name = f"{stem}-{self._numbers[stem]}"
        self._taken.add(name)
        return name


def is_shape(kind: str) -> bool:
    """Whether results of this type are shapes that can be read."""
    return kind in _KINDS


def shape_value(shape: Shape, picture: PictureFile) -> ShapeValue:
    """A shape on a picture as a result."""
    kind = _TYPES[shape.kind]
    points = [(100 * x / picture.width, 100 * y / picture.height) for x, y in shape.points]
    value: dict[str, Any]
    if shape.kind == "polygon":
        value = {"points": [list(point) for point in points], "closed": True}
    elif shape.kind == "point":
        ((x, y),) = points
        value = {"x": x, "y": y, "width": POINT_WIDTH}
    else:
        (left, top), (right, bottom) = points
        value = {"x": left, "y": top, "width": right - left, "height": bottom - top, "rotation": 0}
    sizes = {"original_width": picture.width, "original_height": picture.height, "image_rotation": 0}
    return ShapeValue(kind, value | {kind: [shape.label]}, dict(shape.attributes) | {"id": shape.id} | sizes)


def shape_in(kind: str, value: Mapping[str, Any], source: Mapping[str, Any]) -> Shape | None:
    """The shape that a result is, in pixels of the size that it names; None for whatever cannot be read as one.

    A box that is turned becomes the polygon of its corners. Of several labels the first is the shape's; the others are
    kept among its attributes, with all that nobody knows.
    """
    sizes: list[Any] = [source.get(name) for name in _SIZES]
    if kind not in _KINDS or not all(map(_is_number, sizes)):
        return None
    width, height = map(float, sizes)
    labels = value.get(kind, value.get("labels"))
    if not isinstance(labels, list) or not labels or not all(isinstance(one, str) for one in labels):
        return None
    found = _outline(_KINDS[kind], value, width, height)
    if found is None:
        return None
    attributes = {name: one for name, one in source.items() if name not in _OWN}
    if len(labels) > 1:
        attributes["labels"] = labels
    given = source.get("id")
    name = given if isinstance(given, str) and 0 < len(given) <= LONGEST_ID else "s"
    points = tuple((_within(x, width), _within(y, height)) for x, y in found[1])
    return Shape(name, found[0], labels[0][:LONGEST_LABEL], points, attributes)


def _outline(
    kind: ShapeKind, value: Mapping[str, Any], width: float, height: float
) -> tuple[ShapeKind, list[Point]] | None:
    if kind == "polygon":
        corners = _corners(value.get("points"))
        return None if corners is None else (kind, [(x * width / 100, y * height / 100) for x, y in corners])
    edges = [value.get(name) for name in ("x", "y", "width", "height")[: 4 if kind == "box" else 2]]
    if not all(map(_is_number, edges)):
        return None
    x, y, *sides = (edge * whole / 100 for edge, whole in zip(edges, (width, height) * 2, strict=False))  # type: ignore[operator]
    if kind == "point":
        return kind, [(x, y)]
    turn = value.get("rotation") or 0
    if not _is_number(turn) or turn % 360 == 0:
        (left, right), (top, bottom) = sorted((x, x + sides[0])), sorted((y, y + sides[1]))
        return kind, [(left, top), (right, bottom)]
    across, down = cos(radians(turn)), sin(radians(turn))
    steps = ((0.0, 0.0), (sides[0], 0.0), (sides[0], sides[1]), (0.0, sides[1]))
    return "polygon", [(x + a * across - b * down, y + a * down + b * across) for a, b in steps]


def _corners(given: object) -> list[Point] | None:
    if not isinstance(given, list) or not FEWEST_POINTS["polygon"] <= len(given) <= MOST_CORNERS:
        return None
    if not all(isinstance(one, list) and len(one) == 2 and all(map(_is_number, one)) for one in given):  # noqa: PLR2004
        return None
    return [(float(x), float(y)) for x, y in given]


def _within(value: float, most: float) -> float:
    return min(max(value, 0.0), most) if -SLACK <= value <= most + SLACK else value


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e9  # noqa: PLR2004
