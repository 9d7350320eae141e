"""The inbox: what waits for a review, and what one has decided."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromQuery

from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.people import Actor, Permission
from preceptor.quality.operations import claim_review
from preceptor.quality.queries import DecidedRow, Inbox, list_decided, list_inbox, unasked_reviews, why_nothing
from preceptor.web.shown_unasked import ShownUnasked, shown_unasked


class InboxPage(msgspec.Struct, frozen=True):
    """What waits. `project`: the only one looked at, empty for all; `may_decide`: the reader reviews.

    `unasked`: for managers, what no reviewer may be asked for.
    """

    inbox: Inbox
    project: str
    project_title: str
    waiting: int
    may_decide: bool
    is_first: bool
    unasked: list[ShownUnasked]


class DecidedPage(msgspec.Struct, frozen=True):
    """What the reader has decided."""

    rows: list[DecidedRow]
    next_cursor: str | None


class ClaimForm(msgspec.Struct, frozen=True):
    """Where to take the next review from."""

    project: str = ""


@get("/reviews", name="reviews")
async def show_inbox(
    request: Request[Actor], project: FromQuery[str] = "", cursor: FromQuery[str] = ""
) -> Response[str]:
    """What waits for a review, oldest first."""
    actor = request.actor
    async with request.db.read() as session:
        inbox = await list_inbox(
            session,
            actor=actor,
            now=request.now,
            slug=project or None,
            cursor=cursor or None,
            daily_minutes=request.settings.daily_minutes,
        )
        manages = actor.may(Permission.PROJECT_READ)
        unasked = await unasked_reviews(session, actor=actor, now=request.now, slug=project or None) if manages else []
    chosen = [one for one in inbox.projects if one.slug == project]
    view = InboxPage(
        inbox=inbox,
        project=project,
        project_title=chosen[0].title if chosen else project,
        waiting=sum(one.open for one in inbox.projects),
        may_decide=actor.may(Permission.REVIEW_DECIDE),
        is_first=not cursor,
        unasked=shown_unasked(unasked),
    )
    return page(request, "web/reviewer/inbox.html", view)


@get("/reviews/decided", name="reviews.decided")
async def show_decided(request: Request[Actor], cursor: FromQuery[str] = "") -> Response[str]:
    """The verdicts the reader has given."""
    async with request.db.read() as session:
        found = await list_decided(session, actor=request.actor, cursor=cursor or None)
    return page(request, "web/reviewer/decided.html", DecidedPage(found.rows, found.next_cursor))


@post("/reviews/claim", name="reviews.claim")
async def start(request: Request[Actor]) -> Response[str]:
    """Take the next review, or go on with the one that is open; or say why there is none."""
    slug = parse_form(await request.form(), ClaimForm).project or None
    asked: dict[str, Any] = {
        "actor": request.actor,
        "slug": slug,
        "now": request.now,
        "daily_minutes": request.settings.daily_minutes,
    }
    async with request.db.write() as session:
        review_id = await claim_review(session, **asked)
    query = f"?project={slug}" if slug else ""
    if review_id is not None:
        return redirect(request, f"/reviews/{review_id}{query}")
    async with request.db.read() as reading:
        reason = await why_nothing(reading, **asked)
    return redirect(request, f"/reviews{query}", said=reason.text, kind="warn")


handlers: list[Any] = [show_inbox, show_decided, start]
