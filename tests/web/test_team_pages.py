"""Pages of teams, announcements, questions, ratings and credit, and who sees them."""

import pytest

from preceptor.people.operations import add_team
from preceptor.people.rules import SYSTEM
from tests.projects.conftest import client_id, make_project  # noqa: F401 (fixtures)
from tests.projects.test_questions import NOW, Talk


@pytest.fixture
async def room(db, make_person, make_project, team_id):  # noqa: F811
    project = await make_project(team_ids=[team_id])
    async with db.write() as session:
        await (await session.driver()).execute("UPDATE project SET state = 'open'")
    asker = await make_person("trainer", team=team_id, name="Ana Asker")
    return Talk(db, project, asker=asker, other=await make_person("trainer", team=team_id, name="Otto Other"))


async def test_asking_and_answering(as_role, signed_in, room):
    base = f"/projects/{room.project.slug}/questions"
    asker, manager = await signed_in(room.asker), await as_role("manager")
    assert "Nobody has asked anything yet" in (await asker.get(base)).text
    empty = await asker.post(base, data={"title": "", "markdown": "half a thought"})
    assert empty.status_code == 422
    assert "half a thought" in empty.text
    made = await asker.post(base, data={"title": "May <b>I</b> swear?", "markdown": "<script>alert(1)</script>"})
    assert made.status_code == 303
    here = made.headers["location"]
    shown = (await manager.get(here)).text
    assert "May &lt;b&gt;I&lt;/b&gt; swear?" in shown
    assert "<script>alert" not in shown
    assert "Ana Asker" in shown
    assert (await manager.post(f"{here}/answers", data={"markdown": "**No.**"})).status_code == 303
    seen = (await (await signed_in(room.other)).get(here)).text
    assert "<strong>No.</strong>" in seen
    assert "Ana Asker" not in seen
    assert room.asker.pseudonym in seen
    assert "Questions: one with new words" in (await (await signed_in(room.asker)).get("/work")).text
    for path, data in (("pin", {"pinned": "true"}), ("remove", {"reason": "Twice."})):
        assert (await asker.post(f"{here}/{path}", data=data)).status_code == 403, path
        assert (await manager.post(f"{here}/{path}", data=data)).status_code == 303, path


async def test_a_question_goes_into_the_guidelines(as_role, room):
    manager = await as_role("manager")
    question = await room.ask()
    await room.answer(question, room.other, "Only in quotes.")
    editor = await manager.get(f"/projects/{room.project.slug}/guidelines?question={question}")
    assert "Only in quotes." in editor.text
    data = {"markdown": "No swearing but in quotes.", "expected_version": "1", "question": str(question)}
    assert (await manager.post(f"/projects/{room.project.slug}/guidelines", data=data)).status_code == 303
    assert (await room.see(room.asker, question)).guidelines_version == 2


async def test_questions_are_for_those_on_the_project(as_role, room, client_id, db):  # noqa: F811
    question = await room.ask(now=NOW)
    async with db.write() as session:
        other_team = await add_team(session, actor=SYSTEM, name="Elsewhere")
    for client in (
        await as_role("trainer", team=other_team),
        await as_role("client", client=client_id),
        await as_role("reviewer"),
        await as_role("operator"),
    ):
        for path in ("", f"/{question}"):
            answer = await client.get(f"/projects/{room.project.slug}/questions{path}")
            assert answer.status_code == 404, (client.actor.roles, path)
        api = await client.get(f"/api/v1/questions/{question}")
        assert api.status_code == 404
        posted = await client.post(f"/api/v1/projects/{room.project.slug}/questions", json={"title": "Hi"})
        assert posted.status_code == 404


async def test_announcing(as_role, signed_in, room, team_id):
    manager, trainer = await as_role("manager"), await signed_in(room.asker)
    assert (await trainer.post("/announcements", data={"to": f"team:{team_id}"})).status_code in {403, 422}
    wrong = await manager.post("/announcements", data={"to": "team:x", "title": "Hi", "markdown": "There"})
    assert (wrong.status_code, "Choose whom it is for" in wrong.text) == (422, True)
    form = {"to": f"project:{room.project.slug}", "title": "New models", "markdown": "Two <i>new</i> *models*."}
    assert (await manager.post("/announcements", data=form)).status_code == 303
    work = (await trainer.get("/work")).text
    assert "New models" in work
    assert "<em>models</em>" in work
    assert "<i>new</i>" not in work
    (one,) = (await trainer.get("/api/v1/announcements/unseen")).json()["announcements"]
    assert (await trainer.post(f"/announcements/{one['id']}/seen", data={"version": "1", "back": "//evil"})).headers[
        "location"
    ] == "/announcements"
    assert "New models" not in (await trainer.get("/work")).text
    changed = {"expected_version": "1", "title": "New models", "markdown": "Three."}
    assert (await manager.post(f"/announcements/{one['id']}", data=changed)).status_code == 303
    stale = await manager.post(f"/announcements/{one['id']}", data={**changed, "markdown": "Four."})
    assert (stale.status_code, "Four." in stale.text) == (409, True)
    assert "Three." in (await trainer.get("/work")).text
    assert "Versions before" in (await trainer.get(f"/announcements/{one['id']}")).text
    assert "Three." not in (await trainer.get("/work")).text
    stranger = await as_role("trainer")
    assert (await stranger.get(f"/announcements/{one['id']}")).status_code == 404
    assert (await stranger.post(f"/announcements/{one['id']}/seen", data={"version": "1"})).status_code == 404


async def test_leads_see_the_queue_and_members_do_not(as_role, signed_in, room, team_id):
    manager = await as_role("manager")
    before = (await (await signed_in(room.asker)).get("/teams")).text
    assert "Work of this team" not in before
    data = {"person_id": str(room.asker.person_id), "function": "lead"}
    assert (await manager.post(f"/people/teams/{team_id}/function", data=data)).status_code == 303
    shown = (await (await signed_in(room.asker)).get("/teams")).text
    assert "Work of this team" in shown
    assert "General chat" in shown
    assert "€" not in shown
    assert room.asker.pseudonym in (await (await signed_in(room.other)).get("/teams")).text


async def test_moving_somebody(as_role, signed_in, room, team_id, db):
    manager = await as_role("manager")
    async with db.write() as session:
        other = await add_team(session, actor=SYSTEM, name="Elsewhere")
    page = f"/people/teams/{team_id}"
    assert "Elsewhere" in (await manager.get(page)).text
    person = {"person_id": str(room.asker.person_id), "to_team_id": str(other)}
    assert (await manager.post(f"{page}/transfer", data={**person, "reason": " "})).status_code == 303
    assert room.asker.person_id in await members(db, team_id)
    assert (await manager.post(f"{page}/transfer", data={**person, "reason": "More work there."})).status_code == 303
    assert room.asker.person_id in await members(db, other)
    assert "More work there." in (await (await signed_in(room.asker)).get("/teams")).text
    assert (await (await as_role("trainer")).post(f"{page}/transfer", data=person)).status_code in {403, 404}


async def members(db, team_id):
    from preceptor.people.queries import list_team_members

    async with db.read() as session:
        return {one.id for one in await list_team_members(session, actor=SYSTEM, team_id=team_id)}


async def test_rating_needs_work_and_credit_a_name(as_role, signed_in, room):
    trainer = await signed_in(room.asker)
    here = f"/work/{room.project.slug}/rating"
    assert "once you have worked on it" in (await trainer.get(here)).text
    marks = {"pay": "4", "clarity": "5", "fairness": "3"}
    assert (await trainer.post(here, data=marks)).status_code == 403
    assert (await (await as_role("trainer")).get(here)).status_code == 404
    assert (await trainer.post("/account/credit", data={"credited": "true", "name": ""})).status_code == 422
    assert (await trainer.post("/account/credit", data={"credited": "true", "name": "Ana A."})).status_code == 303
    assert 'value="Ana A."' in (await trainer.get("/account/credit")).text
    assert (await trainer.post("/account/credit", data={"name": "Ana A."})).status_code == 303
    assert (await trainer.get("/api/v1/me/credit")).json() == {"name": ""}
