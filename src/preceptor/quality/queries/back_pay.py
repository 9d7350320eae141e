"""What somebody could have earned while a measure bound them that was overturned."""

from datetime import datetime, timedelta
from fractions import Fraction

import msgspec
from sqlalchemy import func, select

from preceptor.hiring.queries import CaseView
from preceptor.hiring.queries.standing import facts_of
from preceptor.hiring.rules import bound_for, bound_together
from preceptor.hiring.tables import DueProcessCase
from preceptor.lib.db import ReadSession
from preceptor.lib.money import Money
from preceptor.pay.rules import Activity
from preceptor.people.rules import Role
from preceptor.people.tables import Membership, Person
from preceptor.projects.queries import project_terms, terms_of_running
from preceptor.quality.queries.case_records import lost_pay
from preceptor.quality.rules.back_pay import PaidBack, less_paid_back, most_back_pay
from preceptor.work.queries.pay_terms import pay_terms_of_projects
from preceptor.work.tables import TimeEntry

RATES_LOOKED_BACK = timedelta(days=365)
MICROSECOND = timedelta(microseconds=1)


class BackPayLimit(msgspec.Struct, frozen=True):
    """The most that can be paid for work lost by a measure.

    Attributes:
        most: by currency.
        paid: what other cases have paid back for the same time, which was taken off.
    """

    most: dict[str, Money]
    paid: list[Money]


async def most_back_pay_of(session: ReadSession, *, case: CaseView, now: datetime) -> BackPayLimit:
    """The most that can be paid for work lost by a measure; see `rules.back_pay`.

    The rates are those that their time was paid at in the year before, and those of the projects of their teams, when
    the measure began to bind them and now. Call it while the measure stands, for callers that know who asks.
    """
    if not case.bound_ms:
        return BackPayLimit({}, [])
    rates = await _paid_rates(session, case) + await _open_rates(session, case, now)
    pace = [one.suggested for one in await lost_pay(session, case=case)]
    most = most_back_pay(rates=rates, pace=pace, bound=timedelta(milliseconds=case.bound_ms))
    paid = await _paid_back(session, case, now)
    return BackPayLimit(less_paid_back(most, paid), [one.for_same_time for one in paid])


async def _paid_back(session: ReadSession, case: CaseView, now: datetime) -> list[PaidBack]:
    """What other cases about the same person have paid back for time in which this measure bound them too."""
    row = await session.get_one(DueProcessCase, case.id)
    others = await session.scalars(
        select(DueProcessCase)
        .where(
            DueProcessCase.person_id == case.person_id, DueProcessCase.id != case.id, DueProcessCase.back_pay_minor > 0
        )
        .order_by(DueProcessCase.id)
    )
    found = []
    for other in others:
        facts = facts_of(other)
        together = bound_together(facts_of(row), facts, now)
        whole = bound_for(facts, now)
        if together and other.back_pay_minor and other.back_pay_currency:
            share = Fraction(together // MICROSECOND, whole // MICROSECOND)
            found.append(PaidBack(Money(other.back_pay_minor, other.back_pay_currency), share))
    return found


async def _paid_rates(session: ReadSession, case: CaseView) -> list[Money]:
    query = (
        select(TimeEntry.currency, func.max(TimeEntry.rate_minor))
        .where(TimeEntry.person_id == case.person_id, TimeEntry.ended_at >= case.effective_at - RATES_LOOKED_BACK)
        .group_by(TimeEntry.currency)
    )
    if case.measure == "restriction":
        here = TimeEntry.project_id == case.project_id
        query = query.where(here if case.scope == "from" else ~here)
    return [Money(int(amount), currency) for currency, amount in await session.execute(query) if amount]


async def _open_rates(session: ReadSession, case: CaseView, now: datetime) -> list[Money]:
    theirs = frozenset(await session.scalars(select(Membership.team_id).where(Membership.person_id == case.person_id)))
    roles = await session.scalar(select(Person.roles).where(Person.id == case.person_id)) or []
    projects = [
        one
        for one in await terms_of_running(session)
        if one.team_ids & theirs and (case.measure != "restriction" or one.id != case.project_id)
    ]
    if case.project_id is not None and case.measure == "restriction" and case.scope == "from":
        # Also where it has ended, or gone to another team, since.
        projects = [await project_terms(session, project_id=case.project_id)]
    projects = [one for one in projects if not one.rules.unpaid]
    activities = [None, *([Activity.REVIEW] if Role.REVIEWER.value in roles else [])]
    rates = []
    for activity in activities:
        for at in (case.effective_at, now):
            terms = await pay_terms_of_projects(
                session, person_id=case.person_id, projects=projects, activity=activity, at=at
            )
            rates += [one.rate for one in terms.values() if one.rate.amount]
    return rates
