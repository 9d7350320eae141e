"""Proposing where people could go when their project ends. Nobody is moved by it: a person confirms."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec


class Opening(msgspec.Struct, frozen=True):
    """A team of a running project that has work.

    Attributes:
        key: what tells it apart.
        open: answers that can be taken.
        people: trainers who are there already.
    """

    key: str
    open: int
    people: int


def propose(fits: Mapping[UUID, Sequence[str]], openings: Sequence[Opening]) -> dict[UUID, str]:
    """Where each person could go: to the opening they fit that has most open work for each who is there.

    Whoever fits fewest places chooses first; each who goes somewhere makes it less open for the next. Whoever fits
    nowhere is left out.

    Args:
        fits: of each person, the keys of openings whose work they may take.
        openings: where work is.
    """
    known = {one.key: one for one in openings}
    coming = dict.fromkeys(known, 0)
    proposed: dict[UUID, str] = {}

    def share(key: str) -> float:
        return known[key].open / (known[key].people + coming[key] + 1)

    for person_id, keys in sorted(fits.items(), key=lambda item: (len(item[1]), item[0])):
        possible = [key for key in keys if key in known and known[key].open > 0]
        if possible:
            best = max(possible, key=lambda key: (share(key), key))
            coming[best] += 1
            proposed[person_id] = best
    return proposed
