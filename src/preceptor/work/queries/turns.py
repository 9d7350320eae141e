"""The turns of an assignment as its trainer sees them."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

import msgspec

from preceptor.kinds.content import Sampling
from preceptor.kinds.shown import GivenTurn, Parent, ResponseShown, ResponseState, TurnShown
from preceptor.lib.db import Driver
from preceptor.work.rules.order import given_response_id, given_turn_id, shuffled

TURNS = """
SELECT turn.id, turn.assignment_id, turn.position, turn.parent_position, turn.prompt, turn.continue_from,
       turn.continued_with, turn.state, turn.asked_at, turn.completed_at, response.id, response.state, response.text,
       response.error, response.model, response.system_prompt, response.parameters, response.seed,
       response.finish_reason, response.completion_tokens
FROM (
    SELECT * FROM turn WHERE assignment_id = %(assignment)s
    UNION ALL
    SELECT * FROM turn WHERE item_id = %(item)s AND assignment_id IS NULL
) AS turn
LEFT JOIN response ON response.turn_id = turn.id
ORDER BY turn.position, response.position
"""

# The same for many assignments. The ids of items come once each: everybody on an item shares its turn.
TURNS_OF_MANY = """
SELECT turn.item_id, turn.id, turn.assignment_id, turn.position, turn.parent_position, turn.prompt,
       turn.continue_from, turn.continued_with, turn.state, turn.asked_at, turn.completed_at, response.id,
       response.state, response.text, response.error, response.model, response.system_prompt, response.parameters,
       response.seed, response.finish_reason, response.completion_tokens
FROM (
    SELECT * FROM turn WHERE assignment_id = ANY(%(assignments)s)
    UNION ALL
    SELECT * FROM turn WHERE item_id = ANY(%(items)s) AND assignment_id IS NULL
) AS turn
LEFT JOIN response ON response.turn_id = turn.id
ORDER BY turn.position, turn.id, response.position
"""

DEFAULT_MODEL = """
SELECT language_model.slug FROM language_model JOIN endpoint ON endpoint.id = language_model.endpoint_id
WHERE language_model.enabled AND endpoint.enabled
ORDER BY language_model.practice, endpoint.embedded DESC, language_model.id LIMIT 1
"""


class ResponseRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A response with everything that is known of it. What a trainer may see of it is for the doors to choose."""

    id: str
    state: ResponseState
    text: str
    error: str | None = None
    model: str | None = None
    system_prompt: str | None = None
    sampling: Sampling = Sampling()
    finish_reason: str | None = None
    tokens: int | None = None

    @property
    def shown(self) -> ResponseShown:
        """As the kind wants it."""
        return ResponseShown(
            id=self.id,
            text=self.text,
            state=self.state,
            model=self.model,
            sampling=self.sampling,
            system_prompt=self.system_prompt,
            finish_reason=self.finish_reason,
        )


class TurnRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A turn, its responses in the order this person sees them."""

    id: str
    position: int
    parent_position: int | None = None
    """Of the turn it goes on from; None where it begins a conversation."""
    prompt: str
    state: str
    shared: bool
    continue_from: str | None = None
    continued_with: str | None = None
    asked_at: datetime | None = None
    completed_at: datetime | None = None
    responses: tuple[ResponseRecord, ...] = ()


def parent_ids(turns: Sequence[TurnRecord]) -> list[str | None]:
    """For each turn of one assignment the id of the turn it goes on from; None where it begins a conversation."""
    ids = {turn.position: turn.id for turn in turns}
    return [None if turn.parent_position is None else ids[turn.parent_position] for turn in turns]


def shown_turns(turns: Sequence[TurnRecord]) -> list[TurnShown]:
    """The turns of one assignment as the kind wants them: each with what it, and what the next one, went on from."""
    following = {turn.parent_position: turn for turn in turns if turn.parent_position is not None}
    found = []
    for turn, parent in zip(turns, parent_ids(turns), strict=True):
        after = following.get(turn.position)
        found.append(
            TurnShown(
                turn_id=turn.id,
                prompt=turn.prompt,
                responses=tuple(response.shown for response in turn.responses),
                continue_from=after.continue_from if after else None,
                continued_with=after.continued_with if after else None,
                parent=Parent(parent, turn.continue_from, turn.continued_with) if parent else None,
            )
        )
    return found


def given_turn_record(given: GivenTurn, *, item_id: UUID, assignment_id: UUID) -> TurnRecord:
    """The turn that came with an item, responses and all."""
    records = {
        (response_id := given_response_id(item_id, index)): ResponseRecord(
            id=response_id,
            state="complete",
            text=response.text,
            model=response.model,
            sampling=response.sampling,
        )
        for index, response in enumerate(given.responses)
    }
    return TurnRecord(
        id=given_turn_id(item_id),
        position=0,
        prompt=given.prompt,
        state="complete",
        shared=True,
        responses=tuple(records[key] for key in shuffled(records, assignment_id=assignment_id)),
    )


def given_turn_shown(given: GivenTurn, *, item_id: UUID) -> TurnShown:
    """The turn that came with an item, before it is anybody's: its responses in the order they came in."""
    return TurnShown(
        turn_id=given_turn_id(item_id),
        prompt=given.prompt,
        responses=tuple(
            ResponseShown(
                id=given_response_id(item_id, index),
                text=response.text,
                model=response.model,
                sampling=response.sampling,
            )
            for index, response in enumerate(given.responses)
        ),
    )


async def default_model(driver: Driver) -> str | None:
    """The slug of the model that answers where a project names none: a real one before a practice model."""
    row = await (await driver.execute(DEFAULT_MODEL)).fetchone()
    return row[0] if row else None


async def turns_of(
    driver: Driver, *, assignment_id: UUID, item_id: UUID, given: GivenTurn | None, asks_models: bool = True
) -> list[TurnRecord]:
    """The turns of an assignment, first to last.

    Args:
        driver: any connection.
        assignment_id: whose own turns, and whose order of responses.
        item_id: the item, for a first turn that everybody shares.
        given: the turn that came with the item, if it came with responses.
        asks_models: False where no turn can have been asked, which saves the look.
    """
    if not asks_models:
        return _with_given([], given, item_id=item_id, assignment_id=assignment_id)
    rows = await (await driver.execute(TURNS, {"assignment": assignment_id, "item": item_id})).fetchall()
    grouped: dict[UUID, list[tuple[Any, ...]]] = {}
    for row in rows:
        grouped.setdefault(row[0], []).append(row)
    turns = [_turn(group, assignment_id) for group in grouped.values()]
    return _with_given(turns, given, item_id=item_id, assignment_id=assignment_id)


def _with_given(
    turns: Sequence[TurnRecord], given: GivenTurn | None, *, item_id: UUID, assignment_id: UUID
) -> list[TurnRecord]:
    """The turns with what came with the item: a turn before them, or responses among those of the shared one."""
    if given is None or not given.responses:
        return list(turns)
    record = given_turn_record(given, item_id=item_id, assignment_id=assignment_id)
    shared = next((turn for turn in turns if turn.shared), None) if given.asks_too else None
    if shared is None:
        return [record, *turns]
    found = {response.id: response for response in (*record.responses, *shared.responses)}
    order = shuffled(found, assignment_id=assignment_id)
    mixed = msgspec.structs.replace(shared, responses=tuple(found[key] for key in order))
    return [mixed if turn is shared else turn for turn in turns]


class TurnsWanted(msgspec.Struct, frozen=True):
    """Whose turns, as for `turns_of`."""

    assignment_id: UUID
    item_id: UUID
    given: GivenTurn | None
    asks_models: bool = True


async def turns_of_many(driver: Driver, *, wanted: Sequence[TurnsWanted]) -> dict[UUID, list[TurnRecord]]:
    """The turns of many assignments, each as `turns_of` gives them, in one statement or, where nobody asked, none."""
    found: dict[UUID, list[TurnRecord]] = {}
    asking = [one for one in wanted if one.asks_models]
    own: dict[UUID, list[list[tuple[Any, ...]]]] = {}
    shared: dict[UUID, list[list[tuple[Any, ...]]]] = {}
    if asking:
        values = {
            "assignments": [one.assignment_id for one in asking],
            "items": list({one.item_id for one in asking}),
        }
        rows = await (await driver.execute(TURNS_OF_MANY, values)).fetchall()
        for _turn_id, group in groupby(rows, key=lambda row: row[1]):
            item_id, _id, owner = (turn := list(group))[0][:3]
            (shared.setdefault(item_id, []) if owner is None else own.setdefault(owner, [])).append(
                [row[1:] for row in turn]
            )
    for one in wanted:
        groups = [*shared.get(one.item_id, ()), *own.get(one.assignment_id, ())] if one.asks_models else []
        asked = sorted((_turn(group, one.assignment_id) for group in groups), key=lambda turn: turn.position)
        found[one.assignment_id] = _with_given(asked, one.given, item_id=one.item_id, assignment_id=one.assignment_id)
    return found


def _turn(rows: Sequence[tuple[Any, ...]], assignment_id: UUID) -> TurnRecord:
    turn_id, owner, position, parent_position, prompt, continue_from, continued_with = rows[0][:7]
    state, asked_at, completed_at = rows[0][7:10]
    records = {str(row[10]): _response(row[10:]) for row in rows if row[10] is not None}
    return TurnRecord(
        id=str(turn_id),
        position=position,
        parent_position=parent_position,
        prompt=prompt,
        state=state,
        shared=owner is None,
        continue_from=continue_from,
        continued_with=continued_with,
        asked_at=asked_at,
        completed_at=completed_at,
        responses=tuple(records[key] for key in shuffled(records, assignment_id=assignment_id)),
    )


def _response(row: Sequence[Any]) -> ResponseRecord:
    response_id, state, text, error, model, system_prompt, parameters, seed, finish_reason, tokens = row
    sampling = {key: parameters.get(key) for key in ("temperature", "top_p", "max_tokens")}
    return ResponseRecord(
        id=str(response_id),
        state=state,
        text=text,
        error=error,
        model=model,
        system_prompt=system_prompt or None,
        sampling=Sampling(**sampling, seed=seed),
        finish_reason=finish_reason,
        tokens=tokens,
    )
