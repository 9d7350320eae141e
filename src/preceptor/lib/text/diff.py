"""Differences between two texts, word by word."""

import re
from difflib import SequenceMatcher
from typing import Literal

import msgspec

_PIECES = re.compile(r"\s+|\w+|[^\w\s]")
MAX_PIECES = 4_000


class DiffSegment(msgspec.Struct, frozen=True):
    """A stretch of text that both sides share, or that only one of them has."""

    kind: Literal["same", "ins", "del"]
    text: str


def diff_words(before: str, after: str) -> list[DiffSegment]:
    """What turns `before` into `after`, in reading order; joined `same` and `ins` give `after` back.

    Over 4,000 words a side the whole text counts as replaced, so that the time stays bounded.
    """
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    if max(len(old), len(new)) > MAX_PIECES:
        return [DiffSegment("del", before), DiffSegment("ins", after)]
    segments: list[DiffSegment] = []
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if tag == "equal":
            segments.append(DiffSegment("same", "".join(new[new_from:new_to])))
            continue
        if old_to > old_from:
            segments.append(DiffSegment("del", "".join(old[old_from:old_to])))
        if new_to > new_from:
            segments.append(DiffSegment("ins", "".join(new[new_from:new_to])))
    return segments
