from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from preceptor.kinds.agreement import Measure
from preceptor.kinds.changes import AnswerChange
from preceptor.kinds.content import Content, Conversation, ErrorType, Message, Provenance
from preceptor.kinds.findings import Question
from preceptor.kinds.labels import label_in
from preceptor.kinds.positions import spread
from preceptor.kinds.scoring import Said
from preceptor.kinds.shown import GivenTurn, NextTurn, Position, TurnShown
from preceptor.kinds.task import InvalidItemError, Sample, TaskKind
from preceptor.kinds.tasks.rate_responses.answer import Answer
from preceptor.kinds.tasks.rate_responses.changes import answer_changes
from preceptor.kinds.tasks.rate_responses.item import ItemContent, item_from, item_problems
from preceptor.kinds.tasks.rate_responses.questions import answer_questions
from preceptor.kinds.tasks.rate_responses.release import agreement_of, rows_of
from preceptor.kinds.tasks.rate_responses.said import said_by
from preceptor.kinds.tasks.rate_responses.sample import make_sample
from preceptor.kinds.tasks.rate_responses.settings import Settings, settings_problems
from preceptor.kinds.tasks.rate_responses.turns import messages_to_send, turn_problems
from preceptor.kinds.tasks.rate_responses.validation import answer_problems
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import SOURCE_LANGUAGE, _


class RateResponses(TaskKind[Settings, ItemContent, Answer]):
    """Prompt models, tag errors in and rate the responses, write the ideal one. Source: the product's main journey."""

    key = "rate_responses"
    title = _("Rate responses")
    description = _("Prompt a model, rate its responses side by side, and write the ideal one.")
    place = 0
    settings_type = Settings
    item_type = ItemContent
    answer_type = Answer
    accepts = (Conversation,)

    def validate_settings(self, settings: Settings) -> list[FieldProblem]:
        """Bounds, unique keys and shortcuts, words at both ends of the scale, sensible sampling."""
        return settings_problems(settings)

    def settings_shown(self, settings: Settings) -> dict[str, Any]:
        """Without the positions, which name the models."""
        shown: dict[str, Any] = msgspec.to_builtins(settings)
        del shown["positions"]
        return shown

    def open_item(self) -> ItemContent:
        """Nothing given: a free topic."""
        return ItemContent()

    def validate_item(self, item: ItemContent) -> list[FieldProblem]:
        """Texts, the order of messages, and how many responses came along."""
        return item_problems(item)

    def item_from_content(self, content: Content) -> ItemContent:
        """A conversation that a format read: its last message is the prompt if it is a user's."""
        if not isinstance(content, Conversation):
            return super().item_from_content(content)
        item = item_from(content)
        if problems := item_problems(item):
            raise InvalidItemError(fields=problems)
        return item

    def item_shown(self, item: ItemContent) -> dict[str, Any]:
        """Without the given responses, which name models and are shown as a turn, and without unknown fields."""
        shown: dict[str, Any] = msgspec.to_builtins(item)
        del shown["responses"], shown["source"]
        return shown

    def item_summary(self, item: ItemContent) -> str:
        """The prompt, or the last message before it."""
        if item.prompt is not None:
            return item.prompt
        return item.messages[-1].content if item.messages else ""

    def item_source(self, item: ItemContent) -> dict[str, Any]:
        """Fields of the imported row that nobody knew."""
        return item.source

    def positions(self, settings: Settings, item: ItemContent) -> tuple[Position, ...]:
        """One per response; an item's own system message takes the place of the form's."""
        positions = spread(settings.positions, responses=settings.responses)
        if item.has_system_message:
            return tuple(msgspec.structs.replace(position, system_prompt=None) for position in positions)
        return positions

    def may_ask(self, settings: Settings, item: ItemContent) -> bool:
        """Not where the one turn there is came with its responses."""
        return not item.responses or settings.max_turns > 1

    def given_turn(self, item: ItemContent) -> GivenTurn | None:
        """The given prompt, with the responses that came along."""
        return None if item.prompt is None else GivenTurn(prompt=item.prompt, responses=item.responses)

    def check_turn(
        self, settings: Settings, item: ItemContent, turns: Sequence[TurnShown], turn: NextTurn
    ) -> list[FieldProblem]:
        """A prompt, room for one more turn, and something to go on from."""
        return list(turn_problems(settings, item, turns, turn))

    def messages(
        self, item: ItemContent, turns: Sequence[TurnShown], *, prompt: str, position: Position
    ) -> tuple[Message, ...]:
        """The conversation so far, under the item's or the position's system message."""
        return messages_to_send(item, turns, prompt=prompt, position=position)

    def validate_answer(
        self, settings: Settings, item: ItemContent, turns: Sequence[TurnShown], answer: Answer
    ) -> list[FieldProblem]:
        """Every response rated, comments and ideal response where required, ids that were really shown."""
        del item
        return answer_problems(settings, turns, answer)

    def questions(
        self, settings: Settings, item: ItemContent, turns: Sequence[TurnShown], answer: Answer
    ) -> list[Question]:
        """Top ratings with errors, rankings against ratings, ideals that change nothing, and the like."""
        del item
        return answer_questions(settings, turns, answer)

    def changes(
        self, settings: Settings, turns: Sequence[TurnShown], before: Answer, after: Answer
    ) -> list[AnswerChange]:
        """Ratings, errors, comments, ranking and ideal response, in the words of the form."""
        return answer_changes(settings, turns, before, after)

    def said(self, settings: Settings, answer: Answer) -> tuple[Said, ...]:
        """Ratings and errors of each response, the order of them all, and the ideal response as prose."""
        return tuple(said_by(settings, answer))

    def agreement(self, settings: Settings, answers: Sequence[Sequence[Answer]]) -> tuple[Measure, ...]:
        """Ordinal alpha of the ratings, tau-b of the rankings, alpha of the error types, similarity of the ideals."""
        return agreement_of(settings, answers)

    def content_rows(
        self,
        settings: Settings,
        item: ItemContent,
        turns: Sequence[TurnShown],
        answer: Answer,
        provenance: Provenance,
    ) -> list[Content]:
        """Per turn `JudgedResponses` and, where an ideal was written, a `Demonstration`."""
        return rows_of(settings, item, turns, answer, provenance)

    def error_types(self, settings: Settings) -> tuple[ErrorType, ...]:
        """The form's taxonomy."""
        return tuple(ErrorType(tag.key, label_in(tag.label, SOURCE_LANGUAGE), tag.severity) for tag in settings.errors)

    def sample(self) -> Sample[Settings, ItemContent, Answer]:
        """A conversation about tires."""
        return make_sample()


KIND = RateResponses()
