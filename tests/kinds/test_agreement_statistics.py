from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.kinds.agreement import (
    interval_alpha,
    krippendorff_alpha,
    mean_of_pairs,
    measured,
    ordinal_difference,
    pairwise_f1,
)

_ = None
# Four observers, twelve units. Source: Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section C/D.
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
    [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
]
UNITS = [[value for value in column if value is not None] for column in zip(*OBSERVERS, strict=True)]


def nominal(a, b):
    return float(a != b)


def test_alpha_gives_the_published_figures():
    totals = Counter(value for unit in UNITS if len(unit) > 1 for value in unit)
    assert krippendorff_alpha(UNITS, difference=nominal) == pytest.approx(0.743, abs=5e-4)
    assert krippendorff_alpha(UNITS, difference=ordinal_difference(totals)) == pytest.approx(0.815, abs=5e-4)
    assert krippendorff_alpha(UNITS, difference=lambda a, b: (a - b) ** 2) == pytest.approx(0.849, abs=5e-4)


@given(st.lists(st.lists(st.integers(-50, 50), max_size=5), max_size=8))
def test_interval_alpha_is_alpha_with_squared_differences(units):
    slow = krippendorff_alpha(units, difference=lambda a, b: float((a - b) ** 2))
    fast = interval_alpha(units)
    assert fast == (None if slow is None else pytest.approx(slow))
    moved = interval_alpha([[value * 3 + 1_000 for value in unit] for unit in units])
    assert moved == (None if slow is None else pytest.approx(slow, abs=1e-6))
    assert interval_alpha(UNITS) == pytest.approx(0.849, abs=5e-4)


def test_f1_counts_what_both_found():
    assert pairwise_f1(frozenset("abc"), frozenset("bcd")) == pytest.approx(2 / 3)
    assert pairwise_f1(frozenset(), frozenset()) == 1
    assert pairwise_f1(frozenset("a"), frozenset()) == 0


def test_alpha_is_not_defined_without_variation_or_without_pairs():
    assert krippendorff_alpha([[3, 3], [3, 3, 3]], difference=nominal) is None
    assert krippendorff_alpha([[1], [2], []], difference=nominal) is None
    assert krippendorff_alpha([], difference=nominal) is None


def test_alpha_falls_below_zero_when_people_disagree_on_purpose():
    assert krippendorff_alpha([[1, 7], [7, 1], [1, 7]], difference=nominal) < 0


@given(st.lists(st.lists(st.integers(1, 7), max_size=5), max_size=12))
def test_alpha_never_exceeds_one_and_does_not_ask_in_which_order(units):
    totals = Counter(value for unit in units if len(unit) > 1 for value in unit)
    alpha = krippendorff_alpha(units, difference=ordinal_difference(totals))
    turned = krippendorff_alpha([unit[::-1] for unit in units[::-1]], difference=ordinal_difference(totals))
    assert alpha == (None if turned is None else pytest.approx(turned))
    if alpha is not None:
        assert alpha <= 1 + 1e-9
        assert (alpha == pytest.approx(1)) == all(len(set(unit)) < 2 for unit in units)


def test_every_unit_weighs_the_same():
    assert mean_of_pairs([["a", "a"], ["a", "b", "c"], ["d"]], similarity=lambda a, b: float(a == b)) == 0.5
    assert measured([["a", "a"], ["a", "b", "c"], ["d"], []]) == (2, 4)
