"""Pages and addresses by which trainers contest rejections and claim time over the cap, and others decide."""

import pytest

from preceptor.lib.clock import utc_now


@pytest.fixture
async def trainer(as_role, team_id):
    return await as_role("trainer", team=team_id)


async def hand_in(bench, world, client, db, *, minutes=10):
    view, _fresh = await bench.desk.claim(actor=client.actor, slug=world.terms.slug, prefetch=False, now=utc_now())
    async with db.write() as session:
        driver = await session.driver()
        change = "UPDATE assignment SET active_ms = %s, beat_at = now() + interval '1 hour' WHERE id = %s"
        await driver.execute(change, (minutes * 60_000, view.id))
    return await bench._submit(client.actor, view, fold=True)


async def test_a_rejection_is_contested_and_overturned_on_pages(bench, make_world, trainer, as_role, db):
    handed = await hand_in(bench, await make_world(), trainer, db)
    reviewer = await bench.person("reviewer")
    await bench.decide(reviewer, await bench.claim(reviewer), "reject", reason="copied", note="<b>Found</b> elsewhere.")
    path = f"/my-work/{handed.assignment_id}"
    page = await trainer.get(path)
    assert "what it had earned was taken back" in page.text
    assert "Contest it" in page.text
    answer = await trainer.post(f"{path}/contest", data={"note": ""})
    assert answer.status_code == 303
    assert "Say what the reviewer has overlooked" in (await trainer.get(path)).text
    await trainer.post(f"{path}/contest", data={"note": "I wrote that page <i>myself</i>."})
    assert "Waits for somebody else to look" in (await trainer.get(path)).text
    second = await as_role("manager")
    page = await second.get("/disputes")
    assert "I wrote that page &lt;i&gt;myself&lt;/i&gt;." in page.text
    assert reviewer.name not in page.text
    (link,) = {part.split('"')[0] for part in page.text.split('href="')[1:] if part.startswith("/disputes/")}
    page = await second.get(link)
    assert "&lt;b&gt;Found&lt;/b&gt; elsewhere." in page.text
    assert reviewer.name not in page.text
    page = await second.post(f"{link}/decide", data={"decision": "uphold", "answer": ""})
    assert (page.status_code, "Say why the rejection stands" in page.text) == (422, True)
    answer = await second.post(f"{link}/decide", data={"decision": "overturn", "answer": "You are right."})
    assert (answer.status_code, answer.headers["location"]) == (303, "/disputes")
    page = await trainer.get(path)
    assert "Overturned: the answer counts" in page.text
    assert "You are right." in page.text
    assert "Accepted" in page.text
    assert "Nothing is contested" in (await second.get("/disputes")).text
    assert link in (await second.get("/disputes?decided=true")).text
    assert (await (await as_role("trainer")).get("/disputes")).status_code == 403


async def test_time_over_the_cap_is_claimed_and_decided_on_pages(bench, make_world, trainer, as_role, db):
    world = await make_world(cap_minutes=10, estimated_minutes=5)
    handed = await hand_in(bench, world, trainer, db, minutes=25)
    path = f"/my-work/{handed.assignment_id}"
    assert "15 min" in (await trainer.get(path)).text
    await trainer.post(f"{path}/claim", data={"note": "The sources were long."})
    page = await trainer.get(path)
    assert "Waits for a decision" in page.text
    assert "Claim this time" not in page.text
    manager = await as_role("manager")
    page = await manager.get("/claims")
    assert "The sources were long." in page.text
    (link,) = {part.split('"')[0] for part in page.text.split('action="')[1:] if part.startswith("/claims/")}
    page = await manager.post(link, data={"decision": "decline", "answer": ""})
    assert (page.status_code, "Say why: the trainer reads it." in page.text) == (422, True)
    answer = await manager.post(link, data={"decision": "accept", "answer": "Thanks for the note."})
    assert answer.status_code == 303
    assert "Nothing waits" in (await manager.get("/claims")).text
    page = await trainer.get(path)
    assert "€15.00" in page.text
    assert f"Decided by {manager.actor.name}" in page.text
    assert (await trainer.get("/claims")).status_code == 403


async def test_programs_contest_claim_and_decide(bench, make_world, trainer, as_role, db):
    world = await make_world(cap_minutes=10, estimated_minutes=5)
    handed = await hand_in(bench, world, trainer, db, minutes=25)
    base = f"/api/v1/assignments/{handed.assignment_id}"
    found = (await trainer.get(f"{base}/over-cap")).json()
    assert (found["claimable_ms"], found["claims"]) == (900_000, [])
    made = await trainer.post(f"{base}/over-cap", json={"note": "It was long."})
    assert made.status_code == 201
    manager = await as_role("manager")
    (row,) = (await manager.get("/api/v1/claims")).json()["rows"]
    assert row["id"] == made.json()["id"]
    answer = await manager.post(f"/api/v1/claims/{row['id']}/decide", json={"accept": True})
    assert answer.status_code == 204
    answer = await manager.post(f"/api/v1/claims/{row['id']}/decide", json={"accept": False, "answer": "No."})
    assert (answer.status_code, answer.json()["code"]) == (409, "claim_decided")
    answer = await trainer.post(f"{base}/contest", json={"note": "Why?"})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_contestable")
    reviewer = await bench.person("reviewer")
    await bench.decide(reviewer, await bench.claim(reviewer), "reject", reason="fraud")
    answer = await trainer.post(f"{base}/contest", json={"note": "It is mine."})
    assert answer.status_code == 201
    (row,) = (await manager.get("/api/v1/disputes")).json()["rows"]
    assert (await manager.get(f"/api/v1/disputes/{row['id']}")).json()["rejection"]["reason"] == "fraud"
    answer = await manager.post(f"/api/v1/disputes/{row['id']}/decide", json={"overturn": True})
    assert answer.status_code == 204
    assert (await trainer.get(f"{base}/contest")).json()["dispute"]["state"] == "overturned"
    assert (await trainer.get("/api/v1/disputes")).status_code == 403
