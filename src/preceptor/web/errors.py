"""Problems as pages."""

from typing import Any
from urllib.parse import urlsplit

import msgspec
import structlog
from litestar import Response

from preceptor.lib.errors import FieldProblem
from preceptor.lib.web import Request, page, problem_response, redirect, to_problem, wants_problem
from preceptor.lib.web.gate import SecondFactorMissingError
from preceptor.people import Actor

log = structlog.get_logger()


class ErrorPage(msgspec.Struct, frozen=True):
    """What went wrong, for a person.

    `back`: the page they were on, where they go on once they have signed in. `sent`: they had sent a form.
    """

    status: int
    title: str
    detail: str
    fields: list[FieldProblem]
    back: str
    sent: bool


def _back(request: Request[Actor]) -> str:
    """The page that was asked for; where a form was sent, the one it stood on."""
    if request.method == "GET":
        return request.url.path
    before = urlsplit(request.headers.get("referer", ""))
    if before.netloc != request.headers.get("host"):
        return "/"
    return f"{before.path}?{before.query}" if before.query else before.path


def answer_error(request: Request[Actor], error: Exception) -> Response[Any]:
    """The answer to any error: a problem document for programs, a page for people."""
    path, method = request.url.path, str(request.method)
    if wants_problem(request):
        return problem_response(error, path=path, method=method)
    if isinstance(error, SecondFactorMissingError):
        return redirect(request, "/account/second-factor")
    problem = to_problem(error)
    if problem.code == "internal":
        log.error("request failed", path=path, method=method, exc_info=error)
    view = ErrorPage(
        status=problem.status,
        title=str(problem.title),
        detail=str(problem.detail) if problem.detail else "",
        fields=problem.fields,
        back=_back(request),
        sent=request.method != "GET",
    )
    return page(request, "web/error.html", view, status=problem.status)
