"""How much work a team has: for those who lead it. Nothing here tells of money, or of one person."""

from uuid import UUID

import msgspec
from sqlalchemy import select

from preceptor.lib.db import ReadSession
from preceptor.people.queries import NoSuchTeamError
from preceptor.people.rules import Actor, Permission, TeamFunction
from preceptor.people.tables import Membership
from preceptor.projects.queries import unread_questions
from preceptor.projects.rules import ProjectState
from preceptor.projects.tables import Project, ProjectTeam
from preceptor.work.queries.counts import counts_of_projects

RUNNING = (ProjectState.OPEN.value, ProjectState.PAUSED.value)


class TeamProject(msgspec.Struct, frozen=True, kw_only=True):
    """A project of a team, in numbers of answers.

    Attributes:
        open: slots that can be taken.
        held: slots that people work on.
        submitted: answers that wait for a verdict.
        returned: answers that are back with their trainers.
        unread: questions with words that the actor has not read.
    """

    slug: str
    title: str
    state: ProjectState
    open: int
    held: int
    submitted: int
    returned: int
    unread: int


async def list_team_queue(session: ReadSession, *, actor: Actor, team_id: UUID) -> list[TeamProject]:
    """The state of the queue in each open or paused project of a team.

    Raises:
        NoSuchTeamError: the actor neither leads nor manages the team, nor reads all projects.
    """
    if not actor.may(Permission.PROJECT_READ) and team_id not in actor.lead_team_ids:
        function = await session.scalar(
            select(Membership.function).where(Membership.team_id == team_id, Membership.person_id == actor.person_id)
        )
        if function not in {TeamFunction.LEAD.value, TeamFunction.MANAGER.value}:
            raise NoSuchTeamError
    rows = list(
        await session.execute(
            select(Project.id, Project.slug, Project.title, Project.state)
            .join(ProjectTeam, ProjectTeam.project_id == Project.id)
            .where(ProjectTeam.team_id == team_id, Project.state.in_(RUNNING))
            .order_by(Project.title)
        )
    )
    ids = [row[0] for row in rows]
    counts = await counts_of_projects(session, project_ids=ids)
    unread = await unread_questions(session, actor=actor, project_ids=ids)
    return [
        TeamProject(
            slug=slug,
            title=title,
            state=ProjectState(state),
            open=max(counts[project_id].open, 0),
            held=max(counts[project_id].held, 0),
            submitted=max(counts[project_id].submitted, 0),
            returned=max(counts[project_id].returned, 0),
            unread=unread.get(project_id, 0),
        )
        for project_id, slug, title, state in rows
    ]
