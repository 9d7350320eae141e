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


def nominal_difference(one: Hashable, other: Hashable) -> float:
    """0 for the same value and 1 for any other. Source: Krippendorff (2011), section C, nominal metric."""
    return 0.0 if one == other else 1.0


def interval_alpha(units: Iterable[Sequence[float]]) -> float | None:
    """Krippendorff's alpha with the interval difference, (a - b)²; None where it is not defined.

    The same as `krippendorff_alpha` with that difference, but linear in the number of values: the sum of (a - b)² over
    all ordered pairs of n values is 2 (n·Σ(a - m)² - (Σ(a - m))²) for any m. Source: Krippendorff (2011), section C.
    """
    rows = [values for values in units if len(values) > 1]
    number = sum(len(values) for values in rows)
    if number == 0:
        return None
    mean = sum(map(sum, rows)) / number
    observed = sum(_squared_differences(values, mean) / (len(values) - 1) for values in rows)
    expected = _squared_differences([value for values in rows for value in values], mean)
    return None if expected <= 0 else 1 - (number - 1) * observed / expected


def _squared_differences(values: Sequence[float], mean: float) -> float:
    off = [value - mean for value in values]
    return 2 * max(0.0, len(off) * sum(one * one for one in off) - sum(off) ** 2)


def masi_distance(one: Iterable[str], other: Iterable[str]) -> float:
    """Distance of two sets, 0 for equal ones to 1 for disjoint ones: 1 - Jaccard · monotonicity.

    Monotonicity is 1 for equal sets, 2/3 when one holds the other, 1/3 when they merely overlap, 0 when they are
    disjoint. Source: Passonneau, R. (2006), *Measuring Agreement on Set-valued Items (MASI) for Semantic and Pragmatic
    Annotation*.
    """
    a, b = frozenset(one), frozenset(other)
    if a == b:
        return 0.0
    common = len(a & b)
    if not common:
        return 1.0
    monotonicity = 2 / 3 if a < b or b < a else 1 / 3
    return 1 - monotonicity * common / len(a | b)


def pairwise_f1(one: frozenset[H], other: frozenset[H]) -> float:
    """How much two sets of findings have in common: 2·|A ∩ B| / (|A| + |B|), and 1 where both found nothing.

    Either person may be taken for the truth: F1 is the same. Source: Hripcsak, G., and Rothschild, A. S. (2005),
    *Agreement, the F-Measure, and Reliability in Information Retrieval*.
    """
    return 2 * len(one & other) / (len(one) + len(other)) if one or other else 1.0


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
