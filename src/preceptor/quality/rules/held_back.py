"""Why somebody is not offered work that waits to be judged, and what would change it."""

from collections.abc import Iterable

import msgspec

from preceptor.lib.i18n import _
from preceptor.work.rules.openings import Reason, WhyNot


class HeldBack(msgspec.Struct, frozen=True):
    """So many answers wait that are not offered to the reader, for one reason. `more`: at least so many."""

    count: int
    reason: Reason
    more: bool = False


def closed_by_measure() -> Reason:
    """A decision about the reader keeps them from judging work of a project."""
    text = _("A decision keeps you from judging this work.")
    hint = _("Its reasons, and the way to appeal, stand under Decisions. What you have begun you can finish.")
    return Reason(WhyNot.RESTRICTED, text, hint, link="/account/cases")


def counted(found: Iterable[HeldBack]) -> list[HeldBack]:
    """One entry per reason in words, what keeps most away first."""
    together: dict[tuple[WhyNot, str], HeldBack] = {}
    for one in found:
        key = (one.reason.code, str(one.reason.text))
        before = together.get(key)
        together[key] = (
            one if before is None else HeldBack(before.count + one.count, one.reason, before.more or one.more)
        )
    return sorted(together.values(), key=lambda one: (-one.count, one.reason.code))
