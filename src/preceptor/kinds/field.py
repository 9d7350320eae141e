"""What a form field says about itself. A field is a folder found through the entry points `preceptor.fields`.

The folder's `__init__` exposes `FIELD`, an instance of a `Field` subclass. Beside it stand `README.md`, `widget.ts` (it
draws the field; what it promises stands in `kinds/field.ts`), and `locale/` once something is translated.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Generic, Literal, TypeVar

import msgspec

from preceptor.kinds.agreement import Measure
from preceptor.kinds.findings import Question
from preceptor.kinds.folder import InFolder
from preceptor.kinds.given import FieldValue
from preceptor.kinds.pictures import PictureFile
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import LazyText

SettingsT = TypeVar("SettingsT", bound=msgspec.Struct)
ValueT = TypeVar("ValueT")


Operator = Literal["answered", "unanswered", "is", "is_not", "below", "above", "includes", "excludes"]
"""How a condition looks at a value: whether there is one, what it is, or which options are among those chosen."""


class Subject(msgspec.Struct, frozen=True):
    """What a field is asked about: what the person has before their eyes.

    Attributes:
        things: keys of what can be ordered or chosen among, such as the ids of responses.
        texts: by key, the texts that can be marked.
        picture: the one that can be drawn on, if there is one.
    """

    things: tuple[str, ...] = ()
    texts: Mapping[str, str] = {}
    picture: PictureFile | None = None


class FieldSample(msgspec.Struct, Generic[SettingsT, ValueT], frozen=True):
    """A value that is right under its settings, and another one that is right too but says something else."""

    settings: SettingsT
    value: ValueT
    changed: ValueT
    options: tuple[str, ...] = ()
    texts: Mapping[str, str] = {}


class Field(InFolder, ABC, Generic[SettingsT, ValueT]):
    """One thing a form can ask. Subclasses are stateless; one instance serves everybody."""

    key: ClassVar[str]
    """Name of the folder and of the entry point."""
    title: ClassVar[LazyText]
    description: ClassVar[LazyText]
    settings_type: ClassVar[type[Any]]
    """A struct that forbids unknown fields and has a default for each."""
    value_type: ClassVar[Any]
    """What `msgspec.convert` turns a plain value into."""
    setting_names: ClassVar[Mapping[str, LazyText]] = {}
    """What a manager reads beside each setting, by its dotted name without places in lists (`options.label`). The
    choices of an enumeration follow an equals sign: `layout=list`. A setting that is not named is not asked for."""
    options_setting: ClassVar[str] = ""
    """The setting that lists what is chosen among, if there is one: things with `key`, `label` and maybe more below."""
    operators: ClassVar[tuple[Operator, ...]] = ("answered", "unanswered")
    """What a condition on another question can ask about a value of this field."""
    is_prose: ClassVar[bool] = False
    """True where only a person can say how near a value comes to a key."""
    needs: ClassVar[Literal["", "things", "texts", "pictures"]] = ""
    """What it cannot do without in its `Subject`."""

    def default_settings(self) -> SettingsT:
        """Settings a manager starts from. They are valid."""
        settings: SettingsT = self.settings_type()
        return settings

    @abstractmethod
    def validate_settings(self, settings: SettingsT) -> list[FieldProblem]:
        """What is wrong with settings of the right type; paths start at the settings."""

    @abstractmethod
    def validate(self, settings: SettingsT, value: ValueT, *, options: Sequence[str] = ()) -> list[FieldProblem]:
        """What is wrong with a value of the right type; paths start at the value.

        Args:
            settings: valid settings.
            value: what the person gave.
            options: keys of the things chosen among where the settings do not say, such as the response ids shown.
        """

    def check(self, settings: SettingsT, value: ValueT, subject: Subject) -> list[FieldProblem]:
        """What is wrong with a value of the right type given about `subject`; paths start at the value."""
        return self.validate(settings, value, options=subject.things)

    def is_blank(self, value: ValueT) -> bool:
        """Whether a value says nothing, so that a required field is still open."""
        return value is None or (isinstance(value, (str, tuple, list, dict)) and not value)

    def options_in(self, value: ValueT) -> frozenset[str]:
        """Keys of the options that a value holds, for a condition that asks after them."""
        return (
            frozenset(one for one in value if isinstance(one, str)) if isinstance(value, (tuple, list)) else frozenset()
        )

    def written(self, settings: SettingsT, value: ValueT, subject: Subject, *, name: str, on: str) -> list[FieldValue]:
        """A value as releases have it, in the words of Label Studio's JSON as far as those go.

        Args:
            settings: valid settings.
            value: a valid value that is not blank.
            subject: what it was given about.
            name: of the question.
            on: what the question is about as a whole.
        """
        del settings, subject
        return [FieldValue(name, on, self.key, {self.key: msgspec.json.decode(msgspec.json.encode(value))})]

    def read(self, settings: SettingsT, values: Sequence[FieldValue]) -> Any:
        """The other way: a plain value from those of one question about one thing; None where none can be read."""
        del settings
        return next((one.value[self.key] for one in values if self.key in one.value), None)

    def in_words(self, settings: SettingsT, value: ValueT) -> str:  # noqa: ARG002 (most fields say it as it stands)
        """A value as a person reads it, in the language of the request."""
        return value if isinstance(value, str) else msgspec.json.encode(value).decode()

    def questions(self, settings: SettingsT, value: ValueT) -> list[Question]:  # noqa: ARG002 (most fields have none)
        """Doubts about a valid value that is consistent with itself only at second sight."""
        return []

    @abstractmethod
    def agreement(self, settings: SettingsT, units: Sequence[Sequence[ValueT]]) -> Measure:
        """How far people agree; per unit, the values given by those who judged it."""

    def likeness(self, settings: SettingsT, key: ValueT, value: ValueT) -> float:
        """How near a value comes to what a key says: 1 for the same, 0 for nothing in common."""
        del settings
        return float(key == value)

    @abstractmethod
    def sample(self) -> FieldSample[SettingsT, ValueT]:
        """For tests, documentation and previews."""
