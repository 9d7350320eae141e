"""Trying a project's task out with live models: nothing is kept, counted or paid."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import msgspec
from litestar import post
from litestar.params import FromPath, JSONBody
from litestar.response import Stream

from preceptor.kinds.shown import NextTurn
from preceptor.lib.web import Request
from preceptor.llms.asking import Asker
from preceptor.llms.directory import Directory
from preceptor.people import Actor
from preceptor.work.queries.views import ResponseView, TurnView, failure_text
from preceptor.work.tryout import PreparedTurn, TriedTurn, answer_turn, prepare_turn


class TryBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The next turn of a try-out, and the conversation so far.

    `start`: what it began with: `sample`, `empty` or the id of one of the project's items.
    """

    prompt: str
    start: str = "empty"
    turns: list[TriedTurn] = []
    parent: str | None = None
    continue_from: str | None = None
    ideal: str | None = None


@post(
    "/projects/{slug:str}/try/turns",
    summary="Ask the models in a try-out",
    status_code=200,
    media_type="text/event-stream",
)
async def try_turn(request: Request[Actor], slug: FromPath[str], data: JSONBody[TryBody]) -> Stream:
    """Server-sent events: `turn` with the new turn, `response` with added text, `state` with a whole response, `done`.

    The models write for as long as somebody listens.
    """
    asked = NextTurn(prompt=data.prompt, continue_from=data.continue_from, ideal=data.ideal, parent=data.parent)
    async with request.db.read() as session:
        turn = await prepare_turn(
            session, actor=request.actor, slug=slug, start=_start(data.start), earlier=data.turns, asked=asked
        )
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    events = _events(turn, asker=request.part("asker"), directory=request.part("directory"))
    return Stream(events, media_type="text/event-stream", headers=headers)


def _start(text: str) -> str | UUID:
    try:
        return UUID(text)
    except ValueError:
        return text


async def _events(turn: PreparedTurn, *, asker: Asker, directory: Directory) -> AsyncIterator[bytes]:
    pending = [ResponseView(one.id, "pending", "", None, None) for one in turn.responses]
    view = TurnView(
        id=turn.id,
        position=turn.position,
        parent=turn.parent,
        prompt=turn.prompt,
        state="asking",
        shared=turn.shared,
        continue_from=turn.continue_from,
        continued_with=turn.continued_with,
        responses=pending,
    )
    yield _event("turn", view)
    async for one in answer_turn(turn, asker=asker, directory=directory):
        if one.delta is not None:
            yield _event("response", {"response_id": one.response_id, "delta": one.delta})
        else:
            yield _event(
                "state", ResponseView(one.response_id, one.state, one.text, failure_text(one.error), one.tokens)
            )
    yield _event("done", {"turn_id": turn.id})


def _event(name: str, data: object) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + msgspec.json.encode(data) + b"\n\n"


handlers: list[Any] = [try_turn]
