"""The form of a task kind's settings; what all forms have is in `web/filled.py`, and offered here as well."""

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from babel import UnknownLocaleError

from preceptor.kinds.task import TaskKind
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import catalogues, language_name
from preceptor.web.filled import Filled, problems_of

__all__ = ["Filled", "SettingsForm", "parse_id", "problems_of", "settings_form"]

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")


class SettingsForm(Filled, frozen=True):
    """What a task kind's `settings.html` is given, as `form`.

    Names of fields are made with `form.name`; what they hold is converted to the kind's settings.
    """

    template: str = ""
    script: str = ""
    """The built script of the template, if it has one."""
    editor: dict[str, Any] = msgspec.field(default_factory=dict)
    """What the script has to know."""
    models: Sequence[tuple[str, str]] = ()
    """Language models to choose among: slug and name."""
    languages: Sequence[tuple[str, str]] = ()
    """Languages that labels can be written in: code and own name."""


def settings_form(
    kind: TaskKind[Any, Any, Any],
    values: dict[str, Any],
    *,
    problems: Sequence[FieldProblem],
    models: Sequence[tuple[str, str]],
) -> SettingsForm:
    """The part of a project's form that is the kind's own."""
    return SettingsForm(
        values=values,
        problems=problems,
        prefix="settings",
        template=kind.template("settings"),
        script=f"settings/{kind.key}.js" if kind.has_editor else "",
        editor=kind.editor_data(),
        models=models,
        languages=[(code, _own_name(code)) for code in _languages(values)],
    )


def _own_name(code: str) -> str:
    try:
        return language_name(code.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return code


def _languages(values: object) -> list[str]:
    """Languages of the installation, and those in which some words are written already: saving must not lose them."""
    known = catalogues.languages()
    found: set[str] = set()
    pending = [values]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            pending += value.values()
            if set(known) & value.keys():
                found |= {code for code, text in value.items() if isinstance(text, str) and _LANGUAGE.fullmatch(code)}
        elif isinstance(value, list):
            pending += value
    return [*known, *sorted(found - set(known))]


def parse_id(text: str) -> UUID | None:
    """The id in an address; None where it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
