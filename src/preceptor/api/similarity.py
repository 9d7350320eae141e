"""Items that say nearly the same."""

from typing import Any

import msgspec
from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody

from preceptor.datasets.operations import request_similarity
from preceptor.datasets.queries import SearchView, SimilarPair, list_similar, newest_search
from preceptor.lib.web import Request
from preceptor.people import Actor


class SearchBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From which estimated likeness on two items are told, 0.3 to 1."""

    likeness: float = 0.8


class SimilarAnswer(msgspec.Struct, frozen=True):
    """The newest search of a project, null where there was none; and what it found, the most alike first."""

    search: SearchView | None
    pairs: list[SimilarPair]
    next_cursor: str | None


@post("/projects/{slug:str}/similar-items", summary="Compare a project's items", status_code=202)
async def compare(request: Request[Actor], slug: FromPath[str], data: JSONBody[SearchBody]) -> SimilarAnswer:
    """Have all open items compared with those before them; a job does it. An earlier search is forgotten."""
    async with request.db.write() as session:
        await request_similarity(session, actor=request.actor, slug=slug, likeness=data.likeness)
    return await _shown(request, slug, None)


@get("/projects/{slug:str}/similar-items", summary="Items that say nearly the same")
async def show_similar(
    request: Request[Actor], slug: FromPath[str], cursor: FromQuery[str | None] = None
) -> SimilarAnswer:
    """How far the newest search is, and what it found so far."""
    return await _shown(request, slug, cursor)


async def _shown(request: Request[Actor], slug: str, cursor: str | None) -> SimilarAnswer:
    async with request.db.read() as session:
        search = await newest_search(session, actor=request.actor, slug=slug)
        if search is None:
            return SimilarAnswer(None, [], None)
        found = await list_similar(session, actor=request.actor, slug=slug, search_id=search.id, cursor=cursor)
    return SimilarAnswer(search, found.rows, found.next_cursor)


handlers: list[Any] = [compare, show_similar]
