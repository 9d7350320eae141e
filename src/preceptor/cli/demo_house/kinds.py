"""One demo project for each task kind that brings a `demo.json` along, so that every workbench can be tried."""

import asyncio
import json
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from preceptor.cli.demo_house.reviews import review
from preceptor.cli.demo_house.working import Done, Shift, terms_of, work
from preceptor.kinds.registry import task_kinds
from preceptor.lib.db import Database
from preceptor.lib.money import Money
from preceptor.lib.settings import Settings
from preceptor.people import SYSTEM, Actor
from preceptor.projects import ProjectRules, ProjectTerms
from preceptor.projects.operations import add_project, open_project
from preceptor.projects.operations.rates import set_project_task_price
from preceptor.work.attaching import take_items
from preceptor.work.operations.adding import GivenItem, add_given_items
from preceptor.work.operations.claiming import NewAssignment
from preceptor.work.operations.submitting import Form

RATE = Money(2500, "EUR")


class DemoProject(msgspec.Struct, frozen=True):
    """What a kind's `demo.json` holds.

    Attributes:
        title, brief, guidelines: of the project.
        minutes: one item is thought to take.
        settings: of the kind's form.
        items: contents as a caller of the API sends them; or `{"picture": "a file beside it"}`.
        each: answers that an item asks for.
        answers: what people say to each item, in their order; with them, the project has been worked on.
    """

    title: str
    brief: str
    guidelines: str
    minutes: int
    settings: dict[str, Any]
    items: list[dict[str, Any]]
    each: int = 2
    answers: list[dict[str, Any]] = []


class WorkedOn(msgspec.Struct, frozen=True):
    """A project of a kind that people have worked on, and what they say to its items."""

    terms: ProjectTerms
    answers: dict[UUID, dict[str, Any]]

    def say(self, found: NewAssignment, _form: Form) -> dict[str, Any]:
        """The answer to an item."""
        return self.answers[found.item_id]


async def load_kinds(
    db: Database, settings: Settings, *, team_id: UUID, crew_id: UUID, client_id: UUID
) -> list[WorkedOn]:
    """Make the projects and open them; answers those that people have worked on, which are their team's as well."""
    worked_on = []
    for key, kind in task_kinds().items():
        folder = Path(str(sys.modules[type(kind).__module__].__file__)).parent
        file = folder / "demo.json"
        if file.exists():
            project = msgspec.convert(json.loads(file.read_text(encoding="utf-8")), DemoProject)
            teams = [team_id, crew_id] if project.answers else [team_id]
            made = await _load(db, settings, key, project, folder, teams=teams, client_id=client_id)
            if project.answers:
                worked_on.append(made)
    return worked_on


async def work_on_kinds(
    db: Database,
    worked_on: Sequence[WorkedOn],
    *,
    manager: Actor,
    people: Sequence[Actor],
    reviewer: Actor,
    begins: datetime,
) -> None:
    """People answer two items each, in turn, and a reviewer looks at half of it. The first project pays by the task."""
    for number, one in enumerate(worked_on):
        terms = one.terms
        if number == 0:
            await _pay_by_the_task(db, manager=manager, slug=terms.slug, begins=begins - timedelta(days=1))
            terms = await terms_of(db, terms.slug)
        done: list[Done] = []
        for turn in range(2):
            for place, actor in enumerate(people):
                at = begins + timedelta(days=2 * turn, hours=place)
                shift = Shift(begins=at, minutes=[7 + place % 4], between=timedelta(), most=1)
                done += await work(db, actor=actor, terms=terms, say=one.say, shift=shift)
        half = done[: len(done) // 2]
        await review(db, reviewer=reviewer, slug=one.terms.slug, done=half, said={}, now=begins + timedelta(days=9))


async def _pay_by_the_task(db: Database, *, manager: Actor, slug: str, begins: datetime) -> None:
    """A price for each task from the first day on, and a higher one that was announced for the next month."""
    for minor, days, note in ((320, 0, ""), (350, 45, "They take longer than we had thought.")):
        async with db.write() as session:
            await set_project_task_price(
                session,
                actor=manager,
                slug=slug,
                minor=minor,
                valid_from=begins + timedelta(days=days),
                note=note,
                notice_days=14,
                now=begins,
            )


async def _load(
    db: Database,
    settings: Settings,
    key: str,
    project: DemoProject,
    folder: Path,
    *,
    teams: list[UUID],
    client_id: UUID,
) -> WorkedOn:
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
            rules=ProjectRules(
                estimated_minutes=project.minutes,
                cap_minutes=3 * project.minutes,
                answers_per_item=project.each,
            ),
            team_ids=teams,
        )
    pictures = [row["picture"] for row in project.items if "picture" in row]
    if pictures:
        files = [
            (name.removeprefix("demo-"), partial(asyncio.to_thread, (folder / name).read_bytes)) for name in pictures
        ]
        await take_items(db, settings, actor=SYSTEM, slug=made.slug, files=files)
    given = [GivenItem(content=row) for row in project.items if "picture" not in row]
    ids: list[UUID] = []
    async with db.write() as session:
        if given:
            ids = await add_given_items(session, actor=SYSTEM, terms=await terms_of(db, made.slug), items=given)
        await open_project(session, actor=SYSTEM, slug=made.slug)
    answers = dict(zip(ids, project.answers, strict=bool(project.answers)))
    return WorkedOn(await terms_of(db, made.slug), answers)
