"""Whether somebody may sit an exam now, and whether the exam itself is ready."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import select

from preceptor.hiring.queries import certifications_of, exam_terms, prerequisites_of
from preceptor.hiring.rules import (
    ExamTerms,
    PastSitting,
    Refusal,
    WhyNotSit,
    exam_problems,
    failures_since_passing,
    why_not_sit,
)
from preceptor.lib.db import ReadSession
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _
from preceptor.people.queries import consents_of
from preceptor.people.rules import DAILY_MINUTES, SYSTEM
from preceptor.projects.queries import access_project
from preceptor.projects.rules import ProjectState, ProjectTerms
from preceptor.quality.tables import ExamResult
from preceptor.work.queries.keys import fields_in_keys, key_counts
from preceptor.work.queries.sittings import SittingFacts, content_of_exam, sittings_of
from preceptor.work.rules.readiness import Readiness


class Chance(msgspec.Struct, frozen=True, kw_only=True):
    """How a person stands before an exam.

    Attributes:
        terms: the exam's.
        sittings: theirs, in the order of time, each with whether it was passed (None: not decided).
        current: the one that is open.
        attempts_left: how often they may still fail.
        held_level: the level they hold of what it certifies; 0 for none.
        refusal: why they cannot begin a sitting now; None where they can, or have one open.
    """

    terms: ExamTerms
    sittings: list[tuple[SittingFacts, bool | None]]
    current: SittingFacts | None
    attempts_left: int
    held_level: int
    refusal: Refusal | None


async def chance_of(session: ReadSession, *, person_id: UUID, project: ProjectTerms, now: datetime) -> Chance:
    """How a person stands before an exam. For callers that make sure who asks.

    Raises:
        NoSuchExamError: it has no terms.
    """
    terms = await exam_terms(session, project_id=project.id)
    sittings = await sittings_of(session, person_id=person_id, project_id=project.id)
    rows = await session.execute(
        select(ExamResult.sitting_id, ExamResult.passed).where(ExamResult.sitting_id.in_([one.id for one in sittings]))
    )
    passed: dict[UUID, bool] = {row[0]: row[1] for row in rows}
    ended = [
        PastSitting(one.ended_at, passed.get(one.id), one.withheld) for one in sittings if one.ended_at is not None
    ]
    held = {one.certification_id: one for one in await certifications_of(session, person_id=person_id, now=now)}
    levels = {certification_id: one.level for certification_id, one in held.items()}
    own = held.get(terms.certification_id)
    missing = [
        str(_("{name}, level {level}").format(name=name, level=need.level))
        for need, name in await prerequisites_of(session, certification_id=terms.certification_id)
        if not need.is_met_by(levels)
    ]
    current = next((one for one in sittings if one.is_open), None)
    refusal = why_not_sit(
        terms,
        is_open=project.state is ProjectState.OPEN,
        missing=missing,
        past=ended,
        held_level=own.level if own else 0,
        held_until=own.expires_at if own else None,
        now=now,
    )
    if refusal is None and current is None:
        refusal = await _content_refusal(session, person_id=person_id, project=project)
    return Chance(
        terms=terms,
        sittings=[(one, passed.get(one.id)) for one in sittings],
        current=current,
        attempts_left=max(0, terms.attempts - failures_since_passing([one for one in ended if one.passed is not None])),
        held_level=own.level if own else 0,
        refusal=None if current else refusal,
    )


async def _content_refusal(session: ReadSession, *, person_id: UUID, project: ProjectTerms) -> Refusal | None:
    """Nobody begins what they could not end: parts with content that they say no to are not handed out to them."""
    ready = Readiness(consents=await consents_of(session, person_id=person_id))
    reason = ready.why_not(await content_of_exam(session, exam=project), minutes=DAILY_MINUTES)
    return None if reason is None else Refusal(WhyNotSit.CONTENT, reason.text, reason.hint, link=reason.link)


async def missing_in_exam(session: ReadSession, *, project: ProjectTerms, terms: ExamTerms) -> list[FieldProblem]:
    """What an exam still needs so that every sitting of it can be graded."""
    counts = await key_counts(session, actor=SYSTEM, project_id=project.id)
    view = await access_project(session, actor=SYSTEM, slug=project.slug)
    fields: Sequence[str] = list(await fields_in_keys(session, actor=SYSTEM, project=view))
    problems = list(exam_problems(terms, fields=fields))
    if counts.neither:
        message = _("{count} items have no key, and no person grades them.").format(count=counts.neither)
        problems.append(FieldProblem("items", message))
    if counts.by_hand and not terms.rubric:
        problems.append(FieldProblem("rubric", _("A person grades some items: say by which criteria.")))
    if terms.rubric and not counts.by_hand:
        message = _("No item is graded by a person, so that the rubric is never used.")
        problems.append(FieldProblem("rubric", message))
    return problems
