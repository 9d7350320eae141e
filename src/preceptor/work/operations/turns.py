"""Asking: a trainer's prompt becomes a turn with one response per model, still to be written."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from preceptor.kinds.shown import NextTurn, Position, parent_of
from preceptor.lib.db import Driver
from preceptor.lib.errors import ConflictError, InvalidError, NotFoundError, UnavailableError
from preceptor.lib.i18n import _
from preceptor.lib.ids import new_id
from preceptor.people.rules import Actor
from preceptor.work.events import TurnAsked
from preceptor.work.operations.drafts import AssignmentEndedError
from preceptor.work.operations.ending import AssignmentRow, access_own
from preceptor.work.operations.submitting import LOG, Form
from preceptor.work.queries.turns import default_model, shown_turns, turns_of
from preceptor.work.rules.states import WRITABLE

MAX_SEED = 2**31

INSERT_TURN = """
INSERT INTO turn
    (id, item_id, assignment_id, position, parent_position, prompt, continue_from, continued_with, asked_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id
"""

INSERT_RESPONSES = """
INSERT INTO response (id, turn_id, position, model, system_prompt, parameters, seed)
SELECT given.id, %s, given.position, given.model, given.system_prompt, given.parameters::jsonb, given.seed
FROM unnest(%s::uuid[], %s::int[], %s::text[], %s::text[], %s::text[], %s::bigint[])
     AS given (id, position, model, system_prompt, parameters, seed)
"""

OWNER = """
SELECT turn.id, turn.assignment_id, turn.item_id, response.state,
       (SELECT state FROM assignment WHERE item_id = turn.item_id AND trainer_id = %(trainer)s)
FROM response JOIN turn ON turn.id = response.turn_id
WHERE response.id = %(response)s AND (
    turn.assignment_id IN (SELECT id FROM assignment WHERE trainer_id = %(trainer)s)
    OR (turn.assignment_id IS NULL
        AND EXISTS (SELECT FROM assignment WHERE item_id = turn.item_id AND trainer_id = %(trainer)s)))
"""

STOP = """
UPDATE response SET state = 'stopped', completed_at = %(now)s, finish_reason = 'stopped'
WHERE id = %(response)s AND state IN ('pending', 'streaming')
"""

RETRY = """
WITH again AS (
    UPDATE response SET state = 'pending', text = '', error = NULL, finish_reason = NULL, completed_at = NULL
    WHERE id = %(response)s AND state = 'failed' RETURNING turn_id
)
UPDATE turn SET state = 'asking', asked_at = %(now)s, completed_at = NULL FROM again WHERE turn.id = again.turn_id
RETURNING turn.id
"""

MAY_FOLLOW = """
SELECT turn.assignment_id, turn.item_id FROM turn
WHERE turn.id = %(turn)s AND (
    turn.assignment_id IN (SELECT id FROM assignment WHERE trainer_id = %(trainer)s)
    OR (turn.assignment_id IS NULL
        AND EXISTS (SELECT FROM assignment WHERE item_id = turn.item_id AND trainer_id = %(trainer)s)))
"""


class NoSuchTurnError(NotFoundError):
    """There is no such turn or response, or it is somebody else's."""

    code = "no_such_turn"


class NoModelError(UnavailableError):
    """The project names no model, and the installation has none."""

    code = "no_model"
    title = _("No language model is set up here yet. Please tell your manager; your prompt is kept.")


class NotRetriableError(ConflictError):
    """Only a response that failed can be asked for again."""

    code = "not_retriable"
    title = _("This response did not fail; there is nothing to repeat.")


class FollowedTurn(msgspec.Struct, frozen=True):
    """A turn that the actor may see; `assignment_id` is None where everybody on the item shares it."""

    assignment_id: UUID | None
    item_id: UUID


async def ask_turn(
    driver: Driver, *, actor: Actor, assignment_id: UUID, turn_id: UUID, asked: NextTurn, form: Form, now: datetime
) -> UUID:
    """Add a turn to one's own assignment, inside the driver's transaction, and answer its id.

    The page chooses `turn_id`: repeating the request adds nothing.

    Raises:
        NoSuchAssignmentError: not there, or not theirs.
        AssignmentEndedError: it has ended.
        InvalidError: the kind does not allow this turn; `fields` says why.
        NoModelError: there is nobody to ask.
    """
    await driver.execute("SELECT 1 FROM assignment WHERE id = %s FOR NO KEY UPDATE", (assignment_id,))
    row = await access_own(driver, actor=actor, assignment_id=assignment_id)
    item = form.kind.decode_item(row.content)
    given = form.kind.given_turn(item)
    records = await turns_of(driver, assignment_id=row.id, item_id=row.item_id, given=given)
    if any(record.id == str(turn_id) for record in records):
        return turn_id
    if row.state not in WRITABLE:
        raise AssignmentEndedError
    turns = shown_turns(records)
    if problems := form.kind.turn_problems(form.settings, item, turns, asked):
        raise InvalidError(code="invalid_turn", fields=problems)
    parent, parent_position, continued_with = parent_of(turns, asked), None, None
    if parent is not None:
        parent_position = next(record.position for record in records if record.id == parent.turn_id)
        continued_with = form.kind.continued_with(parent, asked)
    said = (asked.prompt, asked.continue_from, continued_with)
    values = (turn_id, row.item_id, row.id, len(turns), parent_position, *said, now)
    if await (await driver.execute(INSERT_TURN, values)).fetchone() is None:
        return turn_id
    await _add_responses(driver, turn_id, form.kind.positions(form.settings, item))
    await _log(driver, row, turn_id=turn_id, actor_id=actor.person_id)
    return turn_id


async def ensure_shared_turn(driver: Driver, *, row: AssignmentRow, form: Form, now: datetime) -> UUID | None:
    """Ask the first turn that the item itself gives, once for everybody; answers its id while it is being asked.

    None where the item gives no prompt, brought all its responses along, or has its answers already.
    """
    given = form.kind.given_turn(form.kind.decode_item(row.content))
    if given is None or (given.responses and not given.asks_too):
        return None
    turn_id = new_id()
    values = (turn_id, row.item_id, None, 0, None, given.prompt, None, None, now)
    if await (await driver.execute(INSERT_TURN, values)).fetchone() is not None:
        await _add_responses(driver, turn_id, form.kind.positions(form.settings, form.kind.decode_item(row.content)))
        await _log(driver, row, turn_id=turn_id, actor_id=None)
        return turn_id
    query = "SELECT id FROM turn WHERE item_id = %s AND assignment_id IS NULL AND state = 'asking'"
    found = await (await driver.execute(query, (row.item_id,))).fetchone()
    return found[0] if found else None


async def _add_responses(driver: Driver, turn_id: UUID, positions: Sequence[Position]) -> None:
    default = await default_model(driver)
    models = [position.model or default or "" for position in positions]
    if "" in models:
        raise NoModelError
    await driver.execute(
        INSERT_RESPONSES,
        (
            turn_id,
            [new_id() for _position in positions],
            list(range(len(positions))),
            models,
            [position.system_prompt or "" for position in positions],
            [msgspec.json.encode(_parameters(position)).decode() for position in positions],
            [secrets.randbelow(MAX_SEED) if position.seed is None else position.seed for position in positions],
        ),
    )


def _parameters(position: Position) -> dict[str, Any]:
    wished = {"temperature": position.temperature, "top_p": position.top_p, "max_tokens": position.max_tokens}
    return {name: value for name, value in wished.items() if value is not None}


async def _log(driver: Driver, row: AssignmentRow, *, turn_id: UUID, actor_id: UUID | None) -> None:
    await driver.execute(LOG, (new_id(), TurnAsked.name, actor_id, turn_id, row.project_id, "{}"))


async def may_follow(driver: Driver, *, actor: Actor, turn_id: UUID) -> FollowedTurn:
    """Let an actor see a turn that is theirs or that their item shares.

    Raises:
        NoSuchTurnError: not there, or not theirs.
    """
    row = await (await driver.execute(MAY_FOLLOW, {"turn": turn_id, "trainer": actor.person_id})).fetchone()
    if row is None:
        raise NoSuchTurnError
    return FollowedTurn(*row)


async def stop_response(driver: Driver, *, actor: Actor, response_id: UUID, now: datetime) -> UUID:
    """Stop a response that is being written for the actor alone; what it has said so far stands. Answers the turn's id.

    A response that others on the item wait for as well is not stopped by one of them: the request changes nothing.

    Raises:
        NoSuchTurnError: not there, or not theirs.
    """
    values = {"response": response_id, "trainer": actor.person_id, "now": now}
    row = await (await driver.execute(OWNER, values)).fetchone()
    if row is None:
        raise NoSuchTurnError
    turn_id, owner, _item, _state, _assignment = row
    if owner is not None:
        await driver.execute(STOP, values)
    assert isinstance(turn_id, UUID)
    return turn_id


async def retry_response(driver: Driver, *, actor: Actor, response_id: UUID, now: datetime) -> UUID:
    """Ask again for a response that failed. Answers the turn's id.

    Raises:
        NoSuchTurnError: not there, or not theirs.
        AssignmentEndedError: what they were shown stands, since they have handed it in or given it back.
        NotRetriableError: it did not fail.
    """
    values = {"response": response_id, "trainer": actor.person_id, "now": now}
    owned = await (await driver.execute(OWNER, values)).fetchone()
    if owned is None:
        raise NoSuchTurnError
    if owned[4] not in {*WRITABLE, "prefetched"}:
        raise AssignmentEndedError
    row = await (await driver.execute(RETRY, values)).fetchone()
    if row is None:
        raise NotRetriableError
    turn_id = row[0]
    assert isinstance(turn_id, UUID)
    return turn_id
