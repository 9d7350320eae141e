"""Contesting rejections, and claiming time over the cap: asking for it, and deciding as somebody else."""

from typing import Any, Literal
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody

from preceptor.api.held_back import HeldBackPart, held_back_parts
from preceptor.lib.db import Page
from preceptor.lib.web import Request
from preceptor.people import Actor
from preceptor.quality.operations import contest, decide_dispute
from preceptor.quality.queries.disputes import (
    DisputedWork,
    DisputeView,
    access_dispute,
    dispute_of,
    list_disputes,
)
from preceptor.work.operations.cap_claims import claim_over_cap, decide_over_cap
from preceptor.work.queries.cap_claims import ClaimView, claimable_ms, list_claims, my_claims


class NoteBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why, in your own words."""

    note: str


class AskedView(msgspec.Struct, frozen=True):
    """What was asked for, to be decided by somebody."""

    id: UUID


class OverturnBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The decision about a dispute. `answer`: to the trainer; needed where the rejection stands."""

    overturn: bool
    answer: str = ""


class GrantBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The decision about a claim. `answer`: to the trainer; needed to decline."""

    accept: bool
    answer: str = ""


class OverCapView(msgspec.Struct, frozen=True):
    """Time over the cap of one of your tasks: what can still be claimed, in milliseconds, and what was."""

    claimable_ms: int
    claims: list[ClaimView]


class DisputesView(msgspec.Struct, frozen=True):
    """Contested rejections. `held_back`: what else waits and is not offered to you, and why."""

    rows: list[DisputeView]
    next_cursor: str | None
    held_back: list[HeldBackPart]


class DisputeState(msgspec.Struct, frozen=True):
    """What you have contested of a task; null where nothing."""

    dispute: DisputeView | None


@post("/assignments/{assignment_id:uuid}/contest", summary="Contest a rejection", status_code=201)
async def ask_again(request: Request[Actor], assignment_id: FromPath[UUID], data: JSONBody[NoteBody]) -> AskedView:
    """Contest the rejection of one of your answers. Somebody else than its reviewer decides."""
    async with request.db.write() as session:
        return AskedView(await contest(session, actor=request.actor, assignment_id=assignment_id, note=data.note))


@get("/assignments/{assignment_id:uuid}/contest", summary="What came of contesting a rejection")
async def show_contest(request: Request[Actor], assignment_id: FromPath[UUID]) -> DisputeState:
    """The dispute about one of your answers."""
    async with request.db.read() as session:
        return DisputeState(await dispute_of(session, actor=request.actor, assignment_id=assignment_id))


@get("/disputes", summary="Contested rejections")
async def show_disputes(
    request: Request[Actor],
    decided: FromQuery[Literal["true", "false"]] = "false",
    cursor: FromQuery[str | None] = None,
) -> DisputesView:
    """Rejections that wait for you or a colleague to decide again; with `decided`, those that were."""
    async with request.db.read() as session:
        found = await list_disputes(
            session,
            actor=request.actor,
            open_only=decided != "true",
            cursor=cursor,
            now=request.now,
            daily_minutes=request.settings.daily_minutes,
        )
    return DisputesView(found.rows, found.next_cursor, held_back_parts(found.held_back))


@get("/disputes/{dispute_id:uuid}", summary="One contested rejection")
async def show_dispute(request: Request[Actor], dispute_id: FromPath[UUID]) -> DisputedWork:
    """What the trainer saw and answered, what was said about it, and why they contest it. It names no reviewer."""
    async with request.db.read() as session:
        return await access_dispute(
            session,
            actor=request.actor,
            dispute_id=dispute_id,
            now=request.now,
            daily_minutes=request.settings.daily_minutes,
        )


@post("/disputes/{dispute_id:uuid}/decide", summary="Decide a contested rejection", status_code=204)
async def settle_dispute(request: Request[Actor], dispute_id: FromPath[UUID], data: JSONBody[OverturnBody]) -> None:
    """Let the rejection stand, or overturn it: the answer counts, and what was taken back is given back."""
    async with request.db.write() as session:
        await decide_dispute(
            session,
            actor=request.actor,
            dispute_id=dispute_id,
            overturn=data.overturn,
            answer=data.answer,
            now=request.now,
        )


@get("/assignments/{assignment_id:uuid}/over-cap", summary="Time over the cap of a task")
async def show_over_cap(request: Request[Actor], assignment_id: FromPath[UUID]) -> OverCapView:
    """What of one of your tasks is over the cap and not claimed yet, and your claims about it."""
    actor = request.actor
    async with request.db.read() as session:
        left = await claimable_ms(session, actor=actor, assignment_id=assignment_id)
        return OverCapView(left, await my_claims(session, actor=actor, assignment_id=assignment_id))


@post("/assignments/{assignment_id:uuid}/over-cap", summary="Claim time over the cap", status_code=201)
async def ask_for_time(request: Request[Actor], assignment_id: FromPath[UUID], data: JSONBody[NoteBody]) -> AskedView:
    """Ask to be paid for the time over the cap of one of your tasks. A person decides."""
    async with request.db.write() as session:
        claim_id = await claim_over_cap(
            session, actor=request.actor, assignment_id=assignment_id, note=data.note, now=request.now
        )
    return AskedView(claim_id)


@get("/claims", summary="Claims of time over the cap")
async def show_claims(
    request: Request[Actor],
    decided: FromQuery[Literal["true", "false"]] = "false",
    cursor: FromQuery[str | None] = None,
) -> Page[ClaimView]:
    """Claims that wait, newest first; with `decided`, the others as well."""
    async with request.db.read() as session:
        return await list_claims(session, actor=request.actor, open_only=decided != "true", cursor=cursor)


@post("/claims/{claim_id:uuid}/decide", summary="Decide a claim", status_code=204)
async def settle_claim(request: Request[Actor], claim_id: FromPath[UUID], data: JSONBody[GrantBody]) -> None:
    """Grant time over the cap, or decline with a reason."""
    async with request.db.write() as session:
        await decide_over_cap(
            session, actor=request.actor, claim_id=claim_id, accept=data.accept, answer=data.answer, now=request.now
        )


handlers: list[Any] = [
    ask_again,
    show_contest,
    show_disputes,
    show_dispute,
    settle_dispute,
    show_over_cap,
    ask_for_time,
    show_claims,
    settle_claim,
]
