"""Who is on a project that ends, what they can, and where work for them is."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import any_, func, literal, select

from preceptor.hiring.queries import certifications_of
from preceptor.lib.db import ReadSession
from preceptor.people.queries import actor_of, profile_of
from preceptor.people.rules import Actor, Permission, Role, language_name
from preceptor.people.tables import Membership, Person, Team
from preceptor.projects.queries import ProjectView, access_project, project_terms
from preceptor.projects.rules import ProjectState, ProjectTerms, Purpose
from preceptor.projects.tables import Project, ProjectTeam
from preceptor.work.queries.admission import admissions_of, lanes_of
from preceptor.work.queries.counts import counts_of_projects
from preceptor.work.rules.moving import Opening, propose

MOST_PEOPLE = 200
MOST_PROJECTS = 60


class OpenTeam(msgspec.Struct, frozen=True):
    """A team of a running project, and how much of that project's work is open."""

    key: str
    team_id: UUID
    team_name: str
    project_title: str
    open: int
    people: int


class MovingPerson(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody on the project.

    Attributes:
        languages: names and levels.
        certifications: names and levels.
        elsewhere: running projects with open work that they may take without being moved.
        places: teams of other projects with open work that they may take.
        proposed: key of one of the places; empty where none is proposed.
    """

    id: UUID
    name: str
    team_id: UUID
    team_name: str
    languages: list[tuple[str, int]]
    certifications: list[tuple[str, int]]
    elsewhere: list[str]
    places: list[OpenTeam]
    proposed: str


class MovingPlan(msgspec.Struct, frozen=True):
    """The people of a project, and where they could go."""

    project: ProjectView
    people: list[MovingPerson]
    more: bool
    """There are more people than are shown."""


async def moving_plan(session: ReadSession, *, actor: Actor, slug: str, now: datetime) -> MovingPlan:
    """The trainers of a project's teams, each with what they can and where work for them is open.

    Who has other open work in their own teams is proposed to stay. Nothing is moved by looking.

    Raises:
        MissingPermissionError: the actor may not write teams or not read projects.
        NoSuchProjectError: there is none at this address.
    """
    actor.require(Permission.TEAM_WRITE)
    actor.require(Permission.PROJECT_READ)
    project = await access_project(session, actor=actor, slug=slug)
    own_teams = [team.id for team in project.teams]
    rows = list(
        await session.execute(
            select(Person, Membership.team_id, Team.name)
            .join(Membership, Membership.person_id == Person.id)
            .join(Team, Team.id == Membership.team_id)
            .where(
                Membership.team_id.in_(own_teams),
                Person.state == "active",
                literal(Role.TRAINER.value) == any_(Person.roles),
            )
            .order_by(Person.name, Person.id, Team.name)
            .limit(MOST_PEOPLE + 1)
        )
    )
    members: dict[UUID, tuple[Person, UUID, str]] = {}
    for person, team_id, team_name in rows[:MOST_PEOPLE]:
        members.setdefault(person.id, (person, team_id, team_name))
    terms, teams = await _running(session, except_id=project.id)
    lanes = await lanes_of(await session.driver(), project_ids=[one.id for one in terms])
    people, fits = [], {}
    for person, team_id, team_name in members.values():
        whose = await actor_of(session, person)
        admissions = await admissions_of(session, actor=whose, terms=terms, now=now) if terms else {}
        able = {one.id for one in terms if any(admissions[one.id].may(lane) for lane in lanes[one.id])}
        places = [team for one in terms if one.id in able for team in teams.get(one.id, []) if team.open > 0]
        elsewhere = sorted({team.project_title for team in places if team.team_id in whose.team_ids})
        others = [team for team in places if team.team_id not in whose.team_ids]
        if not elsewhere:
            fits[person.id] = [team.key for team in others]
        profile = await profile_of(session, person_id=person.id)
        held = await certifications_of(session, person_id=person.id, now=now)
        people.append(
            MovingPerson(
                id=person.id,
                name=person.name,
                team_id=team_id,
                team_name=team_name,
                languages=[(language_name(one.language), one.level) for one in profile.spoken],
                certifications=[(one.name, one.level) for one in held],
                elsewhere=elsewhere,
                places=others,
                proposed="",
            )
        )
    openings = [Opening(team.key, team.open, team.people) for found in teams.values() for team in found]
    proposed = propose(fits, openings)
    return MovingPlan(
        project=project,
        people=[msgspec.structs.replace(one, proposed=proposed.get(one.id, "")) for one in people],
        more=len(rows) > MOST_PEOPLE,
    )


async def _running(session: ReadSession, *, except_id: UUID) -> tuple[list[ProjectTerms], dict[UUID, list[OpenTeam]]]:
    """Open projects of work but one, and their teams with how much is open."""
    ids = list(
        await session.scalars(
            select(Project.id)
            .where(Project.state == ProjectState.OPEN.value, Project.id != except_id)
            .order_by(Project.id.desc())
            .limit(MOST_PROJECTS)
        )
    )
    found = [await project_terms(session, project_id=project_id) for project_id in ids]
    terms = [one for one in found if one.purpose is Purpose.WORK]
    counts = await counts_of_projects(session, project_ids=[one.id for one in terms])
    titles = {one.id: one.title for one in terms}
    rows = await session.execute(
        select(ProjectTeam.project_id, Team.id, Team.name, func.count(Membership.person_id))
        .join(Team, Team.id == ProjectTeam.team_id)
        .outerjoin(Membership, Membership.team_id == Team.id)
        .where(ProjectTeam.project_id.in_(titles))
        .group_by(ProjectTeam.project_id, Team.id, Team.name)
        .order_by(Team.name)
    )
    teams: dict[UUID, list[OpenTeam]] = {}
    for project_id, team_id, name, people in rows:
        key = f"{project_id}:{team_id}"
        open_work = max(counts[project_id].open, 0)
        teams.setdefault(project_id, []).append(OpenTeam(key, team_id, name, titles[project_id], open_work, people))
    return terms, teams
