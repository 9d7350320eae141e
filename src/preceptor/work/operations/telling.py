"""Telling trainers that the rate they work under changes."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from preceptor.hiring.queries import engagement_rate, level_for
from preceptor.lib.db import WriteSession
from preceptor.lib.i18n import _
from preceptor.lib.money import Money, format_money
from preceptor.pay.queries import versions_of, versions_of_role
from preceptor.pay.rules import ACTIVITY_NAMES, Activity, RateVersion, rate_in_force, role_of
from preceptor.people.operations.notices import Told, notify
from preceptor.people.rules import Place, Role
from preceptor.projects.queries import project_terms
from preceptor.projects.rules import ProjectTerms
from preceptor.work.queries.members import member_places

ASKED = (Activity.WORK, Activity.REVIEW)
"""What people are told about by itself; other activities follow from the work they belong to."""


async def tell_of_rate(session: WriteSession, *, rate_id: UUID, project_id: UUID) -> int:
    """Tell everybody whom a new version of a project's rate pays differently, and from when. Answers how many.

    Who works under an accepted offer is not touched by it, and not told.
    """
    terms = await project_terms(session, project_id=project_id)
    own = await versions_of(session, project_id=project_id)
    new = next((one for one in own if one.id == rate_id), None)
    if new is None or terms.rules.unpaid:
        return 0
    told = 0
    for person_id, place, roles in await member_places(session, team_ids=terms.team_ids):
        for activity in ASKED:
            role = role_of(activity)
            if role.value not in roles or new.reach.activity not in {None, activity}:
                continue
            at = new.valid_from
            if await engagement_rate(session, person_id=person_id, project_id=project_id, at=at, role=Role(role.value)):
                continue
            versions = [*own, *await versions_of_role(session, role=role)]
            level = await level_for(session, person_id=person_id, project_id=project_id, now=at) or 0
            before = _paid([one for one in versions if one.id < new.id], terms, place, level, activity, at)
            after = _paid([one for one in versions if one.id <= new.id], terms, place, level, activity, at)
            if before != after:
                await _tell(session, person_id, terms=terms, activity=activity, before=before, after=after, at=at)
                told += 1
    return told


async def tell_of_own_rate(
    session: WriteSession, *, project_id: UUID, before: Money, after: Money, at: datetime
) -> int:
    """Tell everybody whom a project's own rate pays, now that it has changed. Answers how many."""
    terms = await project_terms(session, project_id=project_id)
    if terms.rules.unpaid:
        return 0
    versions = [
        *await versions_of(session, project_id=project_id),
        *await versions_of_role(session, role=role_of(Activity.WORK)),
    ]
    told = 0
    for person_id, place, roles in await member_places(session, team_ids=terms.team_ids):
        if Role.TRAINER.value not in roles:
            continue
        if await engagement_rate(session, person_id=person_id, project_id=project_id, at=at):
            continue
        level = await level_for(session, person_id=person_id, project_id=project_id, now=at) or 0
        found, _later = rate_in_force(versions, place=place, level=level, activity=Activity.WORK, at=at)
        if found is None:
            await _tell(session, person_id, terms=terms, activity=Activity.WORK, before=before, after=after, at=at)
            told += 1
    return told


def _paid(
    versions: Sequence[RateVersion], terms: ProjectTerms, place: Place, level: int, activity: Activity, at: datetime
) -> Money:
    found, _later = rate_in_force(versions, place=place, level=level, activity=activity, at=at)
    return terms.rate if found is None or found.rate is None else found.rate


async def _tell(
    session: WriteSession,
    person_id: UUID,
    *,
    terms: ProjectTerms,
    activity: Activity,
    before: Money,
    after: Money,
    at: datetime,
) -> None:
    def text() -> Told:
        subject = _("{project}: {rate} an hour").format(project=terms.title, rate=format_money(after))
        body = _(
            "{activity} on “{project}” earns {after} an hour instead of {before}, for what is begun from {day} on. "
            "What you have begun by then keeps the rate it was begun under."
        )
        shown = body.format(
            activity=str(ACTIVITY_NAMES[activity]),
            project=terms.title,
            after=format_money(after),
            before=format_money(before),
            day=at.date().isoformat(),
        )
        return Told(str(subject), str(shown))

    await notify(session, person_id=person_id, kind="rate.changed", text=text, link="/work")
