"""Problems as pages."""

from typing import Any

import msgspec
import structlog
from litestar import Response

from preceptor.lib.errors import FieldProblem
from preceptor.lib.web import Request, page, problem_response, redirect, to_problem, wants_problem
from preceptor.lib.web.gate import SecondFactorMissingError
from preceptor.people import Actor

log = structlog.get_logger()


class ErrorPage(msgspec.Struct, frozen=True):
    """What went wrong, for a person."""

    status: int
    title: str
    detail: str
    fields: list[FieldProblem]


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
    )
    return page(request, "web/error.html", view, status=problem.status)
