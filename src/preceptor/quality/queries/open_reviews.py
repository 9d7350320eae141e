"""Open reviews by project and content, so that what is not offered to somebody is passed over without being read."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Text,
    Uuid,
    and_,
    column,
    func,
    literal,
    or_,
    select,
    text,
    true,
    tuple_,
)

from preceptor.lib.db import ReadSession
from preceptor.people.rules import Actor, ContentCategory
from preceptor.projects.queries.projects import visible_to
from preceptor.projects.tables import Project
from preceptor.quality.queries.offered import Offered
from preceptor.quality.rules.held_back import HeldBack, counted
from preceptor.quality.tables import Review

# Spelled out, so that the planner sees that the partial indexes serve whatever the parameters are.
IS_OPEN = text("review.state = 'open'")
MOST_COUNTED = 1_000
"""Of what one group holds back from somebody. How much more there is changes nothing for them."""

# From one group to the next by the index, whatever there is in between.
GROUPS = """
WITH RECURSIVE found AS (
    (SELECT project_id, content FROM review WHERE state = 'open' ORDER BY project_id, content LIMIT 1)
    UNION ALL
    SELECT next.project_id, next.content
    FROM found CROSS JOIN LATERAL (
        SELECT project_id, content FROM review
        WHERE state = 'open' AND (project_id, content) > (found.project_id, found.content)
        ORDER BY project_id, content LIMIT 1) AS next
)
SELECT project_id, content FROM found
"""


class Group(NamedTuple):
    """Open reviews of one project that show the same content."""

    project_id: UUID
    content: str

    @property
    def categories(self) -> list[ContentCategory]:
        """The content, besides what the project announces for all of them."""
        return [ContentCategory(one) for one in self.content.split("+") if one]


def is_free_for(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """An open review that the actor may take: not their own work, and not kept for somebody else."""
    kept_no_more = or_(Review.reviewer_id.is_(None), Review.reviewer_id == actor.person_id, Review.lease_until <= now)
    return and_(Review.trainer_id != actor.person_id, kept_no_more)


async def open_groups(session: ReadSession, *, actor: Actor, slug: str | None = None) -> list[Group]:
    """The groups in which something is open, of the projects that the actor sees, or of one of them."""
    seen = select(Project.id).where(visible_to(actor))
    if slug is not None:
        seen = seen.where(Project.slug == slug)
    mine = set(await session.scalars(seen))
    driver = await session.driver()
    return [Group(*row) for row in await (await driver.execute(GROUPS)).fetchall() if row[0] in mine]


def offered_of(groups: Iterable[Group], offered: Offered | None) -> list[Group]:
    """Those that are offered to somebody; without `offered` all."""
    return [one for one in groups if offered is None or offered.why_not(one.project_id, one.categories) is None]


def given(groups: Sequence[Group]) -> FromClause:
    """The groups as rows of a query."""
    projects = literal([one.project_id for one in groups], ARRAY(Uuid))
    contents = literal([one.content for one in groups], ARRAY(Text))
    found = func.unnest(projects, contents).table_valued(column("project_id", Uuid), column("content", Text))
    return found.render_derived(name="given")


def _both(of: FromClause) -> tuple[object, object]:
    return of.c.project_id, of.c.content


def in_group(of: FromClause) -> ColumnElement[bool]:
    """An open review of the group that a row of `given` is."""
    return and_(Review.project_id == of.c.project_id, Review.content == of.c.content, IS_OPEN)


PLACE = (Review.project_id, Review.content, Review.id)
"""The order of the index in which a group stands together, oldest first."""


def within(group: tuple[object, object]) -> ColumnElement[bool]:
    """An open review of a group, for reading the oldest few in the order of `PLACE`.

    Said as a range: of two columns that are equal to something the planner thinks that any index by id alone has them
    in order as well, and reads all that is older in other groups.
    """
    place, here = tuple_(Review.project_id, Review.content), tuple_(*group)
    return and_(place >= here, place <= here, IS_OPEN)


async def oldest_open(
    session: ReadSession,
    *,
    groups: Sequence[Group],
    actor: Actor,
    now: datetime,
    limit: int,
    after: UUID | None = None,
) -> list[UUID]:
    """Ids of the oldest open reviews of these groups that the actor may take; those behind `after`."""
    if not groups:
        return []
    of = given(groups)
    each = select(Review.id).where(within(_both(of)), is_free_for(actor, now)).order_by(*PLACE).limit(limit)
    if after is not None:
        each = each.where(Review.id > after)
    found = each.lateral("found")
    query = select(found.c.id).select_from(of).join(found, true()).order_by(found.c.id).limit(limit)
    return list(await session.scalars(query))


async def heads(session: ReadSession, *, groups: Sequence[Group], actor: Actor, now: datetime) -> list[Group]:
    """The groups in which the actor may take something, the one with the oldest first."""
    if not groups:
        return []
    of = given(groups)
    oldest = select(Review.id).where(within(_both(of)), is_free_for(actor, now)).order_by(*PLACE).limit(1)
    first = oldest.lateral("first")
    query = select(of.c.project_id, of.c.content).select_from(of).join(first, true()).order_by(first.c.id)
    return [Group(*row) for row in await session.execute(query)]


async def reviews_held_back(
    session: ReadSession, *, groups: Sequence[Group], offered: Offered, actor: Actor, now: datetime
) -> list[HeldBack]:
    """Why somebody is not offered some of what waits, with how much each reason keeps from them, counted so far."""
    reasons = {one: offered.why_not(one.project_id, one.categories) for one in groups}
    refused = [one for one, reason in reasons.items() if reason is not None]
    if not refused:
        return []
    of = given(refused)
    free = is_free_for(actor, now).label("free")
    some = select(free).where(within(_both(of))).order_by(*PLACE).limit(MOST_COUNTED + 1).lateral("some")
    query = (
        select(of.c.project_id, of.c.content, func.count(), func.count().filter(some.c.free))
        .select_from(of)
        .join(some, true())
        .group_by(of.c.project_id, of.c.content)
    )
    found = []
    for project_id, content, read, count in await session.execute(query):
        reason = reasons[Group(project_id, content)]
        more = read > MOST_COUNTED
        if reason is not None and count:
            found.append(HeldBack(min(count, MOST_COUNTED), reason, more))
    return counted(found)
