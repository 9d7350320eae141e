"""What a stretch of work earns."""

import msgspec

from preceptor.lib.money import Money, earned


class Earning(msgspec.Struct, frozen=True):
    """Time that is paid now, and the money for it."""

    paid_ms: int
    money: Money


def earning_of(*, payable_ms: int, earned_before_ms: int, cap_ms: int | None, rate: Money) -> Earning:
    """What is due now for an assignment, given what was earned for it before.

    The cap limits the paid time of the whole assignment. The money is the difference of two rounded totals, so that an
    assignment that ends in several stretches earns to the cent what it would have earned in one.

    Args:
        payable_ms: active and waiting time of the assignment so far.
        earned_before_ms: paid time that was booked for it already.
        cap_ms: the project's limit, None for none.
        rate: per hour, as it was when the assignment was taken.
    """
    due_ms = payable_ms if cap_ms is None else min(payable_ms, cap_ms)
    due_ms = max(due_ms, earned_before_ms)
    before = earned(rate_per_hour=rate, paid_ms=earned_before_ms)
    return Earning(due_ms - earned_before_ms, earned(rate_per_hour=rate, paid_ms=due_ms) + -before)
