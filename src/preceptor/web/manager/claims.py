"""Claims of time over the cap: what waits for a decision, and what was decided by whom."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from preceptor.lib.errors import ConflictError, InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.people import Actor
from preceptor.web.manager.filled import Filled, problems_of
from preceptor.work.operations.cap_claims import decide_over_cap
from preceptor.work.queries.cap_claims import ClaimView, list_claims


class ClaimsPage(msgspec.Struct, frozen=True):
    """The list. `form` is what was sent for the claim `about`, where it came back."""

    rows: list[ClaimView]
    next_cursor: str | None
    decided: bool
    paged: bool
    about: UUID | None
    form: Filled


class DecisionFields(msgspec.Struct, frozen=True):
    """A decision."""

    decision: str
    answer: str = ""


@get("/claims", name="claims")
async def show_claims(
    request: Request[Actor], decided: FromQuery[str] = "", cursor: FromQuery[str] = ""
) -> Response[str]:
    """What waits, or all there has been."""
    return await _page(request, decided=decided == "true", cursor=cursor)


async def _page(
    request: Request[Actor],
    *,
    decided: bool = False,
    cursor: str = "",
    about: UUID | None = None,
    form: Filled | None = None,
    status: int = 200,
) -> Response[str]:
    async with request.db.read() as session:
        found = await list_claims(session, actor=request.actor, open_only=not decided, cursor=cursor or None)
    view = ClaimsPage(
        rows=found.rows,
        next_cursor=found.next_cursor,
        decided=decided,
        paged=bool(cursor),
        about=about,
        form=form or Filled({}),
    )
    return page(request, "web/manager/claims.html", view, status=status)


@post("/claims/{claim_id:uuid}/decide", name="claims.decide")
async def do_decide(request: Request[Actor], claim_id: FromPath[UUID]) -> Response[str]:
    """Grant or decline."""
    raw = await request.form()
    try:
        fields = parse_form(raw, DecisionFields)
        accept = fields.decision == "accept"
        async with request.db.write() as session:
            await decide_over_cap(
                session, actor=request.actor, claim_id=claim_id, accept=accept, answer=fields.answer, now=request.now
            )
    except InvalidError as error:
        form = Filled({"answer": str(raw.get("answer", ""))}, problems_of(error))
        return await _page(request, about=claim_id, form=form, status=error.status)
    except ConflictError as error:
        return redirect(request, "/claims", said=error.title, kind="warn")
    said = _("Granted: it is paid, and the trainer is told.") if accept else _("Declined: the trainer is told why.")
    return redirect(request, "/claims", said=said)


handlers: list[Any] = [show_claims, do_decide]
