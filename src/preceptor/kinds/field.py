"""What a form field says about itself. A field is a folder found through the entry points `preceptor.fields`.

The folder's `__init__` exposes `FIELD`, an instance of a `Field` subclass. Beside it stand `README.md`, `locale/` once
something is translated, `field.html` (the fragment that draws it) and `widget.ts` if it needs one.
"""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

import msgspec

from preceptor.kinds.agreement import Measure
from preceptor.kinds.findings import Question
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import LazyText

SettingsT = TypeVar("SettingsT", bound=msgspec.Struct)
ValueT = TypeVar("ValueT")


class FieldSample(msgspec.Struct, Generic[SettingsT, ValueT], frozen=True):
    """A value that is right under its settings, and another one that is right too but says something else."""

    settings: SettingsT
    value: ValueT
    changed: ValueT
    options: tuple[str, ...] = ()


class Field(ABC, Generic[SettingsT, ValueT]):
    """One thing a form can ask. Subclasses are stateless; one instance serves everybody."""

    key: ClassVar[str]
    """Name of the folder and of the entry point."""
    title: ClassVar[LazyText]
    description: ClassVar[LazyText]
    settings_type: ClassVar[type[Any]]
    """A struct that forbids unknown fields and has a default for each."""
    value_type: ClassVar[Any]
    """What `msgspec.convert` turns a plain value into."""

    @property
    def folder(self) -> Path:
        """Where everything of this field stands."""
        return Path(inspect.getfile(type(self))).parent

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

    def questions(self, settings: SettingsT, value: ValueT) -> list[Question]:  # noqa: ARG002 (most fields have none)
        """Doubts about a valid value that is consistent with itself only at second sight."""
        return []

    @abstractmethod
    def agreement(self, settings: SettingsT, units: Sequence[Sequence[ValueT]]) -> Measure:
        """How far people agree; per unit, the values given by those who judged it."""

    @abstractmethod
    def sample(self) -> FieldSample[SettingsT, ValueT]:
        """For tests, documentation and previews."""
