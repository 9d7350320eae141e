"""How far two shapes cover each other, and which shapes of two people are the same one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import hypot

import msgspec

from preceptor.kinds.pictures import Point, Shape

SAME_FROM = 0.5
"""Shapes with at least this overlap are taken for the same thing."""

_NO_SPACE = 1e-9


class Match(msgspec.Struct, frozen=True):
    """Two shapes taken for the same thing: places in the two lists, and how far they cover each other."""

    one: int
    other: int
    overlap: float


def overlap(one: Shape, other: Shape, *, tolerance: float) -> float:
    """From 0 to 1 how far two shapes are the same.

    Areas: intersection over union (Jaccard 1901; as used for boxes by Everingham et al. (2010), *The PASCAL Visual
    Object Classes Challenge*, section 4.2). Points: 1 at no distance, one half at `tolerance` pixels, 0 from twice
    that on. A point and an area have nothing in common.
    """
    if (one.kind == "point") != (other.kind == "point"):
        return 0.0
    if one.kind == "point":
        (x, y), (u, v) = one.points[0], other.points[0]
        return max(0.0, 1 - hypot(x - u, y - v) / (2 * tolerance))
    if not _touch(one, other):
        return 0.0
    if one.kind == other.kind == "box":
        (left, top, right, bottom), (west, north, east, south) = one.bounds, other.bounds
        shared = max(0.0, min(right, east) - max(left, west)) * max(0.0, min(bottom, south) - max(top, north))
    else:
        shared = shared_area(one.outline, other.outline)
    union = _area(one) + _area(other) - shared
    return min(1.0, shared / union) if union > _NO_SPACE else 0.0


def _area(shape: Shape) -> float:
    """By the even-odd rule, so that a polygon that crosses itself is measured as what it shares with others is."""
    return shape.area if shape.kind == "box" else shared_area(shape.outline, shape.outline)


def shared_area(one: Sequence[Point], other: Sequence[Point]) -> float:
    """Square pixels inside both outlines, whatever their form, by the even-odd rule.

    The plane is cut into level slabs at every corner and crossing; within a slab no two edges cross, so that each
    outline is a row of trapezoids there, and the part shared has its mean width in the middle. Exact but for
    rounding; the cost grows with the square of the number of corners.
    """
    edges = [list(_edges(one)), list(_edges(other))]
    levels = {y for outline in edges for edge in outline for y in (edge[1], edge[3])}
    every = [*edges[0], *edges[1]]
    for index, first in enumerate(every):
        for second in every[index + 1 :]:
            y = _crossing(first, second)
            if y is not None:
                levels.add(y)
    total = 0.0
    for top, bottom in pairwise(sorted(levels)):
        middle = (top + bottom) / 2
        total += (bottom - top) * _shared_width(_inside(edges[0], middle), _inside(edges[1], middle))
    return total


_Edge = tuple[float, float, float, float]


def _edges(outline: Sequence[Point]) -> Iterator[_Edge]:
    """Edges that are not level, from above to below."""
    for (x, y), (u, v) in pairwise([*outline, outline[0]]):
        if y != v:
            yield (x, y, u, v) if y < v else (u, v, x, y)


def _at(edge: _Edge, y: float) -> float:
    return edge[0] + (edge[2] - edge[0]) * (y - edge[1]) / (edge[3] - edge[1])


def _crossing(one: _Edge, other: _Edge) -> float | None:
    top, bottom = max(one[1], other[1]), min(one[3], other[3])
    if top >= bottom:
        return None
    above, below = _at(one, top) - _at(other, top), _at(one, bottom) - _at(other, bottom)
    if above * below >= 0:
        return None
    return top + (bottom - top) * above / (above - below)


def _inside(edges: Sequence[_Edge], y: float) -> list[tuple[float, float]]:
    across = sorted(_at(edge, y) for edge in edges if edge[1] < y < edge[3])
    return list(zip(across[::2], across[1::2], strict=False))


def _shared_width(ones: Sequence[tuple[float, float]], others: Sequence[tuple[float, float]]) -> float:
    return sum(max(0.0, min(b, d) - max(a, c)) for a, b in ones for c, d in others)


def matched(
    ones: Sequence[Shape], others: Sequence[Shape], *, tolerance: float, least: float = SAME_FROM
) -> list[Match]:
    """Which shapes of two people are the same: same label, overlap of `least` or more, each shape at most once.

    Greedy, the greatest overlap first, as Everingham et al. (2010), section 4.2, assign detections to what was
    marked. Shapes far from each other are never compared: both lists are walked from left to right.
    """
    found: list[Match] = []
    reach = 2 * tolerance
    here, there = [shape.bounds for shape in ones], [shape.bounds for shape in others]
    waiting = sorted(range(len(others)), key=lambda place: there[place][0])
    near: list[int] = []
    start = 0
    for place in sorted(range(len(ones)), key=lambda place: here[place][0]):
        shape = ones[place]
        left, top, right, bottom = here[place]
        while start < len(waiting) and there[waiting[start]][0] <= right + reach:
            near.append(waiting[start])
            start += 1
        near = [candidate for candidate in near if there[candidate][2] >= left - reach]
        for candidate in near:
            _west, north, _east, south = there[candidate]
            if north > bottom + reach or south < top - reach or others[candidate].label != shape.label:
                continue
            shared = overlap(shape, others[candidate], tolerance=tolerance)
            if shared >= least:
                found.append(Match(place, candidate, shared))
    taken_ones: set[int] = set()
    taken_others: set[int] = set()
    kept = []
    for match in sorted(found, key=lambda match: (-match.overlap, match.one, match.other)):
        if match.one not in taken_ones and match.other not in taken_others:
            taken_ones.add(match.one)
            taken_others.add(match.other)
            kept.append(match)
    return kept


def _touch(one: Shape, other: Shape) -> bool:
    (left, top, right, bottom), (west, north, east, south) = one.bounds, other.bounds
    return left <= east and west <= right and top <= south and north <= bottom
