"""What of the work that waits to be judged somebody is offered, and why the rest is held back from them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, ColumnElement, Select, Text, and_, case, false, func, literal, not_, select, true

from preceptor.hiring.queries import barred_from
from preceptor.hiring.rules import NOT_BARRED, Barred
from preceptor.lib.db import ReadSession
from preceptor.lib.errors import ConflictError
from preceptor.lib.i18n import _
from preceptor.people.rules import DAILY_MINUTES, Actor, ContentCategory, Permission
from preceptor.projects.queries.projects import visible_to
from preceptor.projects.rules import ProjectRules
from preceptor.projects.tables import Project
from preceptor.quality.rules.held_back import HeldBack, closed_by_measure, counted
from preceptor.work.queries.readiness import announced, readiness_of
from preceptor.work.rules.openings import Reason
from preceptor.work.rules.readiness import Readiness, announced_in
from preceptor.work.tables import Assignment, Item

TEXTS = ARRAY(Text)


class NotReadyError(ConflictError):
    """The answer shows content that the actor has not said yes to, or has seen enough of for one day."""

    code = "content_closed"
    title = _("This shows content that you are not to be shown now. Somebody else looks at it.")


class Offered(msgspec.Struct, frozen=True, kw_only=True):
    """What keeps work that waits to be judged from somebody, at one moment.

    Attributes:
        readiness: which content they may be shown.
        barred: what measures close to them.
        rules: of every project they see.
        daily_minutes: with content of one category, where a project does not say.
    """

    readiness: Readiness
    barred: Barred
    rules: Mapping[UUID, ProjectRules]
    daily_minutes: int

    def refused(self, project_id: UUID) -> frozenset[ContentCategory]:
        """The content of a project that is not shown to them now."""
        return self.readiness.refused(self.rules[project_id].daily_minutes or self.daily_minutes)

    def why_not(self, project_id: UUID, content: Iterable[ContentCategory]) -> Reason | None:
        """What keeps an answer from them that was announced with this content, besides what its project announces."""
        if self.barred.keeps_from(project_id):
            return closed_by_measure()
        rules = self.rules[project_id]
        everything = sorted({*content, *rules.categories})
        return self.readiness.why_not(everything, minutes=rules.daily_minutes or self.daily_minutes)

    def may_see(self) -> ColumnElement[bool]:
        """True of rows that they are offered; of a query that joins project, assignment and item."""
        refused = {one: self.refused(one) for one in self.rules}
        closed = [one for one, rules in self.rules.items() if refused[one].intersection(rules.categories)]
        usual = self.readiness.refused(self.daily_minutes)
        unusual = {one: found for one, found in refused.items() if found != usual}
        here = _texts(usual)
        if unusual:
            here = case(*((Project.id == one, _texts(found)) for one, found in unusual.items()), else_=here)
        calm = not_(announced().op("&&", is_comparison=True)(here))
        return and_(open_to(self.barred), Project.id.not_in(closed) if closed else true(), calm)


async def offered_to(
    session: ReadSession, *, actor: Actor, now: datetime, daily_minutes: int = DAILY_MINUTES
) -> Offered:
    """What keeps work from the actor: measures, content they have not said yes to, a day's minutes."""
    rows = await session.execute(select(Project.id, Project.rules).where(visible_to(actor)))
    return Offered(
        readiness=await readiness_of(session, actor=actor, now=now),
        barred=await barred_from(session, person_id=actor.person_id, now=now),
        rules={project_id: msgspec.convert(rules, ProjectRules) for project_id, rules in rows},
        daily_minutes=daily_minutes,
    )


async def content_of(session: ReadSession, *, assignment_id: UUID) -> tuple[ContentCategory, ...]:
    """The content that an answer may show to whoever judges it."""
    return (await _content_and_rules(session, assignment_id))[0]


async def _content_and_rules(
    session: ReadSession, assignment_id: UUID
) -> tuple[tuple[ContentCategory, ...], ProjectRules]:
    (row,) = await session.execute(
        select(Assignment.categories, Item.lane, Project.rules)
        .join(Item, Item.id == Assignment.item_id)
        .join(Project, Project.id == Assignment.project_id)
        .where(Assignment.id == assignment_id)
    )
    rules = msgspec.convert(row[2], ProjectRules)
    return announced_in(lane=row[1], rules=rules, at_the_time=row[0]), rules


async def check_content(
    session: ReadSession,
    *,
    actor: Actor,
    assignment_id: UUID,
    now: datetime,
    daily_minutes: int = DAILY_MINUTES,
) -> None:
    """Make sure that an answer may be shown to the actor as work of theirs.

    Raises:
        NotReadyError: it shows what they have not said yes to, or have seen enough of for one day.
    """
    content, rules = await _content_and_rules(session, assignment_id)
    if not content:
        return
    ready = await readiness_of(session, actor=actor, now=now)
    reason = ready.why_not(content, minutes=rules.daily_minutes or daily_minutes)
    if reason is not None:
        raise NotReadyError(detail=reason.text, extra={"reason": reason.code.value})


def looks_back(actor: Actor, *, waits: bool) -> bool:
    """True where somebody reads what is over, as managers browse what was handed in: announced, and as they like."""
    return not waits and actor.may(Permission.SUBMISSION_READ)


def without_measures(offered: Offered) -> Offered:
    """The same for somebody whom no measure binds."""
    return msgspec.structs.replace(offered, barred=NOT_BARRED)


async def held_back(session: ReadSession, *, offered: Offered, waiting: Select[*tuple[Any, ...]]) -> list[HeldBack]:
    """Why somebody is not offered some of what waits, with how much each reason keeps from them.

    `waiting`: what they could judge otherwise; a query that joins project, assignment and item.
    """
    content = announced()
    groups = waiting.with_only_columns(Project.id, content, func.count()).order_by(None).limit(None)
    groups = groups.where(not_(offered.may_see())).group_by(Project.id, content)
    found = []
    for project_id, categories, count in await session.execute(groups):
        reason = offered.why_not(project_id, map(ContentCategory, categories))
        if reason is not None:
            found.append(HeldBack(count, reason))
    return counted(found)


def open_to(barred: Barred) -> ColumnElement[bool]:
    """True of projects that measures leave open."""
    if barred.everywhere:
        return false()
    ways: list[ColumnElement[bool]] = [true()]
    if barred.projects:
        ways.append(Project.id.not_in(barred.projects))
    if barred.only is not None:
        ways.append(Project.id.in_(barred.only))
    return and_(*ways)


def _texts(categories: Iterable[ContentCategory]) -> ColumnElement[list[str]]:
    found: ColumnElement[list[str]] = literal(sorted(categories), TEXTS)
    return found
