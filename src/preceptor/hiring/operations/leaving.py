"""What follows when an engagement has ended: its person leaves the teams they were in for it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.dialects.postgresql import distinct_on

from preceptor.hiring.queries.belonging import team_names, teams_of_person, teams_of_projects
from preceptor.hiring.queries.engagements import newest_version
from preceptor.hiring.tables import Engagement, EngagementEnd, EngagementLeave, Offer
from preceptor.lib.db import WriteSession
from preceptor.lib.i18n import _
from preceptor.people.operations import remove_member
from preceptor.people.operations.notices import Told, notify
from preceptor.people.rules import SYSTEM


async def leave_ended(session: WriteSession, *, now: datetime, limit: int = 100) -> int:
    """Take people out of the teams of engagements that have ended. Answers how many engagements. For the worker."""
    done = and_(
        EngagementLeave.person_id == EngagementEnd.person_id, EngagementLeave.offer_id == EngagementEnd.offer_id
    )
    due = (
        select(EngagementEnd)
        .where(EngagementEnd.ends_at <= now, ~select(EngagementLeave.at).where(done).exists())
        .order_by(EngagementEnd.ends_at, EngagementEnd.person_id, EngagementEnd.offer_id)
        .limit(limit)
    )
    rows = list(await session.scalars(due.with_for_update(skip_locked=True)))
    for row in rows:
        await leave_teams(session, end=row, now=now)
    return len(rows)


async def leave_teams(session: WriteSession, *, end: EngagementEnd, now: datetime) -> None:
    """Take somebody out of the teams that an engagement of theirs was for, and tell them. For callers who hold its end.

    A team stays theirs where another engagement of theirs covers one of its projects. Nothing else changes: what they
    did, can and earned is theirs, what they have begun can be handed in, and a manager can put them into a team again.
    """
    ended = await newest_version(session, person_id=end.person_id, offer_id=end.offer_id)
    team_ids = await _to_leave(session, ended, now=now)
    for team_id in team_ids:
        await remove_member(session, actor=SYSTEM, team_id=team_id, person_id=end.person_id)
    session.add(EngagementLeave(person_id=end.person_id, offer_id=end.offer_id, team_ids=team_ids, at=now))
    await session.flush()
    if not team_ids:
        return
    names = await team_names(session, team_ids=team_ids)
    title = ended.title

    def text() -> Told:
        subject = _("Your engagement “{title}” has ended").format(title=title)
        body = _(
            "You have left: {teams}. What you have begun can still be handed in. What you have done, your "
            "certifications and what you have earned stay as they are."
        )
        return Told(str(subject), str(body.format(teams=", ".join(names))))

    await notify(session, person_id=end.person_id, kind="engagement.left", text=text, link="/engagements")


async def _to_leave(session: WriteSession, ended: Engagement, *, now: datetime) -> list[UUID]:
    over = and_(EngagementEnd.person_id == Engagement.person_id, EngagementEnd.offer_id == Engagement.offer_id)
    running = list(
        await session.scalars(
            select(Engagement)
            .where(
                Engagement.person_id == ended.person_id,
                Engagement.offer_id != ended.offer_id,
                ~select(EngagementEnd.ends_at).where(over, EngagementEnd.ends_at <= now).exists(),
            )
            .order_by(Engagement.offer_id, Engagement.version.desc())
            .ext(distinct_on(Engagement.offer_id))
        )
    )
    if any(not one.project_ids for one in running):
        return []  # That one is for every project.
    mine = await teams_of_person(session, person_id=ended.person_id)
    if ended.project_ids:
        exam = await session.scalar(select(Offer.exam_project_id).where(Offer.id == ended.offer_id))
        mine &= await teams_of_projects(session, project_ids=[*ended.project_ids, *([exam] if exam else [])])
    covered = [project_id for one in running for project_id in one.project_ids]
    kept = await teams_of_projects(session, project_ids=covered)
    return sorted(mine - kept)
