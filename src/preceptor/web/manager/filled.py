"""Forms as they are shown: what stands in each field, and what is wrong with it."""

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from babel import UnknownLocaleError

from preceptor.kinds.findings import join
from preceptor.kinds.task import TaskKind
from preceptor.lib.errors import FieldProblem, ProblemError
from preceptor.lib.i18n import LazyText, catalogues, language_name

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")


class Filled(msgspec.Struct, frozen=True):
    """A form's values, by the dotted names of its fields, and its problems."""

    values: dict[str, Any]
    problems: Sequence[FieldProblem] = ()
    prefix: str = ""
    """What the names of this part of a form begin with."""

    def name(self, path: str) -> str:
        """The name of the field at `path`, for the page."""
        return join(self.prefix, path)

    def value(self, path: str, default: object = "") -> Any:
        """What stands in the field at `path`; `default` where nothing does."""
        found: Any = self.values
        for step in path.split("."):
            if isinstance(found, dict):
                found = found.get(step)
            elif isinstance(found, list) and step.isdigit() and int(step) < len(found):
                found = found[int(step)]
            else:
                return default
        return default if found is None else found

    def chosen(self, path: str) -> bool:
        """True where the yes-or-no at `path` is a yes."""
        return self.value(path) in (True, "true", "on", "1")

    def rows(self, path: str) -> range:
        """Numbers of the rows of the list at `path`."""
        found = self.value(path)
        return range(len(found) if isinstance(found, list) else 0)

    def error(self, path: str) -> LazyText | None:
        """What is wrong with the field at `path`."""
        wanted = self.name(path)
        return next((problem.message for problem in self.problems if problem.path == wanted), None)

    def errors_below(self, path: str) -> list[tuple[str, LazyText]]:
        """Everything wrong at `path` and below it, with the names of the fields."""
        wanted = self.name(path)
        return [
            (problem.path, problem.message)
            for problem in self.problems
            if problem.path == wanted or problem.path.startswith(f"{wanted}.")
        ]

    def as_data(self) -> dict[str, Any]:
        """Values and problems for a script, with the paths of problems counted from here."""
        start = f"{self.prefix}." if self.prefix else ""
        problems = [
            {"path": one.path.removeprefix(start), "message": str(one.message)}
            for one in self.problems
            if one.path.startswith(start)
        ]
        return {"name": self.prefix, "values": self.values, "problems": problems}

    def summary(self) -> list[tuple[str, LazyText]]:
        """Everything that is wrong, for the head of the form."""
        return [(problem.path, problem.message) for problem in self.problems]


def problems_of(error: ProblemError) -> list[FieldProblem]:
    """What a form says that came back: the fields' problems, or the one of the whole."""
    return error.fields or [FieldProblem("", error.detail or error.title)]


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
