"""Adding items by hand: prompts as they were pasted, contents as a program sends them, or a topic left open."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from preceptor.kinds.content import Conversation, Message
from preceptor.kinds.findings import below
from preceptor.kinds.pictures import PictureFile
from preceptor.kinds.registry import task_kind
from preceptor.kinds.task import InvalidItemError, TaskKind
from preceptor.lib.db import ReadSession, WriteSession
from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.ids import new_id
from preceptor.people.rules import Actor, Permission
from preceptor.projects.queries import form_at
from preceptor.projects.rules import ProjectState, ProjectTerms
from preceptor.work.operations.assets import unknown_file_problems
from preceptor.work.operations.items import DEFAULT_PRIORITY, NewItem, add_items
from preceptor.work.operations.keys import NewKey, checked_key, keep_keys
from preceptor.work.rules.lanes import ANYBODY, Lane, announcing, lane_from, lane_problems

MOST_PROBLEMS = 20


class AddedToClosedError(ConflictError):
    """Nothing comes into a project that has ended."""

    code = "project_closed"
    title = _("This project is closed, so that nothing can be added to it. Reopen it first.")


class GivenItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An item as a program gives it.

    Attributes:
        content: the kind's.
        wanted: None: as many answers as the project has it.
        language: BCP 47 tag of the language the answer is in; empty: the project's.
        level: least level of whoever answers, 1 to 5; 0: the project's.
        categories: content that it may show, besides what the project announces for all its items.
    """

    content: dict[str, Any] = {}
    brief: str = ""
    topic: str = ""
    wanted: int | None = None
    priority: int = DEFAULT_PRIORITY
    language: str = ""
    level: int = 0
    categories: tuple[str, ...] = ()
    key: dict[str, Any] | None = None
    """What is right, in the form of an answer; given responses are named by their places: `given-response-1`."""
    by_hand: bool = False
    """A person grades what is written."""


async def add_given_items(
    session: WriteSession, *, actor: Actor, terms: ProjectTerms, items: Sequence[GivenItem]
) -> list[UUID]:
    """Put items into the queue, all of them or none, and answer their ids.

    Raises:
        MissingPermissionError: the actor may not write items.
        AddedToClosedError: the project has ended.
        TooManyItemsError: over 5,000.
        InvalidError: contents that are not of the kind, or numbers out of bounds; `fields` says where.
    """
    check_may_add(actor, terms)
    kind = task_kind(terms.kind)
    settings = await form_settings(session, terms=terms, kind=kind)
    problems: list[FieldProblem] = []
    made: list[NewItem] = []
    named: list[tuple[str, PictureFile]] = []
    keys: list[tuple[dict[str, Any] | None, bool]] = []
    for index, item in enumerate(items):
        try:
            content = kind.parse_item_content(item.content)
        except InvalidItemError as error:
            problems += [FieldProblem(f"items.{index}.content.{one.path}", one.message) for one in error.fields]
            continue
        asked: dict[str, Any] = {"language": item.language, "level": item.level, "categories": item.categories}
        if wrong := list(lane_problems(f"items.{index}", **asked)):
            problems += wrong
            continue
        named += [(f"items.{index}.content", file) for file in kind.item_files(content)]
        checked = None
        if item.key is not None:
            checked, wrong = checked_key(kind, settings, content, item.key, item_id=new_id())
            problems += below(f"items.{index}.key", wrong)
        keys.append((checked, item.by_hand))
        wanted = terms.rules.answers_per_item if item.wanted is None else item.wanted
        made.append(
            NewItem(
                content=msgspec.to_builtins(content),
                brief=item.brief,
                topic=item.topic,
                wanted=wanted,
                priority=kind.item_priority(settings, content, item.priority),
                lane=announcing(lane_from(**asked), kind.item_categories(content)).key,
            )
        )
    problems += await unknown_file_problems(session, project_id=terms.id, named=named)
    if problems:
        raise InvalidItemError(fields=problems[:MOST_PROBLEMS])
    ids = await add_items(session, actor=actor, terms=terms, items=made)
    said = [NewKey(one, key, by_hand) for one, (key, by_hand) in zip(ids, keys, strict=True) if key or by_hand]
    await keep_keys(await session.driver(), actor=actor, keys=said)
    return ids


async def add_prompts(
    session: WriteSession,
    *,
    actor: Actor,
    terms: ProjectTerms,
    prompts: Sequence[str],
    brief: str = "",
    topic: str = "",
    wanted: int | None = None,
    priority: int = DEFAULT_PRIORITY,
    lane: Lane = ANYBODY,
) -> list[UUID]:
    """Make an item of every prompt that says something, all of them or none, and answer their ids.

    Raises:
        MissingPermissionError: the actor may not write items.
        AddedToClosedError: the project has ended.
        TooManyItemsError: over 5,000.
        InvalidError: the kind takes no prompts, there are none, one cannot become an item, or numbers out of bounds.
    """
    check_may_add(actor, terms)
    kind = task_kind(terms.kind)
    given = [(number, prompt.strip()) for number, prompt in enumerate(prompts, 1) if prompt.strip()]
    if Conversation not in kind.accepts:
        raise InvalidError(fields=[FieldProblem("prompts", _("This kind of task takes no prompts."))])
    if not given:
        raise InvalidError(fields=[FieldProblem("prompts", _("Give at least one prompt."))])
    settings = await form_settings(session, terms=terms, kind=kind)
    made: list[NewItem] = []
    problems: list[FieldProblem] = []
    for number, prompt in given:
        try:
            content = kind.item_from_content(Conversation(messages=(Message("user", prompt),)))
        except InvalidItemError as error:
            told = _("Prompt {number}: {problem}")
            problems += [
                FieldProblem("prompts", told.format(number=number, problem=one.message)) for one in error.fields
            ]
            continue
        item = NewItem(
            content=msgspec.to_builtins(content),
            brief=brief,
            topic=topic,
            wanted=terms.rules.answers_per_item if wanted is None else wanted,
            priority=kind.item_priority(settings, content, priority),
            lane=announcing(lane, kind.item_categories(content)).key,
        )
        made.append(item)
    if problems:
        raise InvalidError(fields=problems[:MOST_PROBLEMS])
    return await add_items(session, actor=actor, terms=terms, items=made)


async def form_settings(session: ReadSession, *, terms: ProjectTerms, kind: TaskKind[Any, Any, Any]) -> Any:
    """The settings of the form in force, by which a kind orders what is added."""
    form = await form_at(session, project_id=terms.id, version=terms.form_version)
    return kind.decode_settings(form.settings)


def check_may_add(actor: Actor, terms: ProjectTerms) -> None:
    """Let an addition pass or stop.

    Raises:
        MissingPermissionError: the actor may not write items.
        AddedToClosedError: the project has ended.
    """
    actor.require(Permission.ITEM_WRITE)
    if terms.state is ProjectState.CLOSED:
        raise AddedToClosedError
