"""Private data in items: what people find after the machine has looked, and what was taken for it by mistake."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Generic

import msgspec

from preceptor.kinds.sample import AnswerT, ItemT, SettingsT


class ReplacedPart(msgspec.Struct, frozen=True):
    """Something that was replaced in an item when it came in.

    Attributes:
        key: by which it can be restored.
        before, said, after: the words around it, and what stood there.
        shown: what stands there now.
    """

    key: str
    before: str
    said: str
    after: str
    shown: str


class Private(Generic[SettingsT, ItemT, AnswerT]):
    """What a task kind knows of private data; most know of none and leave this alone."""

    masks: ClassVar[bool] = False
    """True where an answer may mark what nobody else is to read in the item from then on."""

    def masked(self, settings: SettingsT, item: ItemT, answers: Sequence[AnswerT]) -> ItemT:
        """The item without what `answers` mark as private; places in its texts stay what they were."""
        del settings, answers
        return item

    def replaced_parts(self, item: ItemT) -> tuple[ReplacedPart, ...]:
        """What was replaced in the item when it came in, for those who may read it."""
        del item
        return ()

    def restored(self, item: ItemT, part: str) -> ItemT:
        """The item with one of its `replaced_parts` as it was; places in its texts may become others.

        Raises:
            LookupError: nothing of this key is replaced.
        """
        del item
        raise LookupError(part)
