"""Statistics of agreement that fields and kinds choose from. Each says what it measures and where it comes from.

A *unit* is one thing judged by several people; its values are what each of them said about it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import combinations
from typing import TypeVar

import msgspec

from preceptor.lib.i18n import LazyText

V = TypeVar("V")
H = TypeVar("H", bound=Hashable)


class Measure(msgspec.Struct, frozen=True):
    """One figure of agreement.

    Attributes:
        key: stable name of the statistic.
        title: its name, for people.
        value: 1 is perfect; 0 is chance level for coefficients such as alpha, and nothing in common for similarities;
            None where it is not defined, because nothing was judged twice or everybody always said the same one thing.
        units: number of units with two values or more.
        pairs: number of pairs of people compared.
    """

    key: str
    title: LazyText
    value: float | None
    units: int
    pairs: int


def krippendorff_alpha(units: Iterable[Sequence[H]], *, difference: Callable[[H, H], float]) -> float | None:
    """Krippendorff's alpha, 1 - observed / expected difference, for any number of people and missing values.

    Args:
        units: per unit the values it was given; units with fewer than two values do not take part.
        difference: squared difference delta² of two values: 0 for equal ones, symmetric.

    Returns:
        1 for perfect agreement, 0 for chance; None when the values do not vary at all or nothing was judged twice.

    Source: Krippendorff, K. (2011), *Computing Krippendorff's Alpha-Reliability*, section C. Cost grows with the square
    of the number of *distinct* values.
    """
    observed = 0.0
    totals: Counter[H] = Counter()
    for values in units:
        if len(values) < 2:  # noqa: PLR2004 (a pair)
            continue
        counts = Counter(values)
        totals.update(counts)
        # Ordered pairs of different people, each weighing 1 / (m - 1).
        apart = sum(counts[a] * counts[b] * difference(a, b) for a, b in combinations(counts, 2))
        observed += 2 * apart / (len(values) - 1)
    number = totals.total()
    if number == 0:
        return None
    expected = 2 * sum(totals[a] * totals[b] * difference(a, b) for a, b in combinations(totals, 2))
    if expected == 0:
        return None
    return 1 - (number - 1) * observed / expected


def ordinal_difference(totals: Counter[int]) -> Callable[[int, int], float]:
    """The squared ordinal difference for values used as often as `totals` says.

    delta²(c, k) = (n_c/2 + sum of n_g for c < g < k + n_k/2)². Source: Krippendorff (2011), section C, ordinal metric.
    """
    below: dict[int, float] = {}
    passed = 0.0
    for value in sorted(totals):
        below[value] = passed + totals[value] / 2
        passed += totals[value]
    return lambda a, b: (below[a] - below[b]) ** 2


def mean_of_pairs(units: Iterable[Sequence[V]], *, similarity: Callable[[V, V], float]) -> float | None:
    """The mean over units of the mean similarity of all pairs of people; None where nothing was judged twice.

    Every unit weighs the same, however many people judged it.
    """
    means = []
    for values in units:
        found = [similarity(a, b) for a, b in combinations(values, 2)]
        if found:
            means.append(sum(found) / len(found))
    return sum(means) / len(means) if means else None


def measured(units: Iterable[Sequence[V]]) -> tuple[int, int]:
    """How many units have two values or more, and how many pairs of people that makes."""
    sizes = [len(values) for values in units if len(values) > 1]
    return len(sizes), sum(size * (size - 1) // 2 for size in sizes)
