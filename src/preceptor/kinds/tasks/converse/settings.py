from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from preceptor.kinds.fields.rating.field import FIELD as RATING
from preceptor.kinds.fields.rating.field import RatingSettings
from preceptor.kinds.fields.tags.field import FIELD as TAGS
from preceptor.kinds.fields.tags.field import Tag, TagsSettings
from preceptor.kinds.findings import below
from preceptor.kinds.positions import DEFAULT_POSITION, position_problems
from preceptor.kinds.shown import Position
from preceptor.kinds.tasks.converse.taxonomy import CONVERSATION_TAGS, RESPONSE_TAGS
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _

MOST_RESPONSES = 8
MOST_TURNS = 30
MOST_ASKED = 100
"""Turns of a task in all, whichever branch they stand in."""

Wish = Literal["off", "optional", "required"]


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is asked about a response, or about a conversation.

    Attributes:
        rating: whether it is rated.
        scale: the rating's number of points and what its ends mean.
        tags: what can be ticked; nothing is where there are none.
        comment: whether a comment is written.
    """

    rating: Wish = "required"
    scale: RatingSettings = RatingSettings()
    tags: tuple[Tag, ...] = ()
    comment: Wish = "optional"


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The form of a project of this kind.

    Attributes:
        responses: number of responses per turn.
        min_turns, max_turns: how long the conversation is that is handed in.
        branches: whether a person may go back and go on from an earlier turn, or begin anew.
        ideal: whether a person may write a response themselves, and go on from it.
        each: what is asked about each response.
        whole: what is asked about the conversation at its end.
        positions: how each response is asked for; a list shorter than `responses` is gone through again.
    """

    responses: int = 1
    min_turns: int = 2
    max_turns: int = 8
    branches: bool = True
    ideal: Literal["off", "optional"] = "optional"
    each: Asked = Asked(tags=RESPONSE_TAGS)
    whole: Asked = Asked(tags=CONVERSATION_TAGS)
    positions: tuple[Position, ...] = (DEFAULT_POSITION,)


def settings_problems(settings: Settings) -> list[FieldProblem]:
    """What is wrong with settings of the right type."""
    return [
        *_number(settings.responses, 1, MOST_RESPONSES, path="responses"),
        *_turn_problems(settings),
        *below("each", _asked_problems(settings.each)),
        *below("whole", _asked_problems(settings.whole)),
        *position_problems(settings.positions, responses=settings.responses),
    ]


def _turn_problems(settings: Settings) -> Iterator[FieldProblem]:
    yield from _number(settings.min_turns, 1, MOST_TURNS, path="min_turns")
    yield from _number(settings.max_turns, 1, MOST_TURNS, path="max_turns")
    if settings.min_turns > settings.max_turns:
        yield FieldProblem("max_turns", _("This is less than the smallest number of turns."))


def _asked_problems(asked: Asked) -> Iterator[FieldProblem]:
    yield from below("scale", RATING.validate_settings(asked.scale))
    yield from TAGS.validate_settings(TagsSettings(tags=asked.tags))


def _number(value: int, least: int, most: int, *, path: str) -> Iterator[FieldProblem]:
    if not least <= value <= most:
        yield FieldProblem(path, _("Give a number from {least} to {most}.").format(least=least, most=most))
