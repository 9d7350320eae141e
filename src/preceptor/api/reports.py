"""Conversations that users of a product reported."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, post
from litestar.params import FromPath, JSONBody

from preceptor.kinds.private import ReplacedPart
from preceptor.lib.web import Request
from preceptor.people import Actor
from preceptor.projects.queries import access_owned_project, access_project, project_terms
from preceptor.work.operations.originals import read_original, restore_part
from preceptor.work.operations.reports import GivenReport, take_report


class ReportAnswer(msgspec.Struct, frozen=True):
    """The item that the report became."""

    item_id: UUID
    received_at: datetime


class OriginalAnswer(msgspec.Struct, frozen=True):
    """What the item hides from everybody else, by field, as the task kind keeps it; `parts` can be put back."""

    original: dict[str, Any]
    parts: tuple[ReplacedPart, ...] = ()


class RestoreBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`part`: the key of what is to be put back."""

    part: str


@post("/projects/{slug:str}/reports", summary="Send a reported conversation", status_code=201)
async def report(request: Request[Actor], slug: FromPath[str], data: JSONBody[GivenReport]) -> Response[ReportAnswer]:
    """Send a conversation that a user reported, with their reason and consent.

    201, or 200 where this very report came in before under its `key`. Without consent nothing is kept: 422
    `no_consent`. Private data that has a form of its own is replaced before anybody reads it; what is grave goes to the
    front of the queue.
    """
    actor = request.actor
    async with request.db.write() as session:
        project = await access_owned_project(session, actor=actor, slug=slug)
        terms = await project_terms(session, project_id=project.id)
        taken = await take_report(session, actor=actor, terms=terms, report=data, now=request.now)
    return Response(ReportAnswer(taken.item_id, taken.received_at), status_code=201 if taken.fresh else 200)


@post("/projects/{slug:str}/items/{item_id:uuid}/original", summary="Read an item's original", status_code=200)
async def original(request: Request[Actor], slug: FromPath[str], item_id: FromPath[UUID]) -> OriginalAnswer:
    """What was replaced in an item when it came in. That you read it is written down in the audit trail."""
    async with request.db.write() as session:
        project = await access_project(session, actor=request.actor, slug=slug)
        found = await read_original(session, actor=request.actor, project=project, item_id=item_id)
    return OriginalAnswer(found.hidden, found.parts)


@post(
    "/projects/{slug:str}/items/{item_id:uuid}/original/restore",
    summary="Put back what is not private",
    status_code=204,
)
async def restore(
    request: Request[Actor], slug: FromPath[str], item_id: FromPath[UUID], data: JSONBody[RestoreBody]
) -> None:
    """Put back one of the `parts` that were replaced in an item although they are not private.

    409 `work_begun` once somebody has worked on the item: what they marked would come to stand somewhere else.
    """
    async with request.db.write() as session:
        project = await access_project(session, actor=request.actor, slug=slug)
        await restore_part(session, actor=request.actor, project=project, item_id=item_id, part=data.part)


handlers: list[Any] = [report, original, restore]
