"""How near an answer comes to a key: what is right, as somebody who knows has written it down in the form itself.

A kind says what an answer says, field by field, and what each is about (`TaskKind.said`). Whatever the key says is then
looked for in the answer, and compared as the field measures it. What the key leaves open counts for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import permutations
from typing import TYPE_CHECKING, Any

import msgspec

from preceptor.kinds.agreement import masi_distance
from preceptor.lib.i18n import LazyText

if TYPE_CHECKING:
    from preceptor.kinds.field import Field

LONGEST_WORD = 64
"""Longer texts, and those of several words, are prose, which only a person can judge."""

Likeness = Callable[[Any, Any], float]
"""How much of a key's value another value has: 1 for the same, 0 for nothing in common."""


class Said(msgspec.Struct, frozen=True):
    """One thing that an answer says.

    Attributes:
        name: of the field, the same in every task of the form.
        title: what people call it.
        about: what it is said about, such as the id of a response; empty for the task as a whole.
        value: what is said.
        likeness: compares it with what a key says; None where only a person can say how good it is.
    """

    name: str
    title: LazyText
    about: str
    value: Any
    likeness: Likeness | None


class FieldScore(msgspec.Struct, frozen=True):
    """How near an answer comes to a key in one field.

    Attributes:
        name: of the field.
        title: what people call it.
        score: the mean over all that the key says in this field, 0 to 1.
        judged: how many things the key says in it.
    """

    name: str
    title: LazyText
    score: float
    judged: int


def said_in(
    field: Field[Any, Any], settings: Any, value: Any, *, name: str, title: LazyText, about: str = ""
) -> Iterator[Said]:
    """What one field of a form says, compared as the field does it; nothing where it is blank."""
    if value is not None and not field.is_blank(value):
        yield said_even_blank(field, settings, value, name=name, title=title, about=about)


def said_even_blank(
    field: Field[Any, Any], settings: Any, value: Any, *, name: str, title: LazyText, about: str = ""
) -> Said:
    """The same where saying nothing says something, such as that a response has no errors."""
    return Said(name, title, about, value, None if field.is_prose else partial(field.likeness, settings))


def same(key: object, value: object) -> float:
    """1 for the same value, and 0 for any other."""
    return float(key == value)


def plainly_said(answer: msgspec.Struct) -> Iterator[Said]:
    """What an answer of a kind that says no more about it says: each of its attributes that is not blank."""
    for name in answer.__struct_fields__:
        value = msgspec.to_builtins(getattr(answer, name))
        title = LazyText("{name}", values=(("name", name.replace("_", " ")),))
        likeness: Likeness | None = same
        if isinstance(value, str):
            likeness = same if len(value) <= LONGEST_WORD and len(value.split()) == 1 else None
            value = value.strip()
        elif isinstance(value, (list, tuple)) and all(isinstance(one, str) for one in value):
            likeness = _overlap
        if value not in (None, "", [], (), {}):
            yield Said(name, title, "", value, likeness)


def _overlap(key: Sequence[str], value: Sequence[str]) -> float:
    return 1 - masi_distance(key, value)


def scores(key: Sequence[Said], answer: Sequence[Said]) -> tuple[FieldScore, ...]:
    """Per field of the key, the mean of the likeness of everything it says; what the answer leaves out scores 0."""
    found = {(one.name, one.about): one.value for one in answer}
    by_name: dict[str, list[float]] = {}
    titles: dict[str, LazyText] = {}
    for one in key:
        if one.likeness is not None:
            place = (one.name, one.about)
            likeness = one.likeness(one.value, found[place]) if place in found else 0.0
            by_name.setdefault(one.name, []).append(min(1.0, max(0.0, likeness)))
            titles[one.name] = one.title
    return tuple(FieldScore(name, titles[name], sum(all_) / len(all_), len(all_)) for name, all_ in by_name.items())


def agreement_of(answers: Sequence[Sequence[Said]]) -> float | None:
    """How far the answers to one item agree, 0 to 1; None where nothing can be compared.

    The mean over all pairs, each looked at from both sides, of the mean likeness of their fields.
    """
    found = [
        sum(score.score for score in fields) / len(fields)
        for one, other in permutations(answers, 2)
        if (fields := scores(one, other))
    ]
    return sum(found) / len(found) if found else None


def is_present(value: Any, path: str) -> bool:
    """True where the value that a dotted path names is there and not blank: a problem with it is not that it lacks."""
    for part in path.split(".") if path else ():
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, (list, tuple)) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return False
    return value not in (None, "", [], (), {}, False)
