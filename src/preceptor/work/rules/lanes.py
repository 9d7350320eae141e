"""Lanes: what an item asks of whoever takes it, as the text its slots are found by.

An item says only what it asks beyond its project, so that a change of the project holds for all its items at once and
most items stand in the one lane without a name.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

import msgspec

from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _
from preceptor.people.rules import LEAST_LEVEL, MOST_LEVEL, ContentCategory, clean_language, is_language
from preceptor.projects.rules import ProjectRules

MOST_LANES = 200
"""Of one project: claiming looks at the front of each, so that many would cost everybody."""

CATEGORIES = {one.value: one for one in ContentCategory}


class Lane(msgspec.Struct, frozen=True):
    """What an item asks beyond its project.

    Attributes:
        language: BCP 47 tag of the language the answer is in; empty: the project's.
        level: least level, 1 to 5; 0: the project's.
        categories: content it holds, besides what the project announces for all of them.
    """

    language: str = ""
    level: int = 0
    categories: frozenset[ContentCategory] = frozenset()

    @property
    def key(self) -> str:
        """As items and slots keep it: `ca/3/hate+violence`; empty where it asks nothing."""
        if not (self.language or self.level or self.categories):
            return ""
        return f"{self.language}/{self.level or ''}/{'+'.join(sorted(self.categories))}"


ANYBODY = Lane()
"""Of items that ask nothing beyond their project."""


class Asked(msgspec.Struct, frozen=True):
    """What a lane and its project ask together. `level` is at least 1."""

    language: str
    level: int
    categories: tuple[ContentCategory, ...]

    @property
    def is_nothing(self) -> bool:
        """True where anybody of the project may take it, whatever they speak and have said yes to."""
        return not (self.language or self.categories)


@lru_cache(maxsize=4_096)
def lane_of(key: str) -> Lane:
    """The lane a key stands for, as `Lane.key` writes it.

    Raises:
        ValueError: it is no key of a lane.
    """
    if not key:
        return Lane()
    language, level, categories = key.split("/")
    named = frozenset(map(ContentCategory, categories.split("+"))) if categories else frozenset[ContentCategory]()
    return Lane(language, int(level or 0), named)


def asked_of(lane: Lane, rules: ProjectRules) -> Asked:
    """What a lane asks in a project of these rules: its own language and level come first, content adds up."""
    return Asked(
        language=lane.language or rules.language,
        level=lane.level or rules.level,
        categories=tuple(sorted(lane.categories.union(rules.categories))),
    )


def lane_order(key: str) -> tuple[object, ...]:
    """Sorts lanes for whoever may take several: those that fewer people can take first, calm content before other."""
    lane = lane_of(key)
    return (-lane.level, not lane.language, len(lane.categories), key)


def announcing(lane: Lane, keys: Iterable[str]) -> Lane:
    """The lane with the content that an item says it holds itself; keys that no kind of content has are left out."""
    found = {CATEGORIES[one] for one in keys if one in CATEGORIES}
    return msgspec.structs.replace(lane, categories=lane.categories | found) if found - lane.categories else lane


def lane_from(*, language: str, level: int, categories: Iterable[str]) -> Lane:
    """The lane of what somebody gave, once `lane_problems` finds nothing wrong with it."""
    return Lane(clean_language(language) if language else "", level, frozenset(map(ContentCategory, categories)))


def lane_problems(path: str, *, language: str, level: int, categories: Iterable[str]) -> Iterator[FieldProblem]:
    """What is wrong with a language, level and categories that somebody gave for an item."""
    start = f"{path}." if path else ""
    if language and not is_language(language):
        yield FieldProblem(f"{start}language", _("This is not a language tag: “{tag}”.").format(tag=language[:40]))
    if level and not LEAST_LEVEL <= level <= MOST_LEVEL:
        message = _("Give a level from {least} to {most}.").format(least=LEAST_LEVEL, most=MOST_LEVEL)
        yield FieldProblem(f"{start}level", message)
    for one in categories:
        if one not in CATEGORIES:
            message = _("“{name}” is no kind of content that is warned of. There are: {names}.")
            yield FieldProblem(f"{start}categories", message.format(name=one[:40], names=", ".join(sorted(CATEGORIES))))
