"""The API about projects, guidelines, people, teams and client organisations."""

from preceptor.people.rules import SYSTEM
from preceptor.projects.operations import open_project

KIND = "rate_responses"
EUR = {"amount": 1_750, "currency": "EUR"}
NOBODY = "00000000-0000-0000-0000-000000000000"


async def test_a_project_from_nothing_to_open(as_role, model):
    manager = await as_role("manager")
    api = "/api/v1"
    client_id = (await manager.post(f"{api}/clients", json={"name": "Acme"})).json()["id"]
    team_id = (await manager.post(f"{api}/teams", json={"name": "Writers"})).json()["id"]
    kinds = (await manager.get(f"{api}/kinds")).json()["kinds"]
    assert kinds[0]["settings"]["responses"] == 4
    body = {"title": "General chat", "client_id": client_id, "kind": kinds[0]["key"], "rate_per_hour": EUR}
    made = await manager.post(f"{api}/projects", json=body)
    assert made.status_code == 201, made.text
    address = f"{api}/projects/{made.json()['slug']}"
    refused = await manager.post(f"{address}/open")
    assert (refused.status_code, refused.json()["code"]) == (422, "not_ready")
    assert {field["path"] for field in refused.json()["fields"]} == {"guidelines", "team_ids"}
    answer = await manager.put(f"{address}/guidelines", json={"markdown": "Be kind.", "expected_version": 1})
    assert answer.json() == {"version": 2}
    change = {"team_ids": [team_id], "brief": "Talk.", "rules": {"cap_minutes": 30, "answers_per_item": 2}}
    changed = (await manager.patch(address, json=change)).json()
    assert (changed["rules"]["cap_minutes"], changed["rules"]["hold_minutes"]) == (30, 60)
    changed = (await manager.patch(address, json={"rules": {"cap_minutes": None}})).json()
    assert (changed["rules"]["cap_minutes"], changed["rules"]["answers_per_item"]) == (None, 2)
    form = (await manager.get(f"{address}/form")).json()
    settings = {**form["settings"], "responses": 3}
    assert (await manager.put(f"{address}/form", json={"settings": settings, "expected_version": 1})).json() == {
        "version": 2
    }
    stale = await manager.put(f"{address}/form", json={"settings": settings, "expected_version": 1})
    assert (stale.status_code, stale.json()["code"], stale.json()["version"]) == (409, "stale_form", 2)
    for move, state in (("open", "open"), ("pause", "paused"), ("close", "closed"), ("pause", "paused")):
        assert (await manager.post(f"{address}/{move}")).json()["state"] == state
    listed = (await manager.get(f"{api}/projects?search=general&state=paused")).json()["projects"]
    assert [row["slug"] for row in listed] == ["general-chat"]
    assert listed[0]["rate_per_hour"] == EUR


async def test_wrong_input_is_a_problem_document(as_role, client_id):
    manager = await as_role("manager")
    good = {"title": "T", "client_id": str(client_id), "kind": KIND, "rate_per_hour": EUR}
    for change, path in (
        ({"title": 4}, "title"),
        ({"surprise": 1}, "surprise"),
        ({"kind": "odd"}, "kind"),
        ({"client_id": NOBODY}, "client_id"),
        ({"rate_per_hour": {"amount": -1, "currency": "EUR"}}, "rate"),
        ({"rate_per_hour": {"amount": 10**30, "currency": "EUR"}}, ""),
        ({"rules": {"lease_minutes": 0}}, "rules.lease_minutes"),
        ({"settings": {"responses": 1}}, "settings.responses"),
        ({"brief": "a\0b"}, "brief"),
    ):
        answer = await manager.post("/api/v1/projects", json={**good, **change})
        assert answer.status_code == 422, (change, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
        assert path in answer.text
    for query in ("state=odd", "client_id=odd", "cursor=odd"):
        assert (await manager.get(f"/api/v1/projects?{query}")).status_code in {400, 422}
    assert (await manager.patch("/api/v1/projects/nothing", json={})).status_code == 404
    assert (await manager.patch("/api/v1/projects/nothing", json={"rules": {}})).status_code == 404


async def test_everybody_sees_their_own_side(as_role, db, ready_project, team_id, client_id):
    made = await ready_project()
    address = f"/api/v1/projects/{made.slug}"
    async with db.write() as session:
        await open_project(session, actor=SYSTEM, slug=made.slug)
    trainer = await as_role("trainer", team=team_id)
    client = await as_role("client", client=client_id)
    seen = (await trainer.get(address)).json()
    assert (seen["rate_per_hour"]["amount"], seen["rules"], len(seen["teams"])) == (1_500, None, 1)
    assert "positions" not in (await trainer.get(f"{address}/form")).json()["settings"]
    seen = (await client.get(address)).json()
    assert (seen["rate_per_hour"], seen["rules"], seen["teams"]) == (None, None, [])
    assert "positions" in (await client.get(f"{address}/form")).json()["settings"]
    for stranger in (await as_role("trainer"), await as_role("client")):
        for path in ("", "/form", "/guidelines", "/guidelines/changes?before=1"):
            assert (await stranger.get(address + path)).status_code == 404
        assert (await stranger.get("/api/v1/projects")).json()["projects"] == []
    for person in (trainer, client):
        assert (await person.patch(address, json={"title": "Mine"})).status_code == 403
        assert (await person.post(f"{address}/close")).status_code == 403
        assert (await person.get("/api/v1/kinds")).status_code == 403


async def test_trainers_acknowledge_what_they_read(as_role, db, ready_project, team_id):
    made = await ready_project()
    address = f"/api/v1/projects/{made.slug}/guidelines"
    async with db.write() as session:
        await open_project(session, actor=SYSTEM, slug=made.slug)
    manager, trainer = await as_role("manager"), await as_role("trainer", team=team_id)
    text = {"markdown": "Be kinder.", "expected_version": 1, "change_note": "More"}
    assert (await manager.put(address, json=text)).json() == {"version": 2}
    changes = (await trainer.get(f"{address}/changes?before=1")).json()
    assert (changes["after"], changes["notes"][0]["note"]) == (2, "More")
    assert (await trainer.get(f"{address}?version=1")).json()["markdown"] == "Be kind."
    assert (await trainer.post(f"{address}/acknowledge", json={"version": 2})).status_code == 200
    for version in (0, 3, -1, 10**20):
        assert (await trainer.post(f"{address}/acknowledge", json={"version": version})).status_code in {404, 422}
    assert (await trainer.put(address, json=text)).status_code == 403


async def test_people_teams_and_invitations(as_role, client_id, make_person):
    manager, operator, trainer = await as_role("manager"), await as_role("operator"), await as_role("trainer")
    api = "/api/v1"
    person = await make_person("client")
    me = f"{api}/people/{person.person_id}"
    assert (await operator.put(f"{me}/roles", json={"roles": ["trainer", "client"]})).json()["roles"] == [
        "client",
        "trainer",
    ]
    assert (await manager.put(f"{me}/roles", json={"roles": []})).status_code == 403
    assert (await manager.put(f"{me}/clients", json={"client_ids": [str(client_id)]})).status_code == 200
    assert (await manager.put(f"{me}/clients", json={"client_ids": [NOBODY]})).status_code == 422
    found = (await manager.get(f"{api}/people?role=client&search={person.name}")).json()["people"]
    assert [row["client_ids"] for row in found] == [[str(client_id)]]
    assert (await trainer.get(f"{api}/people")).status_code == 403
    assert (await trainer.get(me)).status_code == 404
    assert (await trainer.get(f"{api}/people/{trainer.actor.person_id}")).status_code == 200
    team = (await manager.post(f"{api}/teams", json={"name": "Readers"})).json()["id"]
    members = f"{api}/teams/{team}/members"
    assert (await manager.put(f"{members}/{person.person_id}")).status_code == 204
    assert len((await manager.get(members)).json()["members"]) == 1
    assert (await manager.put(f"{members}/{NOBODY}")).status_code == 404
    assert (await manager.put(f"{api}/teams/{NOBODY}/members/{person.person_id}")).status_code == 404
    assert (await manager.delete(f"{members}/{person.person_id}")).status_code == 204
    assert (await manager.get(members)).json()["members"] == []
    assert (await trainer.get(members)).status_code == 403
    body = {"email": "new@example.org", "roles": ["trainer"], "team_ids": [team]}
    link = (await manager.post(f"{api}/invitations", json=body)).json()["link"]
    assert "/invitation/" in link
    assert (await trainer.post(f"{api}/invitations", json=body)).status_code == 403
    assert (await manager.post(f"{api}/invitations", json={**body, "roles": ["manager"]})).status_code == 403
    assert (await trainer.get(f"{api}/clients")).json() == {"clients": []}
    assert (await trainer.post(f"{api}/clients", json={"name": "Mine"})).status_code == 403
