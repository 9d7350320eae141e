"""Keys: writing down what is right about an item, apart from the item."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from preceptor.kinds.findings import below
from preceptor.kinds.registry import task_kind
from preceptor.kinds.shown import TurnShown
from preceptor.kinds.task import InvalidAnswerError, TaskKind
from preceptor.lib.db import Driver, WriteSession
from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.people.rules import Actor, Permission
from preceptor.projects.queries import form_at
from preceptor.projects.rules import ProjectTerms
from preceptor.work.events import ItemKeySet
from preceptor.work.queries.project_items import NoSuchItemError
from preceptor.work.queries.turns import given_turn_shown
from preceptor.work.rules.keys import bound, portable

KEPT = """
INSERT INTO item_key (item_id, key, by_hand, changed_by)
SELECT item_id, key::jsonb, by_hand, %s
FROM unnest(%s::uuid[], %s::text[], %s::bool[]) AS new (item_id, key, by_hand)
ON CONFLICT (item_id) DO UPDATE SET key = EXCLUDED.key, by_hand = EXCLUDED.by_hand,
                                    changed_by = EXCLUDED.changed_by, changed_at = now()
"""
GONE = "DELETE FROM item_key WHERE item_id = %s"
CONTENT = "SELECT content FROM item WHERE id = %s AND project_id = %s AND sitting_id IS NULL FOR NO KEY UPDATE"


class NewKey(msgspec.Struct, frozen=True):
    """A key that is portable and checked. `by_hand`: a person grades what was written."""

    item_id: UUID
    key: dict[str, Any] | None
    by_hand: bool = False


async def set_key(
    session: WriteSession,
    *,
    actor: Actor,
    terms: ProjectTerms,
    item_id: UUID,
    key: dict[str, Any] | None,
    by_hand: bool,
) -> None:
    """Write down what is right about an item; None for nothing. What was decided by another key stays decided.

    Args:
        session: the transaction.
        actor: who writes it.
        terms: of the project.
        item_id: of one of its items.
        key: in the form of an answer, with the item's own ids or their places; it may leave things open.
        by_hand: a person grades what was written.

    Raises:
        MissingPermissionError: the actor may not write items.
        NoSuchItemError: it is not there, is another project's, or is part of somebody's sitting.
        InvalidError: not of the kind's form, or wrong; `fields` says where, below `key`.
    """
    actor.require(Permission.ITEM_WRITE)
    driver = await session.driver()
    row = await (await driver.execute(CONTENT, (item_id, terms.id))).fetchone()
    if row is None:
        raise NoSuchItemError
    kind = task_kind(terms.kind)
    form = await form_at(session, project_id=terms.id, version=terms.form_version)
    checked = None
    if key is not None:
        checked, problems = checked_key(
            kind, kind.decode_settings(form.settings), kind.decode_item(row[0]), key, item_id=item_id
        )
        if problems:
            raise InvalidError(fields=list(below("key", problems)))
    if checked is None and not by_hand:
        await driver.execute(GONE, (item_id,))
    else:
        await keep_keys(driver, actor=actor, keys=[NewKey(item_id, checked, by_hand)])
    session.emit(
        ItemKeySet(actor_id=actor.person_id, subject_id=item_id, project_id=terms.id, has_key=checked is not None)
    )


def checked_key(
    kind: TaskKind[Any, Any, Any], settings: Any, item: Any, key: dict[str, Any], *, item_id: UUID
) -> tuple[dict[str, Any], list[FieldProblem]]:
    """A key as it is kept, and what is wrong with it; paths start at the key."""
    given = kind.given_turn(item)
    try:
        answer = kind.decode_answer(bound(key, item_id=item_id, given=given))
    except InvalidAnswerError as error:
        return {}, error.fields
    turns: list[TurnShown] = []
    if given is not None and given.responses:
        turns.append(given_turn_shown(given, item_id=item_id))
    built: dict[str, Any] = msgspec.to_builtins(answer)
    return portable(built, item_id=item_id, given=given), kind.key_problems(settings, item, turns, answer)


async def keep_keys(driver: Driver, *, actor: Actor, keys: Sequence[NewKey]) -> None:
    """Keep keys of items that have just been added, or are written anew. For callers that have checked them."""
    if keys:
        author = actor.person_id if actor.person_id.int else None
        texts = [None if one.key is None else msgspec.json.encode(one.key).decode() for one in keys]
        await driver.execute(KEPT, (author, [one.item_id for one in keys], texts, [one.by_hand for one in keys]))
