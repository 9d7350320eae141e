"""Marks, intervals, levels, and who may sit when: without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.hiring.rules import (
    Criterion,
    ExamTerms,
    LevelMarks,
    PastSitting,
    WhyNotSit,
    exam_problems,
    failures_since_passing,
    level_reached,
    retake_at,
    why_not_sit,
)
from preceptor.lib.ids import new_id
from preceptor.quality.rules.exams import Outcome, PartScore, grade_problems, marks_of, rubric_score, wilson

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
LEVELS = (LevelMarks(1, {"ratings": 60}), LevelMarks(3, {"ratings": 80, "errors": 70}))
TERMS = ExamTerms(certification_id=new_id(), levels=LEVELS)
RUBRIC = (Criterion("facts", "Facts", 6), Criterion("clear", "Clear", 4))


def part(outcome=Outcome.ANSWERED, **scores):
    return PartScore(item_id=new_id(), number=1, outcome=outcome, scores=scores)


@pytest.mark.parametrize(
    ("mean", "count", "low", "high"),
    # Brown, Cai and DasGupta's own formula, worked out by hand to four places.
    [(0.0, 10, 0.0, 0.2775), (1.0, 10, 0.7225, 1.0), (0.5, 10, 0.2366, 0.7634), (0.8, 50, 0.6696, 0.8876)],
)
def test_the_interval_is_wilsons(mean, count, low, high):
    found = wilson(mean, count)
    assert found == pytest.approx((low, high), abs=5e-5)


@given(st.floats(0, 1), st.integers(1, 5_000))
def test_the_interval_holds_the_mean_and_narrows_with_more_parts(mean, count):
    low, high = wilson(mean, count)
    assert 0 <= low <= mean + 1e-9
    assert mean - 1e-9 <= high <= 1
    more = wilson(mean, count * 4)
    assert more[1] - more[0] <= high - low + 1e-12


def test_nothing_is_known_of_nothing():
    assert wilson(0.0, 0) == (0.0, 1.0)


def test_what_was_left_out_counts_for_nothing_and_what_was_skipped_for_zero():
    marks = {
        one.name: one
        for one in marks_of(
            [part(ratings=1.0), part(ratings=0.5, errors=1.0), part(Outcome.LEFT_OUT, ratings=0.0, errors=0.0)]
        )
    }
    assert (marks["ratings"].mean, marks["ratings"].parts) == (0.75, 2)
    assert (marks["errors"].mean, marks["errors"].parts) == (1.0, 1)
    skipped = marks_of([part(ratings=1.0), part(Outcome.UNANSWERED, ratings=0.0)])
    assert skipped[0].mean == 0.5


@pytest.mark.parametrize(
    ("shares", "level"),
    [
        ({"ratings": 0.6}, 1),
        ({"ratings": 0.599999}, None),
        ({"ratings": 0.9}, 1),
        ({"ratings": 0.8, "errors": 0.7}, 3),
        ({"ratings": 0.5, "errors": 1.0}, None),
        ({}, None),
        ({"ratings": 0.1 + 0.2 + 0.3}, 1),
    ],
)
def test_the_level_is_the_highest_whose_marks_are_all_met(shares, level):
    assert level_reached(TERMS, shares) == level


@given(st.dictionaries(st.sampled_from(["ratings", "errors"]), st.floats(0, 1)), st.sampled_from(["ratings", "errors"]))
def test_a_better_mark_never_takes_a_level_away(shares, name):
    before = level_reached(TERMS, shares) or 0
    assert (level_reached(TERMS, shares | {name: 1.0}) or 0) >= before


def chance(past=(), *, terms=TERMS, is_open=True, missing=(), held_level=0, held_until=None, now=NOW):
    found = why_not_sit(
        terms, is_open=is_open, missing=missing, past=past, held_level=held_level, held_until=held_until, now=now
    )
    return found and found.code


FAILED, PASSED = PastSitting(NOW - 8 * DAY, passed=False), PastSitting(NOW - 8 * DAY, passed=True)


def test_who_may_sit_it():
    assert chance() is None
    assert chance([FAILED]) is None
    assert chance([FAILED, FAILED]) is WhyNotSit.ATTEMPTS_USED
    assert chance([FAILED, PASSED, FAILED]) is None, "attempts count since the last pass"
    withheld = PastSitting(NOW - 8 * DAY, passed=False, withheld=True)
    assert chance([FAILED, withheld, withheld]) is None, "saying no to content costs no attempt"
    assert failures_since_passing([FAILED, withheld, FAILED]) == 2
    assert chance([PastSitting(NOW - DAY, passed=False)]) is WhyNotSit.RETAKE_LATER
    assert chance([PastSitting(NOW - 30 * DAY, passed=None)]) is WhyNotSit.BEING_GRADED
    assert chance(is_open=False) is WhyNotSit.CLOSED
    assert chance(missing=["Basics, level 2"]) is WhyNotSit.PREREQUISITES
    assert failures_since_passing([FAILED, PASSED, FAILED]) == 1
    assert retake_at(TERMS, [FAILED]) == NOW - DAY


def test_times_and_renewal():
    early = ExamTerms(certification_id=new_id(), levels=LEVELS, opens_at=NOW + DAY, closes_at=NOW + 2 * DAY)
    assert chance(terms=early) is WhyNotSit.NOT_OPEN_YET
    assert chance(terms=early, now=NOW + 2 * DAY) is WhyNotSit.CLOSED
    assert chance(held_level=3) is WhyNotSit.CERTIFIED
    assert chance(held_level=3, held_until=NOW + 60 * DAY) is WhyNotSit.CERTIFIED
    assert chance(held_level=3, held_until=NOW + 29 * DAY) is None, "the last 30 days are for renewal"
    assert chance(held_level=1, held_until=NOW + 60 * DAY) is None, "a higher level can be reached"


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"attempts": 0}, "attempts"),
        ({"retake_days": 400}, "retake_days"),
        ({"minutes": 0}, "minutes"),
        ({"opens_at": NOW, "closes_at": NOW}, "closes_at"),
        ({"levels": ()}, "levels"),
        ({"levels": (LevelMarks(6, {"ratings": 50}),)}, "levels"),
        ({"levels": (LevelMarks(1, {}),)}, "levels"),
        ({"levels": (LevelMarks(1, {"ratings": 101}),)}, "levels"),
        ({"levels": (LevelMarks(1, {"ratings": 50}), LevelMarks(1, {"ratings": 60}))}, "levels"),
        ({"rubric": (Criterion("a", "", 3),)}, "rubric.0.title"),
        ({"rubric": (Criterion("a", "A", 0),)}, "rubric.0.points"),
        ({"rubric": (Criterion("a", "A", 1), Criterion("a", "B", 1))}, "rubric"),
        ({"advice": {"ratings": "x" * 5_000}}, "advice.ratings"),
    ],
)
def test_terms_out_of_bounds(wrong, path):
    options = {"certification_id": new_id(), "levels": LEVELS, **wrong}
    assert path in {problem.path for problem in exam_problems(ExamTerms(**options))}


def test_marks_that_no_key_can_meet():
    assert not list(exam_problems(TERMS, fields=["ratings", "errors"]))
    assert [problem.path for problem in exam_problems(TERMS, fields=["ratings"])] == ["levels"]


def test_rubrics():
    assert rubric_score(RUBRIC, {"facts": 6, "clear": 4}) == 1
    assert rubric_score(RUBRIC, {"facts": 3}) == pytest.approx(0.3)
    assert rubric_score((), {}) == 0
    assert not list(grade_problems(RUBRIC, {"facts": 0, "clear": 4}, ""))
    for points in ({"facts": 1}, {"facts": 7, "clear": 1}, {"facts": -1, "clear": 1}, {"facts": 1, "clear": 1, "x": 1}):
        assert list(grade_problems(RUBRIC, points, ""))
    assert list(grade_problems(RUBRIC, {"facts": 1, "clear": 1}, "a\0"))
