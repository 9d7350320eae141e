"""Conversations with models that go on turn by turn: which responses count, and what may be asked next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from preceptor.kinds.shown import NextTurn, ResponseShown, TurnShown
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _, ngettext_lazy

UNFINISHED = frozenset({"pending", "streaming"})
"""States of a response that is still being written."""


def usable(response: ResponseShown) -> bool:
    """True when there is something to judge: the response arrived, wholly or up to where the person stopped it."""
    return response.state in {"complete", "stopped"} and bool(response.text.strip())


def length_problem(most: int) -> FieldProblem:
    """What to say where a conversation has all the turns it may have."""
    message = ngettext_lazy(
        "A conversation here has {count} turn.", "A conversation here has up to {count} turns.", most
    )
    return FieldProblem("prompt", message)


def start_problems(given: str | None, turns: Sequence[TurnShown], turn: NextTurn) -> Iterator[FieldProblem]:
    """Why a conversation, whose first prompt may be given, cannot begin with `turn`."""
    if given is not None and (turns or turn.prompt != given):
        yield FieldProblem("prompt", _("The first prompt is given in this task."))
    if turn.continue_from is not None:
        yield FieldProblem("continue_from", _("There is nothing to go on from yet."))


def line_problems(
    given: str | None, turns: Sequence[TurnShown], turn: NextTurn, *, most: int
) -> Iterator[FieldProblem]:
    """Why `turn` cannot follow `turns`, where they form one line of at most `most`; not whether its choice is right."""
    if len(turns) >= most:
        yield length_problem(most)
    if not turns:
        yield from start_problems(given, turns, turn)
    elif any(response.state in UNFINISHED for response in turns[-1].responses):
        yield FieldProblem("continue_from", _("A response is still being written. Wait for it, or stop it."))
