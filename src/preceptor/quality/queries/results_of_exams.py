"""What came of sittings: for those who sat them, and for the exam's managers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from preceptor.hiring.queries import exam_terms
from preceptor.hiring.rules import WRITTEN, Criterion, ExamTerms
from preceptor.kinds.registry import task_kind
from preceptor.lib.db import ReadSession
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.money import Money
from preceptor.people.rules import Actor, Permission
from preceptor.people.tables import Person
from preceptor.projects.queries import form_at, project_terms
from preceptor.projects.rules import ProjectTerms
from preceptor.quality.queries.chances import chance_of
from preceptor.quality.rules.exams import FieldMark, Outcome, PartScore
from preceptor.quality.tables import ExamResult, PartGrade
from preceptor.work.operations.sittings import NoSuchSittingError
from preceptor.work.queries.keys import keys_of
from preceptor.work.queries.sittings import PartFacts, SittingFacts, earned_in_sitting, parts_of_sitting, sitting_facts
from preceptor.work.rules.keys import bound
from preceptor.work.tables import Item, ItemKey, Sitting

WRITTEN_TITLE = _("What you wrote")
MOST_SITTINGS = 200


class MarkView(msgspec.Struct, frozen=True, kw_only=True):
    """A field of a result: its figures, the marks it is held against by level, and what to learn where one is missed.

    `mean`, `low` and `high` are percent.
    """

    name: str
    title: LazyText
    mean: float
    low: float
    high: float
    parts: int
    needed: list[tuple[int, int]]
    """Levels and their marks in percent."""
    advice: str


class PartView(msgspec.Struct, frozen=True, kw_only=True):
    """A part as its person sees it: what became of it, its scores in percent, and what a grader said."""

    facts: PartFacts
    outcome: Outcome | None
    """None while the sitting is not decided."""
    scores: list[tuple[LazyText, float]]
    points: list[tuple[Criterion, int]]
    note: str
    key: dict[str, Any] | None
    """What was right, where the exam shows that and nothing is left to be sat."""


class SittingView(msgspec.Struct, frozen=True, kw_only=True):
    """A sitting as its person sees it. `decided_at` None: somebody still has to grade what was written."""

    sitting: SittingFacts
    project: ProjectTerms
    terms: ExamTerms
    certification: UUID
    passed: bool | None
    level: int | None
    marks: list[MarkView]
    parts: list[PartView]
    decided_at: datetime | None
    decided_by: str | None
    paid_ms: int
    amount: Money
    retake_at: datetime | None
    attempts_left: int
    reveals_key: bool


class SittingRow(msgspec.Struct, frozen=True, kw_only=True):
    """A sitting in its exam's list."""

    id: UUID
    person_id: UUID
    person: str
    attempt: int
    begun_at: datetime
    ended_at: datetime | None
    passed: bool | None
    level: int | None
    decided_by: str | None


async def titles_of_fields(session: ReadSession, *, project: ProjectTerms) -> dict[str, LazyText]:
    """What the fields that an exam's keys say something in are called. Nothing of what the keys say is told."""
    kind = task_kind(project.kind)
    form = await form_at(session, project_id=project.id, version=project.form_version)
    settings = kind.decode_settings(form.settings)
    keys = await session.scalars(
        select(ItemKey.key)
        .join(Item, Item.id == ItemKey.item_id)
        .where(Item.project_id == project.id, ItemKey.key.is_not(None))
        .limit(MOST_SITTINGS)
    )
    found = {
        one.name: one.title for key in keys if key is not None for one in kind.said(settings, kind.decode_answer(key))
    }
    return found | {WRITTEN: WRITTEN_TITLE}


async def access_sitting(session: ReadSession, *, actor: Actor, sitting_id: UUID, now: datetime) -> SittingView:
    """One of the actor's own sittings, or for the exam's managers anybody's.

    Raises:
        NoSuchSittingError: not there, or not theirs to see.
    """
    sitting = await sitting_facts(session, sitting_id=sitting_id)
    if sitting is None or (sitting.person_id != actor.person_id and not actor.may(Permission.CERTIFICATION_READ)):
        raise NoSuchSittingError
    project = await project_terms(session, project_id=sitting.project_id)
    terms = await exam_terms(session, project_id=project.id)
    chance = await chance_of(session, person_id=sitting.person_id, project=project, now=now)
    result = await session.get(ExamResult, sitting_id)
    titles = await titles_of_fields(session, project=project)
    paid_ms, amount = await earned_in_sitting(session, sitting_id=sitting_id, currency=project.rate.currency)
    reveals = terms.reveals_key and result is not None and (result.passed or chance.attempts_left == 0)
    return SittingView(
        sitting=sitting,
        project=project,
        terms=terms,
        certification=terms.certification_id,
        passed=None if result is None else result.passed,
        level=None if result is None else result.level,
        marks=[] if result is None else _marks(result, terms, titles),
        parts=await _parts(session, sitting, project, terms, result, titles, reveals=reveals),
        decided_at=None if result is None else result.decided_at,
        decided_by=None if result is None else await _name(session, result.decided_by),
        paid_ms=paid_ms,
        amount=amount,
        retake_at=chance.refusal.at if chance.refusal else None,
        attempts_left=chance.attempts_left,
        reveals_key=reveals,
    )


def _marks(result: ExamResult, terms: ExamTerms, titles: dict[str, LazyText]) -> list[MarkView]:
    found = {one.name: one for one in msgspec.convert(result.marks, list[FieldMark])}
    names = [*terms.fields, *(name for name in found if name not in terms.fields)]
    views = []
    for name in names:
        mark = found.get(name, FieldMark(name=name, mean=0.0, low=0.0, high=1.0, parts=0))
        needed = sorted((one.level, one.marks[name]) for one in terms.levels if name in one.marks)
        missed = any(100 * mark.mean + 1e-9 < least for _level, least in needed)
        views.append(
            MarkView(
                name=name,
                title=titles.get(name, LazyText("{name}", values=(("name", name),))),
                mean=100 * mark.mean,
                low=100 * mark.low,
                high=100 * mark.high,
                parts=mark.parts,
                needed=needed,
                advice=terms.advice.get(name, "") if missed else "",
            )
        )
    return views


async def _parts(
    session: ReadSession,
    sitting: SittingFacts,
    project: ProjectTerms,
    terms: ExamTerms,
    result: ExamResult | None,
    titles: dict[str, LazyText],
    *,
    reveals: bool,
) -> list[PartView]:
    facts = await parts_of_sitting(session, sitting_id=sitting.id, kind=project.kind)
    scored = {one.item_id: one for one in msgspec.convert(result.parts, list[PartScore])} if result else {}
    rows = await session.scalars(select(PartGrade).where(PartGrade.sitting_id == sitting.id))
    grades = {row.item_id: row for row in rows} if result else {}
    keys = await _keys(session, project, facts) if reveals else {}
    views = []
    for one in facts:
        score, grade = scored.get(one.item_id), grades.get(one.item_id)
        views.append(
            PartView(
                facts=one,
                outcome=score.outcome if score else None,
                scores=[
                    (titles.get(name, LazyText("{name}", values=(("name", name),))), 100 * value)
                    for name, value in (score.scores.items() if score else ())
                ],
                points=[(line, int(grade.points[line.key])) for line in terms.rubric if line.key in grade.points]
                if grade
                else [],
                note=grade.note if grade else "",
                key=keys.get(one.item_id),
            )
        )
    return views


async def _keys(session: ReadSession, project: ProjectTerms, facts: Sequence[PartFacts]) -> dict[UUID, dict[str, Any]]:
    """Keys with the parts' own ids."""
    kept = await keys_of(session, item_ids=[one.paper_id for one in facts])
    kind = task_kind(project.kind)
    rows = await session.execute(select(Item.id, Item.content).where(Item.id.in_([one.item_id for one in facts])))
    given = {row[0]: kind.given_turn(kind.decode_item(row[1])) for row in rows}
    return {
        one.item_id: bound(key, item_id=one.item_id, given=given[one.item_id])
        for one in facts
        if one.paper_id in kept and (key := kept[one.paper_id].key) is not None
    }


async def _name(session: ReadSession, person_id: UUID | None) -> str | None:
    return None if person_id is None else await session.scalar(select(Person.name).where(Person.id == person_id))


async def list_sittings(session: ReadSession, *, actor: Actor, project_id: UUID) -> list[SittingRow]:
    """The newest sittings of an exam, for its managers.

    Raises:
        MissingPermissionError: the actor may not read who is certified.
    """
    actor.require(Permission.CERTIFICATION_READ)
    grader = aliased(Person)
    rows = await session.execute(
        select(Sitting, Person.name, ExamResult.passed, ExamResult.level, grader.name)
        .join(Person, Person.id == Sitting.person_id)
        .outerjoin(ExamResult, ExamResult.sitting_id == Sitting.id)
        .outerjoin(grader, grader.id == ExamResult.decided_by)
        .where(Sitting.project_id == project_id)
        .order_by(Sitting.id.desc())
        .limit(MOST_SITTINGS)
    )
    return [
        SittingRow(
            id=sitting.id,
            person_id=sitting.person_id,
            person=name,
            attempt=sitting.attempt,
            begun_at=sitting.begun_at,
            ended_at=sitting.ended_at,
            passed=passed,
            level=level,
            decided_by=by,
        )
        for sitting, name, passed, level, by in rows
    ]


async def count_waiting(session: ReadSession, *, project_id: UUID) -> int:
    """How many sittings of an exam wait for a grader."""
    waits = and_(Sitting.project_id == project_id, Sitting.state == "handed_in", ExamResult.sitting_id.is_(None))
    query = select(func.count()).select_from(Sitting).outerjoin(ExamResult, ExamResult.sitting_id == Sitting.id)
    return int(await session.scalar(query.where(waits)) or 0)
