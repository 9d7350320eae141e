from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import msgspec

from preceptor.kinds.content import Conversation, GivenResponse, Message
from preceptor.kinds.dialogue import dialogue_problems, split
from preceptor.kinds.findings import join
from preceptor.kinds.reading import document_problems
from preceptor.kinds.tasks.converse.settings import MOST_RESPONSES, MOST_TURNS
from preceptor.kinds.trees import ConversationTree
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _

HARDEST = 9
Level = Annotated[int, msgspec.Meta(ge=1, le=HARDEST)]


class ItemContent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an item gives; nothing at all where its brief says everything.

    Attributes:
        prompt: the user's first message; where there is none, the person writes it.
        messages: the conversation so far, before the prompt; a system message here replaces the form's.
        responses: answers to the prompt that came with the item, so that no model is asked in the first turn.
        steps: what the person is to do turn by turn, such as "Ask for a recipe" and "Say that you have no oven".
        follow_ups: suggestions for the user's messages of later turns.
        level: how hard it is, 1 (easiest) to 9; None where nobody says.
        tree: the conversation as people elsewhere led it, with all its branches; its first message is the prompt.
        source: fields of the imported row that nobody knew.
    """

    prompt: str | None = None
    messages: tuple[Message, ...] = ()
    responses: tuple[GivenResponse, ...] = ()
    steps: tuple[str, ...] = ()
    follow_ups: tuple[str, ...] = ()
    level: Level | None = None
    tree: ConversationTree | None = None
    source: dict[str, Any] = {}

    @property
    def has_system_message(self) -> bool:
        """True when the item brings its own system message."""
        return bool(self.messages) and self.messages[0].role == "system"


class _Told(msgspec.Struct, frozen=True):
    """What a row may say under names that are unknown to other kinds."""

    steps: tuple[str, ...] = ()
    level: Level | None = None


def item_from(conversation: Conversation | ConversationTree) -> ItemContent:
    """An item from a conversation: its last message is the prompt if it is a user's. Of a tree it is the first.

    `steps` and `level` among a row's unknown fields are taken for the item's own where they look like them.
    """
    if isinstance(conversation, ConversationTree):
        first = conversation.messages[0]
        return ItemContent(prompt=first.text if first.role == "user" else None, tree=conversation)
    messages, prompt = split(conversation.messages)
    told, source = _Told(), conversation.source
    try:
        told = msgspec.convert(source, _Told)
    except msgspec.ValidationError:
        pass  # something else goes by these names: it is kept as it is
    else:
        source = {name: value for name, value in source.items() if name not in _Told.__struct_fields__}
    return ItemContent(
        prompt=prompt,
        messages=messages,
        responses=conversation.responses,
        steps=told.steps,
        follow_ups=conversation.follow_ups,
        level=told.level,
        source=source,
    )


def item_problems(item: ItemContent) -> list[FieldProblem]:
    """Texts blank or not fit to keep, messages out of order, and responses that answer nothing."""
    return [
        *dialogue_problems(item.messages, item.prompt),
        *_list_problems(item),
        *_response_problems(item),
        *document_problems(item),
    ]


def _list_problems(item: ItemContent) -> Iterator[FieldProblem]:
    for name, texts in (("steps", item.steps), ("follow_ups", item.follow_ups)):
        if len(texts) > MOST_TURNS:
            yield FieldProblem(name, _("A conversation has at most {most} turns.").format(most=MOST_TURNS))
        for index, text in enumerate(texts):
            if not text.strip():
                yield FieldProblem(join(name, index), _("This is empty. Fill it in, or leave it out."))
    if item.messages and item.messages[-1].role == "user" and item.prompt is None:
        problem = _("This would be answered by another user's message. Make it the prompt, or add the reply to it.")
        yield FieldProblem(join("messages", len(item.messages) - 1), problem)


def _response_problems(item: ItemContent) -> Iterator[FieldProblem]:
    if item.responses and item.prompt is None:
        yield FieldProblem("responses", _("There are responses here, but no prompt they answer."))
    if len(item.responses) > MOST_RESPONSES:
        yield FieldProblem("responses", _("Give at most {most} responses.").format(most=MOST_RESPONSES))
    for index, given in enumerate(item.responses):
        if not given.text.strip():
            path = join("responses", index, "text")
            yield FieldProblem(path, _("This is empty. Fill it in, or leave it out."))
