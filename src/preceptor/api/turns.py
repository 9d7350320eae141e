"""Turns: asking the models, following what they write, stopping and repeating a response."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, JSONBody
from litestar.response import Stream

from preceptor.api.work import desk_of
from preceptor.kinds.shown import NextTurn
from preceptor.lib.web import Request
from preceptor.people import Actor
from preceptor.work.generator import Progress
from preceptor.work.queries.views import ResponseView, TurnView, failure_text


class AskBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A prompt. `key`: the new turn's id, chosen by the page, so that repeating the request adds nothing.

    `parent`: id of the turn it goes on from where that is not the last one, or `start` to begin anew; not every task
    kind lets one go back. `continue_from`: a response of that turn, or `ideal` with the text in `ideal`.
    """

    key: UUID
    prompt: str
    parent: str | None = None
    continue_from: str | None = None
    ideal: str | None = None


@post("/assignments/{assignment_id:uuid}/turns", summary="Ask the models", status_code=201)
async def ask(request: Request[Actor], assignment_id: FromPath[UUID], data: JSONBody[AskBody]) -> TurnView:
    """Send a prompt to the models; follow the turn to see what they write."""
    view = await desk_of(request).ask(
        actor=request.actor,
        assignment_id=assignment_id,
        turn_id=data.key,
        asked=NextTurn(prompt=data.prompt, continue_from=data.continue_from, ideal=data.ideal, parent=data.parent),
    )
    return next(turn for turn in view.turns if turn.id == str(data.key))


@get("/turns/{turn_id:uuid}/stream", summary="Follow a turn", media_type="text/event-stream")
async def follow(request: Request[Actor], turn_id: FromPath[UUID]) -> Stream:
    """Server-sent events: `state` with a whole response (first for each), `response` with added text, `done`."""
    desk = desk_of(request)
    await desk.check_follow(actor=request.actor, turn_id=turn_id)
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return Stream(_events(desk.generator.follow(turn_id), turn_id), media_type="text/event-stream", headers=headers)


async def _events(progress: AsyncIterator[Progress], turn_id: UUID) -> AsyncIterator[bytes]:
    async for one in progress:
        if one.delta is not None:
            yield _event("response", {"response_id": one.response_id, "delta": one.delta})
        else:
            view = ResponseView(one.response_id, one.state, one.text, failure_text(one.error), one.tokens)
            yield _event("state", view)
    yield _event("done", {"turn_id": str(turn_id)})


def _event(name: str, data: object) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + msgspec.json.encode(data) + b"\n\n"


@post("/responses/{response_id:uuid}/stop", summary="Stop a response", status_code=204)
async def stop(request: Request[Actor], response_id: FromPath[UUID]) -> None:
    """Stop a response that is written for you alone; what it has said so far stands."""
    await desk_of(request).stop(actor=request.actor, response_id=response_id)


@post("/responses/{response_id:uuid}/retry", summary="Ask again", status_code=204)
async def retry(request: Request[Actor], response_id: FromPath[UUID]) -> None:
    """Ask again for a response that failed."""
    await desk_of(request).retry(actor=request.actor, response_id=response_id)


handlers: list[Any] = [ask, follow, stop, retry]
