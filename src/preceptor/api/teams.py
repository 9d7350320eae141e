"""What people are in their teams, and moving them between teams."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import get, post, put
from litestar.params import FromPath, JSONBody

from preceptor.lib.web import Request
from preceptor.people import Actor, TeamFunction
from preceptor.people.operations import set_credit_name, set_team_function, transfer_person
from preceptor.people.queries import OwnTeam, TransferView, credit_name_of, list_own_teams, list_transfers
from preceptor.work.queries.moving import MovingPerson, moving_plan


class FunctionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody is in a team."""

    function: TeamFunction


class TransferBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to move where, and why, in words that they read. Without `from_team_id` they stay in their teams."""

    person_id: UUID
    to_team_id: UUID
    reason: str
    from_team_id: UUID | None = None


class CreditBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The name to be credited by; empty for none."""

    name: str


@get("/teams/mine", summary="Your teams")
async def show_own_teams(request: Request[Actor]) -> dict[str, list[OwnTeam]]:
    """The teams you are in, what you are there, and whom to turn to."""
    async with request.db.read() as session:
        return {"teams": await list_own_teams(session, actor=request.actor)}


@put(
    "/teams/{team_id:uuid}/members/{person_id:uuid}/function",
    summary="Say what somebody is in a team",
    status_code=204,
)
async def set_function(
    request: Request[Actor], team_id: FromPath[UUID], person_id: FromPath[UUID], data: JSONBody[FunctionBody]
) -> None:
    """A member, a lead or a manager of the team."""
    async with request.db.write() as session:
        await set_team_function(
            session, actor=request.actor, team_id=team_id, person_id=person_id, function=data.function
        )
    request.authentication.forget(person_id)


@post("/teams/transfers", summary="Move somebody to a team", status_code=204)
async def transfer(request: Request[Actor], data: JSONBody[TransferBody]) -> None:
    """Move somebody and tell them why. What they did, can and earned stays with them."""
    async with request.db.write() as session:
        await transfer_person(session, actor=request.actor, now=request.now, **msgspec.structs.asdict(data))
    request.authentication.forget(data.person_id)


@get("/people/{person_id:uuid}/transfers", summary="Where somebody was moved")
async def show_transfers(request: Request[Actor], person_id: FromPath[UUID]) -> dict[str, list[TransferView]]:
    """Moves between teams, newest first: your own, or anybody's for those who may read people."""
    async with request.db.read() as session:
        return {"transfers": await list_transfers(session, actor=request.actor, person_id=person_id)}


@get("/me/credit", summary="The name you are credited by")
async def show_credit(request: Request[Actor]) -> CreditBody:
    """The name that cards of data and models credit you by; empty where they do not."""
    async with request.db.read() as session:
        return CreditBody(await credit_name_of(session, actor=request.actor))


@put("/me/credit", summary="Choose the name you are credited by", status_code=204)
async def set_credit(request: Request[Actor], data: JSONBody[CreditBody]) -> None:
    """It holds for cards written from now on; an empty name takes it back."""
    async with request.db.write() as session:
        await set_credit_name(session, actor=request.actor, name=data.name)


@get("/projects/{slug:str}/moving", summary="Where the people of a project could go")
async def show_moving(request: Request[Actor], slug: FromPath[str]) -> dict[str, list[MovingPerson]]:
    """Everybody of its teams, what they can, and teams of other projects whose open work they may take."""
    async with request.db.read() as session:
        plan = await moving_plan(session, actor=request.actor, slug=slug, now=request.now)
    return {"people": plan.people}


handlers: list[Any] = [show_moving, show_own_teams, set_function, transfer, show_transfers, show_credit, set_credit]
