"""One demo project for each task kind that brings a `demo.json` along, so that every workbench can be tried."""

import asyncio
import json
import sys
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from preceptor.kinds.registry import task_kinds
from preceptor.lib.db import Database
from preceptor.lib.money import Money
from preceptor.lib.settings import Settings
from preceptor.people import SYSTEM
from preceptor.projects import ProjectRules
from preceptor.projects.operations import add_project, open_project
from preceptor.projects.queries import project_terms
from preceptor.work.attaching import take_items
from preceptor.work.operations.adding import GivenItem, add_given_items

RATE = Money(2500, "EUR")


class DemoProject(msgspec.Struct, frozen=True):
    """What a kind's `demo.json` holds.

    Attributes:
        title, brief, guidelines: of the project.
        minutes: one item is thought to take.
        settings: of the kind's form.
        items: contents as a caller of the API sends them; or `{"picture": "a file beside it"}`.
    """

    title: str
    brief: str
    guidelines: str
    minutes: int
    settings: dict[str, Any]
    items: list[dict[str, Any]]


async def load_kinds(db: Database, settings: Settings, *, team_id: UUID, client_id: UUID) -> None:
    """Make the projects and open them."""
    for key, kind in task_kinds().items():
        folder = Path(str(sys.modules[type(kind).__module__].__file__)).parent
        file = folder / "demo.json"
        if file.exists():
            project = msgspec.convert(json.loads(file.read_text(encoding="utf-8")), DemoProject)
            await _load(db, settings, key, project, folder, team_id=team_id, client_id=client_id)


async def _load(
    db: Database, settings: Settings, key: str, project: DemoProject, folder: Path, *, team_id: UUID, client_id: UUID
) -> None:
    async with db.write() as session:
        made = await add_project(
            session,
            actor=SYSTEM,
            client_id=client_id,
            title=project.title,
            kind=key,
            rate=RATE,
            settings=project.settings,
            brief=project.brief,
            guidelines=project.guidelines,
            rules=ProjectRules(estimated_minutes=project.minutes, cap_minutes=3 * project.minutes, answers_per_item=2),
            team_ids=[team_id],
        )
    pictures = [row["picture"] for row in project.items if "picture" in row]
    if pictures:
        files = [
            (name.removeprefix("demo-"), partial(asyncio.to_thread, (folder / name).read_bytes)) for name in pictures
        ]
        await take_items(db, settings, actor=SYSTEM, slug=made.slug, files=files)
    given = [GivenItem(content=row) for row in project.items if "picture" not in row]
    async with db.write() as session:
        if given:
            terms = await project_terms(session, slug=made.slug)
            await add_given_items(session, actor=SYSTEM, terms=terms, items=given)
        await open_project(session, actor=SYSTEM, slug=made.slug)
