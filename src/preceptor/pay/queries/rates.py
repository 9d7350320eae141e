"""Reading rates."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, and_, or_, select

from preceptor.lib.db import ReadSession
from preceptor.lib.money import Money
from preceptor.pay.rules import Activity, PaidRole, RateInForce, RateVersion, Reach, rate_in_force, role_of
from preceptor.pay.tables import Rate
from preceptor.people.rules import Actor, Permission, Place
from preceptor.people.tables import Person


async def rates_for(
    session: ReadSession,
    *,
    defaults: Mapping[UUID, Money],
    levels: Mapping[UUID, int],
    place: Place,
    activity: Activity,
    at: datetime,
) -> dict[UUID, RateInForce]:
    """What the table of rates says for work on projects that somebody begins at a moment, in one statement.

    What a person is paid in the end, with the offer they accepted and floors, says `work.queries.pay_terms`.

    Args:
        session: where to look.
        defaults: the projects' own rates, which hold where the table says nothing.
        levels: of the person's certification for a project; 0 where left out.
        place: where the person is.
        activity: what they do.
        at: when it is begun.
    """
    versions = await _versions_of(session, project_ids=defaults, activity=activity)
    rates: dict[UUID, RateInForce] = {}
    for project_id, default in defaults.items():
        fitting = [one for one in versions if one.project_id in {None, project_id}]
        found, later = rate_in_force(fitting, place=place, level=levels.get(project_id, 0), activity=activity, at=at)
        if found is not None and found.rate is not None:
            rates[project_id] = RateInForce(found.rate, "rate", later, found.reach)
        else:
            rates[project_id] = RateInForce(default, "project", later)
    return rates


async def versions_of(session: ReadSession, *, project_id: UUID, activity: Activity | None = None) -> list[RateVersion]:
    """Every version of a project's rates, and of those for the role that does `activity` (None: no role's)."""
    return await _versions_of(session, project_ids=[project_id], activity=activity)


async def _versions_of(
    session: ReadSession, *, project_ids: Collection[UUID], activity: Activity | None
) -> list[RateVersion]:
    whose: ColumnElement[bool] = Rate.project_id.in_(project_ids)
    if activity is not None:
        whose = or_(whose, Rate.project_id.is_(None) & (Rate.role == role_of(activity).value))
    return [_version(row) for row in await session.scalars(select(Rate).where(whose).order_by(Rate.id))]


def _version(row: Rate) -> RateVersion:
    return RateVersion(
        id=row.id,
        project_id=row.project_id,
        reach=Reach(
            place=Place(row.country, row.region),
            level=row.level,
            activity=None if row.activity is None else Activity(row.activity),
        ),
        rate=None if row.rate_minor is None else Money(row.rate_minor, row.currency),
        valid_from=row.valid_from,
    )


async def versions_of_role(session: ReadSession, *, role: PaidRole) -> list[RateVersion]:
    """Every version of the rates of a role in all projects."""
    whose = and_(Rate.project_id.is_(None), Rate.role == role.value)
    rows = await session.scalars(select(Rate).where(whose).order_by(Rate.id))
    return [_version(row) for row in rows]


class RateView(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a rate with who set it. `state`: `in force`, `later` or `past`."""

    version: RateVersion
    currency: str
    note: str
    by: str
    state: str


async def list_rates(
    session: ReadSession, *, actor: Actor, project_id: UUID | None, role: PaidRole | None = None, now: datetime
) -> list[RateView]:
    """Every version of the rates of a project or role: what holds, what will, what did; the newest first.

    For callers that have made sure that the project is the actor's to see.

    Raises:
        MissingPermissionError: the actor does not see rates.
    """
    actor.require(Permission.RATE_READ)
    whose = Rate.project_id == project_id
    if project_id is None:
        whose = and_(Rate.project_id.is_(None), Rate.role == (role.value if role else ""))
    rows = list(
        await session.execute(
            select(Rate, Person.name).outerjoin(Person, Person.id == Rate.created_by).where(whose).order_by(Rate.id)
        )
    )
    versions = [(_version(row), row, name) for row, name in rows]
    newest: dict[Reach, RateVersion] = {}
    for version, _row, _name in sorted(versions, key=lambda one: (one[0].valid_from, one[0].id)):
        if version.valid_from <= now:
            newest[version.reach] = version
    return [
        RateView(
            version=version,
            currency=row.currency,
            note=row.note,
            by=name or "",
            state=_state(version, newest.get(version.reach), now),
        )
        for version, row, name in reversed(versions)
    ]


def _state(version: RateVersion, newest: RateVersion | None, now: datetime) -> str:
    if version.valid_from > now:
        return "later"
    return "in force" if newest is not None and newest.id == version.id and version.rate is not None else "past"
