"""The list of work: what can be taken, what was begun, what came back."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from litestar import Response, get

from preceptor.lib.i18n import LazyText
from preceptor.lib.money import Money, earned
from preceptor.lib.web import Request, page
from preceptor.people import CATEGORY_NAMES, Actor
from preceptor.projects import Ratings
from preceptor.projects.queries import AnnouncementView, ratings_of_projects, unread_questions, unseen_announcements
from preceptor.quality.queries import ReviewResult, latest_results
from preceptor.work.desk import Desk
from preceptor.work.queries.lists import (
    ReturnedWork,
    UnfinishedWork,
    WorkEntry,
    WorkList,
    list_returned,
    list_unfinished,
    list_work,
)
from preceptor.work.queries.sittings import OpenSitting, open_sittings
from preceptor.work.queries.times import Worked, worked_since


class WorkCard(msgspec.Struct, frozen=True):
    """A project as a card. `first`: its button is the one that stands out."""

    entry: WorkEntry
    each: Money | None
    """What one task in the estimated time earns; None where the work is unpaid, or has a price of its own."""
    first: bool
    unread: int
    """Questions about it with words that this person has not read."""
    ratings: Ratings | None
    """What at least five trainers think of it."""

    @property
    def content_names(self) -> list[LazyText]:
        """What its tasks may show."""
        return [CATEGORY_NAMES[one] for one in self.entry.content]

    @property
    def has_new_guidelines(self) -> bool:
        """True where the guidelines were changed since this person read them."""
        return 0 < self.entry.acknowledged_version < self.entry.guidelines_version


class ReturnedCard(msgspec.Struct, frozen=True):
    """An answer that came back, with what the reviewer said."""

    work: ReturnedWork
    review: ReviewResult | None


class WorkPage(msgspec.Struct, frozen=True):
    """The list of work."""

    cards: list[WorkCard]
    found: WorkList
    returned: list[ReturnedCard]
    unfinished: list[UnfinishedWork]
    today: Worked
    teams: int
    announcements: list[AnnouncementView]
    sittings: list[OpenSitting]
    help_contact: str
    help_contact_url: str


def day_begins(actor: Actor, now: datetime) -> datetime:
    """The last midnight where the person is."""
    local = now.astimezone(ZoneInfo(actor.time_zone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


@get("/work", name="work")
async def show_work(request: Request[Actor]) -> Response[str]:
    """What one can take now, or why not."""
    actor, now = request.actor, request.now
    desk: Desk = request.part("desk")
    async with request.db.read() as session:
        found = await list_work(session, actor=actor, now=now, daily_minutes=desk.daily_minutes)
        returned = await list_returned(session, actor=actor)
        unfinished = await list_unfinished(session, actor=actor, now=now)
        today = await worked_since(session, actor=actor, since=day_begins(actor, now))
        announcements = await unseen_announcements(session, actor=actor)
        sittings = await open_sittings(session, actor=actor)
        ids = [one.project_id for one in found.entries]
        unread = await unread_questions(session, actor=actor, project_ids=ids)
        ratings = await ratings_of_projects(session, project_ids=ids)
        said = await latest_results(session, actor=actor, assignment_ids=[one.assignment_id for one in returned])
    await desk.waits(actor=actor, project_ids=[one.project_id for one in found.entries if one.reason], now=now)
    view = WorkPage(
        cards=_cards(found.entries, unread, ratings),
        found=found,
        returned=[ReturnedCard(one, said.get(one.assignment_id)) for one in returned],
        unfinished=unfinished,
        today=today,
        teams=len(actor.team_ids),
        announcements=announcements,
        sittings=sittings,
        help_contact=request.settings.help_contact,
        help_contact_url=request.settings.help_contact_url,
    )
    return page(request, "web/trainer/work.html", view)


def _cards(entries: list[WorkEntry], unread: dict[UUID, int], ratings: dict[UUID, Ratings]) -> list[WorkCard]:
    begun = {entry.project_id for entry in entries if entry.current_assignment_id}
    first: set[UUID] = begun or {entry.project_id for entry in entries[:1] if entry.open}
    return [
        WorkCard(
            entry,
            _each(entry),
            entry.project_id in first,
            unread.get(entry.project_id, 0),
            ratings.get(entry.project_id),
        )
        for entry in entries
    ]


def _each(entry: WorkEntry) -> Money | None:
    if entry.unpaid or entry.task_price is not None:
        return None
    minutes = min(entry.estimated_minutes, entry.cap_minutes or entry.estimated_minutes)
    return earned(rate_per_hour=entry.rate, paid_ms=timedelta(minutes=minutes) // timedelta(milliseconds=1))


handlers: list[Any] = [show_work]
