"""Work: claiming, drafts, heartbeats, handing in. What the workbench in the browser calls, and scripts may."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, get, post, put
from litestar.params import FromPath, JSONBody

from preceptor.lib.clock import utc_now
from preceptor.lib.errors import NotFoundError
from preceptor.lib.i18n import _
from preceptor.lib.money import Money
from preceptor.lib.web import Request, Route
from preceptor.people import Actor
from preceptor.work.desk import Desk
from preceptor.work.operations.beats import Beaten
from preceptor.work.operations.ending import Receipt
from preceptor.work.queries.views import AssignmentView, ClockView, clock_view

Signs = Annotated[tuple[Annotated[int, msgspec.Meta(ge=0)], ...], msgspec.Meta(max_length=2_000)]
"""Milliseconds ago of moments with a key, pointer or scroll."""


class ClaimBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to claim. `prefetch`: hold it beside the one being worked on; its clock does not run."""

    prefetch: bool = False


class DraftBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A draft. `version`: the last one known and one."""

    version: int
    content: dict[str, Any]
    inputs: Signs = ()


class BeatBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A heartbeat of a page on which a task is open."""

    inputs: Signs = ()
    foreground: bool = True
    reading_ms: int = 0


class SignsBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last signs of life."""

    inputs: Signs = ()


class SubmitBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An answer to hand in. `key`: chosen once per attempt. `confirmed`: codes of questions answered with yes."""

    key: UUID
    content: dict[str, Any]
    version: int = 0
    confirmed: tuple[str, ...] = ()
    inputs: Signs = ()


class GiveBackBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why an item is given back."""

    reason: str
    note: str = ""
    inputs: Signs = ()


class CorrectBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A corrected answer."""

    content: dict[str, Any]


class _RawDraft(DraftBody, frozen=True, forbid_unknown_fields=True):
    """A draft whose content is decoded once, by its kind."""

    content: msgspec.Raw  # type: ignore[assignment]

    def __post_init__(self) -> None:
        _check_object(self.content)


class _RawSubmit(SubmitBody, frozen=True, forbid_unknown_fields=True):
    """An answer whose content is decoded once, by its kind."""

    content: msgspec.Raw  # type: ignore[assignment]

    def __post_init__(self) -> None:
        _check_object(self.content)


def _check_object(content: msgspec.Raw) -> None:
    if bytes(memoryview(content)[:1]) != b"{":
        raise ValueError("not an object")


class SavedView(msgspec.Struct, frozen=True):
    """A draft that is durable. `clock` only where signs of life came along."""

    version: int
    saved_at: datetime
    lease_until: datetime
    clock: ClockView | None = None


class BeatenView(msgspec.Struct, frozen=True):
    """Where the task stands."""

    clock: ClockView
    lease_until: datetime
    state: str


class ReceiptView(msgspec.Struct, frozen=True):
    """What an ended task leaves: the times of the whole task, and what this stretch earned.

    `over_ms`: time over what is paid at most, which can be claimed with a note. `by_task`: handing it in earned a
    price; what that lacks of the promised hour is added once the month is over.
    """

    assignment_id: UUID
    submission_id: UUID | None
    outcome: str
    clock: ClockView
    paid_ms: int
    amount: Money
    at: datetime
    over_ms: int = 0
    by_task: bool = False


class CorrectedView(msgspec.Struct, frozen=True):
    """The new revision."""

    submission_id: UUID


class QueueEmptyError(NotFoundError):
    """Nothing is open for this person in this project just now."""

    code = "queue_empty"
    title = _("There is nothing open for you in this project just now.")


def desk_of(request: Request[Actor]) -> Desk:
    """The desk of this process."""
    desk: Desk = request.part("desk")
    return desk


def _beaten(beaten: Beaten) -> BeatenView:
    clock = clock_view(beaten.spent, rate=beaten.rate, cap_ms=beaten.cap_ms, outset=beaten.outset)
    return BeatenView(clock, beaten.lease_until, beaten.state)


def _receipt(receipt: Receipt) -> ReceiptView:
    return ReceiptView(
        assignment_id=receipt.assignment_id,
        submission_id=receipt.submission_id,
        outcome=receipt.outcome,
        clock=clock_view(receipt.spent, rate=receipt.rate, cap_ms=receipt.cap_ms, outset=receipt.outset),
        paid_ms=receipt.paid_ms,
        amount=receipt.amount,
        at=receipt.at,
        over_ms=receipt.over_ms,
        by_task=receipt.by_task,
    )


async def _claim(desk: Desk, actor: Actor, slug: str, body: ClaimBody) -> tuple[int, AssignmentView]:
    view, fresh = await desk.claim(actor=actor, slug=slug, prefetch=body.prefetch, now=utc_now())
    if view is None:
        reason = await desk.why_empty(actor=actor, slug=slug)
        extra: dict[str, object] = {}
        if reason is not None:
            until = None if reason.until is None else reason.until.isoformat()
            extra = {
                "reason": str(reason.text),
                "reason_code": reason.code,
                "hint": str(reason.hint),
                "link": reason.link,
                "until": until,
            }
        raise QueueEmptyError(extra=extra)
    return 201 if fresh else 200, view


@post("/projects/{slug:str}/claim", summary="Claim the next task", status_code=201)
async def claim(request: Request[Actor], slug: FromPath[str], data: JSONBody[ClaimBody]) -> Response[AssignmentView]:
    """Take the next open slot: 201 with a new task, 200 with the one you hold already, 404 `queue_empty`."""
    status, view = await _claim(desk_of(request), request.actor, slug, data)
    return Response(view, status_code=status)


@get("/assignments/{assignment_id:uuid}", summary="One of your tasks")
async def show(request: Request[Actor], assignment_id: FromPath[UUID]) -> AssignmentView:
    """Everything the workbench shows of one of your tasks."""
    return await desk_of(request).view(actor=request.actor, assignment_id=assignment_id)


@post("/assignments/{assignment_id:uuid}/start", summary="Open a task", status_code=200)
async def start(request: Request[Actor], assignment_id: FromPath[UUID]) -> AssignmentView:
    """Open a prefetched or returned task: its clock runs from now on."""
    return await desk_of(request).start(actor=request.actor, assignment_id=assignment_id, now=request.now)


async def _save_draft(
    desk: Desk, actor: Actor, assignment_id: UUID, body: DraftBody | _RawDraft
) -> tuple[int, SavedView]:
    saved = await desk.save_draft(actor=actor, assignment_id=assignment_id, version=body.version, content=body.content)
    clock = None
    if body.inputs:
        beaten = await desk.beat(actor=actor, assignment_id=assignment_id, signs=body.inputs, touched=True)
        clock = _beaten(beaten).clock
    return 200, SavedView(saved.version, saved.saved_at, saved.lease_until, clock)


@put("/assignments/{assignment_id:uuid}/draft", summary="Save a draft")
async def save_draft(request: Request[Actor], assignment_id: FromPath[UUID], data: JSONBody[DraftBody]) -> SavedView:
    """Keep a draft. It is durable when the answer arrives. 409 `draft_newer` where a newer one is stored."""
    return (await _save_draft(desk_of(request), request.actor, assignment_id, data))[1]


async def _beat(desk: Desk, actor: Actor, assignment_id: UUID, body: BeatBody) -> tuple[int, BeatenView]:
    beaten = await desk.beat(
        actor=actor,
        assignment_id=assignment_id,
        signs=body.inputs,
        foreground=body.foreground,
        reading_ms=body.reading_ms,
    )
    return 200, _beaten(beaten)


@post("/assignments/{assignment_id:uuid}/beat", summary="Heartbeat", status_code=200)
async def beat(request: Request[Actor], assignment_id: FromPath[UUID], data: JSONBody[BeatBody]) -> BeatenView:
    """Renew the lease and give out the time since the last heartbeat."""
    return (await _beat(desk_of(request), request.actor, assignment_id, data))[1]


@post("/assignments/{assignment_id:uuid}/pause", summary="Stop the clock", status_code=200)
async def pause(request: Request[Actor], assignment_id: FromPath[UUID], data: JSONBody[SignsBody]) -> BeatenView:
    """Stop the clock; the task is kept for the project's hold."""
    return await _pause(request, assignment_id, paused=True, signs=data.inputs)


@post("/assignments/{assignment_id:uuid}/resume", summary="Go on", status_code=200)
async def resume(request: Request[Actor], assignment_id: FromPath[UUID], data: JSONBody[SignsBody]) -> BeatenView:
    """Let the clock run again."""
    return await _pause(request, assignment_id, paused=False, signs=data.inputs)


async def _pause(request: Request[Actor], assignment_id: UUID, *, paused: bool, signs: tuple[int, ...]) -> BeatenView:
    beaten = await desk_of(request).pause(actor=request.actor, assignment_id=assignment_id, paused=paused, signs=signs)
    return _beaten(beaten)


async def _submit(
    desk: Desk, actor: Actor, assignment_id: UUID, body: SubmitBody | _RawSubmit
) -> tuple[int, ReceiptView]:
    receipt, fresh = await desk.submit(
        actor=actor,
        assignment_id=assignment_id,
        key=body.key,
        content=body.content,
        confirmed=body.confirmed,
        signs=body.inputs,
    )
    return 201 if fresh else 200, _receipt(receipt)


@post("/assignments/{assignment_id:uuid}/submit", summary="Hand in", status_code=201)
async def submit(
    request: Request[Actor], assignment_id: FromPath[UUID], data: JSONBody[SubmitBody]
) -> Response[ReceiptView]:
    """Hand an answer in. 201, or 200 where this very answer was handed in before; 409 `questions` asks once."""
    status, view = await _submit(desk_of(request), request.actor, assignment_id, data)
    return Response(view, status_code=status)


@post("/assignments/{assignment_id:uuid}/skip", summary="Give back", status_code=200)
async def skip(request: Request[Actor], assignment_id: FromPath[UUID], data: JSONBody[GiveBackBody]) -> ReceiptView:
    """Give the item back, for a reason. It costs nothing; the time is paid."""
    return await _give_back(request, assignment_id, data, report=False)


@post("/assignments/{assignment_id:uuid}/report", summary="Report the item", status_code=200)
async def report(request: Request[Actor], assignment_id: FromPath[UUID], data: JSONBody[GiveBackBody]) -> ReceiptView:
    """Say that something is wrong with the item itself, and give it back."""
    return await _give_back(request, assignment_id, data, report=True)


async def _give_back(request: Request[Actor], assignment_id: UUID, data: GiveBackBody, *, report: bool) -> ReceiptView:
    receipt = await desk_of(request).give_back(
        actor=request.actor,
        assignment_id=assignment_id,
        report=report,
        reason=data.reason,
        note=data.note,
        signs=data.inputs,
    )
    return _receipt(receipt)


@post("/submissions/{assignment_id:uuid}/correct", summary="Correct your answer", status_code=201)
async def correct(request: Request[Actor], assignment_id: FromPath[UUID], data: JSONBody[CorrectBody]) -> CorrectedView:
    """Replace what you handed in by a new revision, until its review begins."""
    submission_id = await desk_of(request).correct(
        actor=request.actor, assignment_id=assignment_id, content=data.content
    )
    return CorrectedView(submission_id)


handlers: list[Any] = [claim, show, start, save_draft, beat, pause, resume, submit, skip, report, correct]


def express_routes(desk: Desk) -> list[Route]:
    """The addresses that make up most of the traffic; they may take the short way to the same functions."""

    def route(method: str, path: str, parse: Any, body: Any, answer: Any) -> Route:
        return Route(method, f"/api/v1{path}", parse, body, partial(answer, desk))

    return [
        route("POST", "/projects/{slug:str}/claim", str, ClaimBody, _claim),
        route("PUT", "/assignments/{assignment_id:uuid}/draft", UUID, _RawDraft, _save_draft),
        route("POST", "/assignments/{assignment_id:uuid}/beat", UUID, BeatBody, _beat),
        route("POST", "/assignments/{assignment_id:uuid}/submit", UUID, _RawSubmit, _submit),
    ]
