"""What a kind finds when it looks at an answer: problems, which stop it, and questions, which only ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import LazyText


class Question(msgspec.Struct, frozen=True):
    """An honest check before submit: the answer may be right as it stands, and the person decides.

    Attributes:
        code: what is asked and about what, as `reason:place`; unique within one answer, so that a confirmed question
            stays confirmed and the same doubt about another response is still asked.
        text: the question, for the person.
        path: dotted path of the value in doubt.
    """

    code: str
    text: LazyText
    path: str


def below(path: str, problems: Iterable[FieldProblem]) -> Iterator[FieldProblem]:
    """The same problems, found one step further down, at `path`."""
    for problem in problems:
        yield FieldProblem(path=join(path, problem.path), message=problem.message)


def join(*steps: str | int) -> str:
    """A dotted path from its steps; empty steps are left out."""
    return ".".join(str(step) for step in steps if step != "")
