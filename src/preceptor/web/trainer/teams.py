"""One's own teams: who leads them, what they were told; for a lead also how much work there is, never what it pays."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get

from preceptor.lib.web import Request, page
from preceptor.people import FUNCTION_NAMES, Actor, Permission, TeamFunction
from preceptor.people.queries import OwnTeam, TransferView, list_own_teams, list_transfers
from preceptor.work.queries.team_queue import TeamProject, list_team_queue


class OwnTeamCard(msgspec.Struct, frozen=True):
    """A team; `queue` is None for whoever does not lead it."""

    team: OwnTeam
    queue: list[TeamProject] | None


class OwnTeamsPage(msgspec.Struct, frozen=True):
    """One's own teams and moves."""

    cards: list[OwnTeamCard]
    transfers: list[TransferView]
    functions: dict[TeamFunction, Any]


@get("/teams", name="own_teams")
async def show_own_teams(request: Request[Actor]) -> Response[str]:
    """The teams one is in."""
    actor = request.actor
    actor.require(Permission.WORK_DO)
    async with request.db.read() as session:
        teams = await list_own_teams(session, actor=actor)
        queues: dict[UUID, list[TeamProject]] = {
            team.id: await list_team_queue(session, actor=actor, team_id=team.id)
            for team in teams
            if team.function is not TeamFunction.MEMBER
        }
        transfers = await list_transfers(session, actor=actor, person_id=actor.person_id)
    view = OwnTeamsPage([OwnTeamCard(team, queues.get(team.id)) for team in teams], transfers, dict(FUNCTION_NAMES))
    return page(request, "web/trainer/teams.html", view)


handlers: list[Any] = [show_own_teams]
