"""Finished work of a demo: questions and what people answered, as task kinds bring them in `demo-series.json`."""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from preceptor.cli.demo_house.working import Done, Shift, terms_of, work
from preceptor.hiring import CertificationNeed
from preceptor.hiring.operations import set_project_need
from preceptor.kinds.registry import task_kinds
from preceptor.lib.db import Database
from preceptor.lib.money import Money
from preceptor.people import Actor, ContentCategory
from preceptor.projects import ProjectRules, ProjectTerms
from preceptor.projects.operations import add_project, open_project
from preceptor.work.operations.adding import GivenItem, add_given_items
from preceptor.work.operations.claiming import NewAssignment
from preceptor.work.operations.submitting import Form

FILE = "demo-series.json"
OVER_THE_CAP = (1, 2)


class Asked(msgspec.Struct, frozen=True):
    """An item, and what people answered to it, in the form of the kind's answers."""

    content: dict[str, Any]
    answers: list[dict[str, Any]]


class WrittenExam(msgspec.Struct, frozen=True):
    """An exam that people grade: of each item's answers the first is good and the second is not."""

    title: str
    brief: str
    certification: str
    description: str
    minutes: int
    items: list[Asked]


class Series(msgspec.Struct, frozen=True):
    """A project that people have worked on.

    Attributes:
        kind: key of its task kind.
        language: BCP 47.
        minutes: one item is thought to take.
        settings: of the kind's form.
        items: with as many answers as each asks for.
        categories: content that any item may hold.
        exam: what people sit before.
    """

    language: str
    title: str
    brief: str
    guidelines: str
    minutes: int
    settings: dict[str, Any]
    items: list[Asked]
    categories: tuple[ContentCategory, ...] = ()
    exam: WrittenExam | None = None
    kind: str = ""


def read_series() -> dict[str, Series]:
    """What the kinds bring along, by language."""
    found = {}
    for key, kind in task_kinds().items():
        file = Path(str(sys.modules[type(kind).__module__].__file__)).parent / FILE
        if file.exists():
            for one in msgspec.convert(json.loads(file.read_text(encoding="utf-8")), list[Series]):
                found[one.language] = msgspec.structs.replace(one, kind=key)
    return found


async def make_series(
    db: Database,
    series: Series,
    *,
    manager: Actor,
    team_id: UUID,
    client_id: UUID,
    rate: Money,
    certification_id: UUID | None = None,
) -> ProjectTerms:
    """Make the project of a series and open it."""
    async with db.write() as session:
        made = await add_project(
            session,
            actor=manager,
            client_id=client_id,
            title=series.title,
            kind=series.kind,
            rate=rate,
            settings=series.settings,
            brief=series.brief,
            guidelines=series.guidelines,
            rules=ProjectRules(
                estimated_minutes=series.minutes,
                cap_minutes=2 * series.minutes - 10,
                answers_per_item=2,
                categories=series.categories,
            ),
            team_ids=[team_id],
        )
        if certification_id is not None:
            need = CertificationNeed(certification_id, 1)
            await set_project_need(session, actor=manager, slug=made.slug, need=need)
    terms = await terms_of(db, made.slug)
    async with db.write() as session:
        items = [GivenItem(content=one.content) for one in series.items]
        await add_given_items(session, actor=manager, terms=terms, items=items)
        await open_project(session, actor=manager, slug=made.slug)
    return await terms_of(db, made.slug)


class Answers:
    """What people answer to the items of a series: the first who comes says the first answer, and so on."""

    def __init__(self, items: Sequence[Asked]) -> None:
        self._items = items
        self._given: Counter[str] = Counter()

    def say(self, found: NewAssignment, _form: Form) -> dict[str, Any]:
        """The next answer to an item."""
        one = next(one for one in self._items if one.content.items() <= found.content.items())
        place = self._given[str(one.content)]
        self._given[str(one.content)] += 1
        return one.answers[place % len(one.answers)]


async def work_series(
    db: Database, series: Series, terms: ProjectTerms, *, people: Sequence[Actor], begins: datetime, between: timedelta
) -> list[Done]:
    """People answer all of a series, in turn, over some weeks; answers what was handed in, in order."""
    answers = Answers(series.items)
    each, more = divmod(sum(len(one.answers) for one in series.items), len(people))
    done: list[Done] = []
    for place, actor in enumerate(people):
        shift = Shift(
            begins=begins + timedelta(days=place % 4, hours=2 * place),
            # Whoever comes second and third is over the cap with their first task.
            minutes=[series.minutes * 2 + 3 if place in OVER_THE_CAP else 28 + 5 * (place % 4), 41, 33 + 2 * place],
            between=between,
            most=each + (place < more),
            idle=place % 6 != 1,
            reads=True,
        )
        done += await work(db, actor=actor, terms=terms, say=answers.say, shift=shift)
    return sorted(done, key=lambda one: one.at)
