"""Where a project leads if it goes on as it did, and how its days are drawn."""

from datetime import UTC, date, datetime, timedelta

import pytest

from preceptor.projects.queries import ChangeNote
from preceptor.web.manager.day_chart import draw_days
from preceptor.work.queries.breakdowns import DayCount
from preceptor.work.rules.forecast import expected_cost, expected_end

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("remaining", "recent", "days"),
    [
        (70, [10] * 7, 7),
        (71, [10] * 7, 8),
        (0, [10] * 7, None),
        (-3, [10] * 7, None),
        (70, [0, 0, 0, 0, 0, 9, 0], None),
        (70, [], None),
        (1, [0, 0, 0, 0, 0, 0, 10], 1),
        (10**9, [10] * 7, None),
    ],
)
def test_the_end_follows_from_the_pace_of_late(remaining, recent, days):
    expected = None if days is None else TODAY + timedelta(days=days)
    assert expected_end(remaining=remaining, recent=recent, today=TODAY) == expected


@pytest.mark.parametrize(
    ("cost", "accepted", "wanted", "expected"),
    [(1_000, 10, 40, 4_000), (1_000, 9, 40, None), (1_000, 40, 40, None), (0, 10, 40, 0), (1_001, 30, 40, 1_335)],
)
def test_the_cost_at_the_end_follows_from_the_cost_so_far(cost, accepted, wanted, expected):
    assert expected_cost(cost_minor=cost, accepted=accepted, wanted=wanted) == expected


def days(*counts):
    return [
        DayCount(TODAY - timedelta(days=ago), *count) for ago, count in zip(range(len(counts)), counts, strict=True)
    ][::-1]


def note(version, day):
    return ChangeNote(version, "", datetime.combine(day, datetime.min.time(), UTC), "")


def test_the_highest_bar_sets_the_measure():
    chart = draw_days(days((4, 2), (0, 0), (1, 0)))
    assert (chart.most, chart.submitted, chart.accepted) == (4, 5, 2)
    heights = [(bar.submitted_height, bar.accepted_height) for bar in chart.bars]
    assert heights == [(20.5, 0), (0, 0), (82, 41)]
    assert all(bar.submitted_left >= 0 and bar.accepted_left + bar.width <= 100.01 for bar in chart.bars)
    assert draw_days(days((0, 0))).most == 0
    assert draw_days([]).bars == []


def test_new_guidelines_stand_on_their_day():
    chart = draw_days(
        days((1, 0), (1, 0), (1, 0), (1, 0)),
        guidelines=[
            note(4, TODAY),
            note(3, TODAY - timedelta(days=1)),
            note(2, TODAY - timedelta(days=1)),
            note(1, TODAY - timedelta(days=2)),
            note(5, TODAY - timedelta(days=40)),
        ],
    )
    assert [(mark.version, mark.left) for mark in chart.marks] == [(3, 50), (4, 75)]
