"""What is different between two answers to the same task: a correction and what was corrected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from preceptor.kinds.findings import join
from preceptor.lib.i18n import LazyText
from preceptor.lib.text import DiffSegment, diff_words


class AnswerChange(msgspec.Struct, frozen=True):
    """One thing that two answers say differently.

    Attributes:
        path: dotted path of the value, as problems have it.
        label: what it is, for a person.
        before, after: both values in words, in the language of the request; empty where there is none.
        segments: for longer texts, the difference word by word; `before` and `after` are the texts themselves then.
    """

    path: str
    label: LazyText
    before: str
    after: str
    segments: tuple[DiffSegment, ...] = ()


def text_change(path: str, label: LazyText, before: str, after: str) -> Iterator[AnswerChange]:
    """The change of a longer text, word by word; nothing where it is the same."""
    if before != after:
        yield AnswerChange(path, label, before, after, tuple(diff_words(before, after)))


def value_change(path: str, label: LazyText, before: str, after: str) -> Iterator[AnswerChange]:
    """The change of a short value in words; nothing where it is the same."""
    if before != after:
        yield AnswerChange(path, label, before, after)


def plain_changes(before: object, after: object) -> list[AnswerChange]:
    """The changes between two structs leaf by leaf, called by their paths: for kinds that say no more about them."""
    old, new = dict(_leaves(msgspec.to_builtins(before))), dict(_leaves(msgspec.to_builtins(after)))
    found: list[AnswerChange] = []
    for path in dict.fromkeys([*old, *new]):
        label = LazyText("{path}", values=(("path", path),))
        found += text_change(path, label, old.get(path, ""), new.get(path, ""))
    return found


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, join(path, str(key)))
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            yield from _leaves(inner, join(path, index))
    elif value is not None:
        yield path, value if isinstance(value, str) else msgspec.json.encode(value).decode()
