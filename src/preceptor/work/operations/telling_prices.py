"""Telling people that what a task earns changes."""

from datetime import datetime
from uuid import UUID

from preceptor.lib.db import WriteSession
from preceptor.lib.i18n import _
from preceptor.lib.money import Money, format_money
from preceptor.pay.rules import price_in_force
from preceptor.people.operations.notices import Told, moment, notify
from preceptor.people.rules import Role
from preceptor.projects.queries import project_terms
from preceptor.projects.rules import ProjectState, ProjectTerms
from preceptor.work.queries.members import member_places
from preceptor.work.queries.pay_terms import pay_terms_of


async def tell_of_task_price(session: WriteSession, *, project_id: UUID, price_id: UUID) -> int:
    """Tell the trainers of a project of a new version of its price for each task, and from when it holds.

    Answers how many were told: nobody, where tasks earn the same with it as without.
    """
    terms = await project_terms(session, project_id=project_id)
    new = next((one for one in terms.prices if one.id == price_id), None)
    if new is None:
        return 0
    # A version that was written later is told by itself.
    earlier = [one for one in terms.prices if one.id < new.id]
    before, _later = price_in_force(earlier, own=terms.rules.task_price_minor, at=new.valid_from)
    return await _tell(session, terms, before=before, after=new.minor, at=new.valid_from)


async def tell_of_own_task_price(
    session: WriteSession, *, project_id: UUID, before_minor: int | None, after_minor: int | None, at: datetime
) -> int:
    """Tell the trainers of a project that its own price for each task has changed. Answers how many."""
    terms = await project_terms(session, project_id=project_id)
    return await _tell(session, terms, before=before_minor, after=after_minor, at=at)


async def _tell(
    session: WriteSession, terms: ProjectTerms, *, before: int | None, after: int | None, at: datetime
) -> int:
    if before == after or terms.rules.unpaid or terms.state is ProjectState.DRAFT:
        return 0

    def text() -> Told:
        return _told(terms, before=before, after=after, at=at)

    told = 0
    for person_id, _place, roles in await member_places(session, team_ids=terms.team_ids):
        if Role.TRAINER.value not in roles:
            continue
        pay = await pay_terms_of(session, person_id=person_id, project=terms, at=at)
        # Whose hour is promised in another currency has no price for each task.
        if pay.rate.currency == terms.rate.currency:
            await notify(session, person_id=person_id, kind="rate.changed", text=text, link="/work")
            told += 1
    return told


def _told(terms: ProjectTerms, *, before: int | None, after: int | None, at: datetime) -> Told:
    currency = terms.rate.currency
    if after is None:
        subject = _("{project}: paid by the hour")
        body = _(
            "Each task of “{project}” that you begin from {day} on is paid by the hour, and earns {before} no more "
            "when you hand it in. What you have begun by then keeps the price it was begun under."
        )
    elif before is None:
        subject = _("{project}: {price} for each task")
        body = _(
            "Each task of “{project}” that you begin from {day} on earns {after} when you hand it in. What your tasks "
            "lack of the hour you were promised is added once the month is over."
        )
    else:
        subject = _("{project}: {price} for each task")
        body = _(
            "Each task of “{project}” that you begin from {day} on earns {after} instead of {before} when you hand it "
            "in. What you have begun by then keeps the price it was begun under. What your tasks lack of the hour you "
            "were promised is added once the month is over."
        )
    price = "" if after is None else format_money(Money(after, currency))
    shown = body.format(
        project=terms.title,
        day=moment(at),
        after=price,
        before="" if before is None else format_money(Money(before, currency)),
    )
    return Told(str(subject.format(project=terms.title, price=price)), str(shown))
