from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from preceptor.kinds.agreement import Measure
from preceptor.kinds.changes import AnswerChange
from preceptor.kinds.content import Content, Conversation, ErrorType, Message, Provenance
from preceptor.kinds.dialogue import last_words
from preceptor.kinds.findings import Question
from preceptor.kinds.given import GivenAnswer
from preceptor.kinds.labels import label_in
from preceptor.kinds.positions import spread
from preceptor.kinds.scoring import Said
from preceptor.kinds.shown import GivenTurn, NextTurn, Position, TurnShown
from preceptor.kinds.task import InvalidItemError, Sample, TaskKind
from preceptor.kinds.tasks.converse.answer import Answer
from preceptor.kinds.tasks.converse.changes import answer_changes
from preceptor.kinds.tasks.converse.imported import tree_rows
from preceptor.kinds.tasks.converse.item import ItemContent, item_from, item_problems
from preceptor.kinds.tasks.converse.measures import agreement_of
from preceptor.kinds.tasks.converse.questions import answer_questions
from preceptor.kinds.tasks.converse.release import rows_of
from preceptor.kinds.tasks.converse.said import said_by
from preceptor.kinds.tasks.converse.sample import make_sample
from preceptor.kinds.tasks.converse.settings import Settings, settings_problems
from preceptor.kinds.tasks.converse.turns import messages_to_send, turn_problems
from preceptor.kinds.tasks.converse.validation import answer_problems
from preceptor.kinds.trees import ConversationTree
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import SOURCE_LANGUAGE, _


class Converse(TaskKind[Settings, ItemContent, Answer]):
    """Lead a conversation of several turns with models to a brief, going back where another way looks better."""

    key = "converse"
    title = _("Lead a conversation")
    description = _("Talk with a model over several turns to a brief, and judge each answer and the whole.")
    place = 20
    settings_type = Settings
    item_type = ItemContent
    answer_type = Answer
    accepts = (ConversationTree, Conversation)
    branches = True

    def validate_settings(self, settings: Settings) -> list[FieldProblem]:
        """Bounds, unique keys and shortcuts, words at both ends of the scales, sensible sampling."""
        return settings_problems(settings)

    def settings_shown(self, settings: Settings) -> dict[str, Any]:
        """Without the positions, which name the models."""
        shown: dict[str, Any] = msgspec.to_builtins(settings)
        del shown["positions"]
        return shown

    def open_item(self) -> ItemContent:
        """Nothing given but what the brief says."""
        return ItemContent()

    def validate_item(self, item: ItemContent) -> list[FieldProblem]:
        """Texts, the order of messages, and how many responses came along."""
        return item_problems(item)

    def item_from_content(self, content: Content) -> ItemContent:
        """A conversation that a format read: its last message is the prompt if it is a user's. Or a whole tree."""
        if not isinstance(content, Conversation | ConversationTree):
            return super().item_from_content(content)
        item = item_from(content)
        if problems := item_problems(item):
            raise InvalidItemError(fields=problems)
        return item

    def answers_from_content(
        self, settings: Settings, item: ItemContent, turns: Sequence[TurnShown], content: Content
    ) -> list[GivenAnswer[Answer]]:
        """A tree is finished work, of many hands; what they said about it stands in the tree itself."""
        del settings, item, turns
        return [GivenAnswer("", Answer())] if isinstance(content, ConversationTree) else []

    def item_shown(self, item: ItemContent) -> dict[str, Any]:
        """Without the given responses, which name models and are shown as a turn, and without unknown fields.

        Of a tree its messages alone, each with what it replies to and its rank.
        """
        shown: dict[str, Any] = msgspec.to_builtins(item)
        del shown["responses"], shown["source"]
        if item.tree is not None:
            names = ("id", "parent", "role", "text", "rank")
            shown["tree"] = [{name: getattr(message, name) for name in names} for message in item.tree.messages]
        return shown

    def item_summary(self, item: ItemContent) -> str:
        """The prompt, or the last message before it, or the first thing to do."""
        return last_words(item.messages, item.prompt) or next(iter(item.steps), "")

    def item_source(self, item: ItemContent) -> dict[str, Any]:
        """Fields of the imported row that nobody knew."""
        return item.source

    def positions(self, settings: Settings, item: ItemContent) -> tuple[Position, ...]:
        """One per response; an item's own system message takes the place of the form's."""
        positions = spread(settings.positions, responses=settings.responses)
        if item.has_system_message:
            return tuple(msgspec.structs.replace(position, system_prompt=None) for position in positions)
        return positions

    def given_turn(self, item: ItemContent) -> GivenTurn | None:
        """The given prompt, with the responses that came along."""
        return None if item.prompt is None else GivenTurn(prompt=item.prompt, responses=item.responses)

    def check_turn(
        self, settings: Settings, item: ItemContent, turns: Sequence[TurnShown], turn: NextTurn
    ) -> list[FieldProblem]:
        """A prompt, room for one more turn on this branch, and something to go on from."""
        return list(turn_problems(settings, item, turns, turn))

    def messages(
        self, item: ItemContent, turns: Sequence[TurnShown], *, prompt: str, position: Position
    ) -> tuple[Message, ...]:
        """The conversation on this branch so far, under the item's or the position's system message."""
        return messages_to_send(item, turns, prompt=prompt, position=position)

    def validate_answer(
        self, settings: Settings, item: ItemContent, turns: Sequence[TurnShown], answer: Answer
    ) -> list[FieldProblem]:
        """The conversation handed in is long enough, and what is asked about it and each of its turns is there."""
        del item
        return answer_problems(settings, turns, answer)

    def questions(
        self, settings: Settings, item: ItemContent, turns: Sequence[TurnShown], answer: Answer
    ) -> list[Question]:
        """Top ratings beside faults, a choice against the ratings, a text that changes nothing, and the like."""
        del item
        return answer_questions(settings, turns, answer)

    def changes(
        self, settings: Settings, turns: Sequence[TurnShown], before: Answer, after: Answer
    ) -> list[AnswerChange]:
        """What was said about each turn and about the whole, in the words of the form."""
        return answer_changes(settings, turns, before, after)

    def said(self, settings: Settings, answer: Answer) -> tuple[Said, ...]:
        """Ratings and tags of responses and of the whole, and written responses as prose."""
        return tuple(said_by(settings, answer))

    def agreement(self, settings: Settings, answers: Sequence[Sequence[Answer]]) -> tuple[Measure, ...]:
        """Alpha of ratings and tags and tau-b of rankings on shared turns; similarity of what the wholes were given."""
        return agreement_of(settings, answers)

    def content_rows(
        self,
        settings: Settings,
        item: ItemContent,
        turns: Sequence[TurnShown],
        answer: Answer,
        provenance: Provenance,
    ) -> list[Content]:
        """Per turn `JudgedResponses` and, where something was written, a `Demonstration`; the whole as trees."""
        if item.tree is not None and not turns:
            return list(tree_rows(item.tree, provenance))
        return rows_of(settings, item, turns, answer, provenance)

    def error_types(self, settings: Settings) -> tuple[ErrorType, ...]:
        """What can be ticked in a response."""
        return tuple(
            ErrorType(tag.key, label_in(tag.label, SOURCE_LANGUAGE), tag.severity) for tag in settings.each.tags
        )

    def sample(self) -> Sample[Settings, ItemContent, Answer]:
        """A conversation about bananas, with a branch."""
        return make_sample()


KIND = Converse()
