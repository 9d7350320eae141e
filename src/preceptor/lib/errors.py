"""Errors that a person or a program outside is told about, in words that say what to do.

Each concrete error stands beside the function that raises it and derives from one of these. The doors (pages, API,
commands) turn them into a page, `application/problem+json` (RFC 9457) or a line on the terminal.
"""

from typing import ClassVar

import msgspec

from preceptor.lib.i18n import LazyText, _


class FieldProblem(msgspec.Struct, frozen=True):
    """What is wrong with one field. `path` is dotted, such as `settings.scale.points` or `rows.12`."""

    path: str
    message: LazyText


class ProblemError(Exception):
    """Something the caller can understand and act on.

    Args:
        title: overrides the class's sentence.
        detail: a second sentence, with what to do.
        fields: problems by field.
        extra: further members of the problem document, plain JSON values.
    """

    status: ClassVar[int] = 400
    code: str = "bad_request"
    title: LazyText = _("The request could not be understood.")

    def __init__(
        self,
        title: LazyText | None = None,
        *,
        detail: LazyText | None = None,
        code: str | None = None,
        fields: list[FieldProblem] | None = None,
        extra: dict[str, object] | None = None,
    ) -> None:
        if title is not None:
            self.title = title
        if code is not None:
            self.code = code
        self.detail = detail
        self.fields = fields or []
        self.extra = extra or {}
        super().__init__()

    def __str__(self) -> str:
        parts = [str(self.title), *([str(self.detail)] if self.detail else [])]
        parts += [f"{problem.path}: {problem.message}" for problem in self.fields]
        return "\n".join(parts)


class UnauthenticatedError(ProblemError):
    """Nobody is signed in, or no longer."""

    status = 401
    code = "sign_in"
    title = _("Please sign in.")


class ForbiddenError(ProblemError):
    """The person is known and may not do this."""

    status = 403
    code = "forbidden"
    title = _("You may not do this.")


class NotFoundError(ProblemError):
    """It does not exist, or this person may not know that it does."""

    status = 404
    code = "not_found"
    title = _("There is nothing at this address, or it is not yours to see.")


class ConflictError(ProblemError):
    """The state of things does not allow it now."""

    status = 409
    code = "conflict"
    title = _("This is not possible in the present state.")


class GoneError(ProblemError):
    """It existed and is no more."""

    status = 410
    code = "gone"
    title = _("This has ended.")


class TooLargeError(ProblemError):
    """More bytes than the stated limit."""

    status = 413
    code = "too_large"
    title = _("This is larger than allowed.")


class InvalidError(ProblemError):
    """Well-formed, but not acceptable; `fields` says where."""

    status = 422
    code = "invalid"
    title = _("Some of this needs another look.")


class TooManyError(ProblemError):
    """Too many attempts in too short a time."""

    status = 429
    code = "too_many"
    title = _("Too many attempts. Please wait a little.")


class UnavailableError(ProblemError):
    """Something we need does not answer just now; trying again later may help."""

    status = 503
    code = "unavailable"
    title = _("This cannot be done just now. Please try again in a moment.")
