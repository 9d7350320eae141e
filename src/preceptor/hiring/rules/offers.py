"""What may be decided about offers: what one has to say before it is published, and when it is over."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

import msgspec

from preceptor.hiring.rules.certifications import MOST_LEVEL
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.money import Money, UnknownCurrencyError, earned, known_currencies
from preceptor.people.rules import ContentCategory, Place, Role, Spoken, profile_problems

MAX_TITLE = 120
MAX_SUMMARY = 600
MAX_LINE = 300
MAX_TERMS = 50_000
MAX_SKILLS, MAX_SKILL = 20, 60
MOST_LANGUAGES = 8
MOST_HOURS = 60
MOST_QUOTA = 100_000
MOST_RATE = 10**9
"""In minor units: nobody is offered more, and products of it stay within what a column holds."""
MOST_EXAM_MINUTES = 600
MOST_NOTICE_DAYS = 365
MOST_PROJECTS = 50
NOTICE_DAYS = 14
"""Of a change of rate or an end, where nobody said otherwise."""
NUMBER_DIGITS = 4
DAY_ENDS_LAST = timezone(timedelta(hours=-12))
"""Where a day ends last on Earth: a last day to apply is that day wherever somebody is."""


class OfferState(StrEnum):
    """What can happen to an offer now."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"


class ClosedWhy(StrEnum):
    """What closed an offer."""

    DATE = "date"
    QUOTA = "quota"
    HAND = "hand"


class EngagementKind(StrEnum):
    """How somebody is engaged. An employee's time is clocked; their employer's payroll pays it."""

    CONTRACTOR = "contractor"
    EMPLOYEE = "employee"


OFFER_STATE_NAMES: dict[OfferState, LazyText] = {
    OfferState.DRAFT: _("Draft"),
    OfferState.PUBLISHED: _("Published"),
    OfferState.CLOSED: _("Closed"),
}
CLOSED_WHY_NAMES: dict[ClosedWhy, LazyText] = {
    ClosedWhy.DATE: _("The last day to apply has passed."),
    ClosedWhy.QUOTA: _("All places are taken."),
    ClosedWhy.HAND: _("It was closed by its manager."),
}
ENGAGEMENT_KIND_NAMES: dict[EngagementKind, LazyText] = {
    EngagementKind.CONTRACTOR: _("Contractor"),
    EngagementKind.EMPLOYEE: _("Employee"),
}
OFFERED_ROLES = (Role.TRAINER, Role.REVIEWER)

NEVER_CONFIDENTIAL = _(
    "Nothing in these terms, and nothing said elsewhere, can keep you from talking about your pay, your hours or your "
    "working conditions with anybody: colleagues, unions, lawyers, authorities or the press."
)
"""Stands with every offer's terms, whatever its confidentiality says."""


class OfferFields(msgspec.Struct, frozen=True, kw_only=True):
    """What a manager says of an offer. `rate` is per hour; hours are per week; `closes_on` is a day in UTC."""

    title: str
    summary: str
    rate: Money
    hours_least: int
    hours_most: int
    organisation: str
    contact: str
    quota: int
    role: Role = Role.TRAINER
    place: Place = Place()
    spoken: tuple[Spoken, ...] = ()
    skills: tuple[str, ...] = ()
    certification: str = ""
    certification_level: int = 0
    categories: tuple[ContentCategory, ...] = ()
    behind: str = ""
    kind: EngagementKind = EngagementKind.CONTRACTOR
    notice_days: int = NOTICE_DAYS
    closes_on: date | None = None
    project_ids: tuple[UUID, ...] = ()
    exam_project_id: UUID | None = None
    exam_minutes: int = 0
    admits_at_once: bool = False


class Terms(msgspec.Struct, frozen=True):
    """The terms of an offer, in Markdown; `confidentiality` may be empty."""

    markdown: str
    confidentiality: str = ""


def offer_number(number: int) -> str:
    """An offer's number as people read and type it: `0142`."""
    return str(number).zfill(NUMBER_DIGITS)


def exam_pay(rate: Money, minutes: int) -> Money:
    """What sitting the exam in the time it is expected to take earns."""
    return earned(rate_per_hour=rate, paid_ms=minutes * 60_000)


def terms_digest(terms: Terms) -> str:
    """SHA-256, in hexadecimal, of the terms as UTF-8: their text, a line with three dashes, their confidentiality."""
    return sha256(f"{terms.markdown}\n---\n{terms.confidentiality}".encode()).hexdigest()


def _line(path: str, text: str, most: int, *, needed: bool) -> Iterator[FieldProblem]:
    if needed and not text.strip():
        yield FieldProblem(path, _("This is needed."))
    if len(text) > most or "\x00" in text:
        yield FieldProblem(path, _("Use at most {count} characters.").format(count=most))


def _between(path: str, number: int, least: int, most: int) -> Iterator[FieldProblem]:
    if not least <= number <= most:
        yield FieldProblem(path, _("Give a number from {least} to {most}.").format(least=least, most=most))


def offer_problems(fields: OfferFields) -> Iterator[FieldProblem]:
    """What is wrong with an offer, in a draft too."""
    yield from _line("title", fields.title, MAX_TITLE, needed=True)
    yield from _line("summary", fields.summary, MAX_SUMMARY, needed=True)
    yield from _line("organisation", fields.organisation, MAX_LINE, needed=True)
    yield from _line("behind", fields.behind, MAX_LINE, needed=False)
    yield from _line("contact", fields.contact, MAX_LINE, needed=True)
    yield from _line("certification", fields.certification, MAX_LINE, needed=False)
    if fields.rate.currency not in known_currencies():
        yield FieldProblem("currency", UnknownCurrencyError.title)
    if not 0 < fields.rate.amount <= MOST_RATE:
        yield FieldProblem("rate", _("Give the hourly rate. Work that is offered here is paid."))
    if fields.role not in OFFERED_ROLES:
        yield FieldProblem("role", _("Choose one of these."))
    yield from profile_problems(fields.place, fields.spoken)
    if len({one.language for one in fields.spoken}) < len(fields.spoken):
        yield FieldProblem("spoken", _("Name each language once."))
    if len(fields.spoken) > MOST_LANGUAGES:
        yield FieldProblem("spoken", _("Ask for {count} languages at most.").format(count=MOST_LANGUAGES))
    if len(fields.skills) > MAX_SKILLS or any(len(one) > MAX_SKILL or not one.strip() for one in fields.skills):
        message = _("Name {count} skills at most, each in a few words.").format(count=MAX_SKILLS)
        yield FieldProblem("skills", message)
    yield from _between("hours_least", fields.hours_least, 0, MOST_HOURS)
    yield from _between("hours_most", fields.hours_most, max(fields.hours_least, 1), MOST_HOURS)
    yield from _between("quota", fields.quota, 1, MOST_QUOTA)
    yield from _between("notice_days", fields.notice_days, 0, MOST_NOTICE_DAYS)
    yield from _between("certification_level", fields.certification_level, 0, MOST_LEVEL)
    yield from _between("exam_minutes", fields.exam_minutes, int(bool(fields.exam_project_id)), MOST_EXAM_MINUTES)
    if len(fields.project_ids) > MOST_PROJECTS:
        yield FieldProblem("project_ids", _("Choose {count} projects at most.").format(count=MOST_PROJECTS))


def terms_problems(terms: Terms) -> Iterator[FieldProblem]:
    """What is wrong with terms."""
    yield from _line("terms", terms.markdown, MAX_TERMS, needed=False)
    yield from _line("confidentiality", terms.confidentiality, MAX_TERMS, needed=False)


def publishing_problems(fields: OfferFields, *, terms: Terms | None, today: date) -> Iterator[FieldProblem]:
    """What still keeps an offer from being published. The floor of its place is looked at apart from this."""
    yield from offer_problems(fields)
    if terms is None or not terms.markdown.strip():
        yield FieldProblem("terms", _("Write the terms: whoever accepts the offer agrees to them."))
    if fields.closes_on is not None and fields.closes_on < today:
        yield FieldProblem("closes_on", _("This day has passed."))


def closing_reason(*, closes_on: date | None, quota: int, accepted: int, now: datetime) -> ClosedWhy | None:
    """Why a published offer is over now; None while one can apply.

    `closes_on` is itself still a day to apply, until it has ended everywhere.
    """
    if closes_on is not None and now.astimezone(DAY_ENDS_LAST).date() > closes_on:
        return ClosedWhy.DATE
    if accepted >= quota:
        return ClosedWhy.QUOTA
    return None
