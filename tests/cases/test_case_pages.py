"""The pages and addresses of cases, as the person concerned, managers and operators meet them."""

import re

import pytest

from preceptor.people.operations import add_team
from preceptor.people.rules import SYSTEM

WORDS = "Three of four answers ignored the brief, also after feedback."


@pytest.fixture
async def crew(as_role, team_id):
    """A trainer and two managers, signed in."""
    return await as_role("trainer", team=team_id), await as_role("manager"), await as_role("manager")


def case_of(answer) -> str:
    return answer.headers["location"].rpartition("/")[2]


async def announce(manager, trainer, **changes):
    """Announce a removal at the end of work, with no team to offer."""
    form = {
        "person_id": str(trainer.actor.person_id),
        "measure": "removal",
        "reason": "end_of_work",
        "words": WORDS,
        "no_transfer": "No other team speaks this language.",
    }
    return await manager.post("/cases/new", data=form | changes)


async def test_from_the_announcement_to_the_appeal(crew):
    trainer, manager, other = crew
    made = await announce(manager, trainer)
    assert made.status_code == 303, made.text
    case = case_of(made)
    mine = await trainer.get("/account/cases")
    assert "Removal" in mine.text
    assert f"/account/cases/{case}" in mine.text
    seen = await trainer.get(f"/account/cases/{case}")
    assert WORDS in seen.text
    assert manager.actor.name in seen.text
    assert "No other team speaks this language." in seen.text
    short = await trainer.post(f"/account/cases/{case}/appeal", data={"words": "no"})
    assert short.status_code == 422
    assert "between 20 and" in short.text
    appealed = await trainer.post(
        f"/account/cases/{case}/appeal", data={"words": "There is another team for me, please look."}
    )
    assert appealed.status_code == 303
    assert "Decide the appeal" not in (await manager.get(f"/cases/{case}")).text, "whoever announced it does not decide"
    waiting = await other.get("/cases?show=appealed")
    assert trainer.actor.name in waiting.text
    assert "Decide the appeal" in (await other.get(f"/cases/{case}")).text
    refused = await manager.post(f"/cases/{case}/decide", data={"outcome": "upheld", "words": WORDS})
    assert refused.status_code == 403
    missing = await other.post(f"/cases/{case}/decide", data={"outcome": "overturned", "words": ""})
    assert missing.status_code == 422
    done = await other.post(f"/cases/{case}/decide", data={"outcome": "overturned", "words": WORDS})
    assert done.status_code == 303, done.text
    assert "overturned" in (await trainer.get("/account/cases")).text


async def test_a_form_that_comes_back_says_what_is_missing(crew):
    trainer, manager, _other = crew
    back = await announce(manager, trainer, words="because", no_transfer="", measure="suspension")
    assert back.status_code == 422
    for text in ("at least 20 characters", "for how many days", "Offer a transfer"):
        assert text in back.text
    assert re.search(r'name="measure" value="suspension"[^>]*checked', back.text)
    hostile = await announce(manager, trainer, records="submission:<script>")
    assert hostile.status_code == 422
    assert "<script>" not in hostile.text


async def test_choosing_a_person_first(crew):
    trainer, manager, _other = crew
    found = await manager.get("/cases/new", params={"q": trainer.actor.name})
    assert f"/cases/new?person={trainer.actor.person_id}" in found.text
    form = await manager.get(f"/cases/new?person={trainer.actor.person_id}")
    assert "Records it rests on" in form.text
    assert "/cases/new?person=" in (await manager.get(f"/people/{trainer.actor.person_id}")).text


async def test_the_end_of_work_for_a_team(crew, db, as_role, team_id):
    trainer, manager, _other = crew
    colleague = await as_role("trainer", team=team_id)
    async with db.write() as session:
        elsewhere = await add_team(session, actor=SYSTEM, name="Elsewhere")
    page = await manager.get(f"/cases/end-of-work?team={team_id}")
    assert trainer.actor.name in page.text
    form = {
        "team": str(team_id),
        "person_ids": [str(trainer.actor.person_id), str(colleague.actor.person_id)],
        "reason": "end_of_work",
        "measure": "removal",
        "words": WORDS,
        "transfer_team_id": str(elsewhere),
    }
    nobody = await manager.post("/cases/end-of-work", data=form | {"person_ids": []})
    assert nobody.status_code == 422
    assert "Choose between one" in nobody.text
    assert (await manager.post("/cases/end-of-work", data=form)).status_code == 303
    (mine,) = (await trainer.get("/api/v1/my/cases")).json()
    assert "Elsewhere" in (await trainer.get(f"/account/cases/{mine['id']}")).text
    answer = await trainer.post(f"/account/cases/{mine['id']}/transfer", data={"answer": "accept"})
    assert answer.status_code == 303
    assert "Elsewhere" in (await trainer.get("/account")).text
    assert (await trainer.get("/api/v1/my/cases")).json()[0]["state"] == "withdrawn"


async def test_who_may_not(crew, as_role):
    trainer, manager, _other = crew
    case = case_of(await announce(manager, trainer))
    stranger, operator = await as_role("trainer"), await as_role("operator")
    for path in (f"/account/cases/{case}", f"/api/v1/cases/{case}"):
        assert (await stranger.get(path)).status_code == 404
    for path in ("/cases", f"/cases/{case}", "/cases/new", "/cases/worth-a-look", "/cases/end-of-work"):
        assert (await stranger.get(path)).status_code == 403, path
        assert (await manager.get(path)).status_code == 200, path
    assert (await operator.get("/cases?show=overdue")).status_code == 200
    assert (await operator.get("/cases/new")).status_code == 403
    assert (await announce(operator, trainer)).status_code == 403


async def test_after_a_removal_only_what_is_theirs_is_left(crew, db, app):
    trainer, manager, _other = crew
    case = case_of(await announce(manager, trainer))
    async with db.write() as session:
        driver = await session.driver()
        await driver.execute("ALTER TABLE due_process_case DISABLE TRIGGER refuse_change")
        await driver.execute(
            "UPDATE due_process_case SET announced_at = announced_at - interval '20 days', "
            "effective_at = effective_at - interval '20 days'"
        )
        await driver.execute("UPDATE person SET removed_at = removed_at - interval '20 days'")
    app.state.authentication.forget(trainer.actor.person_id)
    assert (await trainer.get("/")).headers["location"] == "/account/cases"
    for path in (
        "/account",
        "/account/cases",
        f"/account/cases/{case}",
        "/earnings",
        "/account/data",
        "/account/payout",
    ):
        found = await trainer.get(path)
        assert found.status_code == 200, path
        assert ">Work</a>" not in found.text
    for path in ("/projects", "/reviews", "/people"):
        assert (await trainer.get(path)).status_code in {403, 404}, path
    assert (await trainer.post("/account/tokens", data={"name": "mine", "days": "7"})).status_code == 403
    taken = await trainer.post("/api/v1/projects/anything/assignments", json={})
    assert taken.status_code in {403, 404}


async def test_over_the_api(crew):
    trainer, manager, other = crew
    body = {
        "person_id": str(trainer.actor.person_id),
        "measure": "removal",
        "reason": "not_certified",
        "words": WORDS,
        "no_transfer": "No other team is open now.",
    }
    made = await manager.post("/api/v1/cases", json=body)
    assert made.status_code == 201, made.text
    case = made.json()["id"]
    assert (await manager.post("/api/v1/cases", json=body | {"reason": "low_score"})).status_code in {400, 422}
    assert (await trainer.post(f"/api/v1/cases/{case}/appeal", json={"words": WORDS})).status_code == 204
    assert (await trainer.post(f"/api/v1/cases/{case}/appeal", json={"words": WORDS})).status_code == 409
    whole = (await other.get(f"/api/v1/cases/{case}")).json()
    assert [one["kind"] for one in whole["case"]["words"]] == ["reason", "appeal"]
    assert (await other.get("/api/v1/cases?show=appealed")).json()["cases"][0]["id"] == case
    assert (await other.get("/api/v1/cases/worth-a-look")).json() == []
    decided = await other.post(f"/api/v1/cases/{case}/decision", json={"outcome": "upheld", "words": WORDS})
    assert decided.status_code == 204, decided.text
    late = await manager.post(f"/api/v1/cases/{case}/withdrawal", json={"words": WORDS})
    assert late.status_code == 409


async def test_records_lead_only_those_to_the_work_who_may_read_it(court, as_role):
    case = await court.open()
    place = f"/submissions/{court.handed.assignment_id}"
    manager, operator = await as_role("manager"), await as_role("operator")
    assert place in (await manager.get(f"/cases/{case}")).text
    seen = await operator.get(f"/cases/{case}")
    assert seen.status_code == 200
    assert place not in seen.text
