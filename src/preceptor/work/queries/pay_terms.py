"""What a person is paid for what they are about to begin."""

from datetime import datetime
from uuid import UUID

from preceptor.hiring.queries import engagement_rate, level_for
from preceptor.lib.db import ReadSession
from preceptor.lib.money import Money
from preceptor.pay.queries import floors_for, rate_for
from preceptor.pay.rules import Activity, RateInForce, begins, floor_in_force, role_of
from preceptor.people.queries import profile_of
from preceptor.people.rules import Role
from preceptor.projects.rules import ProjectTerms
from preceptor.work.rules.pay_terms import PayTerms, earliest, lifted


async def pay_terms_of(
    session: ReadSession, *, person_id: UUID, project: ProjectTerms, activity: Activity | None = None, at: datetime
) -> PayTerms:
    """The terms under which a person begins something on a project at a moment. For callers that know who asks.

    What they agreed to with an offer comes first, then the table of rates, then the project's own rate; and nothing is
    below the floor of the person's place. The terms may be remembered until `valid_until`; what was begun keeps the
    terms it was begun under.

    Args:
        session: where to look.
        person_id: who.
        project: its terms.
        activity: what they begin; None for what the project is for: `project.activity`.
        at: when.

    Raises:
        NoSuchPersonError: there is none.
    """
    doing = Activity(project.activity) if activity is None else activity
    if project.rules.unpaid:
        return PayTerms(rate=Money(0, project.rate.currency), cap_ms=project.cap_ms)
    profile = await profile_of(session, person_id=person_id)
    agreed = await _agreed(session, person_id=person_id, project=project, activity=doing, at=at)
    if agreed is None:
        level = await level_for(session, person_id=person_id, project_id=project.id, now=at)
        agreed = await rate_for(
            session,
            project_id=project.id,
            place=profile.place,
            level=level or 0,
            activity=doing,
            at=at,
            default=project.rate,
        )
    assert agreed is not None  # there is a default
    floors = await floors_for(session, place=profile.place)
    floor = floor_in_force(floors, place=profile.place, currency=agreed.rate.currency, at=at)
    next_floor = min((begins(one.valid_from) for one in floors if begins(one.valid_from) > at), default=None)
    paid: RateInForce = lifted(agreed, floor)
    by_task = doing.value == project.activity and paid.rate.currency == project.rate.currency
    return PayTerms(
        rate=paid.rate,
        cap_ms=project.cap_ms if doing.value == project.activity else None,
        task_minor=project.task_minor if by_task else None,
        valid_until=earliest(paid.valid_until, next_floor),
        source=paid.source,
    )


async def _agreed(
    session: ReadSession, *, person_id: UUID, project: ProjectTerms, activity: Activity, at: datetime
) -> RateInForce | None:
    """The rate of the offer that a person accepted, where it covers this."""
    role = Role(role_of(activity).value)
    found = await engagement_rate(session, person_id=person_id, project_id=project.id, at=at, role=role)
    return None if found is None else RateInForce(found.rate, "engagement")
