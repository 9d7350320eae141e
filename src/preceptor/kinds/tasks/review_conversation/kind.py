from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from preceptor.kinds.agreement import Measure
from preceptor.kinds.changes import AnswerChange
from preceptor.kinds.content import Content, Conversation, ErrorType, Provenance
from preceptor.kinds.findings import Question
from preceptor.kinds.given import Answered
from preceptor.kinds.labels import label_in
from preceptor.kinds.private import ReplacedPart
from preceptor.kinds.scoring import Said
from preceptor.kinds.shown import TurnShown
from preceptor.kinds.task import InvalidItemError, Json, Sample, TaskKind
from preceptor.kinds.tasks.review_conversation.answer import Answer, answer_problems
from preceptor.kinds.tasks.review_conversation.changes import answer_changes
from preceptor.kinds.tasks.review_conversation.hiding import masked_item, replaced_parts, restored_item
from preceptor.kinds.tasks.review_conversation.item import (
    ItemContent,
    given_problems,
    item_from,
    item_problems,
    priority_of,
    redacted_item,
    summary_of,
    warned_of,
)
from preceptor.kinds.tasks.review_conversation.questions import answer_questions
from preceptor.kinds.tasks.review_conversation.release import agreement_of, rows_of
from preceptor.kinds.tasks.review_conversation.said import said_by
from preceptor.kinds.tasks.review_conversation.sample import make_sample
from preceptor.kinds.tasks.review_conversation.settings import Settings, settings_problems
from preceptor.kinds.triage import ReportedConversation
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import SOURCE_LANGUAGE, _


class ReviewConversation(TaskKind[Settings, ItemContent, Answer]):
    """Judge a real conversation that a user reported: what is wrong, where, how bad; and take private data out."""

    key = "review_conversation"
    title = _("Review reported conversations")
    description = _("Judge real conversations that users reported: what is wrong and where; take private data out.")
    place = 80
    settings_type = Settings
    item_type = ItemContent
    answer_type = Answer
    accepts = (ReportedConversation, Answered, Conversation)
    hidden = ("original",)
    masks = True

    def validate_settings(self, settings: Settings) -> list[FieldProblem]:
        """Categories and kinds of private data: keys, letters, words."""
        return settings_problems(settings)

    def validate_item(self, item: ItemContent) -> list[FieldProblem]:
        """Messages that say something, fit to keep."""
        return item_problems(item)

    def parse_item_content(self, raw: Json) -> ItemContent:
        """As every kind does it; then whatever is private and has a form of its own is replaced."""
        item = self.decode_item(raw)
        if problems := [*given_problems(item), *item_problems(item)]:
            raise InvalidItemError(fields=problems)
        return self._redacted(item)

    def item_from_content(self, content: Content) -> ItemContent:
        """A report, or any conversation of a file; redacted like one."""
        item = item_from(content)
        if item is None:
            return super().item_from_content(content)
        if problems := item_problems(item):
            raise InvalidItemError(fields=problems)
        return self._redacted(item)

    def _redacted(self, item: ItemContent) -> ItemContent:
        redacted = redacted_item(item)
        if problems := item_problems(redacted):  # both texts together may be too large
            raise InvalidItemError(fields=problems)
        return redacted

    def masked(self, settings: Settings, item: ItemContent, answers: Sequence[Answer]) -> ItemContent:
        """Without the names and the like that people marked to be taken out."""
        return masked_item(settings, item, answers)

    def replaced_parts(self, item: ItemContent) -> tuple[ReplacedPart, ...]:
        """What looked like private data in the messages and the reason."""
        return replaced_parts(item)

    def restored(self, item: ItemContent, part: str) -> ItemContent:
        """With one of them as it was; the rest is looked through anew."""
        return restored_item(item, part)

    def item_priority(self, settings: Settings, item: ItemContent, given: int) -> int:
        """By severity: as the product says, or as the categories it was reported as usually are."""
        return priority_of(settings, item, given)

    def item_categories(self, item: ItemContent) -> tuple[str, ...]:
        """What it was reported as, as far as people are warned of it before they take it."""
        return warned_of(item)

    def item_shown(self, item: ItemContent) -> dict[str, Any]:
        """Without the original and without unknown fields."""
        shown: dict[str, Any] = msgspec.to_builtins(item)
        del shown["original"], shown["source"]
        return shown

    def item_summary(self, item: ItemContent) -> str:
        """What it was reported as; nothing of what was said."""
        return summary_of(item)

    def item_source(self, item: ItemContent) -> dict[str, Any]:
        """Fields of the report or the imported row that nobody knew."""
        return item.source

    def validate_answer(
        self, settings: Settings, item: ItemContent, turns: Sequence[TurnShown], answer: Answer
    ) -> list[FieldProblem]:
        """A verdict for the whole and for each message that is judged; where confirmed, what and how bad."""
        del turns
        return answer_problems(settings, item, answer)

    def questions(
        self, settings: Settings, item: ItemContent, turns: Sequence[TurnShown], answer: Answer
    ) -> list[Question]:
        """Confirmed, but every message fine; marked, but not ticked; harmless, but something named; and the like."""
        del turns
        return answer_questions(settings, item, answer)

    def changes(
        self, settings: Settings, turns: Sequence[TurnShown], before: Answer, after: Answer
    ) -> list[AnswerChange]:
        """In the words of the form; marks by their places."""
        del turns
        return list(answer_changes(settings, before, after))

    def said(self, settings: Settings, answer: Answer) -> tuple[Said, ...]:
        """Verdict, severity, categories, verdicts of messages and marks."""
        return tuple(said_by(settings, answer))

    def agreement(self, settings: Settings, answers: Sequence[Sequence[Answer]]) -> tuple[Measure, ...]:
        """Same verdict; alpha of the categories; nearness in severity; alpha of the messages; F1 of the marks."""
        return agreement_of(settings, answers)

    def content_rows(
        self,
        settings: Settings,
        item: ItemContent,
        turns: Sequence[TurnShown],
        answer: Answer,
        provenance: Provenance,
    ) -> list[Content]:
        """One `TriagedConversation`, and one `JudgedResponses` per message of the model that was judged; redacted."""
        del turns
        return rows_of(settings, item, answer, provenance)

    def error_types(self, settings: Settings) -> tuple[ErrorType, ...]:
        """The categories."""
        return tuple(
            ErrorType(one.key, label_in(one.label, SOURCE_LANGUAGE), one.severity) for one in settings.categories
        )

    def sample(self) -> Sample[Settings, ItemContent, Answer]:
        """A model that helps to harass a neighbour."""
        return make_sample()


KIND = ReviewConversation()
