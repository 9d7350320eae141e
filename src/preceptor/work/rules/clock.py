"""The fair clock: who is given which stretch of time, and as what.

A person has one clock. It has been given out up to a moment (`ClockReading.ticked_at`); a heartbeat from a task gives
out the stretch from there to now, once, so that no minute is counted twice over all tabs, tasks and devices. Within the
stretch, time is

- *paused* where the person stopped the clock,
- else *waiting* where models were still writing for them,
- else *active* up to `idle_after` after each sign of life (key, pointer, scroll, or a text that takes longer to read),
- else *idle*.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

ZERO = timedelta()


class Interval(msgspec.Struct, frozen=True):
    """From a moment (included) to a later one (not included)."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How long it is; nothing where it ends before it starts."""
        return max(self.end - self.start, ZERO)


class ClockReading(msgspec.Struct, frozen=True):
    """Where a person's clock stands: time up to `ticked_at` has been given out.

    `assignment` had the last sign of life at `busy_at`.
    """

    ticked_at: datetime
    assignment: object
    busy_at: datetime


class Spent(msgspec.Struct, frozen=True):
    """A stretch of time by kind, in whole milliseconds."""

    active_ms: int = 0
    waiting_ms: int = 0
    idle_ms: int = 0
    paused_ms: int = 0

    def __add__(self, other: "Spent") -> "Spent":
        """Both together."""
        return Spent(
            self.active_ms + other.active_ms,
            self.waiting_ms + other.waiting_ms,
            self.idle_ms + other.idle_ms,
            self.paused_ms + other.paused_ms,
        )

    @property
    def total_ms(self) -> int:
        """All of it."""
        return self.active_ms + self.waiting_ms + self.idle_ms + self.paused_ms

    @property
    def payable_ms(self) -> int:
        """What is paid unless a cap says less: active and waiting for the model."""
        return self.active_ms + self.waiting_ms


def allot(
    *,
    since: datetime,
    now: datetime,
    signs: Iterable[datetime],
    waits: Iterable[Interval],
    idle_after: timedelta,
    paused: bool,
) -> Spent:
    """Give out the stretch from `since` to `now`.

    Args:
        since: where the person's clock stands, or where this assignment's own time begins, whichever is later.
        now: the end of the stretch.
        signs: moments at which the person showed life in this task. Those before `since` count on into it.
        waits: when models were writing for this task.
        idle_after: how long a sign of life lasts.
        paused: the person stopped the clock: the whole stretch is pause.

    Returns:
        The parts; together they are exactly the stretch, in milliseconds.
    """
    stretch = Interval(since, now)
    total = _milliseconds(stretch.length)
    if total <= 0:
        return Spent()
    if paused:
        return Spent(paused_ms=total)
    waiting = union([_cut(wait, stretch) for wait in waits])
    alive = union([_cut(Interval(sign, sign + idle_after), stretch) for sign in signs if sign <= now])
    waiting_ms = _milliseconds(_length(waiting))
    payable_ms = _milliseconds(_length(union([*waiting, *alive])))
    return Spent(active_ms=payable_ms - waiting_ms, waiting_ms=waiting_ms, idle_ms=total - payable_ms)


def may_tick(clock: ClockReading | None, *, assignment: object, busy: bool, now: datetime, guard: timedelta) -> bool:
    """True when a heartbeat from `assignment` may take time from the person's clock.

    A tab in which nothing happens must not eat the time of another in which the person works: as long as that other
    one showed life within `guard`, only a heartbeat that shows life itself takes time.
    """
    if clock is None or clock.assignment == assignment or busy:
        return True
    return now - clock.busy_at > guard


def union(intervals: Sequence[Interval]) -> list[Interval]:
    """The same time without overlaps, in order."""
    merged: list[Interval] = []
    for interval in sorted((one for one in intervals if one.length > ZERO), key=lambda one: one.start):
        if merged and interval.start <= merged[-1].end:
            merged[-1] = Interval(merged[-1].start, max(merged[-1].end, interval.end))
        else:
            merged.append(interval)
    return merged


def _cut(interval: Interval, to: Interval) -> Interval:
    return Interval(max(interval.start, to.start), min(interval.end, to.end))


def _length(intervals: Sequence[Interval]) -> timedelta:
    return sum((interval.length for interval in intervals), ZERO)


def _milliseconds(length: timedelta) -> int:
    return length // timedelta(milliseconds=1)
