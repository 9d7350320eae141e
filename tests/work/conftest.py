"""A project in which work can be done, without a model: items bring their responses along; and a practice model."""

import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from preceptor.kinds.registry import task_kinds
from preceptor.lib.clock import utc_now
from preceptor.lib.db import Database
from preceptor.lib.embedded.practice import practice_server
from preceptor.lib.ids import new_id
from preceptor.lib.money import Money
from preceptor.llms.asking import Asker
from preceptor.llms.directory import Directory
from preceptor.llms.operations import add_endpoint, add_model
from preceptor.people.operations import set_consents, set_place_and_languages
from preceptor.people.rules import SYSTEM, Place, Spoken
from preceptor.projects import operations as projects
from preceptor.projects.queries import project_terms
from preceptor.projects.rules import ProjectRules, ProjectTerms
from preceptor.work.desk import Desk
from preceptor.work.operations.items import NewItem, add_items
from preceptor.work.rules.lanes import lane_of


def given_content(number: int, responses: int = 4) -> dict[str, Any]:
    """An item with a prompt and its responses."""
    return {
        "prompt": f"Why do tyres go flat in winter? ({number})",
        "responses": [
            {"text": f"Because of reason {index} of case {number}.", "model": f"m{index}"} for index in range(responses)
        ],
    }


class World(msgspec.Struct):
    """A project and its team."""

    terms: ProjectTerms
    team_id: UUID
    item_ids: list[UUID]


WorldMaker = Callable[..., Awaitable[World]]


@pytest.fixture
def make_world(db: Database, team_id: UUID) -> WorldMaker:
    """Make an open project with items."""

    async def make(
        *,
        items: int = 3,
        wanted: int = 1,
        content: Any = given_content,
        settings: dict[str, Any] | None = None,
        kind: str | None = None,
        **rules: Any,
    ) -> World:
        slug = await open_project(db, team_id, settings=settings, kind=kind, **rules)
        async with db.read() as session:
            terms = await project_terms(session, slug=slug)
        async with db.write() as session:
            new = [NewItem(content=content(number), wanted=wanted, topic="winter") for number in range(items)]
            ids = await add_items(session, actor=SYSTEM, terms=terms, items=new)
        return World(terms=terms, team_id=team_id, item_ids=ids)

    return make


async def open_project(
    db: Database, team_id: UUID, *, settings: dict[str, Any] | None, kind: str | None = None, **rules: Any
) -> str:
    """An open project of one team, at 36 EUR an hour: one cent a second. Without a kind it is of the first there is."""
    kind = kind or next(iter(task_kinds()))
    async with db.write() as session:
        client_id = await projects.add_client_organisation(session, actor=SYSTEM, name=f"Lab {new_id().hex[-6:]}")
    async with db.write() as session:
        made = await projects.add_project(
            session,
            actor=SYSTEM,
            client_id=client_id,
            title=f"General chat {new_id().hex[-6:]}",
            kind=kind,
            rate=Money(3600, "EUR"),
            settings=settings,
            guidelines="# Be kind",
            rules=ProjectRules(**rules),
            team_ids=[team_id],
        )
        # The state is set directly: these items bring their responses along, so that no model needs to exist.
        await (await session.driver()).execute("UPDATE project SET state = 'open' WHERE slug = %s", (made.slug,))
    return made.slug


def answer_to(
    view: Any,
    *,
    ideal: str = "Cold air takes up less room, so the pressure falls.",
    tags: tuple[str, ...] = (),
    **changes: Any,
) -> dict[str, Any]:
    """A complete answer to an assignment's view: the responses rated 6, 5, 4 and so on, in the order shown.

    `tags` are the errors found in the last one.
    """
    turn = view["turns"][0] if isinstance(view, dict) else json.loads(msgspec.json.encode(view))["turns"][0]
    ratings = {response["id"]: max(6 - place, 1) for place, response in enumerate(turn["responses"])}
    errors = {list(ratings)[-1]: list(tags)} if tags else {}
    judged = {"ratings": ratings, "errors": errors, "ideal": ideal}
    return {"turns": [{"turn_id": turn["id"], "prompt": turn["prompt"], **judged, **changes}]}


@pytest.fixture
async def models(db, settings):
    with practice_server() as address:
        async with db.write() as session:
            endpoint_id = await add_endpoint(
                session,
                actor=SYSTEM,
                name="Practice",
                base_url=address.url,
                key=address.key,
                vault=await Directory(db, settings).vault(),
                timeout_seconds=5,
                concurrency=8,
            )
        for name in (
            "practice",
            "practice-slow",
            "practice-broken",
            "practice-cut",
            "practice-script",
            "practice-hang",
        ):
            async with db.write() as session:
                await add_model(session, actor=SYSTEM, endpoint_id=endpoint_id, slug=name, name=name, model_name=name)
        yield address


@pytest.fixture
async def open_desk(db, settings):
    desks = []

    def make():
        asker = Asker()
        desk = Desk(db, asker=asker, directory=Directory(db, settings))
        desks.append((desk, asker))
        return desk

    yield make
    for desk, asker in desks:
        await desk.close()
        await asker.close()


@pytest.fixture
def make_trainer(db, make_person, team_id):
    async def make(*spoken, consents=()):
        actor = await make_person("trainer", team=team_id)
        async with db.write() as session:
            await set_place_and_languages(
                session,
                actor=actor,
                person_id=actor.person_id,
                place=Place(),
                spoken=[Spoken(language, level) for language, level in spoken],
            )
            await set_consents(session, actor=actor, categories=consents, now=utc_now())
        return actor

    return make


@pytest.fixture
def make_lanes(db, make_world):
    """A project with so many items in each lane; answers its world and, by item, the lane."""

    async def make(lanes, *, each=1, wanted=1, **rules):
        world = await make_world(items=0, **rules)
        new = [
            NewItem(content=given_content(number), wanted=wanted, lane=lane.key)
            for number, lane in enumerate(lane for lane in lanes for _number in range(each))
        ]
        async with db.write() as session:
            ids = await add_items(session, actor=SYSTEM, terms=world.terms, items=new)
        return world, {item_id: lane_of(item.lane) for item_id, item in zip(ids, new, strict=True)}

    return make


async def take(desk, actor, world, *, prefetch=False):
    """The next task of a project as the desk hands it out; None where there is none."""
    view, _fresh = await desk.claim(actor=actor, slug=world.terms.slug, prefetch=prefetch, now=utc_now())
    return view


async def hand_in(desk, actor, view):
    """Answer a task."""
    return await desk.submit(
        actor=actor, assignment_id=view.id, key=uuid4(), content=answer_to(view), confirmed=("no_errors",)
    )
