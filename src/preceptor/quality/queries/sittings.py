"""What there is to grade in a sitting: its parts with their answers, keys and grades. For grading alone."""

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from preceptor.hiring.rules import WRITTEN, ExamTerms
from preceptor.kinds.task import TaskKind
from preceptor.lib.db import ReadSession
from preceptor.projects.queries import form_at, project_terms
from preceptor.projects.queries.forms import FormView
from preceptor.quality.queries.waiting import newest_revisions
from preceptor.quality.rules.exams import Outcome, PartScore, rubric_score
from preceptor.quality.tables import PartGrade
from preceptor.work.queries.keys import KeyView, keys_of
from preceptor.work.queries.sittings import PartFacts, SittingFacts, parts_of_sitting
from preceptor.work.rules.keys import bound
from preceptor.work.tables import Item, Submission, SubmissionBody

COUNTED = frozenset({"submitted", "accepted"})
"""States of an assignment whose answer counts; what came after the end of a sitting is surplus."""


class GradedPart(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a sitting: what became of it, and where that is known already, its scores.

    Attributes:
        facts: the part.
        by_hand: a person grades what was written, or decides about what was reported.
        grade: what they said.
        score: None while it waits for them.
    """

    facts: PartFacts
    by_hand: bool
    grade: PartGrade | None
    score: PartScore | None


async def graded_parts(
    session: ReadSession, *, sitting: SittingFacts, terms: ExamTerms, kind: TaskKind[Any, Any, Any]
) -> list[GradedPart]:
    """Every part of a sitting with what is known of its score."""
    parts = await parts_of_sitting(session, sitting_id=sitting.id, kind=kind.key)
    keys = await keys_of(session, item_ids=[part.paper_id for part in parts])
    rows = await session.scalars(select(PartGrade).where(PartGrade.sitting_id == sitting.id))
    grades = {row.item_id: row for row in rows}
    answers = await _answers(session, kind, [part for part in parts if part.state in COUNTED])
    stored = await session.execute(select(Item.id, Item.content).where(Item.sitting_id == sitting.id))
    contents: dict[UUID, dict[str, Any]] = {row[0]: row[1] for row in stored}
    default = kind.decode_settings((await _form(session, sitting.project_id)).settings)
    found = []
    for part in parts:
        key = keys.get(part.paper_id, KeyView())
        grade = grades.get(part.item_id)
        answer, settings = answers.get(part.item_id, (None, default))
        waits = (part.state == "reported" or (key.by_hand and terms.rubric and answer is not None)) and grade is None
        scores = _key_scores(kind, settings, key, part, contents[part.item_id], answer)
        if key.by_hand and terms.rubric:
            scores[WRITTEN] = 0.0 if grade is None else rubric_score(terms.rubric, grade.points)
        outcome = Outcome.UNANSWERED if answer is None else Outcome.ANSWERED
        if grade is not None and grade.left_out:
            outcome = Outcome.LEFT_OUT
        score = PartScore(item_id=part.item_id, number=part.number, outcome=outcome, scores=scores)
        found.append(GradedPart(facts=part, by_hand=bool(waits or grade), grade=grade, score=None if waits else score))
    return found


def _key_scores(
    kind: TaskKind[Any, Any, Any], settings: Any, key: KeyView, part: PartFacts, content: dict[str, Any], answer: Any
) -> dict[str, float]:
    if key.key is None:
        return {}
    given = kind.given_turn(kind.decode_item(content))
    own = kind.decode_answer(bound(key.key, item_id=part.item_id, given=given))
    return {one.name: one.score for one in kind.score_against(settings, own, answer)}


async def _answers(
    session: ReadSession, kind: TaskKind[Any, Any, Any], parts: list[PartFacts]
) -> dict[UUID, tuple[Any, Any]]:
    """Per part the newest answer and the settings it was given under; an erased one is left out."""
    by_assignment = {part.assignment_id: part.item_id for part in parts if part.assignment_id is not None}
    newest = await newest_revisions(session, assignment_ids=list(by_assignment))
    rows = await session.execute(
        select(Submission, SubmissionBody.content)
        .join(SubmissionBody, SubmissionBody.submission_id == Submission.id)
        .where(Submission.id.in_(newest.values()), SubmissionBody.erased_at.is_(None))
    )
    settings: dict[int, Any] = {}
    found = {}
    for submission, content in rows:
        version = submission.form_version
        if version not in settings:
            form = await form_at(session, project_id=submission.project_id, version=version)
            settings[version] = kind.decode_settings(form.settings)
        found[by_assignment[submission.assignment_id]] = (kind.decode_answer(content), settings[version])
    return found


async def _form(session: ReadSession, project_id: UUID) -> FormView:
    terms = await project_terms(session, project_id=project_id)
    return await form_at(session, project_id=project_id, version=terms.form_version)
