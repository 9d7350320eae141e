"""Forms as they are shown: what stands in each field, and what is wrong with it."""

from collections.abc import Sequence
from typing import Any

import msgspec

from preceptor.kinds.findings import join
from preceptor.lib.errors import FieldProblem, ProblemError
from preceptor.lib.i18n import LazyText


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
