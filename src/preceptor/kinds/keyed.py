"""Keys: what is right about an item, in the form of an answer, and how near answers come to it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Generic

import msgspec

from preceptor.kinds.sample import AnswerT, ItemT, SettingsT
from preceptor.kinds.scoring import FieldScore, Said, is_present, plainly_said, scores
from preceptor.kinds.shown import TurnShown
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _


class Keyed(ABC, Generic[SettingsT, ItemT, AnswerT]):
    """The part of a task kind that compares answers with keys. A kind says in `said` what there is to compare."""

    @abstractmethod
    def validate_answer(
        self, settings: SettingsT, item: ItemT, turns: Sequence[TurnShown], answer: AnswerT
    ) -> list[FieldProblem]:
        """Why `answer` cannot be submitted; paths start at the answer. Fast: it runs while a person waits."""

    def said(self, settings: SettingsT, answer: AnswerT) -> Sequence[Said]:
        """What an answer says, field by field, each with what it is about and how it is compared with a key."""
        del settings
        return tuple(plainly_said(answer))

    def score_against(self, settings: SettingsT, key: AnswerT, answer: AnswerT | None) -> tuple[FieldScore, ...]:
        """How near an answer comes to a key, per field that the key says something in; None: nothing was answered."""
        return scores(self.said(settings, key), () if answer is None else self.said(settings, answer))

    def key_problems(
        self, settings: SettingsT, item: ItemT, turns: Sequence[TurnShown], key: AnswerT
    ) -> list[FieldProblem]:
        """What is wrong with a key; it may leave open whatever it likes, but not everything. Prose is for graders."""
        built = msgspec.to_builtins(key)
        problems = [one for one in self.validate_answer(settings, item, turns, key) if is_present(built, one.path)]
        if not problems and not self.said(settings, key):
            problems.append(FieldProblem("", _("Say at least one thing that is right.")))
        return problems
