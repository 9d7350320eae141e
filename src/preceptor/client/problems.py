"""What can go wrong with a request."""

from __future__ import annotations

from typing import Any

import httpx
import msgspec


class FieldProblem(msgspec.Struct, frozen=True):
    """What is wrong with one field. `path` is dotted, such as `turns.0.ratings.<id>`."""

    path: str
    message: str


class PreceptorProblem(Exception):  # noqa: N818 (the word the API itself uses)
    """The installation answered with an error, or with something that this client does not understand.

    Attributes:
        status: of HTTP.
        code: stable, for programs, such as `queue_empty`.
        title, detail: for people, in their language.
        fields: what is wrong where.
        document: the whole problem document; some problems bring more along, such as `questions`.
    """

    def __init__(self, *, status: int, document: dict[str, Any]) -> None:
        self.status = status
        self.document = document
        self.code = str(document.get("code", ""))
        self.title = str(document.get("title", ""))
        self.detail = str(document.get("detail") or "")
        given = document.get("fields")
        self.fields = msgspec.convert(given, list[FieldProblem]) if isinstance(given, list) else []
        super().__init__(f"{status} {self.code}: {self.title}")

    def __str__(self) -> str:
        lines = [f"{self.status} {self.code}: {self.title}", *([self.detail] if self.detail else [])]
        return "\n".join(lines + [f"{problem.path}: {problem.message}" for problem in self.fields])


class PreceptorUnreachableError(Exception):
    """No answer came, or it broke off."""


def problem_of(response: httpx.Response) -> PreceptorProblem:
    """The problem an answer tells of; an answer that is no problem document is quoted."""
    try:
        document = response.json()
    except ValueError:
        document = None
    if not isinstance(document, dict):
        document = {"code": "no_problem_document", "title": response.reason_phrase, "detail": response.text[:300]}
    return PreceptorProblem(status=response.status_code, document=document)
