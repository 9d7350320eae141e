"""What people are in a team, and what a move between teams has to say."""

from collections.abc import Iterator
from enum import StrEnum

from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import LazyText, _

MAX_REASON = 1_000


class TeamFunction(StrEnum):
    """What somebody is in a team."""

    MEMBER = "member"
    LEAD = "lead"
    """A trainer who answers for the team: answers questions, sees how much work it has. Never what anybody earns."""
    MANAGER = "manager"
    """Whom its members turn to."""


FUNCTION_NAMES: dict[TeamFunction, LazyText] = {
    TeamFunction.MEMBER: _("Member"),
    TeamFunction.LEAD: _("Lead"),
    TeamFunction.MANAGER: _("Manager"),
}


def reason_problems(path: str, reason: str) -> Iterator[FieldProblem]:
    """What is wrong with a reason that the person concerned will read: it has to be there, and be readable."""
    if not reason:
        yield FieldProblem(path, _("Say why: the person concerned reads it."))
    if len(reason) > MAX_REASON:
        yield FieldProblem(path, _("Use at most {count} characters.").format(count=MAX_REASON))
