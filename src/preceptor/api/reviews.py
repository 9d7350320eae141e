"""Reviews: the inbox, claiming, deciding. What the review desk in the browser calls, and scripts may."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody

from preceptor.api.held_back import HeldBackPart, held_back_parts
from preceptor.lib.errors import NotFoundError
from preceptor.lib.i18n import _
from preceptor.lib.web import Request
from preceptor.people import Actor
from preceptor.quality import EmptyReason, Verdict
from preceptor.quality.operations import beat_review, claim_review, decide, release_review, renew_review, take_review
from preceptor.quality.queries import (
    InboxProject,
    InboxRow,
    ReviewView,
    UnaskedReviews,
    access_review,
    list_inbox,
    unasked_reviews,
    why_nothing,
)
from preceptor.work.operations.stints import StintClock


class ReasonPart(msgspec.Struct, frozen=True):
    """Why there is nothing to review, and what would change it.

    `hint` and `link`: empty where there is nothing to do but wait; `until`: when it changes by itself, if known.
    """

    code: str
    text: str
    hint: str
    link: str
    until: datetime | None


class InboxView(msgspec.Struct, frozen=True):
    """What waits for you, oldest first.

    `held`: what you have begun and not decided; `held_back`: what else waits and is not offered to you, and why.
    """

    projects: list[InboxProject]
    held: list[InboxRow]
    reviews: list[InboxRow]
    next_cursor: str | None
    reason: ReasonPart | None
    held_back: list[HeldBackPart]


class ClaimReviewBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to claim: the next review, or the next one of a project (its slug), or this very one."""

    project: str | None = None
    review_id: UUID | None = None


class DecideBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A verdict.

    `reason` and `note` are needed to return or reject, `content` (the corrected answer) to correct. `submission_id`:
    the revision that was looked at; with it, a hold that ran out in the meantime does no harm.
    """

    verdict: Literal["accept", "correct", "return", "reject"]
    reason: str | None = None
    note: str = ""
    content: dict[str, Any] | None = None
    submission_id: UUID | None = None


class DecisionView(msgspec.Struct, frozen=True):
    """What was decided; `correction_id` is the new revision of a correction."""

    review_id: UUID
    verdict: str
    correction_id: UUID | None


class HoldView(msgspec.Struct, frozen=True):
    """Until when the review is yours."""

    lease_until: datetime


class ReviewBeatBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the desk has seen since the last heartbeat.

    `inputs`: milliseconds ago of moments with a key, pointer or scroll; `reading_ms`: how long the text in view takes
    to read; `foreground`: false for a page in the background; `paused`: stop the clock, or go on; `submission_id`: the
    revision in view.
    """

    inputs: Annotated[list[int], msgspec.Meta(max_length=2_000)] = []
    reading_ms: int = 0
    foreground: bool = True
    paused: bool | None = None
    submission_id: UUID | None = None


class ReviewBeatView(msgspec.Struct, frozen=True):
    """Until when the review is yours, and the time you have spent on it, with what it has earned."""

    lease_until: datetime
    clock: StintClock


class InboxEmptyError(NotFoundError):
    """Nothing waits for this reviewer. `detail` and `reason` say why."""

    code = "inbox_empty"
    title = _("There is nothing for you to review just now.")


@get("/reviews", summary="What waits for review")
async def show_inbox(
    request: Request[Actor], project: FromQuery[str | None] = None, cursor: FromQuery[str | None] = None
) -> InboxView:
    """What waits for you to review, oldest first; `project` (a slug) looks at one project alone."""
    async with request.db.read() as session:
        inbox = await list_inbox(
            session,
            actor=request.actor,
            now=request.now,
            slug=project,
            cursor=cursor,
            daily_minutes=request.settings.daily_minutes,
        )
    reason = None if inbox.reason is None else _told(inbox.reason)
    kept = held_back_parts(inbox.held_back)
    return InboxView(inbox.projects, inbox.held, inbox.page.rows, inbox.page.next_cursor, reason, kept)


@get("/reviews/unasked", summary="Reviews that nobody can be asked for")
async def show_unasked(request: Request[Actor], project: FromQuery[str | None] = None) -> list[UnaskedReviews]:
    """Where answers wait for a review that no reviewer may be asked for, for managers; `project` (a slug) is one alone.

    `content` is what no reviewer has said yes to; empty where there is no other reviewer than who wrote the answers.
    """
    async with request.db.read() as session:
        return await unasked_reviews(session, actor=request.actor, now=request.now, slug=project)


def _told(reason: EmptyReason) -> ReasonPart:
    hint = "" if reason.hint is None else str(reason.hint)
    return ReasonPart(reason.code, str(reason.text), hint, reason.link, reason.until)


@post("/reviews/claim", summary="Claim a review", status_code=200)
async def claim(request: Request[Actor], data: JSONBody[ClaimReviewBody]) -> ReviewView:
    """Take the next review, or the one you hold already. 404 `inbox_empty` says why there is none."""
    asked: dict[str, Any] = {
        "actor": request.actor,
        "now": request.now,
        "daily_minutes": request.settings.daily_minutes,
    }
    review_id = data.review_id
    async with request.db.write() as session:
        if review_id is not None:
            await take_review(session, review_id=review_id, **asked)
        else:
            review_id = await claim_review(session, slug=data.project, **asked)
    async with request.db.read() as reading:
        if review_id is None:
            reason = await why_nothing(reading, slug=data.project, **asked)
            told = _told(reason)
            raise InboxEmptyError(detail=reason.text, extra={"reason": told.code, "hint": told.hint, "link": told.link})
        return await access_review(reading, review_id=review_id, **asked)


@get("/reviews/{review_id:uuid}", summary="One review")
async def show_review(request: Request[Actor], review_id: FromPath[UUID]) -> ReviewView:
    """Everything the trainer saw and answered, what was said before, and the verdict where there is one."""
    async with request.db.read() as session:
        return await access_review(
            session,
            actor=request.actor,
            review_id=review_id,
            now=request.now,
            daily_minutes=request.settings.daily_minutes,
        )


@post("/reviews/{review_id:uuid}/decide", summary="Give the verdict", status_code=200)
async def give_verdict(request: Request[Actor], review_id: FromPath[UUID], data: JSONBody[DecideBody]) -> DecisionView:
    """Accept, correct, return or reject. Repeating the same verdict changes nothing; another one is refused."""
    async with request.db.write() as session:
        decision = await decide(
            session,
            actor=request.actor,
            review_id=review_id,
            verdict=Verdict(data.verdict),
            reason=data.reason,
            note=data.note,
            content=data.content,
            submission_id=data.submission_id,
            now=request.now,
        )
    return DecisionView(decision.review_id, decision.verdict, decision.correction_id)


@post("/reviews/{review_id:uuid}/renew", summary="Keep a review", status_code=200)
async def renew(request: Request[Actor], review_id: FromPath[UUID]) -> HoldView:
    """Keep a review you are at in hands."""
    async with request.db.write() as session:
        return HoldView(await renew_review(session, actor=request.actor, review_id=review_id, now=request.now))


@post("/reviews/{review_id:uuid}/beat", summary="A sign of life from the review desk", status_code=200)
async def beat(request: Request[Actor], review_id: FromPath[UUID], data: JSONBody[ReviewBeatBody]) -> ReviewBeatView:
    """Give out your time since the last heartbeat; it is paid by the clock's rules, as a trainer's is.

    With `submission_id`, a sign of life takes the review again where your hold had run out, as long as nobody else took
    it and the answer is still the same.
    """
    async with request.db.write() as session:
        lease_until, clock = await beat_review(
            session,
            actor=request.actor,
            review_id=review_id,
            signs=tuple(data.inputs),
            reading_ms=data.reading_ms,
            foreground=data.foreground,
            paused=data.paused,
            submission_id=data.submission_id,
            daily_minutes=request.settings.daily_minutes,
            now=request.now,
        )
    return ReviewBeatView(lease_until, clock)


@post("/reviews/{review_id:uuid}/release", summary="Put a review back", status_code=204)
async def release(request: Request[Actor], review_id: FromPath[UUID]) -> None:
    """Put a review back undecided."""
    async with request.db.write() as session:
        await release_review(session, actor=request.actor, review_id=review_id, now=request.now)


handlers: list[Any] = [show_inbox, show_unasked, claim, show_review, give_verdict, renew, beat, release]
