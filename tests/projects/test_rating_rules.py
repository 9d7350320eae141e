"""Ratings are shown together or not at all."""

from datetime import UTC, date, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preceptor.projects.rules import Rated, month_of, rating_problems, summary_of

patient = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
marks = st.integers(1, 5)
ratings = st.builds(Rated, pay=marks, clarity=marks, fairness=marks)


@patient
@given(st.lists(ratings, max_size=4))
def test_below_five_nothing_is_shown(given_ones):
    assert summary_of(given_ones) is None


@patient
@given(st.lists(ratings, min_size=5, max_size=40))
def test_from_five_on_means_are(given_ones):
    found = summary_of(given_ones)
    assert found is not None
    assert found.count == len(given_ones)
    for part in ("pay", "clarity", "fairness"):
        values = [getattr(one, part) for one in given_ones]
        assert min(values) <= getattr(found, part) <= max(values)
        assert abs(getattr(found, part) - sum(values) / len(values)) <= 0.051


def test_a_rating_stands_for_its_month():
    assert month_of(datetime(2026, 11, 22, 23, tzinfo=UTC)) == date(2026, 11, 1)


def test_marks_are_one_to_five():
    assert [one.path for one in rating_problems(Rated(0, 6, 3), "x" * 1_001)] == ["pay", "clarity", "comment"]
    assert list(rating_problems(Rated(1, 5, 3), "")) == []
