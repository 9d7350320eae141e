"""What a person is paid for what they are about to begin."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from preceptor.hiring.queries import engagement_rates, levels_for
from preceptor.lib.db import ReadSession
from preceptor.lib.money import Money
from preceptor.pay.queries import floors_for, rates_for
from preceptor.pay.rules import Activity, RateInForce, begins, floor_in_force, role_of
from preceptor.people.queries import profile_of
from preceptor.people.rules import Place, Role
from preceptor.projects.rules import ProjectTerms
from preceptor.work.rules.pay_terms import PayTerms, earliest, lifted


async def pay_terms_of(
    session: ReadSession, *, person_id: UUID, project: ProjectTerms, activity: Activity | None = None, at: datetime
) -> PayTerms:
    """The terms under which a person begins something on one project at a moment: see `pay_terms_of_projects`."""
    found = await pay_terms_of_projects(session, person_id=person_id, projects=[project], activity=activity, at=at)
    return found[project.id]


async def pay_terms_of_projects(
    session: ReadSession,
    *,
    person_id: UUID,
    projects: Sequence[ProjectTerms],
    activity: Activity | None = None,
    at: datetime,
) -> dict[UUID, PayTerms]:
    """The terms under which a person begins something on projects at a moment. For callers that know who asks.

    What they agreed to with an offer comes first, then the table of rates, then the project's own rate; and nothing is
    below the floor of the person's place. The terms may be remembered until `valid_until`; what was begun keeps the
    terms it was begun under. The number of statements does not grow with that of projects.

    Args:
        session: where to look.
        person_id: who.
        projects: their terms.
        activity: what they begin; None for what each project is for: `project.activity`.
        at: when.

    Raises:
        NoSuchPersonError: there is none.
    """
    terms = {
        one.id: PayTerms(rate=Money(0, one.rate.currency), cap_ms=one.cap_ms) for one in projects if one.rules.unpaid
    }
    paid: dict[Activity, list[ProjectTerms]] = {}
    for one in projects:
        if not one.rules.unpaid:
            paid.setdefault(activity or Activity(one.activity), []).append(one)
    if not paid:
        return terms
    profile = await profile_of(session, person_id=person_id)
    floors = await floors_for(session, place=profile.place)
    next_floor = min((begins(one.valid_from) for one in floors if begins(one.valid_from) > at), default=None)
    for doing, those in paid.items():
        rates = await _rates(session, person_id=person_id, projects=those, place=profile.place, activity=doing, at=at)
        for project in those:
            agreed = rates[project.id]
            floor = floor_in_force(floors, place=profile.place, currency=agreed.rate.currency, at=at)
            rate: RateInForce = lifted(agreed, floor)
            own = doing.value == project.activity
            price, next_price = project.task_price(at=at) if own else (None, None)
            terms[project.id] = PayTerms(
                rate=rate.rate,
                cap_ms=project.cap_ms if own else None,
                task_minor=price if rate.rate.currency == project.rate.currency else None,
                valid_until=earliest(rate.valid_until, next_floor, next_price),
                source=rate.source,
            )
    return terms


async def _rates(
    session: ReadSession,
    *,
    person_id: UUID,
    projects: Sequence[ProjectTerms],
    place: Place,
    activity: Activity,
    at: datetime,
) -> dict[UUID, RateInForce]:
    """What was agreed with an offer, and for the other projects what the table of rates and the projects say."""
    ids = [one.id for one in projects]
    role = Role(role_of(activity).value)
    agreed = await engagement_rates(session, person_id=person_id, project_ids=ids, at=at, role=role)
    rates = {project_id: RateInForce(one.rate, "engagement") for project_id, one in agreed.items()}
    defaults = {one.id: one.rate for one in projects if one.id not in rates}
    if not defaults:
        return rates
    levels = await levels_for(session, person_id=person_id, project_ids=defaults, now=at)
    return rates | await rates_for(session, defaults=defaults, levels=levels, place=place, activity=activity, at=at)
