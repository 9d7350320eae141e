"""Items of a project that say nearly the same: found by MinHash, apart from imports, as it takes its time.

For pages it runs as a program of its own (`python -m preceptor.datasets.similarity`), a child of the worker.

Source: Broder (1997), "On the resemblance and containment of documents"; words are taken in threes.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import msgspec

from preceptor.datasets.children import TRY_AGAIN, FileTask, begin_child
from preceptor.datasets.operations.similarity import Found, begin_search, end_search, note_found
from preceptor.kinds.registry import task_kind
from preceptor.lib.clock import utc_now
from preceptor.lib.db import Database
from preceptor.lib.db.database import DatabaseGoneError
from preceptor.lib.logs import set_up_logs
from preceptor.lib.settings import Settings
from preceptor.people.rules import SYSTEM, Actor, Permission
from preceptor.projects.queries import access_project, project_terms

PERMUTATIONS = 64
BANDS = 16
SEED = 42
WORDS = 3
PAGE = 2_000
FOUND_AT_ONCE = 200
LIKE = 0.8
"""Estimated share of what two texts say in common from which they are told."""

ITEMS = """
SELECT id, content::text FROM item
WHERE project_id = %s AND id > %s AND state = 'open' ORDER BY id LIMIT %s
"""


class SimilarItems(msgspec.Struct, frozen=True):
    """Two items that say nearly the same. `likeness`: estimated, 0 to 1."""

    first: UUID
    second: UUID
    likeness: float
    first_text: str
    second_text: str


async def similar_items(
    db: Database, *, actor: Actor, slug: str, likeness: float = LIKE, looked: list[int] | None = None
) -> AsyncIterator[SimilarItems]:
    """Every item that nearly says what an earlier one does, with the earlier one that is most like it.

    Args:
        db: the database.
        actor: who asks.
        slug: of the project.
        likeness: from which on two are told, 0 to 1.
        looked: its first number counts the items as they are compared.

    Memory grows with the number of items, by less than a kilobyte for each: signatures are kept, texts are not.

    Raises:
        MissingPermissionError: the actor may not write items.
        NoSuchProjectError: there is no such project, or the actor may not see it.
    """
    from rensa import RMinHash, RMinHashLSH  # type: ignore[import-untyped]  # noqa: PLC0415 (nobody else needs it)

    actor.require(Permission.ITEM_WRITE)
    async with db.read() as session:
        project = await access_project(session, actor=actor, slug=slug)
    kind = task_kind(project.kind)
    index = RMinHashLSH(threshold=likeness, num_perm=PERMUTATIONS, num_bands=BANDS)
    met: list[tuple[UUID, str, RMinHash]] = []
    after = UUID(int=0)
    async with db.hot() as driver:
        while rows := await (await driver.execute(ITEMS, (project.id, after, PAGE))).fetchall():
            for item_id, content in rows:
                after = item_id
                if looked is not None:
                    looked[0] += 1
                text = kind.item_summary(kind.decode_item(content))
                if not text.strip():
                    continue
                signature = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
                signature.update(shingles(text))
                near = [(met[place][2].jaccard(signature), place) for place in index.query(signature)]
                best, place = max(near, default=(0.0, 0))
                if best >= likeness:
                    first_id, first_text, _signature = met[place]
                    yield SimilarItems(first_id, item_id, best, first_text, text[:200])
                index.insert(len(met), signature)
                met.append((item_id, text[:200], signature))


def shingles(text: str) -> list[str]:
    """What a text says, as its words in threes; a shorter one as a whole."""
    words = text.lower().split()
    return [" ".join(words[place : place + WORDS]) for place in range(max(1, len(words) - WORDS + 1))]


async def search(db: Database, *, search_id: UUID) -> None:
    """Compare the items of a project and write down what was found, a page of items at a time."""
    async with db.write() as session:
        work = await begin_search(session, search_id=search_id)
        terms = None if work is None else await project_terms(session, project_id=work.project_id)
    if work is None or terms is None:
        return
    found: list[Found] = []
    looked = 0
    compared = similar_items(db, actor=SYSTEM, slug=terms.slug, likeness=work.likeness, looked=(counter := [0]))
    async for pair in compared:
        found.append(Found(pair.second, pair.first, pair.likeness))
        if len(found) >= FOUND_AT_ONCE or counter[0] - looked >= PAGE:
            looked = counter[0]
            async with db.write() as session:
                await note_found(session, search_id=search_id, items=looked, found=found)
            found = []
    async with db.write() as session:
        await note_found(session, search_id=search_id, items=counter[0], found=found)
        await end_search(session, search_id=search_id, failed=False, now=utc_now())


async def _run(task: FileTask) -> int:
    settings = Settings(home=Path(task.home), database_url=task.database_url, log_level=task.log_level)
    set_up_logs(settings)
    db = Database(settings.database_url, pool_size=2, label="preceptor-similarity")
    try:
        await search(db, search_id=task.subject_id)
    except DatabaseGoneError:
        return TRY_AGAIN
    finally:
        await db.close()
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(_run(begin_child())))
