"""The people who stand for workers of other programs: without an account, one per worker and project."""

from collections.abc import Collection, Mapping
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select

from preceptor.datasets.tables import SourceWorker
from preceptor.lib.db import ReadSession, WriteSession
from preceptor.lib.i18n import _
from preceptor.people.operations import add_stub_person
from preceptor.people.rules import MAX_NAME, Actor

MOST_KEPT = 1_000
"""Characters of a worker's name in the source; longer ones are cut."""
MARK = 16
"""Hex digits of the hash that tells cut names apart."""


async def known_workers(session: ReadSession, *, project_id: UUID, names: Collection[str]) -> dict[str, UUID]:
    """Who stands for which of these workers; those that nobody stands for yet are left out."""
    kept = {_kept(name): name for name in names}
    rows = await session.execute(
        select(SourceWorker.name, SourceWorker.person_id).where(
            SourceWorker.project_id == project_id, SourceWorker.name.in_(kept)
        )
    )
    return {kept[name]: person_id for name, person_id in rows}


async def stand_ins(
    session: WriteSession, *, actor: Actor, project_id: UUID, names: Collection[str]
) -> Mapping[str, UUID]:
    """Who stands for these workers; for new ones a person is made.

    Raises:
        MissingPermissionError: the actor may not import.
    """
    known = await known_workers(session, project_id=project_id, names=names)
    for name in sorted(set(names) - known.keys()):
        known[name] = await add_stub_person(session, actor=actor, name=_shown(name))
        session.add(SourceWorker(project_id=project_id, name=_kept(name), person_id=known[name]))
    await session.flush()
    return known


def _kept(name: str) -> str:
    """The name by which a worker is known again. Long ones are cut, and told apart by a hash of the whole."""
    if len(name) <= MOST_KEPT:
        return name
    mark = sha256(name.encode()).hexdigest()[:MARK]
    return f"{name[: MOST_KEPT - MARK - 1]}…{mark}"


def _shown(name: str) -> str:
    """A name that people can read: without what cannot be shown, and never empty."""
    cleaned = " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())
    return cleaned[:MAX_NAME].strip() or str(_("Somebody elsewhere"))
