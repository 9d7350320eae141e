"""Telling people that what they are paid changes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from preceptor.hiring.queries import engagement_rate, level_for
from preceptor.lib.db import WriteSession
from preceptor.lib.i18n import _, ngettext
from preceptor.lib.money import Money, format_money
from preceptor.pay.queries import versions_of, versions_of_role
from preceptor.pay.rules import ACTIVITY_NAMES, Activity, PaidRole, RateVersion, rate_in_force, role_of
from preceptor.people.operations.notices import Told, moment, notify
from preceptor.people.rules import Place, Role
from preceptor.projects.queries import project_terms, terms_of_running
from preceptor.projects.rules import ProjectTerms
from preceptor.work.queries.members import member_places

ASKED = (Activity.WORK, Activity.REVIEW)
"""What people are told about by itself; other activities follow from the work they belong to."""

MOST_LINES = 20
"""Of a notice that tells of several projects."""


class Change(msgspec.Struct, frozen=True):
    """An hour of somebody's on a project earns something else."""

    project: str
    activity: Activity
    before: Money
    after: Money


async def tell_of_rate(session: WriteSession, *, rate_id: UUID, project_id: UUID | None) -> int:
    """Tell everybody whom a new version of a rate pays differently, and from when. Answers how many.

    Who works under an accepted offer is not touched by it, and not told. A rate of a role touches every project that
    people work on; each is told once, whatever number of projects.

    Args:
        session: the transaction.
        rate_id: the version.
        project_id: whose rate it is; None: a role's in all projects.
    """
    by_role = {role: await versions_of_role(session, role=role) for role in PaidRole}
    if project_id is not None:
        terms = [await project_terms(session, project_id=project_id)]
        versions: Iterable[RateVersion] = await versions_of(session, project_id=project_id)
    else:
        terms = await terms_of_running(session)
        versions = [one for each in by_role.values() for one in each]
    new = next((one for one in versions if one.id == rate_id), None)
    if new is None:
        return 0
    # A rate of a role is for that role alone.
    roles = [role for role, each in by_role.items() if project_id is not None or new in each]
    changes: dict[UUID, list[Change]] = defaultdict(list)
    for one in terms:
        if not one.rules.unpaid:
            own = await versions_of(session, project_id=one.id)
            known = {role: [*own, *by_role[role]] for role in roles}
            for person_id, change in await _changes(session, one, new, known):
                changes[person_id].append(change)
    for person_id, found in changes.items():
        await _tell(session, person_id, found, at=new.valid_from)
    return len(changes)


async def _changes(
    session: WriteSession, terms: ProjectTerms, new: RateVersion, known: Mapping[PaidRole, Sequence[RateVersion]]
) -> list[tuple[UUID, Change]]:
    """Whom a version pays differently on one project."""
    at, found = new.valid_from, []
    for person_id, place, roles in await member_places(session, team_ids=terms.team_ids):
        for activity in ASKED:
            role = role_of(activity)
            if role not in known or role.value not in roles or new.reach.activity not in {None, activity}:
                continue
            if await engagement_rate(session, person_id=person_id, project_id=terms.id, at=at, role=Role(role.value)):
                continue
            versions = known[role]
            level = await level_for(session, person_id=person_id, project_id=terms.id, now=at) or 0
            before = _paid([one for one in versions if one.id < new.id], terms, place, level, activity, at)
            after = _paid([one for one in versions if one.id <= new.id], terms, place, level, activity, at)
            if before != after:
                found.append((person_id, Change(terms.title, activity, before, after)))
    return found


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
            await _tell(session, person_id, [Change(terms.title, Activity.WORK, before, after)], at=at)
            told += 1
    return told


def _paid(
    versions: Sequence[RateVersion], terms: ProjectTerms, place: Place, level: int, activity: Activity, at: datetime
) -> Money:
    found, _later = rate_in_force(versions, place=place, level=level, activity=activity, at=at)
    return terms.rate if found is None or found.rate is None else found.rate


async def _tell(session: WriteSession, person_id: UUID, changes: Sequence[Change], *, at: datetime) -> None:
    def text() -> Told:
        return _one(changes[0], at) if len(changes) == 1 else _several(changes, at)

    await notify(session, person_id=person_id, kind="rate.changed", text=text, link="/work")


def _one(change: Change, at: datetime) -> Told:
    after = format_money(change.after)
    subject = _("{project}: {rate} an hour").format(project=change.project, rate=after)
    body = _(
        "{activity} on “{project}” earns {after} an hour instead of {before}, for what is begun from {day} on. "
        "What you have begun by then keeps the rate it was begun under."
    )
    shown = body.format(
        activity=str(ACTIVITY_NAMES[change.activity]),
        project=change.project,
        after=after,
        before=format_money(change.before),
        day=moment(at),
    )
    return Told(str(subject), str(shown))


def _several(changes: Sequence[Change], at: datetime) -> Told:
    subject = ngettext("{count} rate of yours changes", "{count} rates of yours change", len(changes))
    first = _(
        "For what is begun from {day} on, an hour earns something else. What you have begun by then keeps the rate it "
        "was begun under."
    )
    line = _("{project}, {activity}: {after} instead of {before}")
    lines = [
        str(
            line.format(
                project=one.project,
                activity=str(ACTIVITY_NAMES[one.activity]),
                after=format_money(one.after),
                before=format_money(one.before),
            )
        )
        for one in changes[:MOST_LINES]
    ]
    if left := len(changes) - MOST_LINES:
        more = ngettext("and {count} more", "and {count} more", left)
        lines += [more.format(count=left)] if left > 0 else []
    said = [str(first.format(day=moment(at))), *lines]
    return Told(str(subject.format(count=len(changes))), "\n".join(said))
