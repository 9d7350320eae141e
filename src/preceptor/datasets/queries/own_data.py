"""All that is known about somebody: what datasets know, and the lists of every context, found by their place."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import lru_cache
from importlib.util import find_spec
from uuid import UUID

import preceptor
from preceptor.lib.db import Base, Driver
from preceptor.lib.i18n import _
from preceptor.people.rules import AfterErasure, OwnTable

OWN_DATA: tuple[OwnTable, ...] = (
    OwnTable(
        table="source_worker",
        title=_("Names that stood for you in imported files"),
        after=AfterErasure.CHANGED,
        changes={"name": "'erased-' || person_id"},
    ),
)

NOT_OWN: Mapping[str, str] = {}


async def own_projects(driver: Driver, *, person_id: UUID) -> dict[UUID, str]:
    """Titles of all projects that a person's own data name. For callers that have made sure who asks."""
    tables = [own for own in all_own_data()[0] if "project_id" in Base.metadata.tables[own.table].columns]
    named = " UNION ".join(f'SELECT project_id FROM "{own.table}" WHERE {own.condition}' for own in tables)  # noqa: S608
    query = f"SELECT id, title FROM project WHERE id IN ({named})"  # noqa: S608 (our own names)
    return dict(await (await driver.execute(query, {"person": person_id})).fetchall())


@lru_cache(maxsize=1)
def all_own_data() -> tuple[tuple[OwnTable, ...], Mapping[str, str]]:
    """What every context lists, the floors from above to below so that `person` comes last; and what none is."""
    tables: list[OwnTable] = []
    reasons: dict[str, str] = {}
    names = [one.name for one in pkgutil.iter_modules(preceptor.__path__) if one.ispkg]
    found = {}
    for name in names:
        if _has(name):
            found[name] = importlib.import_module(f"preceptor.{name}.queries.own_data")
    for name in sorted(found, key=lambda one: one == "people"):
        tables += found[name].OWN_DATA
        reasons |= found[name].NOT_OWN
    return tuple(tables), reasons


def _has(name: str) -> bool:
    try:
        return find_spec(f"preceptor.{name}.queries.own_data") is not None
    except ModuleNotFoundError:  # queries in one file
        return False
