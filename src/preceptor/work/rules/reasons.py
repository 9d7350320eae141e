"""Why an item is given back or reported: closed lists."""

from collections.abc import Mapping

from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import LazyText, _

MAX_NOTE = 4_000

SKIP_REASONS: Mapping[str, LazyText] = {
    "topic": _("I do not know this topic well enough"),
    "language": _("I do not know this language well enough"),
    "content": _("I would rather not work with this content"),
    "time": _("I have no time for it now"),
    "technical": _("Something does not work"),
    "other": _("Another reason"),
}

REPORT_REASONS: Mapping[str, LazyText] = {
    "illegal": _("Illegal content"),
    "private": _("Private data of a person"),
    "harmful": _("Harmful or shocking content without a warning"),
    "impossible": _("The task cannot be done as described"),
    "duplicate": _("I have seen the same task before"),
    "other": _("Another reason"),
}


class UnknownReasonError(InvalidError):
    """The reason is not on the list."""

    code = "unknown_reason"
    title = _("Choose one of the reasons.")


def check_reason(reason: str, *, among: Mapping[str, LazyText], note: str) -> None:
    """Let a reason and its note pass or stop.

    Raises:
        UnknownReasonError: not on the list.
        InvalidError: the note is too long.
    """
    if reason not in among:
        raise UnknownReasonError(fields=[FieldProblem(path="reason", message=UnknownReasonError.title)])
    if len(note) > MAX_NOTE:
        message = _("Use at most {count} characters.").format(count=MAX_NOTE)
        raise InvalidError(fields=[FieldProblem(path="note", message=message)])
