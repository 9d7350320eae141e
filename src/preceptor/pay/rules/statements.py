"""Statements: what somebody earned and was paid in a period, entry by entry."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.money import Money
from preceptor.pay.rules.ledger import EntryKind

MAX_DAYS = 3660
"""The longest period of one statement: about ten years."""


class StatementPeriod(msgspec.Struct, frozen=True):
    """Days of somebody's own time zone, both ends included."""

    begins: date
    ends: date
    time_zone: str = "UTC"

    @property
    def since(self) -> datetime:
        """When the first day begins."""
        return _midnight(self.begins, self.time_zone)

    @property
    def until(self) -> datetime:
        """When the day after the last one begins."""
        return _midnight(self.ends + timedelta(days=1), self.time_zone)


def _midnight(day: date, time_zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(time_zone)).astimezone(UTC)


def month_end(day: date) -> date:
    """The last day of the month that `day` is in."""
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def month_of(moment: datetime, time_zone: str) -> StatementPeriod:
    """The calendar month of a moment, in a time zone."""
    today = moment.astimezone(ZoneInfo(time_zone)).date()
    return StatementPeriod(today.replace(day=1), month_end(today), time_zone)


def period_of(begins: date, ends: date, time_zone: str) -> StatementPeriod:
    """A period from its first to its last day.

    Raises:
        InvalidError: it ends before it begins, is longer than ten years, or lies at the end of all calendars.
    """
    if ends < begins:
        raise InvalidError(fields=[FieldProblem("ends", _("The last day is before the first one."))])
    if (ends - begins).days > MAX_DAYS or not 1970 <= begins.year <= ends.year < 9000:  # noqa: PLR2004
        raise InvalidError(fields=[FieldProblem("begins", _("Choose ten years at most."))])
    return StatementPeriod(begins, ends, time_zone)


class StatementLine(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of somebody's account, or a task whose time earned nothing.

    Attributes:
        id: of the entry, or of the time entry where there is none.
        kind: what the entry is.
        origin_kind: of a reversal: what the first entry of its chain is; else as `kind`.
        what: in words.
        detail: why, how it ended, or where it went.
        project: title, empty where it belongs to none.
        assignment_id: the task.
        times: active, waiting, idle and paused milliseconds of the task, on the line that earned them alone.
        paid_ms: time that is paid by this line; below nothing where it is taken back.
        rate: per hour, for time.
        amount: below nothing where the account paid.
    """

    id: UUID
    at: datetime
    kind: EntryKind
    origin_kind: EntryKind
    source: str
    what: LazyText
    detail: LazyText | str
    project: str
    assignment_id: UUID | None
    active_ms: int = 0
    waiting_ms: int = 0
    idle_ms: int = 0
    paused_ms: int = 0
    paid_ms: int = 0
    rate: Money | None = None
    amount: Money


class StatementSum(msgspec.Struct, frozen=True, kw_only=True):
    """A period in one currency, in minor units. `opening` and the next four add up to `closing`.

    Attributes:
        opening: the balance when the period began.
        earned: booked for work.
        reversed: taken back, and given again.
        adjusted: given by hand, less what of it was taken back.
        paid_out: left the account for a payout, less what came back; mostly below nothing.
        closing: the balance at the end.
        paid_ms: time that was paid.
    """

    currency: str
    opening: int
    earned: int
    reversed: int
    adjusted: int
    paid_out: int
    closing: int
    paid_ms: int

    def money(self, minor: int) -> Money:
        """An amount of this currency."""
        return Money(minor, self.currency)


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """The head of a statement: whose, which period, and its sums by currency."""

    person_id: UUID
    name: str
    period: StatementPeriod
    sums: list[StatementSum]
    lines: int
