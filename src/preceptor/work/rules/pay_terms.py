"""What somebody is paid for a task, put together from the agreed rate, the table of rates, the project and floors."""

from datetime import datetime

import msgspec

from preceptor.lib.money import Money
from preceptor.pay.rules import Floor, RateInForce


class PayTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What an assignment or a stint keeps when it is begun.

    Attributes:
        rate: per hour.
        cap_ms: most time that is paid for it, and for each of its reworks; None for no limit.
        task_minor: what handing it in earns where the project pays by the task, in minor units of the rate's currency.
            The hourly rate is then the promise that pay is topped up to.
        valid_until: from then on other terms may hold; None where none are known.
        source: where the rate is from: `project`, `rate`, `engagement` or `floor`.
    """

    rate: Money
    cap_ms: int | None = None
    task_minor: int | None = None
    valid_until: datetime | None = None
    source: str = "project"


def lifted(agreed: RateInForce, floor: Floor | None) -> RateInForce:
    """The rate, or the floor where that is higher: what was agreed before a floor rose is paid at the floor."""
    if floor is None or floor.least.currency != agreed.rate.currency or agreed.rate.amount >= floor.least.amount:
        return agreed
    return RateInForce(floor.least, "floor", agreed.valid_until)


def earliest(*moments: datetime | None) -> datetime | None:
    """The first of those that are known."""
    return min((one for one in moments if one is not None), default=None)
