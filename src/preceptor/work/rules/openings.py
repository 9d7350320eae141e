"""Why there is nothing to take, and what would change it."""

from enum import StrEnum

import msgspec

from preceptor.lib.i18n import LazyText, _, ngettext_lazy
from preceptor.projects.rules import ProjectState


class WhyNot(StrEnum):
    """Why somebody can take nothing."""

    ALL_DONE = "all_done"
    ALL_HELD = "all_held"
    DONE_BY_YOU = "done_by_you"
    NO_ITEMS = "no_items"
    NO_PROJECT = "no_project"
    NO_TEAM = "no_team"
    NOT_OPEN = "not_open"
    PAUSED = "paused"


class Reason(msgspec.Struct, frozen=True):
    """Why there is nothing to take (`text`), and what would change it (`hint`)."""

    code: WhyNot
    text: LazyText
    hint: LazyText


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


def why_nothing(opening: Opening, *, state: ProjectState) -> Reason | None:
    """Why a person can take nothing from a project; None where they can."""
    if state is ProjectState.PAUSED:
        return Reason(
            WhyNot.PAUSED,
            _("This project is paused."),
            _("What you have begun is kept. It goes on when its manager opens it again."),
        )
    if state is not ProjectState.OPEN:
        return Reason(
            WhyNot.NOT_OPEN,
            _("This project is not open."),
            _("Its manager decides when it opens."),
        )
    if opening.free:
        return None
    if opening.slots:
        return Reason(
            WhyNot.DONE_BY_YOU,
            _("You have had every task that is still open here."),
            _("The answers still missing must come from other people. New tasks will be open to you again."),
        )
    if opening.held:
        return Reason(
            WhyNot.ALL_HELD,
            ngettext_lazy(
                "The one task left is with somebody else just now.",
                "All {count} tasks left are with other people just now.",
                opening.held,
            ),
            _("One comes back when somebody skips it, or leaves it for too long."),
        )
    if not opening.items:
        return Reason(
            WhyNot.NO_ITEMS,
            _("No tasks have been added yet."),
            _("Its manager adds them; nothing is needed from you."),
        )
    return Reason(
        WhyNot.ALL_DONE,
        _("Every task here is done."),
        _("It opens again when tasks are added, or when an answer is rejected and needs another one."),
    )


def why_no_projects(*, teams: int) -> Reason:
    """Why somebody's list of projects is empty."""
    if not teams:
        return Reason(
            WhyNot.NO_TEAM,
            _("You are in no team yet."),
            _("Work is given to teams. A manager can take you into one; then its projects stand here."),
        )
    return Reason(
        WhyNot.NO_PROJECT,
        _("None of your teams has a project just now."),
        _("A project shows up here as soon as it opens for one of your teams."),
    )
