"""Finds fields and task kinds through entry points, the built-in ones and those of plug-ins alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import Any, TypeVar

from preceptor.kinds.field import Field
from preceptor.kinds.task import TaskKind
from preceptor.lib.errors import NotFoundError
from preceptor.lib.i18n import _

FIELDS_GROUP = "preceptor.fields"
TASK_KINDS_GROUP = "preceptor.task_kinds"

T = TypeVar("T")


class BrokenKindError(Exception):
    """An entry point does not lead to what it promises: a fault of the plug-in, found when the house starts."""


class UnknownKindError(NotFoundError):
    """Nothing of this name is installed; a plug-in may have been removed."""

    code = "unknown_kind"


@cache
def task_kinds() -> Mapping[str, TaskKind[Any, Any, Any]]:
    """All task kinds by key, in alphabetical order. Found once per process.

    Raises:
        BrokenKindError: a plug-in cannot be loaded, is not what it says, or takes a name twice.
    """
    return _discover(TASK_KINDS_GROUP, _the_kind)


@cache
def fields() -> Mapping[str, Field[Any, Any]]:
    """All form fields by key, in alphabetical order. Found once per process.

    Raises:
        BrokenKindError: as for `task_kinds`.
    """
    return _discover(FIELDS_GROUP, _the_field)


def task_kind(key: str) -> TaskKind[Any, Any, Any]:
    """The task kind of this key.

    Raises:
        UnknownKindError: none is installed.
    """
    try:
        return task_kinds()[key]
    except KeyError:
        raise UnknownKindError(_("There is no task kind named “{key}” here.").format(key=key)) from None


def field(key: str) -> Field[Any, Any]:
    """The form field of this key.

    Raises:
        UnknownKindError: none is installed.
    """
    try:
        return fields()[key]
    except KeyError:
        raise UnknownKindError(_("There is no form field named “{key}” here.").format(key=key)) from None


def _discover(group: str, load: Callable[[EntryPoint], T]) -> Mapping[str, T]:
    found: dict[str, T] = {}
    for entry in sorted(entry_points(group=group), key=lambda entry: entry.name):
        if entry.name in found:
            raise BrokenKindError(f"two packages offer {entry.name} in {group}")
        found[entry.name] = load(entry)
    return MappingProxyType(found)


def _the_kind(entry: EntryPoint) -> TaskKind[Any, Any, Any]:
    kind = _exposed(entry, "KIND")
    if not isinstance(kind, TaskKind) or kind.key != entry.name:
        raise BrokenKindError(f"{entry.value}.KIND is not a task kind with the key {entry.name}")
    return kind


def _the_field(entry: EntryPoint) -> Field[Any, Any]:
    found = _exposed(entry, "FIELD")
    if not isinstance(found, Field) or found.key != entry.name:
        raise BrokenKindError(f"{entry.value}.FIELD is not a field with the key {entry.name}")
    return found


def _exposed(entry: EntryPoint, name: str) -> object:
    try:
        return getattr(import_module(entry.value), name)
    except Exception as error:
        raise BrokenKindError(f"{entry.value}, which offers {entry.name}, cannot be loaded: {error}") from error
