"""Rates and floors: which one holds for somebody, and what may be published."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from enum import StrEnum
from uuid import UUID

import msgspec

from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.money import Money, format_money
from preceptor.people.rules import Place, country_name


class Activity(StrEnum):
    """What somebody's time is spent on. Each is paid; each may have a rate of its own."""

    WORK = "work"
    REWORK = "rework"
    REVIEW = "review"
    GUIDELINES = "guidelines"
    EXAM = "exam"
    TRAINING = "training"


ACTIVITY_NAMES: dict[Activity, LazyText] = {
    Activity.WORK: _("Work"),
    Activity.REWORK: _("Rework"),
    Activity.REVIEW: _("Review"),
    Activity.GUIDELINES: _("Reading guidelines"),
    Activity.EXAM: _("Exam"),
    Activity.TRAINING: _("Training"),
}


class PaidRole(StrEnum):
    """Whom a rate for all projects is for."""

    TRAINER = "trainer"
    REVIEWER = "reviewer"


def role_of(activity: Activity) -> PaidRole:
    """Who does such work."""
    return PaidRole.REVIEWER if activity is Activity.REVIEW else PaidRole.TRAINER


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """Whom and what a rate is for. What is not said does not matter.

    Attributes:
        place: where the person is.
        level: of certification, and every higher one up to the next that has a rate; None for any, also none at all.
        activity: what is done; None for whatever has no rate of its own.
    """

    place: Place = Place()
    level: int | None = None
    activity: Activity | None = None


class RateVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A rate as it was set once. `rate` None: from then on this reach has none, and the next wider one holds.

    Attributes:
        id: ascending with the time it was written.
        project_id: None for a role in all projects that have no fitting rate of their own.
        reach: whom and what it is for.
        rate: per hour.
        valid_from: work begun from then on.
    """

    id: UUID
    project_id: UUID | None
    reach: Reach
    rate: Money | None
    valid_from: datetime


class RateInForce(msgspec.Struct, frozen=True):
    """What an hour earns, why, and until when that is known to hold.

    Attributes:
        rate: per hour.
        source: `project` (the project's own rate), `rate` (from the table of rates), `engagement` (an accepted offer)
            or `floor` (all of these were below what the operator set as the least for the place).
        valid_until: from then on another rate may hold; None where none is known.
        reach: of the rate, where it is from the table.
    """

    rate: Money
    source: str
    valid_until: datetime | None = None
    reach: Reach | None = None


class Floor(msgspec.Struct, frozen=True, kw_only=True):
    """The least an hour may earn in a place, with where that is from."""

    place: Place
    least: Money
    source: str
    valid_from: date


def begins(day: date) -> datetime:
    """The moment from which something dated holds: midnight UTC."""
    return datetime.combine(day, time(), UTC)


def rate_in_force(
    versions: Iterable[RateVersion], *, place: Place, level: int, activity: Activity, at: datetime
) -> tuple[RateVersion | None, datetime | None]:
    """The version that holds for somebody at a moment, and when the next one that fits them begins.

    A project's own come before those of a role; then the most exact place wins (region, country, everywhere), among
    those the highest level reached, among those the one for this very activity.

    Args:
        versions: of one project and of the role that does such work, in any order.
        place: where the person is.
        level: of their certification; 0 for none.
        activity: what they do.
        at: the moment.
    """
    fitting = [one for one in versions if _fits(one.reach, place=place, level=level, activity=activity)]
    newest: dict[tuple[bool, Reach], RateVersion] = {}
    for one in sorted(fitting, key=lambda version: (version.valid_from, version.id)):
        if one.valid_from <= at:
            newest[one.project_id is None, one.reach] = one
    paying = [one for one in newest.values() if one.rate is not None]
    later = min((one.valid_from for one in fitting if one.valid_from > at), default=None)
    return max(paying, key=_exactness, default=None), later


def _fits(reach: Reach, *, place: Place, level: int, activity: Activity) -> bool:
    return (
        reach.place.holds(place)
        and (reach.level is None or reach.level <= level)
        and (reach.activity is None or reach.activity is activity)
    )


def _exactness(version: RateVersion) -> tuple[bool, bool, bool, int, bool]:
    reach = version.reach
    return (
        version.project_id is not None,
        bool(reach.place.country),
        bool(reach.place.region),
        reach.level or 0,
        reach.activity is not None,
    )


def floor_in_force(floors: Iterable[Floor], *, place: Place, currency: str | None = None, at: datetime) -> Floor | None:
    """The floor that holds for a place at a moment: of its region before its country before everywhere.

    Of several dates the newest that has begun holds. With `currency`, only floors in that currency are looked at;
    without, a place that has several answers the one that began last.

    Args:
        floors: in the order they were written, for where one was written twice for a day the later one holds.
        place: where.
        currency: ISO 4217; None for any.
        at: the moment.
    """
    found: Floor | None = None
    for one in floors:
        if not one.place.holds(place) or begins(one.valid_from) > at or currency not in {None, one.least.currency}:
            continue
        if found is None or _nearness(one) >= _nearness(found):
            found = one
    return found


def _nearness(floor: Floor) -> tuple[bool, bool, date]:
    return bool(floor.place.country), bool(floor.place.region), floor.valid_from


def floor_problems(
    rate: Money, *, place: Place, floors: Sequence[Floor], at: datetime, path: str = "rate"
) -> list[FieldProblem]:
    """Why a rate must not be published for a place; empty where it may.

    A place's floor in another currency forbids as well: nobody could tell whether the rate is below it.

    Args:
        rate: per hour.
        place: where the people are whom it is for.
        floors: the operator's, in the order they were written.
        at: from when it would be paid.
        path: of the field that the problem is shown at.
    """
    nearest = floor_in_force(floors, place=place, at=at)
    if nearest is None:
        return []
    floor = floor_in_force(
        [one for one in floors if one.place == nearest.place], place=place, currency=rate.currency, at=at
    )
    if floor is None:
        message = _("The floor for {place} is set in {currency}. Pay in that currency, or ask an operator for a floor.")
        return [FieldProblem(path, message.format(place=place_name(nearest.place), currency=nearest.least.currency))]
    if rate.amount >= floor.least.amount:
        return []
    message = _("The least for {place} is {least} an hour, from {source}.")
    shown = message.format(place=place_name(floor.place), least=format_money(floor.least), source=floor.source)
    return [FieldProblem(path, shown)]


def place_name(place: Place) -> str:
    """A place in the words of whoever reads."""
    if not place.country:
        return str(_("everywhere"))
    country = country_name(place.country)
    if not place.region:
        return country
    return str(_("{country}, {region}").format(country=country, region=place.region))


MOST_LEVEL = 5


def lowers(
    versions: Sequence[RateVersion],
    new: RateVersion,
    *,
    until: datetime,
    default: Money | None,
    activities: Iterable[Activity] = Activity,
) -> bool:
    """True where somebody would be paid less, or in another currency, by a new version than without it.

    Looked at is everybody the rate could be for: each place that has a rate within its reach, each level and activity,
    at its beginning and whenever another rate begins from then on.

    Args:
        versions: of the same project or role, and of the role for a project.
        new: the version that is to be written.
        until: it is told so long before that what it does from then on needs no further notice.
        default: what holds where no version does: the project's own rate; None where nothing does.
        activities: those that the versions are for.
    """
    looked_at = tuple(activities)
    moments = {new.valid_from, *(one.valid_from for one in versions if new.valid_from < one.valid_from)}
    moments = {one for one in moments if one < until}
    places = {new.reach.place} | {one.reach.place for one in versions if new.reach.place.holds(one.reach.place)}
    for place in places:
        for level in range(MOST_LEVEL + 1):
            for activity in looked_at:
                if not _fits(new.reach, place=place, level=level, activity=activity):
                    continue
                for at in moments:
                    before = _paid(versions, default, place=place, level=level, activity=activity, at=at)
                    after = _paid([*versions, new], default, place=place, level=level, activity=activity, at=at)
                    if before is None:
                        continue
                    if after is None or after.currency != before.currency or after.amount < before.amount:
                        return True
    return False


def _paid(
    versions: Iterable[RateVersion],
    default: Money | None,
    *,
    place: Place,
    level: int,
    activity: Activity,
    at: datetime,
) -> Money | None:
    found, _later = rate_in_force(versions, place=place, level=level, activity=activity, at=at)
    return default if found is None else found.rate
