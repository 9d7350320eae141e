from __future__ import annotations

from typing import Literal

import msgspec

from preceptor.kinds.fields.text.field import FIELD as TEXT
from preceptor.kinds.fields.text.field import TextSettings
from preceptor.kinds.positions import position_problems, spread
from preceptor.kinds.shown import Position
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _

MOST_CANDIDATES = 8

INSTRUCTION = (
    "Continue the text exactly where it stops, in its language and style. "
    "Answer with the continuation alone: do not repeat the text and do not comment on it."
)


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The form of a project of this kind.

    Attributes:
        way: what a person does: choose a candidate or write, only choose, only write, or both.
        none_fits: whether "none of these fits" can be chosen.
        candidates: how many continuations language models are asked for, beside those that came with an item.
        min_words, max_words: how long a written continuation is; None for no bound.
        positions: how each candidate is asked for; a list shorter than `candidates` is gone through again.
    """

    way: Literal["either", "choose", "write", "both"] = "either"
    none_fits: bool = True
    candidates: int = 3
    min_words: int | None = None
    max_words: int | None = None
    positions: tuple[Position, ...] = (
        Position(system_prompt=INSTRUCTION, temperature=0.9, top_p=0.95, max_tokens=120),
    )

    @property
    def written(self) -> TextSettings:
        """What a written continuation has to be, for the field of texts."""
        return TextSettings(required=True, min_words=self.min_words, max_words=self.max_words)


def settings_problems(settings: Settings) -> list[FieldProblem]:
    """What is wrong with settings of the right type."""
    problems = TEXT.validate_settings(settings.written)
    if not 0 <= settings.candidates <= MOST_CANDIDATES:
        message = _("Give a number from {least} to {most}.").format(least=0, most=MOST_CANDIDATES)
        problems.append(FieldProblem("candidates", message))
    if settings.candidates or settings.positions:
        problems += position_problems(settings.positions, responses=settings.candidates)
    return problems


def all_positions(settings: Settings) -> tuple[Position, ...]:
    """One per candidate; none where a person only writes."""
    return () if settings.way == "write" else spread(settings.positions, responses=settings.candidates)
