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


def change_problems(
    *, before: Money, after: Money, notice_days: int, effective_from: datetime, now: datetime
) -> Iterator[FieldProblem]:
    """What is wrong with a new rate. A raise may hold at once; anything else needs the notice that was agreed."""
    if after.currency != before.currency:
        yield FieldProblem("currency", _("The currency of an engagement cannot change. Make a new offer for that."))
    if not 0 < after.amount <= MOST_RATE:
        yield FieldProblem("rate", _("Give the hourly rate. Work that is offered here is paid."))
    if after == before:
        yield FieldProblem("rate", _("This is the rate they have."))
    soonest = now if after.amount > before.amount else now + timedelta(days=notice_days)
    if effective_from < soonest:
        message = _("A lower rate needs {count} days’ notice, as agreed.").format(count=notice_days)
        yield FieldProblem("effective_from", message if soonest > now else _("This moment has passed."))
