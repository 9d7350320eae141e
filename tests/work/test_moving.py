"""Moving people when a project ends: proposals that fit, and nobody moved before somebody confirms."""

from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preceptor.lib.clock import utc_now
from preceptor.people.operations import add_team
from preceptor.people.queries import list_team_members
from preceptor.people.rules import SYSTEM, MissingPermissionError
from preceptor.work.operations.items import NewItem, add_items
from preceptor.work.queries.moving import moving_plan
from preceptor.work.rules.moving import Opening, propose
from tests.work.conftest import given_content, open_project

patient = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
keys = st.sampled_from(["a", "b", "c"])
openings = st.lists(
    st.builds(Opening, key=keys, open=st.integers(0, 50), people=st.integers(0, 9)), unique_by=lambda one: one.key
)
fits = st.dictionaries(st.integers(1, 30).map(lambda n: UUID(int=n)), st.lists(keys, unique=True), max_size=20)


@patient
@given(fits, openings)
def test_proposals_fit_and_lead_to_open_work(fitting, places):
    proposed = propose(fitting, places)
    known = {one.key: one for one in places}
    for person, key in proposed.items():
        assert key in fitting[person]
        assert known[key].open > 0
    for person, possible in fitting.items():
        if person not in proposed:
            assert not [key for key in possible if key in known and known[key].open > 0]


def test_people_are_spread_over_what_is_open():
    people = {UUID(int=n): ["a", "b"] for n in range(1, 5)}
    proposed = propose(people, [Opening("a", 10, 0), Opening("b", 10, 0)])
    assert sorted(proposed.values()) == ["a", "a", "b", "b"]


async def test_a_plan_is_confirmed_by_a_manager(db, make_world, make_person, as_role):
    from preceptor.projects.queries import project_terms

    world = await make_world(items=1)
    async with db.write() as session:
        other = await add_team(session, actor=SYSTEM, name="Elsewhere")
    slug = await open_project(db, other, settings=None)
    async with db.read() as session:
        terms = await project_terms(session, slug=slug)
    async with db.write() as session:
        await add_items(
            session, actor=SYSTEM, terms=terms, items=[NewItem(content=given_content(1)) for _n in range(3)]
        )
    person = await make_person("trainer", team=world.team_id, name="Ana")
    await make_person("manager", team=world.team_id)
    async with db.read() as session:
        plan = await moving_plan(session, actor=SYSTEM, slug=world.terms.slug, now=utc_now())
        with pytest.raises(MissingPermissionError):
            await moving_plan(session, actor=person, slug=world.terms.slug, now=utc_now())
    (one,) = plan.people
    assert (one.name, one.elsewhere, [place.team_name for place in one.places]) == ("Ana", [], ["Elsewhere"])
    assert one.proposed == one.places[0].key
    assert one.places[0].open == 3
    manager = await as_role("manager")
    here = f"/projects/{world.terms.slug}/moving"
    assert "Elsewhere" in (await manager.get(here)).text
    choice = f"{person.person_id} {world.team_id} {other}"
    assert (await manager.post(here, data={"choice": choice, "reason": ""})).status_code == 422
    assert (await manager.post(here, data={"choice": "x y z", "reason": "End"})).status_code == 422
    assert (await (await as_role("trainer", team=world.team_id)).get(here)).status_code == 403
    assert await inside(db, other) == []
    assert (await manager.post(here, data={"choice": ["", choice], "reason": "The project ends."})).status_code == 303
    assert await inside(db, other) == [person.person_id]
    async with db.read() as session:
        plan = await moving_plan(session, actor=SYSTEM, slug=slug, now=utc_now())
    assert [one.name for one in plan.people] == ["Ana"]


async def inside(db, team_id):
    async with db.read() as session:
        return [one.id for one in await list_team_members(session, actor=SYSTEM, team_id=team_id)]
