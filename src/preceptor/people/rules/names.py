"""People's names in texts: where the house itself has put one, so that it can be taken out again exactly there."""

import re
from uuid import UUID

import msgspec

# People's texts and names hold no such sign: the database could not keep it.
_NAMED = re.compile("\0([0-9a-f]{32})\0([^\0]*)\0")


class NameSpan(msgspec.Struct, frozen=True):
    """A name in a text.

    Attributes:
        person: whose.
        at: where it begins, in characters.
        length: of the name.
    """

    person: UUID
    at: int
    length: int


def marked(person_id: UUID, name: str) -> str:
    """A name that stands in a text until `found_names` has taken it apart."""
    return f"\0{person_id.hex}\0{name}\0"


def found_names(text: str) -> tuple[str, list[NameSpan]]:
    """A text with names that were marked: as it is read, and where they stand."""
    plain, spans, end, length = [], [], 0, 0
    for found in _NAMED.finditer(text):
        before, name = text[end : found.start()], found[2]
        length += len(before)
        spans.append(NameSpan(UUID(found[1]), length, len(name)))
        plain += [before, name]
        length += len(name)
        end = found.end()
    return "".join([*plain, text[end:]]), spans


def renamed(text: str, spans: list[NameSpan], *, person_id: UUID, name: str) -> tuple[str, list[NameSpan]]:
    """The text with another name wherever that of one person stands, and where all names stand by then."""
    plain, moved, end, length = [], [], 0, 0
    for one in spans:
        before = text[end : one.at]
        shown = name if one.person == person_id else text[one.at : one.at + one.length]
        length += len(before)
        moved.append(NameSpan(one.person, length, len(shown)))
        plain += [before, shown]
        length += len(shown)
        end = one.at + one.length
    return "".join([*plain, text[end:]]), moved


def with_address(text: str, spans: list[NameSpan], person_id: UUID, email: str) -> list[NameSpan]:
    """The names in a text, and besides them where somebody's e-mail address stands, as if that were their name."""
    whole = re.compile(rf"(?<![\w.+-]){re.escape(email)}(?![\w-]|\.\w)", re.IGNORECASE)
    found = [NameSpan(person_id, one.start(), len(one[0])) for one in whole.finditer(text)]
    free = [one for one in found if not any(_meet(one, other) for other in spans)]
    return sorted([*spans, *free], key=lambda one: one.at)


def _meet(one: NameSpan, other: NameSpan) -> bool:
    return one.at < other.at + other.length and other.at < one.at + one.length
