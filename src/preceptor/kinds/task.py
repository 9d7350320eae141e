"""What a task kind says about itself. A kind is a folder found through the entry points `preceptor.task_kinds`.

The folder's `__init__` exposes `KIND`, an instance of a `TaskKind` subclass. Beside it stand `README.md`, the template
fragments `trainer.html`, `reviewer.html` and `settings.html`, the widget's source `widget.ts`, and `locale/` once
something is translated. Nothing outside the folder names the kind: callers hold a key as a value and ask the registry.

A kind is pure: whoever calls it fetches the values and keeps what it says.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar, Generic, Literal

import msgspec

from preceptor.kinds.agreement import Measure
from preceptor.kinds.changes import AnswerChange, plain_changes
from preceptor.kinds.content import Content, ErrorType, Message, Provenance
from preceptor.kinds.findings import Question
from preceptor.kinds.folder import InFolder
from preceptor.kinds.given import GivenAnswer
from preceptor.kinds.invalid import InvalidAnswerError, InvalidItemError, InvalidSettingsError
from preceptor.kinds.keyed import Keyed
from preceptor.kinds.pictures import PictureFile
from preceptor.kinds.private import Private
from preceptor.kinds.reading import MalformedError, read_json
from preceptor.kinds.sample import AnswerT, ItemT, Sample, SettingsT
from preceptor.kinds.shown import GivenTurn, NextTurn, Position, TurnShown, parent_of
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import LazyText, _

__all__ = [
    "InvalidAnswerError",
    "InvalidItemError",
    "InvalidSettingsError",
    "Json",
    "Sample",
    "SettingsRead",
    "TaskKind",
]

Json = bytes | str | Mapping[str, Any]
"""JSON text, or the values it stands for."""

TemplateName = Literal["trainer", "reviewer", "settings"]


class SettingsRead(msgspec.Struct, Generic[SettingsT], frozen=True):
    """Settings that stood in a document.

    Attributes:
        settings: as far as they could be read; `validate_settings` may still find something.
        left_out: what the document has and the settings cannot have, a sentence each.
    """

    settings: SettingsT
    left_out: tuple[LazyText, ...] = ()


class TaskKind(
    InFolder,
    Keyed[SettingsT, ItemT, AnswerT],
    Private[SettingsT, ItemT, AnswerT],
    ABC,
    Generic[SettingsT, ItemT, AnswerT],
):
    """One kind of work. Subclasses are stateless; one instance serves everybody.

    Type parameters: the struct of the form's settings, of an item's content, and of an answer. All three forbid unknown
    fields. A draft has the answer's type too, so an answer's fields have defaults and `validate_answer` asks for more.
    """

    key: ClassVar[str]
    """Name of the folder and of the entry point; the gettext domain as well."""
    title: ClassVar[LazyText]
    description: ClassVar[LazyText]
    place: ClassVar[int] = 100
    """Where it stands among the kinds: lower comes first, and the first is what a new project starts with."""
    settings_type: ClassVar[type[Any]]
    item_type: ClassVar[type[Any]]
    answer_type: ClassVar[type[Any]]
    accepts: ClassVar[tuple[type[Content], ...]] = ()
    """Types of imported content that can become an item of this kind, best first."""
    hidden: ClassVar[tuple[str, ...]] = ()
    """Fields of an item's content that only those see who may read originals: lists, pages, search, the API and whoever
    answers do without them, and no release holds them. They have defaults."""

    # What stands in the folder.

    @property
    def template_folder(self) -> str:
        """What the templates' names begin with: `kinds/tasks/<key>`; loaders map it to `folder`."""
        return f"kinds/tasks/{self.key}"

    def template(self, name: TemplateName) -> str:
        """Name of a template fragment, for the template loader."""
        return f"{self.template_folder}/{name}.html"

    @property
    def widget_module(self) -> str:
        """What the page's import map calls the widget, built from `widget.ts`."""
        return f"@preceptor/kinds/{self.key}"

    @property
    def has_editor(self) -> bool:
        """Whether a script of its own edits the settings: `settings.ts`, or built, in a plug-in, `static/settings.js`.

        The page of `settings.html` loads it then, and the settings travel as one field of JSON under the form's name.
        """
        return any((self.folder / name).exists() for name in ("settings.ts", "static/settings.js"))

    # Reading what comes from outside or from storage.

    @cached_property
    def _answer_decoder(self) -> msgspec.json.Decoder[Any]:
        return msgspec.json.Decoder(self.answer_type)

    @cached_property
    def _settings_decoder(self) -> msgspec.json.Decoder[Any]:
        return msgspec.json.Decoder(self.settings_type)

    @cached_property
    def _item_decoder(self) -> msgspec.json.Decoder[Any]:
        return msgspec.json.Decoder(self.item_type)

    def decode_answer(self, raw: Json) -> AnswerT:
        """An answer or a draft, checked for form and size alone.

        Raises:
            InvalidAnswerError: wrong types, unknown fields, too large, or characters that cannot be kept.
        """
        try:
            answer: AnswerT = read_json(raw, decoder=self._answer_decoder)
        except MalformedError as error:
            raise InvalidAnswerError(fields=error.fields) from error
        return answer

    def decode_settings(self, raw: Json) -> SettingsT:
        """Settings as a manager sent them or as they are stored, checked for form and size alone.

        Raises:
            InvalidSettingsError: with the problems by field.
        """
        try:
            settings: SettingsT = read_json(raw, decoder=self._settings_decoder)
        except MalformedError as error:
            raise InvalidSettingsError(fields=error.fields) from error
        return settings

    def decode_item(self, raw: Json) -> ItemT:
        """An item's content as it is stored, checked for form and size alone.

        Raises:
            InvalidItemError: not of this kind's form.
        """
        try:
            item: ItemT = read_json(raw, decoder=self._item_decoder)
        except MalformedError as error:
            raise InvalidItemError(fields=error.fields) from error
        return item

    # Settings.

    def default_settings(self) -> SettingsT:
        """Settings a manager starts from. They are valid."""
        settings: SettingsT = self.settings_type()
        return settings

    def settings_from_content(self, contents: Sequence[Content]) -> SettingsT:
        """Settings that a project made for these imported contents starts from. They are valid."""
        del contents
        return self.default_settings()

    @abstractmethod
    def validate_settings(self, settings: SettingsT) -> list[FieldProblem]:
        """What is wrong with settings of the right type; paths start at the settings."""

    def read_settings(self, text: str) -> SettingsRead[SettingsT]:
        """Settings from a document: JSON as they are exported. A kind may know documents of other tools as well.

        Raises:
            InvalidSettingsError: it is not such a document; `fields` says why.
        """
        return SettingsRead(self.decode_settings(text))

    def editor_data(self) -> dict[str, Any]:
        """What the script of `settings.html` has to know beside the settings: JSON, in the reader's language."""
        return {}

    def settings_shown(self, settings: SettingsT) -> dict[str, Any]:
        """The settings as JSON values for the person who answers, without what they may not see (model names)."""
        shown: dict[str, Any] = msgspec.to_builtins(settings)
        return shown

    # Items.

    def open_item(self) -> ItemT | None:
        """The content of an item whose topic is left to the person; None where the kind needs something given."""
        return None

    @abstractmethod
    def validate_item(self, item: ItemT) -> list[FieldProblem]:
        """What is wrong with an item's content of the right type; paths start at the content."""

    def parse_item_content(self, raw: Json) -> ItemT:
        """An item's content as somebody outside sent it, checked for form, size and sense.

        Raises:
            InvalidItemError: with the problems by field.
        """
        item = self.decode_item(raw)
        if problems := self.validate_item(item):
            raise InvalidItemError(fields=problems)
        return item

    def item_from_content(self, content: Content) -> ItemT:
        """An item's content from imported content, which is of one of the types in `accepts`; checked alike.

        Raises:
            InvalidItemError: with the problems by field.
            TypeError: content of another type.
        """
        raise TypeError(f"{self.key} does not accept {type(content).__name__}")

    def takes(self, content: Content) -> bool:
        """Whether `content`, of one of the types in `accepts`, can become an item; where not, the import says why."""
        try:
            self.item_from_content(content)
        except InvalidItemError:
            return False
        return True

    def answers_from_content(
        self, settings: SettingsT, item: ItemT, turns: Sequence[TurnShown], content: Content
    ) -> list[GivenAnswer[AnswerT]]:
        """What `content` already says about the item made of it, as whole answers of people elsewhere; often none.

        Each is kept as finished, accepted and unpaid work of a person who stands for its worker. An answer may say
        less than `validate_answer` asks of a trainer here, but nothing that `content_rows` and `agreement` cannot read.

        Args:
            settings: of the form in force.
            item: made of `content`.
            turns: the item's given turn, if it brought responses along, under the ids everybody will see them by; its
                responses stand in the order of `given_turn`.
            content: as for `item_from_content`.
        """
        del settings, item, turns, content
        return []

    def without_hidden(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """An item's content as it is stored, without what is `hidden`."""
        return {name: value for name, value in content.items() if name not in self.hidden}

    def item_priority(self, settings: SettingsT, item: ItemT, given: int) -> int:
        """The place in the queue, 0 (first) to 9, of an item that is added with priority `given`."""
        del settings, item
        return given

    def item_categories(self, item: ItemT) -> tuple[str, ...]:
        """Keys of announced content, such as `violence`, that the item says it holds; unknown ones do nothing."""
        del item
        return ()

    def item_shown(self, item: ItemT) -> dict[str, Any]:
        """The item as JSON values for the person who answers, without what they may not see (model names)."""
        return self.without_hidden(msgspec.to_builtins(item))

    def item_shown_in(self, settings: SettingsT, item: ItemT) -> dict[str, Any]:
        """The same under a form that says which parts of an item are shown."""
        del settings
        return self.item_shown(item)

    def item_summary(self, item: ItemT) -> str:
        """The item in plain words for lists and search, such as its prompt; empty where nothing is given."""
        del item
        return ""

    def item_files(self, item: ItemT) -> tuple[PictureFile, ...]:
        """The files that the item shows, kept beside the project's items; whoever may see the item may see them."""
        del item
        return ()

    def item_source(self, item: ItemT) -> dict[str, Any]:
        """The imported row's unknown fields, for `Provenance.source`."""
        del item
        return {}

    # Live turns with language models; a kind without them leaves these alone.

    branches: ClassVar[bool] = False
    """True where a person may go on from any turn, so that turns become a tree; else each goes on from the last."""

    def positions(self, settings: SettingsT, item: ItemT) -> tuple[Position, ...]:
        """How each response of a turn is asked for, one entry per response; empty where no model is asked."""
        del settings, item
        return ()

    def may_ask(self, settings: SettingsT, item: ItemT) -> bool:
        """True where a model can be asked in a task with this item; False saves looking for turns."""
        return bool(self.positions(settings, item))

    def given_turn(self, item: ItemT) -> GivenTurn | None:
        """The first turn, where the item itself asks it: the same for everyone."""
        del item
        return None

    def turn_problems(
        self, settings: SettingsT, item: ItemT, turns: Sequence[TurnShown], turn: NextTurn
    ) -> list[FieldProblem]:
        """Why `turn` cannot be asked after `turns`: where it would hang, then all that `check_turn` says."""
        try:
            parent = parent_of(turns, turn)
        except LookupError:
            return [FieldProblem("parent", _("There is no such turn in this conversation."))]
        if not self.branches and turns and parent is not turns[-1]:
            return [FieldProblem("parent", _("In this kind of task a conversation goes on from its last turn."))]
        return self.check_turn(settings, item, turns, turn)

    def check_turn(
        self, settings: SettingsT, item: ItemT, turns: Sequence[TurnShown], turn: NextTurn
    ) -> list[FieldProblem]:
        """Why `turn` cannot be asked after `turns`; paths are those of `NextTurn`. Its parent is one of `turns`."""
        del settings, item, turns, turn
        return [FieldProblem("prompt", _("No model is asked in this kind of task."))]

    def messages(
        self, item: ItemT, turns: Sequence[TurnShown], *, prompt: str, position: Position
    ) -> tuple[Message, ...]:
        """What a model is sent to answer `prompt` after `turns`, the line that leads there with `continued_with`."""
        del item, turns, position
        return (Message(role="user", content=prompt),)

    def continued_with(self, turn: TurnShown, following: NextTurn) -> str:
        """The text the conversation goes on from after `turn`. `check_turn` has found nothing wrong.

        Raises:
            ValueError: `following` does not say.
        """
        for response in turn.responses:
            if response.id == following.continue_from:
                return response.text
        if following.ideal is None:
            raise ValueError("the turn to come does not say what it goes on from")
        return following.ideal

    # Answers.

    def questions(
        self, settings: SettingsT, item: ItemT, turns: Sequence[TurnShown], answer: AnswerT
    ) -> list[Question]:
        """Doubts about a valid answer, put to the person once before it is submitted."""
        del settings, item, turns, answer
        return []

    def changes(
        self, settings: SettingsT, turns: Sequence[TurnShown], before: AnswerT, after: AnswerT
    ) -> list[AnswerChange]:
        """What `after` says differently from `before`, in the order of the form; both were given to the same task."""
        del settings, turns
        return plain_changes(before, after)

    @abstractmethod
    def agreement(self, settings: SettingsT, answers: Sequence[Sequence[AnswerT]]) -> tuple[Measure, ...]:
        """How far people agree, the most telling measure first.

        Args:
            settings: of the form the answers were given under.
            answers: per item, one answer per person.
        """

    @abstractmethod
    def content_rows(
        self,
        settings: SettingsT,
        item: ItemT,
        turns: Sequence[TurnShown],
        answer: AnswerT,
        provenance: Provenance,
    ) -> list[Content]:
        """What an accepted answer gives to a release."""

    def error_types(self, settings: SettingsT) -> tuple[ErrorType, ...]:
        """What the keys mean that `content_rows` puts into `Candidate.errors`; empty where there are none."""
        del settings
        return ()

    def example(self, settings: SettingsT) -> tuple[ItemT, tuple[TurnShown, ...]]:
        """An item with its first turn as it may look under these settings, to try a form out."""
        del settings
        sample = self.sample()
        return sample.item, sample.turns[:1]

    @abstractmethod
    def sample(self) -> Sample[SettingsT, ItemT, AnswerT]:
        """One task as it may look when done."""
