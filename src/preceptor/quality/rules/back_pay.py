"""The most that can be paid for work that somebody lost by a measure which was overturned."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from fractions import Fraction
from math import ceil, floor

import msgspec

from preceptor.hiring.rules import MOST_HOURS
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _, ngettext_lazy
from preceptor.lib.money import Money, format_money

DAY = timedelta(days=1)
WEEK_DAYS = 7


def days_begun(bound: timedelta) -> int:
    """Days that a measure has bound somebody, each that has begun as a whole one."""
    return ceil(bound / DAY)


def most_back_pay(*, rates: Iterable[Money], pace: Iterable[Money] = (), bound: timedelta) -> dict[str, Money]:
    """What somebody can have lost at most, by currency; nothing in any other currency.

    That is the highest rate they could have worked at, for every day begun, at the most hours that an offer can have:
    60 a week. Who had earned faster than that before is bounded by their own pace.

    Args:
        rates: per hour, those they could have worked at meanwhile.
        pace: what they would have earned in that time, had it gone on as before.
        bound: for how long the measure bound them.
    """
    most: dict[str, Money] = {}
    for rate in rates:
        full = ceil(Fraction(rate.amount * days_begun(bound) * MOST_HOURS, WEEK_DAYS))
        _raise(most, Money(full, rate.currency))
    for one in pace:
        _raise(most, one)
    return most


def _raise(most: dict[str, Money], money: Money) -> None:
    known = most.get(money.currency)
    if known is None or known.amount < money.amount:
        most[money.currency] = money


class PaidBack(msgspec.Struct, frozen=True):
    """What another case has paid back.

    Attributes:
        amount: in all.
        share: of the time that its measure had bound them, how much the measure of this case bound them as well.
    """

    amount: Money
    share: Fraction

    @property
    def for_same_time(self) -> Money:
        """What of it was for time that both measures bound them."""
        return Money(ceil(self.amount.amount * self.share), self.amount.currency)


def less_paid_back(most: Mapping[str, Money], paid: Iterable[PaidBack]) -> dict[str, Money]:
    """What is left of the limit once what other cases have paid back for the same time is taken off.

    Time can be lost once: two measures that were overturned over the same days pay no more for them together than one
    would have. What was paid uses up the limit in its own currency, and the limits in others, which are for the same
    hours, by the same share.
    """
    used = sum(
        (Fraction(one.for_same_time.amount, most[one.amount.currency].amount))
        for one in paid
        if one.amount.currency in most and most[one.amount.currency].amount
    )
    left = max(Fraction(0), 1 - used)
    return {currency: Money(floor(limit.amount * left), currency) for currency, limit in most.items()}


def back_pay_problems(
    back_pay: Money | None, *, most: Mapping[str, Money], bound: timedelta, paid: bool = False
) -> list[FieldProblem]:
    """Why so much cannot be paid for lost work; empty where it can. Nothing can always be paid.

    `paid`: other cases have paid something for the same time, which was taken off the limit.
    """
    if back_pay is None or back_pay.amount <= 0:
        return []
    if not most:
        message = _("There was no paid work that they could have done meanwhile: the amount is 0.")
        return [FieldProblem("back_pay", message)]
    limit = most.get(back_pay.currency)
    if limit is None:
        message = _("They could have earned nothing in {currency}. Give the amount in {currencies}.")
        shown = message.format(currency=back_pay.currency, currencies=", ".join(sorted(most)))
        return [FieldProblem("back_pay", shown)]
    if back_pay.amount <= limit.amount:
        return []
    days = days_begun(bound)
    if paid:
        message = _("Give at most {most}: for the same days another case has paid work back already.")
        return [FieldProblem("back_pay", message.format(most=format_money(limit)))]
    message = ngettext_lazy(
        "Give at most {most}: more than that nobody can have earned here in one day, at {hours} hours a week.",
        "Give at most {most}: more than that nobody can have earned here in {days} days, at {hours} hours a week.",
        days,
    )
    return [FieldProblem("back_pay", message.format(most=format_money(limit), days=days, hours=MOST_HOURS))]
