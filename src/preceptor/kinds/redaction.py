"""Stretches of a text replaced by what they are, such as `[EMAIL]`, and where the rest of the text goes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

import msgspec


class Stretch(msgspec.Struct, frozen=True, order=True):
    """Something to be replaced: `text[start:end]`, in code points, and the key of what it is."""

    start: int
    end: int
    label: str


BLOT = "█"


def replacement(label: str) -> str:
    """What stands in the text instead.

    >>> replacement("ip_address")
    '[IP_ADDRESS]'
    """
    return f"[{label.upper()}]"


def blotted(text: str, stretches: Iterable[Stretch]) -> str:
    """`text` with every sign of the stretches made unreadable, of the same length: what is said by places still holds.

    >>> blotted("Ask Ms Duarte.", [Stretch(4, 13, "name")])
    'Ask ██ ██████.'
    """
    signs = list(text)
    for one in stretches:
        for place in range(max(0, one.start), min(one.end, len(signs))):
            if not signs[place].isspace():
                signs[place] = BLOT
    return "".join(signs)


class Redacted(msgspec.Struct, frozen=True):
    """A text with stretches replaced.

    Attributes:
        text: the new text.
        before: what was replaced, in places of the old text, apart from each other and in order.
        after: the same in places of the new text.
    """

    text: str
    before: tuple[Stretch, ...]
    after: tuple[Stretch, ...]

    def moved(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of the old text is in the new one. What meets something replaced holds all of it."""
        return self._place(start, at_end=False), self._place(end, at_end=True)

    def _place(self, place: int, *, at_end: bool) -> int:
        index = bisect_right(self.before, place, key=lambda one: one.start) - 1
        if index < 0:
            return place
        old, new = self.before[index], self.after[index]
        if place >= old.end:
            return place - old.end + new.end
        return new.end if at_end and place > old.start else new.start


def redact(text: str, stretches: Iterable[Stretch]) -> Redacted:
    """`text` without `stretches`; of those that overlap one is made, called as the longest of them."""
    before = _apart(text, stretches)
    pieces: list[str] = []
    after: list[Stretch] = []
    upto = length = 0
    for one in before:
        said = replacement(one.label)
        pieces += [text[upto : one.start], said]
        length += one.start - upto
        after.append(Stretch(length, length + len(said), one.label))
        length += len(said)
        upto = one.end
    return Redacted("".join([*pieces, text[upto:]]), before, tuple(after))


def _apart(text: str, stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    found: list[list[Stretch]] = []
    end = -1
    for one in sorted(stretches):
        if not one.start < min(one.end, len(text)):
            continue
        if one.start < end:
            found[-1].append(one)
        else:
            found.append([one])
        end = max(end, min(one.end, len(text)))
    return tuple(
        Stretch(
            group[0].start,
            min(max(one.end for one in group), len(text)),
            max(group, key=lambda one: (one.end - one.start, -one.start)).label,
        )
        for group in found
    )
