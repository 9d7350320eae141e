"""Why there is nothing to take, and what would change it."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from preceptor.lib.i18n import LazyText, _, ngettext_lazy
from preceptor.projects.rules import ProjectState


class WhyNot(StrEnum):
    """Why somebody can take nothing."""

    ALL_DONE = "all_done"
    ALL_HELD = "all_held"
    CAP_REACHED = "cap_reached"
    CONTENT = "content"
    DAILY_LIMIT = "daily_limit"
    DONE_BY_YOU = "done_by_you"
    LANGUAGE = "language"
    LEVEL = "level"
    NOT_CERTIFIED = "not_certified"
    NO_ITEMS = "no_items"
    NO_PROJECT = "no_project"
    NO_TEAM = "no_team"
    NOT_OPEN = "not_open"
    PAUSED = "paused"
    RESTRICTED = "restricted"


class Reason(msgspec.Struct, frozen=True):
    """Why there is nothing to take (`text`), and what would change it (`hint`).

    Attributes:
        code: for programs.
        text: why.
        hint: what would change it.
        link: a page on which that can be done; empty where there is none.
        until: when it changes by itself; None where that is not known.
    """

    code: WhyNot
    text: LazyText
    hint: LazyText
    link: str = ""
    until: datetime | None = None


class Refusal(msgspec.Struct, frozen=True):
    """What keeps a person from lanes of a project.

    Attributes:
        reason: of the lane that they come nearest to.
        open_there: there are open slots in lanes they may not take.
        everywhere: there is no lane they may take.
    """

    reason: Reason
    open_there: bool
    everywhere: bool


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """How a project's queue stands for one person.

    Attributes:
        free: items they can take now.
        slots: open slots, theirs to take or not.
        held: slots that other people hold.
        items: items there are in all.
    """

    free: int
    slots: int
    held: int
    items: int


WORDS: Mapping[WhyNot, tuple[LazyText, LazyText]] = {
    WhyNot.PAUSED: (
        _("This project is paused."),
        _("What you have begun is kept. It goes on when its manager opens it again."),
    ),
    WhyNot.NOT_OPEN: (_("This project is not open."), _("Its manager decides when it opens.")),
    WhyNot.DONE_BY_YOU: (
        _("You have had every task that is still open here."),
        _("The answers still missing must come from other people. New tasks will be open to you again."),
    ),
    WhyNot.NO_ITEMS: (_("No tasks have been added yet."), _("Its manager adds them; nothing is needed from you.")),
    WhyNot.ALL_DONE: (
        _("Every task here is done."),
        _("It opens again when tasks are added, or when an answer is rejected and needs another one."),
    ),
    WhyNot.NO_TEAM: (
        _("You are in no team yet."),
        _("Work is given to teams. A manager can take you into one; then its projects stand here."),
    ),
    WhyNot.NO_PROJECT: (
        _("None of your teams has a project just now."),
        _("A project shows up here as soon as it opens for one of your teams."),
    ),
}


def why_nothing(opening: Opening, *, state: ProjectState, refused: Refusal | None = None) -> Reason | None:
    """Why a person can take nothing from a project; None where they can.

    What is refused to them is told where it is what stands in the way: work is open that they may not take, or no work
    of the project ever is for them.
    """
    if state is ProjectState.OPEN and opening.free <= 0 and refused and (refused.open_there or refused.everywhere):
        return refused.reason
    checks = (
        (state is ProjectState.PAUSED, WhyNot.PAUSED),
        (state is not ProjectState.OPEN, WhyNot.NOT_OPEN),
        (opening.free > 0, None),
        (opening.slots > 0, WhyNot.DONE_BY_YOU),
        (opening.held > 0, WhyNot.ALL_HELD),
        (opening.items == 0, WhyNot.NO_ITEMS),
        (True, WhyNot.ALL_DONE),
    )
    code = next(code for holds, code in checks if holds)
    return None if code is None else _reason(code, opening)


def _reason(code: WhyNot, opening: Opening) -> Reason:
    if code is WhyNot.ALL_HELD:
        text = ngettext_lazy(
            "The one task left is with somebody else just now.",
            "All {count} tasks left are with other people just now.",
            opening.held,
        )
        return Reason(code, text, _("One comes back when somebody skips it, or leaves it for too long."))
    return Reason(code, *WORDS[code])


def why_no_projects(*, teams: int) -> Reason:
    """Why somebody's list of projects is empty."""
    code = WhyNot.NO_PROJECT if teams else WhyNot.NO_TEAM
    return Reason(code, *WORDS[code])


def exam_reason(slug: str) -> Reason:
    """Why an exam hands out nothing more: its page knows how it stands."""
    text = _("There is no part of this exam left for you.")
    hint = _("Its page says how it stands, and when you can sit it.")
    return Reason(WhyNot.ALL_DONE, text, hint, link=f"/exams/{slug}")
