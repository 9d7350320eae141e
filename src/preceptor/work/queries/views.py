"""The workbench's view of an assignment: all it shows, and nothing a trainer may not know (model names above all)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from preceptor.kinds.task import TaskKind
from preceptor.lib.db import Driver
from preceptor.lib.money import Money
from preceptor.llms.asking import problem_text
from preceptor.people.rules import CATEGORY_NAMES, Actor, ContentCategory
from preceptor.projects.rules import ProjectTerms
from preceptor.work.queries.masks import OWN_WORK, masks_of
from preceptor.work.queries.turns import ResponseRecord, TurnRecord, given_turn_record, parent_ids, turns_of
from preceptor.work.rules.clock import Spent
from preceptor.work.rules.pay import FIRST_ROUND, Outset, earning_of
from preceptor.work.rules.reasons import REPORT_REASONS, SKIP_REASONS

EXTRAS = """
SELECT draft.version, draft.content, draft.saved_at,
       (SELECT version FROM guidelines_acknowledgement WHERE project_id = %(project)s AND person_id = %(person)s),
       EXISTS (SELECT FROM item JOIN sitting ON sitting.id = item.sitting_id
               WHERE item.id = %(item)s AND sitting.state <> 'open')
FROM (SELECT 1) AS one LEFT JOIN draft ON draft.assignment_id = %(id)s
"""


class ClockView(msgspec.Struct, frozen=True):
    """Time and money of an assignment so far. `most_ms`: what the paid time can come to; None for no limit."""

    active_ms: int
    waiting_ms: int
    idle_ms: int
    paused_ms: int
    paid_ms: int
    amount: Money
    most_ms: int | None = None


class ProjectPart(msgspec.Struct, frozen=True):
    """What the workbench tells of the project."""

    slug: str
    title: str
    kind: str
    rate_per_hour: Money
    currency: str
    estimated_minutes: int
    cap_minutes: int | None
    unpaid: bool
    task_price: Money | None = None
    """What handing it in earns, where the project pays by the task; pay is then topped up to the hour."""


class ItemPart(msgspec.Struct, frozen=True):
    """The item as the person may see it."""

    id: UUID
    brief: str
    topic: str
    content: dict[str, Any]


class FormPart(msgspec.Struct, frozen=True):
    """The form as the person may see it."""

    version: int
    settings: dict[str, Any]


class GuidelinesPart(msgspec.Struct, frozen=True):
    """The guidelines' version, and the newest one this person has said they read."""

    version: int
    acknowledged_version: int | None


class DraftPart(msgspec.Struct, frozen=True):
    """The draft as it was last saved."""

    version: int
    content: dict[str, Any]
    saved_at: datetime


class ResponseView(msgspec.Struct, frozen=True):
    """A response without anything that tells who wrote it."""

    id: str
    state: str
    text: str
    error: str | None
    tokens: int | None


class TurnView(msgspec.Struct, frozen=True):
    """A turn; responses in the order this person sees them."""

    id: str
    position: int
    parent: str | None
    """Id of the turn it goes on from; None where it begins a conversation."""
    prompt: str
    state: str
    shared: bool
    continue_from: str | None
    continued_with: str | None
    responses: list[ResponseView]


class ReasonView(msgspec.Struct, frozen=True):
    """A reason of a closed list."""

    key: str
    label: str


class AssignmentView(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the workbench shows."""

    id: UUID
    state: str
    project: ProjectPart
    item: ItemPart
    form: FormPart
    guidelines: GuidelinesPart
    turns: list[TurnView]
    draft: DraftPart | None
    clock: ClockView
    lease_until: datetime
    idle_after_ms: int
    rework_round: int
    skip_reasons: list[ReasonView]
    report_reasons: list[ReasonView]
    content_warnings: list[ReasonView] = []
    """Content that it may show and that was announced before it was taken."""
    exam_over: bool = False
    """It is a part of an exam that has been handed in: what is done now counts no more for it."""


class ViewedAssignment(msgspec.Struct, frozen=True, kw_only=True):
    """The columns a view is made from."""

    id: UUID
    state: str
    item_id: UUID
    brief: str
    topic: str
    content: dict[str, Any]
    form_version: int
    guidelines_version: int
    rate: Money
    cap_ms: int | None
    spent: Spent
    lease_until: datetime
    rework_round: int
    task_minor: int | None = None
    categories: tuple[str, ...] = ()
    outset: Outset = FIRST_ROUND


def failure_text(code: str | None) -> str | None:
    """What a trainer is told about a response that failed."""
    return None if code is None else str(problem_text(code))


def clock_view(spent: Spent, *, rate: Money, cap_ms: int | None, outset: Outset = FIRST_ROUND) -> ClockView:
    """Time and what it comes to at this moment."""
    due = earning_of(payable_ms=spent.payable_ms, earned_before_ms=0, cap_ms=cap_ms, rate=rate, outset=outset)
    most_ms = None if cap_ms is None else outset.earned_ms + cap_ms
    return ClockView(spent.active_ms, spent.waiting_ms, spent.idle_ms, spent.paused_ms, due.paid_ms, due.money, most_ms)


def warnings_of(categories: Iterable[str]) -> list[ReasonView]:
    """Content that was announced, in the reader's language."""
    return [ReasonView(key, str(CATEGORY_NAMES[ContentCategory(key)])) for key in categories]


def turn_views(records: Sequence[TurnRecord]) -> list[TurnView]:
    """Turns as a trainer sees them."""
    return [
        TurnView(
            id=record.id,
            position=record.position,
            parent=parent,
            prompt=record.prompt,
            state=record.state,
            shared=record.shared,
            continue_from=record.continue_from,
            continued_with=record.continued_with,
            responses=[response_view(response) for response in record.responses],
        )
        for record, parent in zip(records, parent_ids(records), strict=True)
    ]


def response_view(record: ResponseRecord) -> ResponseView:
    """A response as a trainer sees it."""
    return ResponseView(record.id, record.state, record.text, failure_text(record.error), record.tokens)


def view_of(
    row: ViewedAssignment,
    *,
    terms: ProjectTerms,
    kind: TaskKind[Any, Any, Any],
    settings: Any,
    turns: Sequence[TurnRecord],
    draft: DraftPart | None,
    acknowledged_version: int | None,
    item: Any = None,
    exam_over: bool = False,
) -> AssignmentView:
    """Put a view together. `item`: its content where that was decoded already, and masked."""
    shown = kind.decode_item(row.content) if item is None else item
    return AssignmentView(
        id=row.id,
        state=row.state,
        project=ProjectPart(
            slug=terms.slug,
            title=terms.title,
            kind=terms.kind,
            rate_per_hour=row.rate,
            currency=row.rate.currency,
            estimated_minutes=terms.rules.estimated_minutes,
            cap_minutes=None if row.cap_ms is None else row.cap_ms // 60_000,
            unpaid=terms.rules.unpaid,
            task_price=None if row.task_minor is None else Money(row.task_minor, row.rate.currency),
        ),
        item=ItemPart(row.item_id, row.brief, row.topic, kind.item_shown_in(settings, shown)),
        form=FormPart(row.form_version, kind.settings_shown(settings)),
        guidelines=GuidelinesPart(terms.guidelines_version, acknowledged_version),
        turns=turn_views(turns),
        draft=draft,
        clock=clock_view(row.spent, rate=row.rate, cap_ms=row.cap_ms, outset=row.outset),
        lease_until=row.lease_until,
        idle_after_ms=terms.idle_after_ms,
        rework_round=row.rework_round,
        skip_reasons=[ReasonView(key, str(label)) for key, label in SKIP_REASONS.items()],
        report_reasons=[ReasonView(key, str(label)) for key, label in REPORT_REASONS.items()],
        content_warnings=warnings_of(row.categories),
        exam_over=exam_over,
    )


async def full_view(
    driver: Driver,
    row: ViewedAssignment,
    *,
    actor: Actor,
    terms: ProjectTerms,
    kind: TaskKind[Any, Any, Any],
    settings: Any,
) -> AssignmentView:
    """A view with its turns, draft and acknowledgement looked up."""
    item = kind.decode_item(row.content)
    turns = await turns_of(
        driver,
        assignment_id=row.id,
        item_id=row.item_id,
        given=kind.given_turn(item),
        asks_models=kind.may_ask(settings, item),
    )
    values = {"project": terms.id, "person": actor.person_id, "id": row.id, "item": row.item_id}
    found = await (await driver.execute(EXTRAS, values)).fetchone()
    assert found is not None
    version, content, saved_at, acknowledged, exam_over = found
    masks = await masks_of(driver, kind=kind, item_ids=[row.item_id])
    own = row.id if row.state in OWN_WORK else None
    return view_of(
        row,
        terms=terms,
        kind=kind,
        settings=settings,
        turns=turns,
        draft=None if version is None else DraftPart(version, content, saved_at),
        acknowledged_version=acknowledged,
        item=masks.over(item, settings=settings, item_id=row.item_id, own=own),
        exam_over=exam_over,
    )


def given_turns(kind: TaskKind[Any, Any, Any], row: ViewedAssignment) -> list[TurnRecord]:
    """The turn that came with the item, if it came with responses."""
    given = kind.given_turn(kind.decode_item(row.content))
    if given is None or not given.responses:
        return []
    return [given_turn_record(given, item_id=row.item_id, assignment_id=row.id)]
