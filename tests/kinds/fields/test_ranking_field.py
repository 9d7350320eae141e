import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.kinds.fields.ranking.field import (
    FIELD,
    RankingSettings,
    inversions,
    ranking_from,
    ranks_in,
    strict_pairs,
    tau_b,
)

TIES = RankingSettings(ties=True)
ratings = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.integers(1, 7), max_size=8)


@st.composite
def rankings(draw, keys="abcdef"):
    places = draw(st.lists(st.integers(0, len(keys)), min_size=len(keys), max_size=len(keys)))
    return ranking_from(dict(zip(keys, places, strict=True)))


def paths(value, options, settings=TIES):
    return [problem.path for problem in FIELD.validate(settings, value, options=options)]


@given(ratings)
def test_a_derived_ranking_is_valid_and_never_against_the_ratings(given_ratings):
    groups = ranking_from(given_ratings)
    assert paths(groups, list(given_ratings)) == []
    assert inversions(groups, given_ratings) == []
    ranks = ranks_in(groups)
    for a, one in given_ratings.items():
        for b, other in given_ratings.items():
            assert (ranks[a] < ranks[b]) == (one > other)
            assert (ranks[a] == ranks[b]) == (one == other)


@given(ratings)
def test_pairs_are_all_strict_ones_once_with_the_difference_as_margin(given_ratings):
    pairs = strict_pairs(ranking_from(given_ratings), ratings=given_ratings)
    expected = {
        (a, b): float(one - other)
        for a, one in given_ratings.items()
        for b, other in given_ratings.items()
        if one > other
    }
    assert {(pair.better, pair.worse): pair.margin for pair in pairs} == expected
    assert len(pairs) == len(expected)


@given(rankings(), rankings())
def test_tau_b_is_symmetric_bounded_and_one_for_the_same(one, other):
    assert tau_b(one, one) == pytest.approx(1)
    assert tau_b(one, other) == pytest.approx(tau_b(other, one))
    assert -1 - 1e-9 <= tau_b(one, other) <= 1 + 1e-9
    if len(one) > 1:
        assert tau_b(one, one[::-1]) == pytest.approx(-1)


def test_tau_b_with_ties():
    # P = 4, Q = 1, one pair tied in the second only: 3 / sqrt(5 * 6).
    one, other = (("a",), ("b",), ("c",), ("d",)), (("a",), ("c",), ("b", "d"))
    assert tau_b(one, other) == pytest.approx(3 / 30**0.5)
    assert tau_b((("a", "b"),), (("a", "b"),)) == 1
    assert tau_b((("a", "b"),), (("a",), ("b",))) == 0


@given(rankings("abcd"), st.sampled_from(["drop", "double", "strange", "hole"]), st.data())
def test_a_damaged_ranking_is_refused(groups, damage, data):
    place = data.draw(st.integers(0, len(groups) - 1))
    match damage:
        case "drop":
            damaged = groups[:place] + groups[place + 1 :]
        case "double":
            damaged = (*groups, (groups[place][0],))
        case "strange":
            damaged = (*groups, ("z",))
        case _:
            damaged = (*groups[:place], (), *groups[place:])
    assert paths(groups, "abcd") == []
    assert paths(damaged, "abcd") != []


def test_problems_name_the_place():
    assert paths((("a", "x"), (), ("a",)), "ab") == ["0.1", "1", "2.0", ""]
    assert paths((("a", "b"),), "ab", RankingSettings(ties=False)) == ["0"]


def test_a_correction_against_the_ratings_is_found_and_costs_no_margin():
    groups, given_ratings = (("a",), ("b", "c")), {"a": 3, "b": 5, "c": 3}
    assert inversions(groups, given_ratings) == [("a", "b")]
    assert [pair.margin for pair in strict_pairs(groups, ratings=given_ratings)] == [0.0, 0.0]


def test_without_ratings_the_margin_is_the_distance_in_rank():
    assert [pair.margin for pair in strict_pairs((("a",), ("b",), ("c",)))] == [1.0, 2.0, 1.0]


def test_an_order_of_one_thing_says_nothing_about_agreement():
    measure = FIELD.agreement(TIES, [[(("a",),), (("a",),)]])
    assert (measure.value, measure.units) == (None, 0)
