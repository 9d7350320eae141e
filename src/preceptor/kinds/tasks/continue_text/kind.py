from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from preceptor.kinds.agreement import Measure
from preceptor.kinds.changes import AnswerChange
from preceptor.kinds.content import Content, Conversation, Message, Provenance
from preceptor.kinds.findings import Question
from preceptor.kinds.given import PlainText
from preceptor.kinds.scoring import Said
from preceptor.kinds.shown import GivenTurn, NextTurn, Position, TurnShown
from preceptor.kinds.task import InvalidItemError, Sample, TaskKind
from preceptor.kinds.tasks.continue_text.answer import Answer, answer_problems, answer_questions
from preceptor.kinds.tasks.continue_text.item import ItemContent, item_from, item_problems
from preceptor.kinds.tasks.continue_text.release import agreement_of, answer_changes, rows_of
from preceptor.kinds.tasks.continue_text.said import said_by
from preceptor.kinds.tasks.continue_text.sample import make_sample
from preceptor.kinds.tasks.continue_text.settings import Settings, all_positions, settings_problems
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _


class ContinueText(TaskKind[Settings, ItemContent, Answer]):
    """Say what a text should say next: choose among candidates whose origin nobody sees, or write it."""

    key = "continue_text"
    title = _("Continue a text")
    description = _("Choose or write what a text should say next.")
    place = 50
    settings_type = Settings
    item_type = ItemContent
    answer_type = Answer
    accepts = (PlainText, Conversation)

    def validate_settings(self, settings: Settings) -> list[FieldProblem]:
        """Sensible bounds, number of candidates and sampling."""
        return settings_problems(settings)

    def settings_shown(self, settings: Settings) -> dict[str, Any]:
        """Without the positions, which name the models, and without how many of the candidates are theirs."""
        shown: dict[str, Any] = msgspec.to_builtins(settings)
        del shown["positions"], shown["candidates"]
        return shown | {"asks_models": bool(all_positions(settings))}

    def validate_item(self, item: ItemContent) -> list[FieldProblem]:
        """A text, candidates that say something, texts fit to keep."""
        return item_problems(item)

    def item_from_content(self, content: Content) -> ItemContent:
        """A text without roles, or a single prompt with the responses that came along as candidates."""
        item = item_from(content)
        if item is None:
            return super().item_from_content(content)
        if problems := item_problems(item):
            raise InvalidItemError(fields=problems)
        return item

    def item_shown(self, item: ItemContent) -> dict[str, Any]:
        """The text alone: the candidates are shown as a turn."""
        return {"text": item.text}

    def item_summary(self, item: ItemContent) -> str:
        """The text."""
        return item.text.strip()

    def item_source(self, item: ItemContent) -> dict[str, Any]:
        """Fields of the imported row that nobody knew."""
        return item.source

    def positions(self, settings: Settings, item: ItemContent) -> tuple[Position, ...]:
        """One per candidate that is asked of a model."""
        del item
        return all_positions(settings)

    def given_turn(self, item: ItemContent) -> GivenTurn:
        """The text with the candidates that came along; those of models are mixed with them."""
        return GivenTurn(prompt=item.text, responses=item.candidates, asks_too=True)

    def check_turn(
        self, settings: Settings, item: ItemContent, turns: Sequence[TurnShown], turn: NextTurn
    ) -> list[FieldProblem]:
        """Candidates are asked for once, for the text as it is given."""
        if not self.positions(settings, item):
            return super().check_turn(settings, item, turns, turn)
        if turns:
            return [FieldProblem("prompt", _("The candidates have been asked for already."))]
        if turn.prompt != item.text:
            return [FieldProblem("prompt", _("The text is given in this task."))]
        return []

    def messages(
        self, item: ItemContent, turns: Sequence[TurnShown], *, prompt: str, position: Position
    ) -> tuple[Message, ...]:
        """The position's instruction, and the text."""
        del item, turns
        instruction = position.system_prompt
        asked = Message(role="user", content=prompt)
        return (Message(role="system", content=instruction), asked) if instruction else (asked,)

    def validate_answer(
        self, settings: Settings, item: ItemContent, turns: Sequence[TurnShown], answer: Answer
    ) -> list[FieldProblem]:
        """A choice among what was shown, or a text within its bounds, or both, as the form wants it."""
        del item
        return answer_problems(settings, turns, answer)

    def questions(
        self, settings: Settings, item: ItemContent, turns: Sequence[TurnShown], answer: Answer
    ) -> list[Question]:
        """A candidate written again, the text given back, chosen and written at once."""
        return list(answer_questions(settings, item, turns, answer))

    def changes(
        self, settings: Settings, turns: Sequence[TurnShown], before: Answer, after: Answer
    ) -> list[AnswerChange]:
        """The choice and the written text, in the words of the form."""
        del settings
        return list(answer_changes(turns, before, after))

    def said(self, settings: Settings, answer: Answer) -> tuple[Said, ...]:
        """The choice, and the written continuation as prose."""
        return tuple(said_by(settings, answer))

    def agreement(self, settings: Settings, answers: Sequence[Sequence[Answer]]) -> tuple[Measure, ...]:
        """The share of pairs of people with the same choice, and the similarity of what they wrote."""
        return agreement_of(settings, answers)

    def content_rows(
        self,
        settings: Settings,
        item: ItemContent,
        turns: Sequence[TurnShown],
        answer: Answer,
        provenance: Provenance,
    ) -> list[Content]:
        """A `Demonstration`, and `JudgedResponses` where there were candidates."""
        return rows_of(settings, item, turns, answer, provenance)

    def sample(self) -> Sample[Settings, ItemContent, Answer]:
        """A ferry whose engine does something."""
        return make_sample()


KIND = ContinueText()
