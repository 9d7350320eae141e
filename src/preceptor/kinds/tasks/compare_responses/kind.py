from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from preceptor.kinds.agreement import Measure
from preceptor.kinds.changes import AnswerChange
from preceptor.kinds.content import Content, Conversation, Provenance
from preceptor.kinds.dialogue import last_words
from preceptor.kinds.findings import Question
from preceptor.kinds.given import Comparison, GivenAnswer
from preceptor.kinds.scoring import Said
from preceptor.kinds.shown import GivenTurn, TurnShown
from preceptor.kinds.task import InvalidItemError, Sample, TaskKind
from preceptor.kinds.tasks.compare_responses.answer import Answer, answer_problems
from preceptor.kinds.tasks.compare_responses.changes import answer_changes
from preceptor.kinds.tasks.compare_responses.item import ItemContent, item_from, item_problems
from preceptor.kinds.tasks.compare_responses.questions import answer_questions
from preceptor.kinds.tasks.compare_responses.release import agreement_of, rows_of
from preceptor.kinds.tasks.compare_responses.said import said_by
from preceptor.kinds.tasks.compare_responses.sample import make_sample
from preceptor.kinds.tasks.compare_responses.settings import STRENGTHS, Settings, settings_problems
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _


class CompareResponses(TaskKind[Settings, ItemContent, Answer]):
    """Put given responses in order, best first: with ties, strength, "all are bad" and a reason."""

    key = "compare_responses"
    title = _("Compare responses")
    description = _("Put two to nine given responses in order, the best one first.")
    place = 40
    settings_type = Settings
    item_type = ItemContent
    answer_type = Answer
    accepts = (Comparison, Conversation)

    def validate_settings(self, settings: Settings) -> list[FieldProblem]:
        """Words for the question and for both ends of the scale."""
        return settings_problems(settings)

    def validate_item(self, item: ItemContent) -> list[FieldProblem]:
        """Two to nine responses, and texts fit to keep."""
        return item_problems(item)

    def item_from_content(self, content: Content) -> ItemContent:
        """A comparison, judged or not, or a conversation with responses."""
        item = item_from(content)
        if item is None:
            return super().item_from_content(content)
        if problems := item_problems(item):
            raise InvalidItemError(fields=problems)
        return item

    def answers_from_content(
        self, settings: Settings, item: ItemContent, turns: Sequence[TurnShown], content: Content
    ) -> list[GivenAnswer[Answer]]:
        """The order that the source gives, if it gives one."""
        del settings, item
        if not isinstance(content, Comparison) or not content.is_judged:
            return []
        ids = [response.id for turn in turns[:1] for response in turn.responses]
        answer = Answer(
            ranking=tuple(tuple(ids[index] for index in group) for group in content.ranking),
            strength=content.strength if content.strength in range(1, STRENGTHS + 1) else None,
            all_bad=content.all_bad,
            rationale=content.comment,
        )
        return [GivenAnswer(content.worker, answer)]

    def item_shown(self, item: ItemContent) -> dict[str, Any]:
        """Without the responses, which name models and are shown as a turn, and without unknown fields."""
        shown: dict[str, Any] = msgspec.to_builtins(item)
        del shown["responses"], shown["source"]
        return shown

    def item_summary(self, item: ItemContent) -> str:
        """The prompt, or the last message; without either, the first response."""
        return last_words(item.messages, item.prompt) or item.responses[0].text

    def item_source(self, item: ItemContent) -> dict[str, Any]:
        """Fields of the imported row that nobody knew."""
        return item.source

    def given_turn(self, item: ItemContent) -> GivenTurn:
        """The prompt with all its responses."""
        return GivenTurn(prompt=item.prompt or "", responses=item.responses)

    def validate_answer(
        self, settings: Settings, item: ItemContent, turns: Sequence[TurnShown], answer: Answer
    ) -> list[FieldProblem]:
        """Every response in its place, or all of them bad; strength and reason where the form wants them."""
        del item
        return answer_problems(settings, turns, answer)

    def questions(
        self, settings: Settings, item: ItemContent, turns: Sequence[TurnShown], answer: Answer
    ) -> list[Question]:
        """Everything tied, equal texts apart, an empty response on top, and the like."""
        del item
        return answer_questions(settings, turns, answer)

    def changes(
        self, settings: Settings, turns: Sequence[TurnShown], before: Answer, after: Answer
    ) -> list[AnswerChange]:
        """Order, strength, "all are bad" and reason, in the words of the form."""
        del settings
        return list(answer_changes(turns, before, after))

    def said(self, settings: Settings, answer: Answer) -> tuple[Said, ...]:
        """The order, the best one, whether all are bad, and how much better the best is."""
        return tuple(said_by(settings, answer))

    def agreement(self, settings: Settings, answers: Sequence[Sequence[Answer]]) -> tuple[Measure, ...]:
        """Tau-b of the orders; shares of people with the same best one and view of badness; nearness in strength."""
        del settings
        return agreement_of(answers)

    def content_rows(
        self,
        settings: Settings,
        item: ItemContent,
        turns: Sequence[TurnShown],
        answer: Answer,
        provenance: Provenance,
    ) -> list[Content]:
        """One `JudgedResponses` with every strict pair."""
        del settings
        return rows_of(item, turns, answer, provenance)

    def sample(self) -> Sample[Settings, ItemContent, Answer]:
        """Three answers about house plants."""
        return make_sample()


KIND = CompareResponses()
