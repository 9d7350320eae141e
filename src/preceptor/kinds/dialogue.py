"""A conversation that an item gives: what is checked of it, and how imported messages become its two parts.

Items hold the messages before the prompt and the prompt apart, so that a file of prompts needs no more than one column.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from preceptor.kinds.content import Message
from preceptor.kinds.findings import join
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _


def split(messages: Sequence[Message]) -> tuple[tuple[Message, ...], str | None]:
    """The messages before the prompt, and the prompt: the last message, if it is a user's."""
    if messages and messages[-1].role == "user":
        return tuple(messages[:-1]), messages[-1].content
    return tuple(messages), None


def joined(messages: Sequence[Message], prompt: str | None) -> tuple[Message, ...]:
    """The whole conversation again."""
    return (*messages, *(() if prompt is None else (Message(role="user", content=prompt),)))


def last_words(messages: Sequence[Message], prompt: str | None) -> str:
    """The prompt, or the last message where there is none; empty where there is nothing."""
    whole = joined(messages, prompt)
    return whole[-1].content if whole else ""


def dialogue_problems(messages: Sequence[Message], prompt: str | None) -> Iterator[FieldProblem]:
    """Blank texts, system messages that do not come first, and a user's message that nobody answers."""
    empty = _("This is empty. Fill it in, or leave it out.")
    if prompt is not None and not prompt.strip():
        yield FieldProblem("prompt", empty)
    for index, message in enumerate(messages):
        path = join("messages", index)
        if not message.content.strip():
            yield FieldProblem(join(path, "content"), empty)
        if index and message.role == "system":
            yield FieldProblem(path, _("A system message can only come first."))
    if prompt is not None and messages and messages[-1].role == "user":
        problem = _("This would be answered by another user's message. Make it the prompt, or add the reply to it.")
        yield FieldProblem(join("messages", len(messages) - 1), problem)
