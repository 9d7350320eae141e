"""Items of a project that say nearly the same: found by MinHash, apart from imports, as it takes its time.

Source: Broder (1997), "On the resemblance and containment of documents"; words are taken in threes.
"""

from collections.abc import AsyncIterator
from uuid import UUID

import msgspec

from preceptor.kinds.registry import task_kind
from preceptor.lib.db import Database
from preceptor.people.rules import Actor, Permission
from preceptor.projects.queries import access_project

PERMUTATIONS = 64
BANDS = 16
SEED = 42
WORDS = 3
PAGE = 2_000
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
    db: Database, *, actor: Actor, slug: str, likeness: float = LIKE
) -> AsyncIterator[SimilarItems]:
    """Every item that nearly says what an earlier one does, with the earlier one that is most like it.

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
