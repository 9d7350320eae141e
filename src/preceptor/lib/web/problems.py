"""Problems over HTTP: `application/problem+json` (RFC 9457) for programs."""

from typing import Any

import msgspec
import structlog
from litestar import Response
from litestar.exceptions import HTTPException, ValidationException

from preceptor.lib.errors import FieldProblem, InvalidError, ProblemError
from preceptor.lib.i18n import LazyText, _

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"

HTTP_TITLES: dict[int, LazyText] = {
    400: _("The request could not be understood."),
    401: _("Please sign in."),
    403: _("You may not do this."),
    404: _("There is nothing at this address, or it is not yours to see."),
    405: _("This address does not do that."),
    413: _("This is larger than allowed."),
    415: _("This kind of content is not taken here."),
    429: _("Too many attempts. Please wait a little."),
}


def to_problem(error: Exception) -> ProblemError:
    """The problem a client is told about. Whatever we did not foresee becomes a 500 without details."""
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, ValidationException):
        return InvalidError(code="malformed", fields=_validation_fields(error))
    if isinstance(error, HTTPException):
        problem = ProblemError(HTTP_TITLES.get(error.status_code, HTTP_TITLES[400]), code=f"http_{error.status_code}")
        problem.status = error.status_code  # type: ignore[misc]  # one instance carries the framework's own status
        return problem
    # In msgspec's words; any other recursion without end is a fault of ours.
    if isinstance(error, RecursionError) and "serializing" in str(error):
        return ProblemError(detail=_("Its values lie too deep inside each other."))
    problem = ProblemError(_("Something went wrong on our side. It has been written down."), code="internal")
    problem.status = 500  # type: ignore[misc]  # likewise
    return problem


def _validation_fields(error: ValidationException) -> list[FieldProblem]:
    extra = error.extra if isinstance(error.extra, list) else []
    problems = []
    for entry in extra:
        if isinstance(entry, dict):
            path, message = str(entry.get("key", "")), str(entry.get("message", ""))
            problems.append(FieldProblem(path=path, message=LazyText("{text}", values=(("text", message),))))
    return problems


def problem_document(error: Exception, *, path: str, method: str) -> tuple[int, bytes]:
    """Status and JSON that tell a program what is wrong. What nobody foresaw is written into the log."""
    problem = to_problem(error)
    if problem.code == "internal":
        log.error("request failed", path=path, method=method, exc_info=error)
    document: dict[str, object] = {
        "type": "about:blank",
        "title": str(problem.title),
        "status": problem.status,
        "code": problem.code,
        "fields": [{"path": field.path, "message": str(field.message)} for field in problem.fields],
        **{name: _in_words(value) for name, value in problem.extra.items()},
    }
    if problem.detail is not None:
        document["detail"] = str(problem.detail)
    return problem.status, msgspec.json.encode(document, enc_hook=str)


def _in_words(value: object) -> object:
    """Values with their texts in the reader's language."""
    if isinstance(value, LazyText):
        return str(value)
    if isinstance(value, list):
        return [_in_words(one) for one in value]
    if isinstance(value, dict):
        return {key: _in_words(one) for key, one in value.items()}
    return value


def problem_response(error: Exception, *, path: str, method: str) -> Response[bytes]:
    """The answer that tells a program what is wrong."""
    status, document = problem_document(error, path=path, method=method)
    return Response(document, status_code=status, media_type=MEDIA_TYPE)


def wants_problem(connection: Any) -> bool:
    """True for programs: the API's addresses, and whoever accepts JSON but not HTML."""
    accept = connection.headers.get("accept", "")
    return connection.scope["path"].startswith("/api/") or ("json" in accept and "html" not in accept)
