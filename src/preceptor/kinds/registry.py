"""Finds fields and task kinds through entry points, the built-in ones and those of plug-ins alike."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from preceptor.kinds.field import Field
from preceptor.kinds.task import TaskKind
from preceptor.lib.errors import NotFoundError
from preceptor.lib.i18n import _, catalogues
from preceptor.lib.plugins import BrokenPluginError, discover

FIELDS_GROUP = "preceptor.fields"
TASK_KINDS_GROUP = "preceptor.task_kinds"
BrokenKindError = BrokenPluginError


class UnknownKindError(NotFoundError):
    """Nothing of this name is installed; a plug-in may have been removed."""

    code = "unknown_kind"


@cache
def task_kinds() -> Mapping[str, TaskKind[Any, Any, Any]]:
    """All task kinds by key, in the order of their places, then of their keys. Found once per process.

    Raises:
        BrokenKindError: a plug-in cannot be loaded, is not what it says, or takes a name twice.
    """
    fields()  # whose words their pages need
    found = [_kind(name, one) for name, one in discover(TASK_KINDS_GROUP, "KIND").items()]
    return MappingProxyType({kind.key: kind for kind in sorted(found, key=lambda kind: (kind.place, kind.key))})


@cache
def fields() -> Mapping[str, Field[Any, Any]]:
    """All form fields by key, in alphabetical order. Found once per process.

    Raises:
        BrokenKindError: as for `task_kinds`.
    """
    return MappingProxyType({name: _field(name, one) for name, one in discover(FIELDS_GROUP, "FIELD").items()})


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


def _kind(name: str, found: object) -> TaskKind[Any, Any, Any]:
    if not isinstance(found, TaskKind) or found.key != name:
        raise BrokenKindError(f"the KIND of {name} is not a task kind with that key")
    catalogues.add_folder(found.locale_folder)
    return found


def _field(name: str, found: object) -> Field[Any, Any]:
    if not isinstance(found, Field) or found.key != name:
        raise BrokenKindError(f"the FIELD of {name} is not a field with that key")
    catalogues.add_folder(found.folder / "locale")
    return found
