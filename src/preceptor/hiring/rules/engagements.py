"""What may be decided about engagements: which version holds, and how late a change may be told."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from preceptor.hiring.rules.offers import MOST_RATE, EngagementKind
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _
from preceptor.lib.money import Money
from preceptor.people.rules import Place


class AgreedRate(msgspec.Struct, frozen=True, kw_only=True):
    """What a person agreed to be paid for work begun at some moment.

    Attributes:
        rate: per hour.
        place: of the offer.
        kind: an employee's time is clocked, and paid by their employer.
        offer_number: of the offer that was accepted.
        engagement_id: the snapshot; None where it is the paid exam of an application, before there is one.
        terms_version: of the offer's terms.
    """

    rate: Money
    place: Place
    kind: EngagementKind
    offer_number: int
    engagement_id: UUID | None
    terms_version: int


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A version of an engagement, as far as choosing one goes."""

    id: UUID
    offer_id: UUID
    version: int
    project_ids: tuple[UUID, ...]
    effective_from: datetime
    ends_at: datetime | None = None


def holding(versions: Sequence[Held], *, project_id: UUID, at: datetime) -> Held | None:
    """The version that holds for work begun at `at`.

    Of each engagement the newest version in force counts. One for the project goes before one for the role everywhere,
    and of two alike the one that was agreed later.
    """
    newest: dict[UUID, Held] = {}
    for one in versions:
        known = newest.get(one.offer_id)
        if one.effective_from <= at and (known is None or one.version > known.version):
            newest[one.offer_id] = one
    fitting = [
        one
        for one in newest.values()
        if (one.ends_at is None or at < one.ends_at) and (not one.project_ids or project_id in one.project_ids)
    ]
    return max(fitting, key=lambda one: (bool(one.project_ids), one.effective_from, one.id), default=None)


class ToldRate(msgspec.Struct, frozen=True, kw_only=True):
    """The rate of one version of an engagement, as it was agreed or told."""

    version: int
    rate: Money
    effective_from: datetime


def change_problems(
    *, told: Sequence[ToldRate], after: Money, notice_days: int, effective_from: datetime, now: datetime
) -> Iterator[FieldProblem]:
    """What is wrong with a new rate; `told`: every version so far.

    What was told stands for as long as the notice that was agreed: within it nothing can be less than it would have
    been, whether that holds already or begins in the meantime. A raise may hold at once.
    """
    before = max(told, key=lambda one: one.version).rate
    if after.currency != before.currency:
        yield FieldProblem("currency", _("The currency of an engagement cannot change. Make a new offer for that."))
    if not 0 < after.amount <= MOST_RATE:
        yield FieldProblem("rate", _("Give the hourly rate. Work that is offered here is paid."))
    if after == before:
        yield FieldProblem("rate", _("This is the rate they have."))
    if effective_from < now:
        yield FieldProblem("effective_from", _("This moment has passed."))
    elif after.amount < _promised(told, since=effective_from, until=now + timedelta(days=notice_days)):
        message = _("A lower rate needs {count} days’ notice, as agreed.").format(count=notice_days)
        yield FieldProblem("effective_from", message)


def _promised(told: Sequence[ToldRate], *, since: datetime, until: datetime) -> int:
    """The highest rate that would hold from `since` until before `until`, in minor units; 0 where that is no time."""
    moments = {since, *(one.effective_from for one in told if since < one.effective_from)}
    rates = [
        max((one for one in told if one.effective_from <= moment), key=lambda one: one.version).rate.amount
        for moment in moments
        if moment < until
    ]
    return max(rates, default=0)
