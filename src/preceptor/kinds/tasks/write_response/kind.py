from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from preceptor.kinds.agreement import Measure
from preceptor.kinds.changes import AnswerChange
from preceptor.kinds.content import Content, Conversation, Provenance
from preceptor.kinds.fields.text.field import FIELD as TEXT
from preceptor.kinds.findings import Question
from preceptor.kinds.given import Answered, GivenAnswer
from preceptor.kinds.scoring import Said, said_in
from preceptor.kinds.shown import TurnShown
from preceptor.kinds.task import InvalidItemError, Sample, TaskKind
from preceptor.kinds.tasks.write_response.answer import Answer, answer_problems, answer_questions
from preceptor.kinds.tasks.write_response.item import ItemContent, item_from, item_problems
from preceptor.kinds.tasks.write_response.release import agreement_of, answer_changes, demonstration_of
from preceptor.kinds.tasks.write_response.sample import make_sample
from preceptor.kinds.tasks.write_response.settings import Settings, settings_problems
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _


class WriteResponse(TaskKind[Settings, ItemContent, Answer]):
    """Answer a given prompt or conversation as the ideal assistant would."""

    key = "write_response"
    title = _("Write a response")
    description = _("Answer a given prompt or conversation as the ideal assistant would.")
    place = 20
    settings_type = Settings
    item_type = ItemContent
    answer_type = Answer
    accepts = (Answered, Conversation)

    def validate_settings(self, settings: Settings) -> list[FieldProblem]:
        """Sensible bounds, and a language code."""
        return settings_problems(settings)

    def validate_item(self, item: ItemContent) -> list[FieldProblem]:
        """A prompt, a language code, texts fit to keep."""
        return item_problems(item)

    def item_from_content(self, content: Content) -> ItemContent:
        """A conversation that ends with a user's message, answered already or not."""
        item = item_from(content)
        if item is None:
            return super().item_from_content(content)
        if problems := item_problems(item):
            raise InvalidItemError(fields=problems)
        return item

    def answers_from_content(
        self, settings: Settings, item: ItemContent, turns: Sequence[TurnShown], content: Content
    ) -> list[GivenAnswer[Answer]]:
        """The answer that the source gives, if it gives one."""
        del settings, item, turns
        return [GivenAnswer(content.worker, Answer(content.completion))] if isinstance(content, Answered) else []

    def item_shown(self, item: ItemContent) -> dict[str, Any]:
        """The conversation and the language: neither other answers nor unknown fields."""
        shown: dict[str, Any] = msgspec.to_builtins(item)
        del shown["responses"], shown["afterwards"], shown["source"]
        return shown

    def item_summary(self, item: ItemContent) -> str:
        """The prompt."""
        return item.prompt

    def item_source(self, item: ItemContent) -> dict[str, Any]:
        """Fields of the imported row that nobody knew."""
        return item.source

    def validate_answer(
        self, settings: Settings, item: ItemContent, turns: Sequence[TurnShown], answer: Answer
    ) -> list[FieldProblem]:
        """A response within its bounds; outline and sources as the form wants them."""
        del item, turns
        return answer_problems(settings, answer)

    def questions(
        self, settings: Settings, item: ItemContent, turns: Sequence[TurnShown], answer: Answer
    ) -> list[Question]:
        """Another language than asked for, the prompt given back, a source named twice."""
        del turns
        return list(answer_questions(settings, item, answer))

    def changes(
        self, settings: Settings, turns: Sequence[TurnShown], before: Answer, after: Answer
    ) -> list[AnswerChange]:
        """Outline, response and sources, in the words of the form."""
        del settings, turns
        return list(answer_changes(before, after))

    def said(self, settings: Settings, answer: Answer) -> tuple[Said, ...]:
        """The response, as prose: a person grades it."""
        return tuple(said_in(TEXT, settings.response, answer.response, name="response", title=_("Response")))

    def agreement(self, settings: Settings, answers: Sequence[Sequence[Answer]]) -> tuple[Measure, ...]:
        """Similarity of the responses, and sources in common."""
        return agreement_of(settings, answers)

    def content_rows(
        self,
        settings: Settings,
        item: ItemContent,
        turns: Sequence[TurnShown],
        answer: Answer,
        provenance: Provenance,
    ) -> list[Content]:
        """One `Demonstration`."""
        del settings, turns
        return [demonstration_of(item, answer, provenance)]

    def sample(self) -> Sample[Settings, ItemContent, Answer]:
        """A question about a bicycle."""
        return make_sample()


KIND = WriteResponse()
