"""Whole conversations: prompts where somebody has to answer, demonstrations where somebody did."""

from typing import Any

from preceptor.kinds.content import Content, Conversation, Message
from preceptor.kinds.given import Answered


def conversation(messages: tuple[Message, ...], *, worker: str = "", source: dict[str, Any]) -> Content:
    """A conversation whose last message is the assistant's is a demonstration of it; any other is to be answered."""
    if len(messages) > 1 and messages[-1].role == "assistant":
        return Answered(messages=messages[:-1], completion=messages[-1].content, worker=worker, source=source)
    return Conversation(messages=messages, source=source)
