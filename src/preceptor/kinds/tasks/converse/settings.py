from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from preceptor.kinds.fields.rating.field import FIELD as RATING
from preceptor.kinds.fields.rating.field import RatingSettings
from preceptor.kinds.fields.tags.field import FIELD as TAGS
from preceptor.kinds.fields.tags.field import Tag, TagsSettings
from preceptor.kinds.findings import below, join
from preceptor.kinds.reading import text_problems
from preceptor.kinds.shown import Position
from preceptor.kinds.tasks.converse.taxonomy import CONVERSATION_TAGS, RESPONSE_TAGS
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import LazyText, _

MOST_RESPONSES = 8
MOST_TURNS = 30
MOST_ASKED = 100
"""Turns of a task in all, whichever branch they stand in."""
MOST_TOKENS = 32_768
MOST_SEED = 2**31 - 1
HOTTEST = 2.0
LONGEST_SLUG = 100

DEFAULT_POSITION = Position(temperature=0.9, top_p=0.95, max_tokens=512)

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
        *_position_problems(settings),
    ]


def _turn_problems(settings: Settings) -> Iterator[FieldProblem]:
    yield from _number(settings.min_turns, 1, MOST_TURNS, path="min_turns")
    yield from _number(settings.max_turns, 1, MOST_TURNS, path="max_turns")
    if settings.min_turns > settings.max_turns:
        yield FieldProblem("max_turns", _("This is less than the smallest number of turns."))


def _asked_problems(asked: Asked) -> Iterator[FieldProblem]:
    yield from below("scale", RATING.validate_settings(asked.scale))
    yield from TAGS.validate_settings(TagsSettings(tags=asked.tags))


def _position_problems(settings: Settings) -> Iterator[FieldProblem]:
    if not settings.positions:
        yield FieldProblem("positions", _("Say how at least one response is asked for."))
    if len(settings.positions) > settings.responses:
        yield FieldProblem("positions", _("There are more entries here than responses in a turn."))
    for index, position in enumerate(settings.positions):
        yield from below(join("positions", index), _problems_of(position))


def _problems_of(position: Position) -> Iterator[FieldProblem]:
    if position.model is not None and not 0 < len(position.model.strip()) <= LONGEST_SLUG:
        yield FieldProblem("model", _("Choose a language model."))
    if position.system_prompt is not None:
        if not position.system_prompt.strip():
            yield FieldProblem("system_prompt", _("Write a system prompt, or leave it out."))
        yield from below("system_prompt", text_problems(position.system_prompt))
    if position.temperature is not None and not 0 <= position.temperature <= HOTTEST:
        yield FieldProblem("temperature", _between(0, 2))
    if position.top_p is not None and not 0 < position.top_p <= 1:
        yield FieldProblem("top_p", _("Give a number above 0, up to 1."))
    if position.max_tokens is not None:
        yield from _number(position.max_tokens, 1, MOST_TOKENS, path="max_tokens")
    if position.seed is not None:
        yield from _number(position.seed, 0, MOST_SEED, path="seed")


def _number(value: int, least: int, most: int, *, path: str) -> Iterator[FieldProblem]:
    if not least <= value <= most:
        yield FieldProblem(path, _between(least, most))


def _between(least: int, most: int) -> LazyText:
    return _("Give a number from {least} to {most}.").format(least=least, most=most)


def all_positions(settings: Settings) -> tuple[Position, ...]:
    """One position per response: the list is gone through again where it is shorter.

    A fixed seed grows by one each time round, or the same model would give the same answer twice.
    """
    given = settings.positions or (DEFAULT_POSITION,)
    found = []
    for index in range(settings.responses):
        round_, place = divmod(index, len(given))
        position = given[place]
        if position.seed is not None and round_:
            position = msgspec.structs.replace(position, seed=(position.seed + round_) % (MOST_SEED + 1))
        found.append(position)
    return tuple(found)
