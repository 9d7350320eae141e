"""Asking models in a try-out: what they write goes to whoever asked and is kept nowhere.

Unlike a trainer's turn it ends with the browser: when nobody listens any more, the models are asked no further.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import aclosing
from typing import Any
from uuid import UUID

import msgspec
import structlog

from preceptor.kinds.content import Sampling
from preceptor.kinds.registry import task_kind
from preceptor.kinds.shown import NextTurn, Parent, Position, ResponseShown, TurnShown, parent_of, path_to
from preceptor.kinds.task import TaskKind
from preceptor.lib.db import ReadSession
from preceptor.lib.errors import FieldProblem, InvalidError, ProblemError
from preceptor.lib.i18n import _
from preceptor.lib.ids import new_id
from preceptor.llms.asking import Asker, Final
from preceptor.llms.directory import Directory
from preceptor.llms.rules import merged_parameters
from preceptor.people.rules import Actor, Permission
from preceptor.projects.queries import access_project, form_at
from preceptor.work.generator import Progress
from preceptor.work.operations.turns import MAX_SEED, NoModelError
from preceptor.work.queries.project_items import access_item
from preceptor.work.queries.tryouts import EMPTY, SAMPLE
from preceptor.work.queries.turns import default_model

log = structlog.get_logger()


class TriedResponse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A response of an earlier turn, as the page has it."""

    id: str
    text: str = ""


class TriedTurn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An earlier turn, and what it went on from: a turn before it, and of that a response's id, or `ideal`, as text."""

    id: str
    prompt: str
    responses: tuple[TriedResponse, ...] = ()
    parent: str | None = None
    continue_from: str | None = None
    continued_with: str | None = None


class PreparedResponse(msgspec.Struct, frozen=True):
    """A response that is still to be written, and everything to ask for it."""

    id: str
    model: str
    messages: list[dict[str, str]]
    wishes: dict[str, Any]
    seed: int


class PreparedTurn(msgspec.Struct, frozen=True, kw_only=True):
    """A turn that can be asked."""

    id: str
    position: int
    prompt: str
    shared: bool
    """It is the item's own first turn, which everybody who answers it would share."""
    parent: str | None
    continue_from: str | None
    continued_with: str | None
    responses: tuple[PreparedResponse, ...]


async def prepare_turn(
    session: ReadSession,
    *,
    actor: Actor,
    slug: str,
    start: str | UUID,
    earlier: Sequence[TriedTurn],
    asked: NextTurn,
) -> PreparedTurn:
    """Make ready what the models are to be sent for the next turn of a try-out.

    Args:
        session: for reading.
        actor: who tries it out.
        slug: the project's address.
        start: what the try-out began with, as for `tryout_of`.
        earlier: the turns so far.
        asked: the turn to ask.

    Raises:
        MissingPermissionError: the actor may not read projects.
        NoSuchProjectError, NoSuchItemError: there is none.
        InvalidError: the kind does not allow this turn; `fields` says why.
        NoModelError: there is nobody to ask.
    """
    actor.require(Permission.PROJECT_READ)
    project = await access_project(session, actor=actor, slug=slug)
    kind = task_kind(project.kind)
    form = await form_at(session, project_id=project.id, version=project.form_version)
    settings = kind.decode_settings(form.settings)
    if isinstance(start, UUID):
        detail = await access_item(session, actor=actor, project=project, item_id=start)
        item = kind.decode_item(detail.content)
    else:
        item = _item(kind, settings, start)
    turns = [_shown(turn) for turn in earlier]
    if problems := [*_order_problems(turns), *kind.turn_problems(settings, item, turns, asked)]:
        raise InvalidError(code="invalid_turn", fields=problems)
    parent, path, continued = parent_of(turns, asked), list[TurnShown](), None
    if parent is not None:
        continued = kind.continued_with(parent, asked)
        last = msgspec.structs.replace(parent, continue_from=asked.continue_from, continued_with=continued)
        path = [*path_to(turns, parent.turn_id)[:-1], last]
    default = await default_model(await session.driver())
    responses = []
    for position in kind.positions(settings, item):
        model = position.model or default
        if model is None:
            raise NoModelError
        responses.append(_prepared(kind, item, path, asked.prompt, msgspec.structs.replace(position, model=model)))
    return PreparedTurn(
        id=str(new_id()),
        position=len(turns),
        prompt=asked.prompt,
        shared=not turns and kind.given_turn(item) is not None,
        parent=parent.turn_id if parent else None,
        continue_from=asked.continue_from if parent else None,
        continued_with=continued,
        responses=tuple(responses),
    )


def _item(kind: TaskKind[Any, Any, Any], settings: Any, start: str) -> Any:
    given = kind.open_item() if start == EMPTY else kind.example(settings)[0]
    if given is None or start not in {EMPTY, SAMPLE}:
        raise InvalidError(code="invalid_turn")
    return given


def _shown(turn: TriedTurn) -> TurnShown:
    return TurnShown(
        turn_id=turn.id,
        prompt=turn.prompt,
        responses=tuple(ResponseShown(id=one.id, text=one.text, sampling=Sampling()) for one in turn.responses),
        parent=None if turn.parent is None else Parent(turn.parent, turn.continue_from, turn.continued_with),
    )


def _order_problems(turns: Sequence[TurnShown]) -> Iterator[FieldProblem]:
    """Each turn goes on from one before it, or a page could send us round in circles."""
    known = set[str]()
    for index, turn in enumerate(turns):
        if turn.turn_id in known or (turn.parent is not None and turn.parent.turn_id not in known):
            yield FieldProblem(f"turns.{index}", _("Give each turn once, after the turn it goes on from."))
        known.add(turn.turn_id)


def _prepared(
    kind: TaskKind[Any, Any, Any], item: Any, turns: Sequence[TurnShown], prompt: str, position: Position
) -> PreparedResponse:
    assert position.model is not None
    messages = kind.messages(item, turns, prompt=prompt, position=position)
    wished = {"temperature": position.temperature, "top_p": position.top_p, "max_tokens": position.max_tokens}
    return PreparedResponse(
        id=str(new_id()),
        model=position.model,
        messages=[{"role": message.role, "content": message.content} for message in messages],
        wishes={name: value for name, value in wished.items() if value is not None},
        seed=secrets.randbelow(MAX_SEED) if position.seed is None else position.seed,
    )


async def answer_turn(turn: PreparedTurn, *, asker: Asker, directory: Directory) -> AsyncIterator[Progress]:
    """Ask the models of a turn and yield what they write, to the end of all of them."""
    told: asyncio.Queue[Progress] = asyncio.Queue()
    tasks = [asyncio.create_task(_write(one, told, asker, directory)) for one in turn.responses]
    try:
        waiting = len(tasks)
        while waiting:
            progress = await told.get()
            waiting -= progress.delta is None
            yield progress
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _write(asked: PreparedResponse, told: asyncio.Queue[Progress], asker: Asker, directory: Directory) -> None:
    """Have one response written. The last thing told is how it ended, whole; everything before is added text."""
    text, tokens, error = "", None, None
    try:
        model = await directory.find(asked.model)
        stream = asker.stream(
            model=model,
            messages=asked.messages,
            parameters=merged_parameters(model.parameters, asked.wishes),
            seed=asked.seed,
        )
        async with aclosing(stream) as parts:
            async for part in parts:
                if isinstance(part, Final):
                    tokens = part.completion_tokens
                    continue
                text += part.delta
                told.put_nowait(Progress(asked.id, delta=part.delta))
    except ProblemError as problem:
        error = problem.code
    except Exception:
        error = "internal"
        log.exception("response in a try-out failed", model=asked.model)
    told.put_nowait(Progress(asked.id, None, "failed" if error else "complete", text, error, tokens))
