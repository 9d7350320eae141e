from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from preceptor.kinds.agreement import Measure
from preceptor.kinds.changes import AnswerChange
from preceptor.kinds.content import Content, Conversation, Message, Provenance
from preceptor.kinds.dialogue import last_words
from preceptor.kinds.findings import Question
from preceptor.kinds.given import GivenAnswer, LabelledSteps, PlainText, Record
from preceptor.kinds.pictures import Picture, PictureFile
from preceptor.kinds.positions import spread
from preceptor.kinds.scoring import Said
from preceptor.kinds.shown import GivenTurn, NextTurn, Position, TurnShown
from preceptor.kinds.task import InvalidItemError, Json, Sample, SettingsRead, TaskKind
from preceptor.kinds.tasks.custom_form.answer import Answer
from preceptor.kinds.tasks.custom_form.editor import example_data, example_for, field_catalogue
from preceptor.kinds.tasks.custom_form.given import answers_in, judged_steps_in
from preceptor.kinds.tasks.custom_form.item import ItemContent, data_texts, item_from, item_problems, record_in
from preceptor.kinds.tasks.custom_form.label_studio import read_config
from preceptor.kinds.tasks.custom_form.records import settings_from
from preceptor.kinds.tasks.custom_form.release import agreement_of, answer_changes, rows_of
from preceptor.kinds.tasks.custom_form.said import said_by
from preceptor.kinds.tasks.custom_form.sample import make_sample
from preceptor.kinds.tasks.custom_form.schema import form_problems
from preceptor.kinds.tasks.custom_form.settings import Settings, completed
from preceptor.kinds.tasks.custom_form.turns import may_ask, messages_to_send, turn_problems
from preceptor.kinds.tasks.custom_form.validation import answer_problems, answer_questions
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _

_SUMMARY = 300


class CustomForm(TaskKind[Settings, ItemContent, Answer]):
    """Any questions about any texts, conversations and responses, put together by a manager from the form fields."""

    key = "custom_form"
    title = _("A form of your own")
    description = _("Questions you put together yourself, about texts, conversations or models’ responses.")
    settings_type = Settings
    item_type = ItemContent
    answer_type = Answer
    accepts = (LabelledSteps, Record, Conversation, PlainText, Picture)

    def decode_settings(self, raw: Json) -> Settings:
        """And with every setting of every field written out, so that whoever shows the form finds them all."""
        settings = super().decode_settings(raw)
        return msgspec.structs.replace(settings, fields=tuple(completed(form) for form in settings.fields))

    def settings_from_content(self, contents: Sequence[Content]) -> Settings:
        """A question for each field that the records hold answers to."""
        return settings_from(contents) or self.default_settings()

    def validate_settings(self, settings: Settings) -> list[FieldProblem]:
        """Every question with its field, its settings and its conditions."""
        return form_problems(settings)

    def read_settings(self, text: str) -> SettingsRead[Settings]:
        """JSON as it is exported, or one of Label Studio's labelling configurations."""
        return read_config(text) if text.lstrip().startswith("<") else super().read_settings(text)

    def editor_data(self) -> dict[str, Any]:
        """The installed form fields with their settings, and something to try a form out on."""
        return {"fields": field_catalogue(), "example": example_data()}

    def settings_shown(self, settings: Settings) -> dict[str, Any]:
        """Without the positions, which name the models."""
        shown: dict[str, Any] = msgspec.to_builtins(settings)
        del shown["positions"]
        return shown

    def open_item(self) -> ItemContent:
        """Nothing given: questions about the world, or about what models answer to the person's own prompt."""
        return ItemContent()

    def validate_item(self, item: ItemContent) -> list[FieldProblem]:
        """Texts, the order of messages, names of columns."""
        return item_problems(item)

    def item_from_content(self, content: Content) -> ItemContent:
        """A record with its columns, a conversation, a solution in steps, a picture, or a text as the column `text`."""
        item = item_from(content)
        if item is None:
            return super().item_from_content(content)
        if problems := item_problems(item):
            raise InvalidItemError(fields=problems)
        return item

    def answers_from_content(
        self, settings: Settings, item: ItemContent, turns: Sequence[TurnShown], content: Content
    ) -> list[GivenAnswer[Answer]]:
        """What people elsewhere answered, where the names of the questions are the same."""
        if isinstance(content, LabelledSteps):
            return judged_steps_in(settings, content)
        record = record_in(content)
        return [] if record is None else answers_in(settings, item, record, turns)

    def item_shown(self, item: ItemContent) -> dict[str, Any]:
        """Without the given responses, which name models and are shown as a turn, and without unknown fields."""
        shown: dict[str, Any] = msgspec.to_builtins(item)
        del shown["responses"], shown["source"], shown["key"]
        return shown

    def item_shown_in(self, settings: Settings, item: ItemContent) -> dict[str, Any]:
        """And of the data, only what the form shows."""
        return self.item_shown(item) | {"data": dict(data_texts(settings, item))}

    def item_summary(self, item: ItemContent) -> str:
        """The prompt or the last message, else the first text of the data."""
        said = last_words(item.messages, item.prompt)
        return said or next((value for value in item.data.values() if isinstance(value, str)), "")[:_SUMMARY]

    def item_files(self, item: ItemContent) -> tuple[PictureFile, ...]:
        """The picture, where there is one."""
        return () if item.picture is None else (item.picture,)

    def item_source(self, item: ItemContent) -> dict[str, Any]:
        """The imported row's unknown fields."""
        return item.source

    def positions(self, settings: Settings, item: ItemContent) -> tuple[Position, ...]:
        """As many as the form asks for; none where the only turn brought its responses along."""
        if not may_ask(settings, item):
            return ()
        positions = spread(settings.positions, responses=settings.responses)
        if item.messages and item.messages[0].role == "system":
            return tuple(msgspec.structs.replace(position, system_prompt=None) for position in positions)
        return positions

    def given_turn(self, item: ItemContent) -> GivenTurn | None:
        """The given prompt, with the responses that came along."""
        return None if item.prompt is None else GivenTurn(prompt=item.prompt, responses=item.responses)

    def check_turn(
        self, settings: Settings, item: ItemContent, turns: Sequence[TurnShown], turn: NextTurn
    ) -> list[FieldProblem]:
        """A prompt, the given one first; room for one more turn; and a response to go on from."""
        return list(turn_problems(settings, item, turns, turn))

    def messages(
        self, item: ItemContent, turns: Sequence[TurnShown], *, prompt: str, position: Position
    ) -> tuple[Message, ...]:
        """The conversation so far and the prompt, under the item's or the position's system message."""
        return messages_to_send(item, turns, prompt=prompt, position=position)

    def validate_answer(
        self, settings: Settings, item: ItemContent, turns: Sequence[TurnShown], answer: Answer
    ) -> list[FieldProblem]:
        """Every question that its conditions let be asked, by the rules of its field."""
        return answer_problems(settings, item, turns, answer)

    def questions(
        self, settings: Settings, item: ItemContent, turns: Sequence[TurnShown], answer: Answer
    ) -> list[Question]:
        """What the fields themselves doubt."""
        return answer_questions(settings, item, turns, answer)

    def changes(
        self, settings: Settings, turns: Sequence[TurnShown], before: Answer, after: Answer
    ) -> list[AnswerChange]:
        """Question by question, in the words of the form."""
        return answer_changes(settings, turns, before, after)

    def said(self, settings: Settings, answer: Answer) -> tuple[Said, ...]:
        """Each question about each thing it is asked about, as far as its conditions hold."""
        return tuple(said_by(settings, answer))

    def agreement(self, settings: Settings, answers: Sequence[Sequence[Answer]]) -> tuple[Measure, ...]:
        """Each question by the measure of its field."""
        return agreement_of(settings, answers)

    def content_rows(
        self,
        settings: Settings,
        item: ItemContent,
        turns: Sequence[TurnShown],
        answer: Answer,
        provenance: Provenance,
    ) -> list[Content]:
        """The filled-in form, and where responses were rated or ranked, `JudgedResponses`."""
        return rows_of(settings, item, turns, answer, provenance)

    def example(self, settings: Settings) -> tuple[ItemContent, tuple[TurnShown, ...]]:
        """Something for every column that is shown; a conversation and responses where questions are about them."""
        return example_for(settings)

    def sample(self) -> Sample[Settings, ItemContent, Answer]:
        """A museum that is closed on Mondays."""
        return make_sample()


KIND = CustomForm()
