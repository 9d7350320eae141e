"""Pairs of a better and a worse response, shared by both preference formats.

Which pairs there are was decided by the task kind: all strict pairs of the ranking of the models' responses, and apart
from them the pairs in which the person's ideal response is the chosen one. Here they only get their provenance.
"""

from collections.abc import Iterator

import msgspec

from preceptor.datasets.formats.interface import Table
from preceptor.datasets.formats.provenance import IDEAL_SIDE, Meta, Side, meta_values, side
from preceptor.kinds.content import JudgedResponses, Preference

PAIRS = "train"
IDEAL_PAIRS = "ideal"


class PairMeta(Meta, frozen=True):
    """Provenance of a pair, with its margin three ways."""

    scale: int
    """Points of the rating scale; 0 where responses were not rated."""
    rank_distance: int
    """Rank of the rejected response less that of the chosen one: 1 or more. 0 in pairs with the ideal."""
    rating_difference: int
    """Rating of the chosen response less that of the rejected one. Below 0 where the person's ranking overrules the
    ratings; 0 in pairs with the ideal, which has no rating."""
    margin: float
    """Strength as the task kind defines it."""
    ideal_start: str
    """Response that the ideal was started from; `""` when it was written from scratch, or there is none."""
    chosen: Side
    rejected: Side


def pairs(content: JudgedResponses) -> Iterator[tuple[str, Preference, PairMeta]]:
    """Every pair of one turn with the table it belongs in and its provenance, in the order the kind gave them."""
    if not content.preferences and not content.ideal_preferences:
        return
    values = meta_values(content)
    scale, start = content.scale or 0, content.ideal_start or ""
    sides = {candidate.response_id: side(candidate) for candidate in content.candidates}
    for pair in content.preferences:
        chosen, rejected = sides[pair.chosen_id or ""], sides[pair.rejected_id]
        yield (
            PAIRS,
            pair,
            PairMeta(
                **values,
                scale=scale,
                rank_distance=rejected.rank - chosen.rank if chosen.rank and rejected.rank else 0,
                rating_difference=chosen.rating - rejected.rating if chosen.rating and rejected.rating else 0,
                margin=pair.margin,
                ideal_start=start,
                chosen=chosen,
                rejected=rejected,
            ),
        )
    for pair in content.ideal_preferences:
        yield (
            IDEAL_PAIRS,
            pair,
            PairMeta(
                **values,
                scale=scale,
                rank_distance=0,
                rating_difference=0,
                margin=pair.margin,
                ideal_start=start,
                chosen=IDEAL_SIDE,
                rejected=sides[pair.rejected_id],
            ),
        )


def notes(_settings: msgspec.Struct) -> tuple[str, ...]:
    """How pairs were made, for the card."""
    return (
        (
            "Pairs come from the ranking of the models' responses alone: every two of different rank give one, with "
            "its margin in `meta` as `rank_distance` and `rating_difference`. Ties give none, and neither does a turn "
            "whose responses were all called bad."
        ),
        "Pairs in which the person's ideal response is the chosen one are a file of their own, `ideal`.",
    )


def pair_tables(row: type[msgspec.Struct]) -> tuple[Table, ...]:
    """The two tables of a preference format whose rows are `row`."""
    return (
        Table(
            name=PAIRS,
            row=row,
            about="every strict pair of the ranking of the models' responses",
        ),
        Table(
            name=IDEAL_PAIRS,
            row=row,
            about="the person's ideal response as chosen against each response of another text",
        ),
    )
