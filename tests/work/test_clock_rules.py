"""The fair clock's rules: every moment is given out once, as one thing, whatever comes in what order."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from preceptor.lib.money import Money, earned
from preceptor.work.rules.clock import ClockReading, Interval, Spent, allot, may_tick
from preceptor.work.rules.pay import earning_of

START = datetime(2026, 11, 22, 9, tzinfo=UTC)
IDLE = timedelta(minutes=3)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def spent(*, since=0.0, now, signs=(), waits=(), paused=False):
    return allot(
        since=at(since),
        now=at(now),
        signs=[at(sign) for sign in signs],
        waits=[Interval(at(start), at(end)) for start, end in waits],
        idle_after=IDLE,
        paused=paused,
    )


def test_time_after_a_sign_of_life_is_active_and_then_idle():
    assert spent(now=600, signs=[0]) == Spent(active_ms=180_000, idle_ms=420_000)


def test_a_sign_from_before_the_stretch_lasts_into_it():
    assert spent(since=100, now=200, signs=[60]) == Spent(active_ms=100_000)


def test_waiting_for_the_model_is_told_apart_and_outlasts_idling():
    assert spent(now=600, signs=[0], waits=[(100, 400)]) == Spent(
        active_ms=100_000, waiting_ms=300_000, idle_ms=200_000
    )


def test_a_pause_pauses():
    assert spent(now=600, signs=[0, 300], waits=[(0, 600)], paused=True) == Spent(paused_ms=600_000)


moments = st.floats(min_value=-1_000, max_value=5_000, allow_nan=False)


@given(
    since=st.floats(0, 1_000),
    length=st.floats(0, 4_000),
    signs=st.lists(moments, max_size=20),
    waits=st.lists(st.tuples(moments, moments), max_size=5),
    paused=st.booleans(),
)
def test_the_parts_are_exactly_the_stretch(since, length, signs, waits, paused):
    found = spent(since=since, now=since + length, signs=signs, waits=waits, paused=paused)
    assert min(found.active_ms, found.waiting_ms, found.idle_ms, found.paused_ms) >= 0
    assert found.total_ms == (at(since + length) - at(since)) // timedelta(milliseconds=1)


@given(st.lists(st.tuples(st.floats(0, 400), st.sampled_from("ab"), st.booleans()), max_size=40))
def test_two_tasks_together_never_exceed_the_wall_clock(beats):
    """However two tabs beat, what both are given is no more than the time that has passed."""
    clock, now = None, 0.0
    since = {"a": 0.0, "b": 0.0}
    total = 0
    for pause, tab, busy in beats:
        now += pause
        signs = [now] if busy else []
        begin = max(since[tab], (clock.ticked_at - START).total_seconds() if clock else 0.0)
        if not may_tick(clock, assignment=tab, busy=busy, now=at(now), guard=timedelta(seconds=90)):
            continue
        total += spent(since=begin, now=now, signs=signs).total_ms
        since[tab] = now
        clock = ClockReading(at(now), tab, at(now) if busy else START)
    assert total <= now * 1_000 + 1


def test_a_tab_in_which_nothing_happens_does_not_eat_the_others_time():
    reading = ClockReading(at(100), "a", at(95))
    guard = timedelta(seconds=90)
    assert not may_tick(reading, assignment="b", busy=False, now=at(120), guard=guard)
    assert may_tick(reading, assignment="b", busy=True, now=at(120), guard=guard)
    assert may_tick(reading, assignment="b", busy=False, now=at(200), guard=guard)


@given(
    stretches=st.lists(st.integers(0, 3_600_000), min_size=1, max_size=8),
    rate=st.integers(0, 100_000),
    cap=st.none() | st.integers(0, 7_200_000),
    currency=st.sampled_from(["EUR", "JPY", "KWD"]),
)
def test_several_stretches_earn_what_one_would(stretches, rate, cap, currency):
    """Rounding never gains or loses a cent over the stretches of one task, and the cap holds for all together."""
    payable, before, money = 0, 0, 0
    for stretch in stretches:
        payable += stretch
        due = earning_of(payable_ms=payable, earned_before_ms=before, cap_ms=cap, rate=Money(rate, currency))
        assert due.paid_ms >= 0
        assert due.money.amount >= 0
        before += due.paid_ms
        money += due.money.amount
    limit = payable if cap is None else min(payable, cap)
    assert before == limit
    assert money == earned(rate_per_hour=Money(rate, currency), paid_ms=limit).amount
