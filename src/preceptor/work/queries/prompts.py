"""What models are to be sent for a turn."""

from typing import Any
from uuid import UUID

import msgspec

from preceptor.kinds.registry import task_kind
from preceptor.kinds.shown import Position, path_to
from preceptor.lib.db import Driver
from preceptor.lib.errors import NotFoundError
from preceptor.work.queries.turns import shown_turns, turns_of

TURN = """
SELECT turn.assignment_id, turn.item_id, turn.prompt, item.content, project.kind
FROM turn JOIN item ON item.id = turn.item_id JOIN project ON project.id = item.project_id
WHERE turn.id = %s
"""

RESPONSES = """
SELECT id, model, system_prompt, parameters, seed FROM response
WHERE turn_id = %s AND state IN ('pending', 'streaming') ORDER BY position
"""

NOBODY = UUID(int=0)


class ResponseToAsk(msgspec.Struct, frozen=True):
    """A response that is still to be written, and everything to ask for it."""

    id: UUID
    model: str
    messages: list[dict[str, str]]
    parameters: dict[str, Any]
    seed: int | None


class Conversation(msgspec.Struct, frozen=True):
    """The unwritten responses of a turn."""

    turn_id: UUID
    responses: tuple[ResponseToAsk, ...]


async def conversation_of(driver: Driver, *, turn_id: UUID) -> Conversation:
    """What is to be asked for a turn, as its kind puts it.

    Raises:
        NotFoundError: no such turn.
    """
    row = await (await driver.execute(TURN, (turn_id,))).fetchone()
    if row is None:
        raise NotFoundError
    assignment_id, item_id, prompt, content, kind_key = row
    kind = task_kind(kind_key)
    item = kind.decode_item(content)
    records = await turns_of(
        driver, assignment_id=assignment_id or NOBODY, item_id=item_id, given=kind.given_turn(item)
    )
    before = path_to(shown_turns(records), str(turn_id))[:-1]
    responses = []
    for response_id, model, system_prompt, parameters, seed in await (
        await driver.execute(RESPONSES, (turn_id,))
    ).fetchall():
        asked_as = Position(
            model=model,
            system_prompt=system_prompt or None,
            temperature=parameters.get("temperature"),
            top_p=parameters.get("top_p"),
            max_tokens=parameters.get("max_tokens"),
            seed=seed,
        )
        messages = kind.messages(item, before, prompt=prompt, position=asked_as)
        built = [{"role": message.role, "content": message.content} for message in messages]
        responses.append(ResponseToAsk(response_id, model, built, parameters, seed))
    return Conversation(turn_id, tuple(responses))
