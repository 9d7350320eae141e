"""Offers, applications and engagements over the API."""

from datetime import timedelta

import pytest

from preceptor.lib.clock import utc_now
from preceptor.people.rules import SYSTEM
from tests.hiring.offers.test_public_pages import put_out

OFFER = {
    "title": "Catalan writers",
    "summary": "Write it better.",
    "rate": {"amount": 1700, "currency": "USD"},
    "hours_most": 20,
    "organisation": "Aurora Work SL",
    "contact": "people@aurora.example",
    "quota": 2,
    "place": {"country": "ES", "region": "CT"},
    "languages": [{"language": "ca", "level": 5}],
    "terms": {"markdown": "Paid every week."},
}
GIVEN = {"place": {"country": "ES", "region": "CT"}, "languages": [{"language": "ca", "level": 5}]}


async def test_the_whole_story_over_the_api(as_role, client):
    manager, trainer = await as_role("manager"), await as_role("trainer")
    made = await manager.post("/api/v1/hiring/offers", json=OFFER)
    assert (made.status_code, made.json()["state"]) == (201, "draft")
    number = made.json()["number"]
    assert (await client.get(f"/api/v1/offers/{number}")).status_code == 404
    changed = await manager.patch(f"/api/v1/hiring/offers/{number}", json={**OFFER, "quota": 3})
    assert changed.json()["quota"] == 3
    assert (await manager.post(f"/api/v1/hiring/offers/{number}/publish")).json()["state"] == "published"
    listed = (await client.get("/api/v1/offers?language=ca&country=ES&region=CT&q=catalan")).json()
    assert [one["number"] for one in listed["offers"]] == [number]
    assert listed["offers"][0]["rate"] == {"amount": 1700, "currency": "USD"}
    sent = await trainer.post(f"/api/v1/offers/{number}/applications", json=GIVEN)
    assert (sent.status_code, sent.json()["state"]) == (201, "received")
    mine = sent.json()["id"]
    again = await trainer.post(f"/api/v1/offers/{number}/applications", json=GIVEN)
    assert (again.status_code, again.json()["code"]) == (409, "applied_already")
    found = (await manager.get(f"/api/v1/hiring/applications?offer={number}&state=received")).json()["applications"]
    assert [one["id"] for one in found] == [mine]
    admitted = await manager.post(f"/api/v1/hiring/applications/{mine}/admit")
    assert admitted.json()["state"] == "offered"
    digest = (await client.get(f"/api/v1/offers/{number}")).json()["terms_digest"]
    accepted = await trainer.post(f"/api/v1/applications/{mine}/accept", json={"terms_digest": digest})
    assert (accepted.status_code, accepted.json()["terms"]["markdown"]) == (201, "Paid every week.")
    held = (await trainer.get("/api/v1/engagements")).json()["engagements"]
    assert [(one["version"], one["holds"]) for one in held] == [(1, True)]
    other = await as_role("trainer")
    assert (await other.get(f"/api/v1/engagements/{held[0]['id']}")).status_code == 404
    assert (await other.get(f"/api/v1/applications/{mine}")).status_code == 404
    later = (utc_now() + timedelta(days=15)).isoformat()
    told = await manager.post(
        f"/api/v1/hiring/offers/{number}/rate",
        json={"rate": {"amount": 1600, "currency": "USD"}, "effective_from": later, "reason": "Less."},
    )
    assert told.json() == {"told": 1}
    assert (await manager.get("/api/v1/hiring/engagements")).json()["engagements"][0]["version"] == 2
    ended = await trainer.post(
        f"/api/v1/hiring/offers/{number}/engaged/{trainer.actor.person_id}/end", json={"reason": ""}
    )
    assert ended.status_code == 200
    assert (await trainer.get("/api/v1/applications")).json()["applications"][0]["state"] == "accepted"
    copy = await manager.post(f"/api/v1/hiring/offers/{number}/copy", json={"place": {"country": "US", "region": ""}})
    assert (copy.json()["state"], copy.json()["place"]["country"]) == ("draft", "US")
    assert len((await manager.get("/api/v1/hiring/offers?state=draft")).json()["offers"]) == 1
    assert (await manager.post(f"/api/v1/hiring/offers/{number}/close")).json()["closed_why"] == "hand"
    assert (await client.get(f"/api/v1/offers/{number}")).json()["state"] == "closed"


@pytest.mark.parametrize(
    "change",
    [
        {"rate": {"amount": 1700, "currency": "usd"}},
        {"rate": {"amount": 10**30, "currency": "USD"}},
        {"rate": {"amount": -1, "currency": "USD"}},
        {"hours_most": 10**9},
        {"quota": 10**12},
        {"certification": "none"},
        {"project_ids": ["00000000-0000-0000-0000-000000000000"]},
        {"title": "\u0000"},
        {"place": {"country": "ES", "region": "x" * 200}},
        {"unknown": 1},
    ],
)
async def test_bad_offers_are_refused_in_words(as_role, change):
    manager = await as_role("manager")
    answer = await manager.post("/api/v1/hiring/offers", json={**OFFER, **change})
    assert answer.status_code in {400, 422}, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")


async def test_strangers_and_trainers_decide_nothing(db, as_role, client):
    await put_out(db)
    trainer = await as_role("trainer")
    for path in ("/hiring/offers", "/hiring/applications", "/hiring/engagements"):
        assert (await client.get(f"/api/v1{path}")).status_code == 401
        assert (await trainer.get(f"/api/v1{path}")).status_code == 403
    assert (await client.get("/api/v1/applications")).status_code == 401
    assert (await client.get("/api/v1/offers")).status_code == 200
    assert (await trainer.post("/api/v1/offers/99999999999/applications", json=GIVEN)).status_code == 404
    naive = {"rate": {"amount": 1, "currency": "USD"}, "effective_from": "2027-01-01T00:00:00", "reason": "x"}
    manager = await as_role("manager")
    assert (await manager.post("/api/v1/hiring/offers/1/rate", json=naive)).status_code in {400, 422}
    assert SYSTEM
