"""A project at a glance: how far it is, what it costs, who works on it, and where that leads."""

from datetime import UTC, date, datetime, timedelta

import msgspec

from preceptor.lib.db import ReadSession
from preceptor.lib.money import Money
from preceptor.people.rules import Actor, Permission
from preceptor.projects.queries import ProjectView, access_project
from preceptor.work.queries.at_work import Doing, PersonAtWork, list_at_work
from preceptor.work.queries.breakdowns import Breakdown, DayCount, TrainerStanding, project_breakdown
from preceptor.work.queries.counts import ProjectCounts, project_counts
from preceptor.work.rules.forecast import expected_cost, expected_end

DAYS = 30
RECENT = 7
"""Days from whose pace the end is told."""


class ProjectOverview(msgspec.Struct, frozen=True, kw_only=True):
    """A project at a glance.

    Attributes:
        days: the last 30 days (UTC), today last, also those on which nothing happened.
        more_trainers: there are more trainers than those told, who are the busiest ones.
        ends_on: when the last answer is accepted if it goes on as in the last week; None where that cannot be told.
        cost_at_end: what that will have cost; None likewise.
    """

    project: ProjectView
    counts: ProjectCounts
    days: list[DayCount]
    trainers: list[TrainerStanding]
    more_trainers: bool
    at_work: list[PersonAtWork]
    ends_on: date | None
    cost_at_end: Money | None

    @property
    def cost(self) -> Money:
        """What was earned on the project so far."""
        return Money(self.counts.cost_minor, self.project.rate.currency)

    @property
    def cost_per_accepted(self) -> Money | None:
        """The same for each accepted answer that was worked on here; None while there is none."""
        if not self.counts.earned:
            return None
        return Money(round(self.counts.cost_minor / self.counts.earned), self.project.rate.currency)

    @property
    def waiting_ms(self) -> int:
        """How long the open tasks take, by the project's own estimate, in milliseconds."""
        return max(self.counts.open, 0) * self.project.rules.estimated_minutes * 60_000

    @property
    def active(self) -> int:
        """How many people are at work and neither idle nor on a pause."""
        return sum(one.doing is Doing.ACTIVE for one in self.at_work)

    @property
    def wants_several(self) -> bool:
        """True where items ask for more than one answer, so that people can agree or not."""
        return self.counts.wanted > self.counts.items


async def project_overview(session: ReadSession, *, actor: Actor, slug: str, now: datetime) -> ProjectOverview:
    """A project at a glance, for its managers.

    Raises:
        MissingPermissionError: the actor may not read projects.
        NoSuchProjectError: there is none at this address.
    """
    actor.require(Permission.PROJECT_READ)
    project = await access_project(session, actor=actor, slug=slug)
    today = now.astimezone(UTC).date()
    window = [today - timedelta(days=ago) for ago in reversed(range(DAYS))]
    counts = await project_counts(session, project_id=project.id)
    breakdown = await project_breakdown(session, actor=actor, project_id=project.id, since=window[0])
    days = _filled(breakdown, window)
    cost_at_end = expected_cost(
        cost_minor=counts.cost_minor, accepted=counts.earned, wanted=counts.wanted - counts.given
    )
    return ProjectOverview(
        project=project,
        counts=counts,
        days=days,
        trainers=breakdown.trainers,
        more_trainers=breakdown.more,
        at_work=await project_at_work(session, actor=actor, project=project, now=now),
        ends_on=expected_end(
            remaining=counts.wanted - counts.accepted, recent=[day.accepted for day in days[-RECENT:]], today=today
        ),
        cost_at_end=None if cost_at_end is None else Money(cost_at_end, project.rate.currency),
    )


async def project_at_work(
    session: ReadSession, *, actor: Actor, project: ProjectView, now: datetime
) -> list[PersonAtWork]:
    """Who is at work on a project, by what it calls idle.

    Raises:
        MissingPermissionError: the actor may not read projects.
    """
    idle_after = timedelta(seconds=project.rules.idle_after_seconds)
    return await list_at_work(session, actor=actor, project_id=project.id, idle_after=idle_after, now=now)


def _filled(breakdown: Breakdown, window: list[date]) -> list[DayCount]:
    known = {day.day: day for day in breakdown.days}
    return [known.get(day, DayCount(day)) for day in window]
