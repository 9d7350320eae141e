"""Pages about people, teams and client organisations."""

import re

from preceptor.people.queries import access_person, list_team_members
from preceptor.people.rules import SYSTEM

PASSWORD = "a password for tests"


async def person_of(db, actor):
    async with db.read() as session:
        return await access_person(session, actor=SYSTEM, person_id=actor.person_id)


async def test_an_invitation_leads_to_an_account(as_role, client, client_id):
    manager = await as_role("manager")
    form = {"email": "New@example.org", "roles": ["client"], "client_id": str(client_id)}
    page = await manager.post("/people/invite", data=form)
    assert page.status_code == 200
    path = re.search(r"/invitation/[\w-]+", page.text)[0]
    await client.get("/sign-in")
    joined = {"name": "Nova", "password": PASSWORD, "csrf_token": client.cookies["csrftoken"]}
    assert (await client.post(path, data=joined)).status_code == 303
    listed = (await manager.get("/people?q=nova&role=client")).text
    assert "new@example.org" in listed
    again = await manager.post("/people/invite", data=form)
    assert again.status_code == 409
    assert "account with this e-mail" in again.text


async def test_bad_invitations_are_explained(as_role, client_id):
    manager = await as_role("manager")
    nobody = "00000000-0000-0000-0000-000000000000"
    for form, status, words in (
        ({"email": "x@example.org"}, 422, "Choose at least one role"),
        ({"email": "x", "roles": "trainer"}, 422, "not an e-mail address"),
        ({"email": "x@example.org", "roles": "client"}, 422, "Choose the client organisation"),
        ({"email": "x@example.org", "roles": "trainer", "client_id": str(client_id)}, 422, "Only clients"),
        ({"email": "x@example.org", "roles": "client", "client_id": nobody}, 422, "no such client"),
        ({"email": "x@example.org", "roles": "trainer", "team_ids": nobody}, 422, "no such team"),
        ({"email": "x@example.org", "roles": "king"}, 422, ""),
        ({"email": "x@example.org", "roles": "operator"}, 403, ""),
    ):
        answer = await manager.post("/people/invite", data=form)
        assert answer.status_code == status, form
        assert words in answer.text
    page = (await manager.get("/people/invite")).text
    assert 'value="reviewer"' in page
    assert 'value="operator"' not in page


async def test_teams_are_founded_and_filled(as_role, db, make_person):
    manager = await as_role("manager")
    trainer = await make_person("trainer", name="Amal Haddad")
    answer = await manager.post("/people/teams", data={"name": "Writers"})
    address = answer.headers["location"]
    team_id = address.rsplit("/", 1)[1]
    assert (await manager.post("/people/teams", data={"name": "Writers"})).status_code == 409
    assert (await manager.post("/people/teams", data={"name": " "})).status_code == 422
    assert str(trainer.person_id) in (await manager.get(f"{address}?q=amal")).text
    member = {"person_id": str(trainer.person_id)}
    for _time in range(2):
        assert (await manager.post(f"{address}/members", data=member)).status_code == 303
    async with db.read() as session:
        assert [row.id for row in await list_team_members(session, actor=SYSTEM, team_id=team_id)] == [
            trainer.person_id
        ]
    assert "Writers" in (await manager.get("/people/teams")).text
    assert (await manager.post(f"{address}/members/remove", data=member)).status_code == 303
    async with db.read() as session:
        assert await list_team_members(session, actor=SYSTEM, team_id=team_id) == []
    stranger = {"person_id": "00000000-0000-0000-0000-000000000000"}
    assert (await manager.post(f"{address}/members", data=stranger)).status_code == 404
    nowhere = "/people/teams/00000000-0000-0000-0000-000000000000"
    assert (await manager.get(nowhere)).status_code == 404
    assert (await manager.post(f"{nowhere}/members", data=member)).status_code == 404


async def test_new_teams_hold_from_the_next_click(as_role, signed_in, make_person, team_id):
    manager, trainer = await as_role("manager"), await make_person("trainer")
    mine = await signed_in(trainer)
    await mine.get("/api/v1/me")
    await manager.post(f"/people/teams/{team_id}/members", data={"person_id": str(trainer.person_id)})
    assert (await mine.get("/api/v1/teams")).json()["teams"][0]["id"] == str(team_id)


async def test_operators_change_roles_and_managers_clients(as_role, db, make_person, client_id):
    manager, operator = await as_role("manager"), await as_role("operator")
    person = await make_person("client")
    page = f"/people/{person.person_id}"
    assert "Save the roles" in (await operator.get(page)).text
    assert "Save the roles" not in (await manager.get(page)).text
    assert (await manager.post(f"{page}/roles", data={"roles": "operator"})).status_code == 403
    assert (await operator.post(f"{page}/roles", data={"roles": ["client", "trainer"]})).status_code == 303
    assert (await person_of(db, person)).roles == ["client", "trainer"]
    assert (await operator.post(f"{page}/clients", data={"client_ids": str(client_id)})).status_code == 403
    assert (await manager.post(f"{page}/clients", data={"client_ids": str(client_id)})).status_code == 303
    assert (await person_of(db, person)).client_ids == [client_id]
    nobody = "00000000-0000-0000-0000-000000000000"
    assert (await manager.post(f"{page}/clients", data={"client_ids": nobody})).status_code == 422
    assert (await manager.post(f"/people/{nobody}/clients", data={})).status_code == 404
    assert (await manager.get(f"/people/{nobody}")).status_code == 404


async def test_client_organisations_are_entered(as_role):
    manager = await as_role("manager")
    assert (await manager.post("/people/clients", data={"name": "Umbrella <i>"})).status_code == 303
    assert "Umbrella &lt;i&gt;" in (await manager.get("/people/clients")).text
    taken = await manager.post("/people/clients", data={"name": "umbrella <I>"})
    assert taken.status_code == 409
    assert "of this name already" in taken.text


async def test_pages_about_people_are_not_for_everybody(as_role, client):
    trainer, operator = await as_role("trainer"), await as_role("operator")
    for path in ("/people", "/people/invite", "/people/teams", "/people/clients"):
        assert (await client.get(path)).status_code == 401
        assert (await trainer.get(path)).status_code == 403
    assert (await operator.get("/people/clients")).status_code == 403
    assert (await operator.get("/people")).status_code == 200
