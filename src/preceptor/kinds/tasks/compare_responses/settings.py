from __future__ import annotations

from typing import Literal

import msgspec

from preceptor.kinds.fields.rating.field import FIELD as RATING
from preceptor.kinds.fields.rating.field import RatingSettings
from preceptor.kinds.findings import below
from preceptor.kinds.labels import Labels, label_problems
from preceptor.lib.errors import FieldProblem

STRENGTHS = 4

Asked = Literal["off", "optional", "required"]


def _question() -> Labels:
    return {"en": "Which response is better?", "es": "¿Qué respuesta es mejor?"}


def _weakest() -> Labels:
    return {"en": "slightly better", "es": "un poco mejor"}


def _strongest() -> Labels:
    return {"en": "far better", "es": "muchísimo mejor"}


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The form of a project of this kind.

    Attributes:
        question: what is asked, per language; guidelines say more about it.
        ties: whether responses may share a place.
        all_bad: whether "all are bad" can be ticked.
        strength: whether is asked how much better the best is than what comes next, in four steps.
        weakest, strongest: what the first and the last of these steps mean.
        rationale: whether the person says why.
    """

    question: Labels = msgspec.field(default_factory=_question)
    ties: bool = True
    all_bad: bool = True
    strength: Asked = "required"
    weakest: Labels = msgspec.field(default_factory=_weakest)
    strongest: Labels = msgspec.field(default_factory=_strongest)
    rationale: Asked = "optional"

    @property
    def steps(self) -> RatingSettings:
        """The four steps as a scale."""
        return RatingSettings(points=STRENGTHS, low=self.weakest, high=self.strongest)


def settings_problems(settings: Settings) -> list[FieldProblem]:
    """What is wrong with settings of the right type: words that are missing or too long."""
    names = {"low": "weakest", "high": "strongest"}
    problems = list(label_problems(settings.question, path="question"))
    for problem in below("", RATING.validate_settings(settings.steps)):
        end, _dot, language = problem.path.partition(".")
        problems.append(FieldProblem(".".join(filter(None, (names[end], language))), problem.message))
    return problems
