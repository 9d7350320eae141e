"""What a stretch of work earns."""

import msgspec

from preceptor.lib.money import Money, earned


class Earning(msgspec.Struct, frozen=True):
    """Time that is paid now, and the money for it."""

    paid_ms: int
    money: Money


class Outset(msgspec.Struct, frozen=True):
    """Where an assignment stood when this round of rework began: its active and waiting time, and what was paid of it.

    In the first round both are nothing.
    """

    payable_ms: int = 0
    earned_ms: int = 0


FIRST_ROUND = Outset()


def earning_of(
    *, payable_ms: int, earned_before_ms: int, cap_ms: int | None, rate: Money, outset: Outset = FIRST_ROUND
) -> Earning:
    """What is due now for an assignment, given what was earned for it before.

    The cap limits the paid time of each round: rework that somebody asks for is paid, however long the first round
    took. The money is the difference of two rounded totals, so that an assignment that ends in several stretches earns
    to the cent what it would have earned in one.

    Args:
        payable_ms: active and waiting time of the assignment so far.
        earned_before_ms: paid time that was booked for it already.
        cap_ms: the project's limit, None for none.
        rate: per hour, as it was when the assignment was taken.
        outset: where this round began.
    """
    round_ms = payable_ms - outset.payable_ms
    due_ms = outset.earned_ms + (round_ms if cap_ms is None else min(round_ms, cap_ms))
    due_ms = max(due_ms, earned_before_ms)
    before = earned(rate_per_hour=rate, paid_ms=earned_before_ms)
    return Earning(due_ms - earned_before_ms, earned(rate_per_hour=rate, paid_ms=due_ms) + -before)


def by_task(hourly: Earning, *, task_minor: int | None, handed_in: bool) -> Earning:
    """The same where the project pays by the task: the time is written down, and handing in earns the price.

    Args:
        hourly: what the hour would earn; where `task_minor` is None, this is it.
        task_minor: the price, in minor units.
        handed_in: the task is handed in for the first time; skipping it, its lease running out and rework earn no
            price, and their time counts for the top-up to the promised hour.
    """
    if task_minor is None:
        return hourly
    return Earning(hourly.paid_ms, Money(task_minor if handed_in else 0, hourly.money.currency))
