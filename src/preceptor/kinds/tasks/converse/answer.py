from __future__ import annotations

from typing import Annotated

import msgspec

from preceptor.kinds.fields.rating.field import MOST_POINTS
from preceptor.kinds.fields.tags.field import MOST_TAGS
from preceptor.kinds.tasks.converse.settings import MOST_ASKED

# Bounds here keep nonsense out of drafts; they are wider than any form allows, so that a stale draft still saves.
Id = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
_Rating = Annotated[int, msgspec.Meta(ge=1, le=MOST_POINTS)]
_Tags = Annotated[tuple[Annotated[str, msgspec.Meta(max_length=40)], ...], msgspec.Meta(max_length=MOST_TAGS)]
_PerResponse = msgspec.Meta(max_length=64)


class TurnAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a person says about one turn. Keys of the mappings are response ids.

    Attributes:
        turn_id: the turn it is about.
        ratings: 1 (worst) to the scale's number of points.
        tags: keys of what was ticked; a response without any may be left out.
        comments: the person's words on each response.
        chosen: the response the person prefers, or `ideal`; where a turn goes on from this one, that says it.
        ideal: the response as the person wrote it; blank for none.
        ideal_start: id of the response it was started from; None when written from scratch.
    """

    turn_id: Id
    ratings: Annotated[dict[Id, _Rating], _PerResponse] = {}
    tags: Annotated[dict[Id, _Tags], _PerResponse] = {}
    comments: Annotated[dict[Id, str], _PerResponse] = {}
    chosen: Id | None = None
    ideal: str | None = None
    ideal_start: Id | None = None

    @property
    def ideal_text(self) -> str | None:
        """What the person wrote, or None where it is nothing but white space."""
        return self.ideal if self.ideal and self.ideal.strip() else None


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a person says about a conversation; a draft has the same form with things still missing.

    Attributes:
        turns: what is said about turns, whichever branch they stand in; a turn nothing is said about may be left out.
        end: id of the last turn of the conversation that is handed in, which is the branch the person has before
            them; `start` where they are about to begin anew; None for the turn asked last.
        rating, tags, comment: about that conversation as a whole.
        next_prompt: text in the prompt box that was not sent.
    """

    turns: Annotated[tuple[TurnAnswer, ...], msgspec.Meta(max_length=MOST_ASKED)] = ()
    end: Id | None = None
    rating: _Rating | None = None
    tags: _Tags = ()
    comment: str = ""
    next_prompt: str = ""
