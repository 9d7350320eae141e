"""Being at a part of an exam, or at a dispute: signs of life that clock the time, and putting it back."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import post
from litestar.params import FromPath, JSONBody

from preceptor.lib.web import Request
from preceptor.people import Actor
from preceptor.quality.operations import Signs, beat_dispute, beat_part, release_hold
from preceptor.work.operations.stints import StintClock


class SignsBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a page has seen since the last heartbeat.

    `inputs`: milliseconds ago of moments with a key, pointer or scroll, and of opening the page; `reading_ms`: how
    long the text in view takes to read; `foreground`: false for a page in the background; `paused`: stop the clock, or
    go on.
    """

    inputs: Annotated[list[int], msgspec.Meta(max_length=2_000)] = []
    reading_ms: int = 0
    foreground: bool = True
    paused: bool | None = None

    def signs(self) -> Signs:
        """As the operations take them."""
        return Signs(
            inputs=tuple(self.inputs), reading_ms=self.reading_ms, foreground=self.foreground, paused=self.paused
        )


class HeldTime(msgspec.Struct, frozen=True):
    """The time you have spent on it since you took it, with what it has earned."""

    clock: StintClock


@post("/grading/{item_id:uuid}/beat", summary="A sign of life from grading", status_code=200)
async def beat_grading(request: Request[Actor], item_id: FromPath[UUID], data: JSONBody[SignsBody]) -> HeldTime:
    """Give out your time since the last heartbeat, paid as reviewing is. The first one with `inputs` takes the part."""
    async with request.db.write() as session:
        clock = await beat_part(
            session,
            actor=request.actor,
            item_id=item_id,
            signs=data.signs(),
            daily_minutes=request.settings.daily_minutes,
            now=request.now,
        )
    return HeldTime(clock)


@post("/grading/{item_id:uuid}/release", summary="Put a part back", status_code=204)
async def release_grading(request: Request[Actor], item_id: FromPath[UUID]) -> None:
    """Put a part back ungraded; your time with it is booked."""
    async with request.db.write() as session:
        await release_hold(session, actor=request.actor, subject_id=item_id, now=request.now)


@post("/disputes/{dispute_id:uuid}/beat", summary="A sign of life from a dispute", status_code=200)
async def beat_deciding(request: Request[Actor], dispute_id: FromPath[UUID], data: JSONBody[SignsBody]) -> HeldTime:
    """Give out your time since the last heartbeat, paid as reviewing is. The first one with `inputs` takes it."""
    async with request.db.write() as session:
        clock = await beat_dispute(
            session,
            actor=request.actor,
            dispute_id=dispute_id,
            signs=data.signs(),
            daily_minutes=request.settings.daily_minutes,
            now=request.now,
        )
    return HeldTime(clock)


@post("/disputes/{dispute_id:uuid}/release", summary="Put a dispute back", status_code=204)
async def release_deciding(request: Request[Actor], dispute_id: FromPath[UUID]) -> None:
    """Put a dispute back undecided; your time with it is booked."""
    async with request.db.write() as session:
        await release_hold(session, actor=request.actor, subject_id=dispute_id, now=request.now)


handlers: list[Any] = [beat_grading, release_grading, beat_deciding, release_deciding]
