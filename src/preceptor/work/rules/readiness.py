"""Readiness: which content that can weigh on people somebody may be shown at one moment, or what stands in the way."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

import msgspec

from preceptor.lib.i18n import _
from preceptor.people.rules import CATEGORY_NAMES, ContentCategory
from preceptor.projects.rules import ProjectRules
from preceptor.work.rules.lanes import asked_of, lane_of
from preceptor.work.rules.openings import Reason, WhyNot

MINUTE_MS = 60_000
CONTENT_PAGE = "/account/work"


class Readiness(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody has said yes to, and how much of it they have had today, as whoever does a task or judges one.

    Attributes:
        consents: the content they have said yes to.
        exposed_ms: time with each kind of content since their midnight.
        day_ends: their next midnight.
    """

    consents: frozenset[ContentCategory] = frozenset()
    exposed_ms: Mapping[ContentCategory, int] = {}
    day_ends: datetime | None = None

    def refused(self, minutes: int) -> frozenset[ContentCategory]:
        """The content that is not shown to them now, where a day may hold so many minutes of each kind."""
        full = {one for one, ms in self.exposed_ms.items() if ms >= minutes * MINUTE_MS}
        return (frozenset(ContentCategory) - self.consents) | full

    def why_not(self, categories: Collection[ContentCategory], *, minutes: int) -> Reason | None:
        """What keeps content of these kinds from them, and what would change it; None where nothing does."""
        missing = [one for one in categories if one not in self.consents]
        if missing:
            text = _("This may show: {content}. You get it only if you have said yes to that.")
            hint = _("You can say yes, and take it back at any time. Saying no never counts against you.")
            return Reason(WhyNot.CONTENT, text.format(content=content_names(missing)), hint, link=CONTENT_PAGE)
        full = [one for one in categories if one in self.refused(minutes)]
        if full:
            text = _("You have reached {minutes} minutes of this content today, the most for one day: {content}.")
            hint = _("It is handed out again after midnight where you are. Other work is open to you as before.")
            named = text.format(minutes=minutes, content=content_names(full))
            return Reason(WhyNot.DAILY_LIMIT, named, hint, until=self.day_ends)
        return None


def announced_in(
    *, lane: str, rules: ProjectRules, at_the_time: Iterable[str] | None = None
) -> tuple[ContentCategory, ...]:
    """The content that an answer to an item may show to whoever judges it.

    Args:
        lane: the item's.
        rules: the project's.
        at_the_time: what was announced to whoever answered; a project that has stopped warning of it still showed it.
    """
    then = {ContentCategory(one) for one in at_the_time or ()}
    return tuple(sorted(then.union(asked_of(lane_of(lane), rules).categories)))


def content_names(categories: Iterable[ContentCategory]) -> str:
    """Categories as people read them, in the language of whoever reads."""
    return ", ".join(str(CATEGORY_NAMES[one]) for one in categories)
