"""One task of a kind as it may look when done."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import msgspec

from preceptor.kinds.shown import TurnShown

SettingsT = TypeVar("SettingsT", bound=msgspec.Struct)
ItemT = TypeVar("ItemT", bound=msgspec.Struct)
AnswerT = TypeVar("AnswerT", bound=msgspec.Struct)


class Sample(msgspec.Struct, Generic[SettingsT, ItemT, AnswerT], frozen=True):
    """One task as it may look when done: for tests, documentation, previews and try-outs.

    Attributes:
        row: an item's content as a caller of the API sends it; it becomes `item`.
        answer, changed_answer: both right, and saying different things.
    """

    settings: SettingsT
    row: dict[str, Any]
    item: ItemT
    turns: tuple[TurnShown, ...]
    answer: AnswerT
    changed_answer: AnswerT
