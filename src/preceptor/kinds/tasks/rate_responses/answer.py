from __future__ import annotations

from typing import Annotated

import msgspec

from preceptor.kinds.fields.rating.field import MOST_POINTS
from preceptor.kinds.fields.tags.field import MOST_TAGS
from preceptor.kinds.tasks.rate_responses.settings import MOST_TURNS

# Bounds here keep nonsense out of drafts; they are wider than any form allows, so that a stale draft still saves.
Id = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
_Rating = Annotated[int, msgspec.Meta(ge=1, le=MOST_POINTS)]
_Tags = Annotated[tuple[Annotated[str, msgspec.Meta(max_length=40)], ...], msgspec.Meta(max_length=MOST_TAGS)]
_PerResponse = msgspec.Meta(max_length=64)


class TurnAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a person says about one turn. Keys of the mappings are response ids.

    Attributes:
        turn_id: the turn it is about.
        prompt: a copy for display; releases take the prompt that was really sent.
        ratings: 1 (worst) to the scale's number of points.
        errors: keys of the error types found; a response without any may be left out.
        comments: the person's words on each response.
        ranking: groups of ids, best first, ties in one group; None means that it follows from the ratings.
        all_bad: none of the responses is worth preferring.
        ideal: what an ideal assistant would have said; blank for none.
        ideal_start: id of the response the ideal was started from; None when written from scratch.
        continue_from: what the next turn went on from, a response id or `ideal`; None on the last turn.
    """

    turn_id: Id
    prompt: str = ""
    ratings: Annotated[dict[Id, _Rating], _PerResponse] = {}
    errors: Annotated[dict[Id, _Tags], _PerResponse] = {}
    comments: Annotated[dict[Id, str], _PerResponse] = {}
    ranking: Annotated[tuple[Annotated[tuple[Id, ...], _PerResponse], ...], _PerResponse] | None = None
    all_bad: bool = False
    ideal: str | None = None
    ideal_start: Id | None = None
    continue_from: Id | None = None

    @property
    def ideal_text(self) -> str | None:
        """The ideal response, or None where nothing but white space was written."""
        return self.ideal if self.ideal and self.ideal.strip() else None


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a person says about a conversation; a draft has the same form with things still missing.

    Attributes:
        turns: in the order they were asked.
        next_prompt: text in the prompt box that was not sent.
    """

    turns: Annotated[tuple[TurnAnswer, ...], msgspec.Meta(max_length=MOST_TURNS)] = ()
    next_prompt: str = ""
