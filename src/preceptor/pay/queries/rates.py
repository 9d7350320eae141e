"""Reading rates."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select

from preceptor.lib.db import ReadSession
from preceptor.lib.money import Money
from preceptor.pay.rules import Activity, RateInForce, RateVersion, Reach, rate_in_force, role_of
from preceptor.pay.tables import Rate
from preceptor.people.rules import Place


async def rate_for(
    session: ReadSession,
    *,
    project_id: UUID,
    place: Place,
    level: int,
    activity: Activity,
    at: datetime,
    default: Money | None = None,
) -> RateInForce | None:
    """What the table of rates says for work on a project that somebody begins at a moment.

    What a person is paid in the end, with the offer they accepted and floors, says `work.queries.pay_terms`.

    Args:
        session: where to look.
        project_id: the project.
        place: where the person is.
        level: of their certification; 0 for none.
        activity: what they do.
        at: when it is begun.
        default: the project's own rate, which holds where the table says nothing.

    Returns:
        The rate; None where the table says nothing and there is no default.
    """
    versions = await versions_of(session, project_id=project_id, activity=activity)
    found, later = rate_in_force(versions, place=place, level=level, activity=activity, at=at)
    if found is not None and found.rate is not None:
        return RateInForce(found.rate, "rate", later, found.reach)
    return None if default is None else RateInForce(default, "project", later)


async def versions_of(session: ReadSession, *, project_id: UUID, activity: Activity | None = None) -> list[RateVersion]:
    """Every version of a project's rates, and of those for the role that does `activity` (None: no role's)."""
    whose = Rate.project_id == project_id
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
