from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

import msgspec

from preceptor.kinds.fields.ranking.field import FIELD as RANKING
from preceptor.kinds.fields.ranking.field import RankingSettings
from preceptor.kinds.findings import below
from preceptor.kinds.reading import text_problems
from preceptor.kinds.shown import TurnShown
from preceptor.kinds.tasks.compare_responses.settings import STRENGTHS, Settings
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _

# Bounds here keep nonsense out of drafts; they are wider than any item needs, so that a stale draft still saves.
Id = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
_Places = msgspec.Meta(max_length=64)


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a person orders the responses; in a draft some may not have a place yet.

    Attributes:
        ranking: groups of response ids, best first; ids in one group are tied.
        strength: how much better the first place is than the second, 1 (slightly) to 4 (far).
        all_bad: none of the responses is worth preferring; they need no order then.
        rationale: why, in the person's words.
    """

    ranking: Annotated[tuple[Annotated[tuple[Id, ...], _Places], ...], _Places] = ()
    strength: Annotated[int, msgspec.Meta(ge=1, le=STRENGTHS)] | None = None
    all_bad: bool = False
    rationale: str = ""

    @property
    def prefers(self) -> bool:
        """True where one response is called better than another."""
        return not self.all_bad and len(self.ranking) > 1


def answer_problems(settings: Settings, turns: Sequence[TurnShown], answer: Answer) -> list[FieldProblem]:
    """Every problem of an answer of the right form, held against the responses that were really shown."""
    return [
        *_ranking_problems(settings, turns, answer),
        *_strength_problems(settings, answer),
        *_rationale_problems(settings, answer),
    ]


def _ranking_problems(settings: Settings, turns: Sequence[TurnShown], answer: Answer) -> Iterator[FieldProblem]:
    if answer.all_bad and not settings.all_bad:
        yield FieldProblem("all_bad", _("“All are bad” is not offered here."))
    if answer.all_bad and not answer.ranking:
        return
    options = [response.id for turn in turns[:1] for response in turn.responses]
    if not answer.ranking:
        yield FieldProblem("ranking", _("Put the responses in order, the best one first."))
        return
    yield from below("ranking", RANKING.validate(RankingSettings(ties=settings.ties), answer.ranking, options=options))


def _strength_problems(settings: Settings, answer: Answer) -> Iterator[FieldProblem]:
    if answer.strength is None:
        if settings.strength == "required" and answer.prefers:
            yield FieldProblem("strength", _("Say how much better the best response is."))
    elif settings.strength == "off":
        yield FieldProblem("strength", _("How much better the best response is, is not asked here."))


def _rationale_problems(settings: Settings, answer: Answer) -> Iterator[FieldProblem]:
    yield from below("rationale", text_problems(answer.rationale))
    if settings.rationale == "required" and not answer.rationale.strip():
        yield FieldProblem("rationale", _("Say why, in a sentence or two."))
    elif settings.rationale == "off" and answer.rationale.strip():
        yield FieldProblem("rationale", _("Reasons are not asked for here."))
