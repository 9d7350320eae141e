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
from preceptor.kinds.tasks.rate_responses.taxonomy import DEFAULT_ERRORS
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import LazyText, _

FEWEST_RESPONSES = 2
MOST_RESPONSES = 8
MOST_TURNS = 20


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The form of a project of this kind.

    Attributes:
        scale: the rating's number of points and what its ends mean.
        errors: the error types to tick.
        comment: whether a comment is written on each response.
        responses: number of responses per turn.
        min_turns, max_turns: how long a conversation is.
        ideal: when the person writes the ideal response.
        positions: how each response is asked for; a list shorter than `responses` is gone through again.
    """

    scale: RatingSettings = RatingSettings()
    errors: tuple[Tag, ...] = DEFAULT_ERRORS
    comment: Literal["off", "optional", "required"] = "optional"
    responses: int = 4
    min_turns: int = 1
    max_turns: int = 1
    ideal: Literal["last_turn", "every_turn", "optional", "off"] = "last_turn"
    positions: tuple[Position, ...] = (DEFAULT_POSITION,)


def settings_problems(settings: Settings) -> list[FieldProblem]:
    """What is wrong with settings of the right type."""
    return [
        *below("scale", RATING.validate_settings(settings.scale)),
        *_error_problems(settings),
        *_number(settings.responses, FEWEST_RESPONSES, MOST_RESPONSES, path="responses"),
        *_turn_problems(settings),
        *position_problems(settings.positions, responses=settings.responses),
    ]


def _error_problems(settings: Settings) -> Iterator[FieldProblem]:
    for problem in TAGS.validate_settings(TagsSettings(tags=settings.errors)):
        yield FieldProblem("errors" + problem.path.removeprefix("tags"), problem.message)


def _turn_problems(settings: Settings) -> Iterator[FieldProblem]:
    yield from _number(settings.min_turns, 1, MOST_TURNS, path="min_turns")
    yield from _number(settings.max_turns, 1, MOST_TURNS, path="max_turns")
    if settings.min_turns > settings.max_turns:
        yield FieldProblem("max_turns", _("This is less than the smallest number of turns."))


def _number(value: int, least: int, most: int, *, path: str) -> Iterator[FieldProblem]:
    if not least <= value <= most:
        yield FieldProblem(path, _between(least, most))


def _between(least: int, most: int) -> LazyText:
    return _("Give a number from {least} to {most}.").format(least=least, most=most)
