"""Writing rates and floors. Both are only ever added to."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from preceptor.lib.db import WriteSession
from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.ids import new_id
from preceptor.lib.money import Money, UnknownCurrencyError, minor_digits
from preceptor.pay.events import FloorsImported, RateSet
from preceptor.pay.queries.floors import all_floors, floors_for
from preceptor.pay.queries.rates import versions_of, versions_of_role
from preceptor.pay.rules import Activity, Floor, PaidRole, RateVersion, Reach, floor_problems, lowers, role_of
from preceptor.pay.tables import FloorRate, Rate
from preceptor.people.rules import SYSTEM, Actor, Permission, profile_problems

MAX_NOTE = 500
MOST_MAJOR = 100_000
FURTHEST = timedelta(days=3 * 366)
MOST_LEVEL = 5


class FloorsKept(msgspec.Struct, frozen=True):
    """What came of importing floors: how many are new, and how many stood just so before."""

    added: int
    known: int


async def import_floors(session: WriteSession, *, actor: Actor, floors: Sequence[Floor]) -> FloorsKept:
    """Keep floors. What stands just so already is left out, so that a file can be imported again.

    Raises:
        MissingPermissionError: the actor does not set floors.
    """
    actor.require(Permission.FLOOR_WRITE)
    # The newest of what was written for a place, currency and day is what holds.
    known = {(one.place, one.least.currency, one.valid_from): one for one in await all_floors(session)}
    fresh: list[FloorRate] = []
    for one in floors:
        key = (one.place, one.least.currency, one.valid_from)
        if known.get(key) == one:
            continue
        known[key] = one
        fresh.append(
            FloorRate(
                id=new_id(),
                country=one.place.country,
                region=one.place.region,
                currency=one.least.currency,
                hourly_minor=one.least.amount,
                source=one.source,
                valid_from=one.valid_from,
                created_by=None if actor.person_id == SYSTEM.person_id else actor.person_id,
            )
        )
    session.add_all(fresh)
    await session.flush()
    if fresh:
        session.emit(FloorsImported(actor_id=actor.person_id, floors=len(fresh)))
    return FloorsKept(len(fresh), len(floors) - len(fresh))


async def set_rate(
    session: WriteSession,
    *,
    actor: Actor,
    project_id: UUID | None,
    role: PaidRole | None = None,
    reach: Reach,
    rate: Money | None,
    currency: str,
    valid_from: datetime,
    note: str = "",
    defaults: Mapping[UUID, Money | None],
    notice: timedelta,
    now: datetime,
) -> UUID:
    """Add a version of a rate. It holds for work begun from its moment on, and changes no version before it.

    For callers that have made sure that the project is the actor's to change.

    Args:
        session: the transaction.
        actor: a manager.
        project_id: of the project; None for a role in all projects.
        role: whose; None where it is a project's.
        reach: whom and what it is for.
        rate: per hour; None: from then on this reach has no rate of its own.
        currency: of the rate, or of the one that ends.
        valid_from: from when; the past counts as now.
        note: why, for colleagues.
        defaults: the own rates of the projects that it touches and people work on, which hold where the table says
            nothing: of this project, or of every one for a role. None: it has none.
        notice: how long before somebody is paid less this must be said; nothing for a project that never was open.
        now: the time.

    Raises:
        MissingPermissionError: the actor does not set rates.
        InvalidError: below a floor, too soon for somebody who would be paid less, or not understood; `fields` says.
    """
    actor.require(Permission.RATE_WRITE)
    begins_at = max(valid_from, now)
    problems = [*profile_problems(reach.place, ()), *_own_problems(reach, rate, currency, note)]
    if begins_at > now + FURTHEST:
        problems.append(FieldProblem("valid_from", _("Choose a day within the next three years.")))
    if problems:
        raise InvalidError(fields=problems)
    new = RateVersion(id=new_id(), project_id=project_id, reach=reach, rate=rate, valid_from=begins_at)
    if rate is not None:
        floors = await floors_for(session, place=reach.place)
        problems += floor_problems(rate, place=reach.place, floors=floors, at=begins_at)
    if await _lowers(session, new, until=now + notice, role=role, defaults=defaults):
        message = _("Somebody would be paid less, or in another currency. That needs {days} days’ notice: from {day}.")
        day = (now + notice + timedelta(days=1)).date().isoformat()
        problems.append(FieldProblem("valid_from", message.format(days=notice.days, day=day)))
    if problems:
        raise InvalidError(fields=problems)
    session.add(
        Rate(
            id=new.id,
            project_id=project_id,
            role=None if role is None else role.value,
            country=reach.place.country,
            region=reach.place.region,
            level=reach.level,
            activity=None if reach.activity is None else reach.activity.value,
            rate_minor=None if rate is None else rate.amount,
            currency=currency,
            valid_from=begins_at,
            note=note,
            created_by=None if actor.person_id == SYSTEM.person_id else actor.person_id,
        )
    )
    await session.flush()
    session.emit(RateSet(actor_id=actor.person_id, subject_id=new.id, project_id=project_id))
    return new.id


def _own_problems(reach: Reach, rate: Money | None, currency: str, note: str) -> list[FieldProblem]:
    problems: list[FieldProblem] = []
    try:
        most = MOST_MAJOR * 10 ** minor_digits(currency)
    except UnknownCurrencyError as error:
        return [FieldProblem("currency", error.title)]
    if rate is not None and not 0 < rate.amount <= most:
        message = _("Give an hourly rate above 0 and up to {most}.").format(most=MOST_MAJOR)
        problems.append(FieldProblem("rate", message))
    if reach.level is not None and not 1 <= reach.level <= MOST_LEVEL:
        problems.append(FieldProblem("level", _("Give a level from 1 to 5, or none.")))
    if len(note) > MAX_NOTE or not note.isprintable():
        problems.append(FieldProblem("note", _("Use at most {count} characters.").format(count=MAX_NOTE)))
    return problems


async def _lowers(
    session: WriteSession,
    new: RateVersion,
    *,
    until: datetime,
    role: PaidRole | None,
    defaults: Mapping[UUID, Money | None],
) -> bool:
    if new.valid_from >= until:
        return False
    for each in PaidRole:
        if role not in {None, each}:
            continue
        # Each activity falls back on the rates of the role that does it.
        doing = [one for one in Activity if role_of(one) is each]
        wider = await versions_of_role(session, role=each)
        if new.project_id is None and lowers(wider, new, until=until, default=None, activities=doing):
            return True
        for project_id, default in defaults.items():
            own = await versions_of(session, project_id=project_id)
            if lowers([*own, *wider], new, until=until, default=default, activities=doing):
                return True
    return False
