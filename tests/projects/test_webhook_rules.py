"""When a message is tried again, and what counts as delivered."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.projects.rules import PAUSES, SPREAD, WEBHOOK_EVENT_NAMES, WebhookEvent, is_delivered, next_try

NOW = datetime(2026, 11, 22, tzinfo=UTC)
PLANNED = ["5 s", "5 min", "30 min", "2 h", "5 h", "10 h", "14 h", "20 h", "24 h"]
UNITS = {"s": 1, "min": 60, "h": 3_600}


def test_the_tries_are_those_of_the_convention():
    waited = [next_try(attempts=number, now=NOW, chance=0) - NOW for number in range(1, 10)]
    planned = [timedelta(seconds=int(text.split()[0]) * UNITS[text.split()[1]]) for text in PLANNED]
    assert waited == planned
    assert next_try(attempts=10, now=NOW, chance=0) is None


@given(st.integers(1, 30), st.floats(0, 1))
def test_pauses_are_spread_a_little_and_end(attempts, chance):
    again = next_try(attempts=attempts, now=NOW, chance=chance)
    if attempts >= len(PAUSES):
        assert again is None
    else:
        least = timedelta(seconds=PAUSES[attempts])
        assert least <= again - NOW <= least * (1 + SPREAD)


def test_a_test_is_tried_once():
    assert next_try(attempts=1, now=NOW, chance=0, test=True) is None


@pytest.mark.parametrize(
    ("status", "fine"),
    [(200, True), (204, True), (299, True), (199, False), (301, False), (410, False), (500, False), (None, False)],
)
def test_what_counts_as_delivered(status, fine):
    assert is_delivered(status) is fine


def test_every_event_has_a_name():
    assert set(WEBHOOK_EVENT_NAMES) == set(WebhookEvent)
