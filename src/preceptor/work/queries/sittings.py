"""Sittings of exams and their parts, as they stand."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from preceptor.lib.db import ReadSession
from preceptor.lib.money import Money
from preceptor.people.rules import Actor, ContentCategory
from preceptor.projects.rules import ProjectTerms
from preceptor.projects.tables import Project
from preceptor.work.queries.summaries import summary_of
from preceptor.work.rules.lanes import asked_of, lane_of
from preceptor.work.tables import Assignment, Item, Sitting, TimeEntry

# Lanes of the parts of somebody's open sitting that they have not taken.
LEFT = """
SELECT DISTINCT item.lane FROM sitting JOIN item ON item.sitting_id = sitting.id JOIN slot ON slot.item_id = item.id
WHERE sitting.project_id = %(project)s AND sitting.person_id = %(trainer)s AND sitting.state = 'open'
  AND slot.state = 'open'
"""


class SittingFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A sitting.

    Attributes:
        ended_at: None while it is open; then it is handed in by itself at `due_at`.
        withheld: parts of it were not handed out, as its exam was not open or its person said no to what they show.
    """

    id: UUID
    project_id: UUID
    person_id: UUID
    attempt: int
    begun_at: datetime
    due_at: datetime
    ended_at: datetime | None
    withheld: bool = False

    @property
    def is_open(self) -> bool:
        """Whether parts of it can still be answered."""
        return self.ended_at is None


class PartFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a sitting.

    Attributes:
        item_id: its own item.
        paper_id: the exam's item that it was made of.
        number: from 1, in the order of the exam.
        assignment_id, state: what became of it; None where it was not begun.
    """

    item_id: UUID
    paper_id: UUID
    number: int
    summary: str
    assignment_id: UUID | None
    state: str | None


async def content_of_exam(session: ReadSession, *, exam: ProjectTerms) -> tuple[ContentCategory, ...]:
    """The content that a sitting of an exam which begins now may show."""
    papers = (Item.project_id == exam.id, Item.sitting_id.is_(None), Item.state == "open")
    lanes = await session.scalars(select(Item.lane).where(*papers).distinct())
    found = {one for lane in lanes for one in asked_of(lane_of(lane), exam.rules).categories}
    return tuple(sorted(found))


async def lanes_left(session: ReadSession, *, actor: Actor, exam: ProjectTerms) -> list[str]:
    """Lanes of the parts of the actor's open sitting of an exam that they have not taken yet."""
    driver = await session.driver()
    rows = await (await driver.execute(LEFT, {"project": exam.id, "trainer": actor.person_id})).fetchall()
    return [row[0] for row in rows]


async def sitting_facts(session: ReadSession, *, sitting_id: UUID) -> SittingFacts | None:
    """One sitting, whoever's it is. For callers that make sure who asks."""
    row = await session.get(Sitting, sitting_id)
    return None if row is None else _facts(row)


async def sittings_of(session: ReadSession, *, person_id: UUID, project_id: UUID | None = None) -> list[SittingFacts]:
    """A person's sittings, of one exam or of all, in the order of time. For callers that make sure who asks."""
    query = select(Sitting).where(Sitting.person_id == person_id).order_by(Sitting.id)
    if project_id is not None:
        query = query.where(Sitting.project_id == project_id)
    return [_facts(row) for row in await session.scalars(query)]


class OpenSitting(msgspec.Struct, frozen=True):
    """A sitting that somebody has begun: the exam's title and address, and when it is handed in by itself."""

    title: str
    slug: str
    due_at: datetime


async def open_sittings(session: ReadSession, *, actor: Actor) -> list[OpenSitting]:
    """The actor's own sittings that are open, the one due first first."""
    rows = await session.execute(
        select(Project.title, Project.slug, Sitting.due_at)
        .join(Project, Project.id == Sitting.project_id)
        .where(Sitting.person_id == actor.person_id, Sitting.state == "open")
        .order_by(Sitting.due_at)
    )
    return [OpenSitting(*row) for row in rows]


def _facts(row: Sitting) -> SittingFacts:
    return SittingFacts(
        id=row.id,
        project_id=row.project_id,
        person_id=row.person_id,
        attempt=row.attempt,
        begun_at=row.begun_at,
        due_at=row.due_at,
        ended_at=row.ended_at,
        withheld=row.withheld,
    )


async def parts_of_sitting(session: ReadSession, *, sitting_id: UUID, kind: str) -> list[PartFacts]:
    """The parts of a sitting, in the order of the exam. For callers that make sure who asks."""
    rows = await session.execute(
        select(Item, Assignment.id, Assignment.state)
        .outerjoin(Assignment, Assignment.item_id == Item.id)
        .where(Item.sitting_id == sitting_id)
        .order_by(Item.id)
    )
    return [
        PartFacts(
            item_id=item.id,
            paper_id=item.paper_id or item.id,
            number=number,
            summary=summary_of(kind=kind, content=item.content, brief=item.brief, topic=item.topic, prompt=None),
            assignment_id=assignment_id,
            state=state,
        )
        for number, (item, assignment_id, state) in enumerate(rows, 1)
    ]


async def earned_in_sitting(session: ReadSession, *, sitting_id: UUID, currency: str) -> tuple[int, Money]:
    """Paid time in milliseconds, and money, of everything booked for the parts of a sitting so far."""
    row = (
        await session.execute(
            select(
                func.coalesce(func.sum(TimeEntry.paid_ms), 0),
                func.coalesce(func.sum(TimeEntry.amount_minor), 0),
                func.max(TimeEntry.currency),
            )
            .join(Assignment, Assignment.id == TimeEntry.assignment_id)
            .join(Item, Item.id == Assignment.item_id)
            .where(Item.sitting_id == sitting_id)
        )
    ).one()
    return int(row[0]), Money(int(row[1]), row[2] or currency)
