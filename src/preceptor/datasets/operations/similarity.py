"""Searches for items that say nearly the same: asking for one, and writing down how it goes."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import delete, select

from preceptor.datasets.events import SimilarityFound, SimilarityRequested
from preceptor.datasets.tables import SimilarItem, SimilaritySearch
from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.ids import new_id
from preceptor.people.rules import SYSTEM, Actor, Permission
from preceptor.projects.operations.fetching import author
from preceptor.projects.queries import access_project

LEAST_LIKENESS = 0.3
MOST_FOUND = 10_000
"""Kept of one search; whoever has more has other worries."""


class SearchingAlreadyError(ConflictError):
    """A search of the project is under way."""

    title = _("The items of this project are being compared just now.")
    code = "searching_already"


class Found(msgspec.Struct, frozen=True):
    """An item and the earlier one that it nearly repeats. `likeness`: estimated, 0 to 1."""

    item_id: UUID
    earlier_id: UUID
    likeness: float


class SearchWork(msgspec.Struct, frozen=True):
    """What there is to compare."""

    id: UUID
    project_id: UUID
    likeness: float


async def request_similarity(session: WriteSession, *, actor: Actor, slug: str, likeness: float) -> UUID:
    """Have the open items of a project compared by a job. Answers the id of the search; earlier ones are forgotten.

    Raises:
        MissingPermissionError: the actor may not write items.
        NoSuchProjectError: there is no such project, or the actor may not see it.
        InvalidError: a likeness out of bounds.
        SearchingAlreadyError: they are being compared.
    """
    actor.require(Permission.ITEM_WRITE)
    project = await access_project(session, actor=actor, slug=slug)
    if not LEAST_LIKENESS <= likeness <= 1:
        message = _("Give a likeness from {least} to {most}.").format(least=LEAST_LIKENESS, most=1)
        raise InvalidError(fields=[FieldProblem("likeness", message)])
    driver = await session.driver()
    await driver.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s::text, 10))", (str(project.id),))
    moving = SimilaritySearch.state.in_(["waiting", "running"])
    if await session.scalar(select(SimilaritySearch.id).where(SimilaritySearch.project_id == project.id, moving)):
        raise SearchingAlreadyError
    await session.execute(delete(SimilaritySearch).where(SimilaritySearch.project_id == project.id))
    search = SimilaritySearch(id=new_id(), project_id=project.id, likeness=likeness, requested_by=author(actor))
    session.add(search)
    session.emit(
        SimilarityRequested(actor_id=actor.person_id, subject_id=search.id, project_id=project.id, likeness=likeness)
    )
    return search.id


# From here on the job speaks.


async def begin_search(session: WriteSession, *, search_id: UUID) -> SearchWork | None:
    """Begin, or begin again where that was interrupted. None where there is nothing to do (any more)."""
    search = await session.get(SimilaritySearch, search_id, with_for_update=True)
    if search is None or search.state not in {"waiting", "running"}:
        return None
    search.state, search.items, search.found = "running", 0, 0
    await session.execute(delete(SimilarItem).where(SimilarItem.search_id == search_id))
    return SearchWork(search.id, search.project_id, search.likeness)


async def note_found(session: WriteSession, *, search_id: UUID, items: int, found: Sequence[Found]) -> None:
    """Write down how many items were compared so far, and what was found among those compared last."""
    search = await session.get(SimilaritySearch, search_id, with_for_update=True)
    if search is None or search.state != "running":
        return
    kept = found[: max(0, MOST_FOUND - search.found)]
    session.add_all(
        [
            SimilarItem(search_id=search_id, item_id=one.item_id, earlier_id=one.earlier_id, likeness=one.likeness)
            for one in kept
        ]
    )
    search.items, search.found = items, search.found + len(found)


async def end_search(session: WriteSession, *, search_id: UUID, failed: bool, now: datetime) -> None:
    """All were compared, or they could not be."""
    search = await session.get(SimilaritySearch, search_id, with_for_update=True)
    if search is None or search.state not in {"waiting", "running"}:
        return
    search.state, search.finished_at = "failed" if failed else "done", now
    if not failed:
        session.emit(
            SimilarityFound(
                actor_id=SYSTEM.person_id,
                subject_id=search_id,
                project_id=search.project_id,
                items=search.items,
                found=search.found,
            )
        )
