"""Guidelines: reading, changing and acknowledging them."""

from typing import Any

import msgspec
from litestar import get, post, put
from litestar.params import FromPath, FromQuery, JSONBody

from preceptor.lib.web import Request
from preceptor.people import Actor
from preceptor.projects.operations import acknowledge_guidelines, change_guidelines
from preceptor.projects.queries import GuidelinesChanges, GuidelinesView, access_guidelines, guidelines_changes
from preceptor.work.operations.reading import NOTHING, ReadTime, book_reading


class GuidelinesBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new text in Markdown, what its author says about it, and the version it was written on."""

    markdown: str
    expected_version: int
    change_note: str = ""


class Version(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A version of the guidelines."""

    version: int


@get("/projects/{slug:str}/guidelines", summary="A project's guidelines")
async def show_guidelines(
    request: Request[Actor], slug: FromPath[str], version: FromQuery[int | None] = None
) -> GuidelinesView:
    """The guidelines in force, or as they were at a version."""
    async with request.db.read() as session:
        return await access_guidelines(session, actor=request.actor, slug=slug, version=version)


@get("/projects/{slug:str}/guidelines/changes", summary="What changed in the guidelines")
async def show_changes(
    request: Request[Actor], slug: FromPath[str], before: FromQuery[int], after: FromQuery[int | None] = None
) -> GuidelinesChanges:
    """The difference from version `before` to version `after` (else the one in force), word by word, with notes."""
    async with request.db.read() as session:
        return await guidelines_changes(session, actor=request.actor, slug=slug, before=before, after=after)


@put("/projects/{slug:str}/guidelines", summary="Change the guidelines")
async def alter_guidelines(request: Request[Actor], slug: FromPath[str], data: JSONBody[GuidelinesBody]) -> Version:
    """Put a text in force; answers its version, which stays where the text does."""
    async with request.db.write() as session:
        version = await change_guidelines(session, actor=request.actor, slug=slug, **msgspec.structs.asdict(data))
    return Version(version)


@post("/projects/{slug:str}/guidelines/acknowledge", summary="Say that you have read the guidelines", status_code=200)
async def acknowledge(request: Request[Actor], slug: FromPath[str], data: JSONBody[Version]) -> ReadTime:
    """Write down that you have read a version. What you read in an open task is paid apart: how much."""
    actor, now = request.actor, request.now
    async with request.db.write() as session:
        if not await acknowledge_guidelines(session, actor=actor, slug=slug, version=data.version, now=now):
            return NOTHING
        return await book_reading(session, actor=actor, slug=slug, version=data.version, now=now)


handlers: list[Any] = [show_guidelines, show_changes, alter_guidelines, acknowledge]
