"""Offers, applications and engagements as managers handle them."""

import re
from datetime import timedelta

from preceptor.hiring.operations import accept_offer, admit, apply_signed_in, set_forecast
from preceptor.hiring.queries import access_offer, open_offer
from preceptor.hiring.rules import OfferState, terms_digest
from preceptor.lib.clock import utc_now
from preceptor.pay.tables import FloorRate
from preceptor.people.rules import SYSTEM, Place
from tests.hiring.offers.conftest import TERMS
from tests.hiring.offers.test_applications import given
from tests.hiring.offers.test_public_pages import put_out

FORM = {
    "title": "Catalan writers",
    "summary": "Write it better.",
    "role": "trainer",
    "kind": "contractor",
    "country": "ES",
    "region": "CT",
    "rate": "17.00",
    "currency": "USD",
    "hours_least": "10",
    "hours_most": "20",
    "quota": "2",
    "closes_on": "",
    "notice_days": "14",
    "spoken.0.language": "ca",
    "spoken.0.level": "5",
    "spoken.1.language": "",
    "spoken.1.level": "5",
    "skills": "poetry, prose",
    "certification": "",
    "certification_level": "0",
    "exam_project_id": "",
    "exam_minutes": "0",
    "organisation": "Aurora Work SL",
    "behind": "",
    "contact": "people@aurora.example",
    "terms": "# Terms\r\n\r\nPaid every week.",
    "confidentiality": "",
}


async def test_an_offer_is_drafted_previewed_and_published(db, as_role, client):
    manager = await as_role("manager")
    assert "No offers yet" in (await manager.get("/hiring")).text
    assert (await manager.get("/hiring/offers/new")).status_code == 200
    preview = await manager.post("/hiring/offers/preview", data={**FORM, "summary": "<script>alert(1)</script>"})
    assert "$17.00 / hour" in preview.text
    assert "<script>alert" not in preview.text
    assert "<html" not in preview.text
    for odd in ({"rate": "much"}, {"closes_on": "yesterday"}, {"spoken.0.level": "x"}, {}):
        assert (await manager.post("/hiring/offers/preview", data={**FORM, **odd})).status_code == 200
    bad = await manager.post("/hiring/offers/new", data={**FORM, "rate": "1,500.00", "title": "Kept"})
    assert bad.status_code == 422
    assert "without a separator" in bad.text
    assert 'value="Kept"' in bad.text
    made = await manager.post("/hiring/offers/new", data={**FORM, "terms": ""})
    address = made.headers["location"]
    assert address == "/hiring/offers/0001"
    assert "Write the terms" in (await manager.get(address)).text
    refused = await manager.post(f"{address}/publish")
    assert refused.status_code == 422
    assert (await client.get("/offers/0001")).status_code == 404
    form = (await manager.get(f"{address}/edit")).text
    assert "poetry, prose" in form
    assert '<option value="ca" selected>' in form
    assert "$17.00 / hour" in form
    assert (await manager.post(f"{address}/edit", data=FORM)).status_code == 303
    assert (await manager.post(f"{address}/publish")).status_code == 303
    assert "Paid every week." in (await client.get("/offers/0001")).text
    fixed = await manager.post(f"{address}/edit", data={**FORM, "rate": "16"})
    assert fixed.status_code == 409
    assert "keeps its place, rate" in fixed.text
    copied = await manager.post(f"{address}/copy", data={"country": "US"})
    assert copied.headers["location"] == "/hiring/offers/0002/edit"
    async with db.read() as session:
        copy = await access_offer(session, actor=SYSTEM, number=2)
    assert (copy.fields.place, copy.state) == (Place("US"), OfferState.DRAFT)
    assert (await manager.post(f"{address}/close")).status_code == 303
    assert (await client.get("/offers/0001")).status_code == 410


async def test_a_rate_below_the_floor_cannot_be_published(db, as_role):
    manager = await as_role("manager")
    async with db.write() as session:
        since = (utc_now() - timedelta(days=1)).date()
        source = "Government of Catalonia, 2026"
        session.add(
            FloorRate(country="ES", region="CT", hourly_minor=1750, currency="USD", source=source, valid_from=since)
        )
    await manager.post("/hiring/offers/new", data=FORM)
    assert "$17.50" in (await manager.get("/hiring/offers/0001")).text
    refused = await manager.post("/hiring/offers/0001/publish")
    assert refused.status_code == 422
    assert "Government of Catalonia" in refused.text
    await manager.post("/hiring/offers/0001/edit", data={**FORM, "rate": "17,50"})
    assert (await manager.post("/hiring/offers/0001/publish")).status_code == 303


async def applied(db, number, person):
    async with db.write() as session:
        return await apply_signed_in(session, actor=person, number=number, given=given(), now=utc_now())


async def test_applications_are_found_and_decided(db, as_role, make_person):
    await put_out(db, quota=1)
    manager = await as_role("manager")
    first = await applied(db, 1, await make_person("trainer", name="Núria Puig"))
    second = await applied(db, 1, await make_person("trainer", name="Puig Nuria"))
    page = (await manager.get("/hiring/applications?offer=0001&state=received&language=ca")).text
    assert page.count("looks like somebody else") == 2
    assert "No applications like this" in (await manager.get("/hiring/applications?q=nobody")).text
    for number, words in ((first, "They have the offer."), (second, "on the waiting list")):
        answer = await manager.post(f"/hiring/applications/{number}/admit")
        assert answer.headers["location"] == f"/hiring/applications/{number}"
        assert words in (await manager.get(answer.headers["location"])).text
    unsaid = await manager.post(f"/hiring/applications/{second}/refuse", data={"note": " "})
    assert unsaid.status_code == 422
    await manager.post(f"/hiring/applications/{second}/refuse", data={"note": "The <b>place</b> is taken."})
    assert "The &lt;b&gt;place&lt;/b&gt; is taken." in (await manager.get(f"/hiring/applications/{second}")).text
    assert (await manager.post(f"/hiring/applications/{second}/admit")).status_code == 409
    assert "1 of 1" not in (await manager.get("/hiring")).text


async def test_rates_change_with_notice_on_the_page_of_the_engaged(db, as_role, make_person):
    await put_out(db)
    manager, person = await as_role("manager"), await make_person("trainer", name="Núria Puig")
    application_id = await applied(db, 1, person)
    async with db.write() as session:
        await admit(session, actor=SYSTEM, application_id=application_id, now=utc_now())
        await accept_offer(
            session, actor=person, application_id=application_id, digest=terms_digest(TERMS), now=utc_now()
        )
    page = (await manager.get("/hiring/engagements?offer=1")).text
    assert "Núria Puig" in page
    soon = f"{utc_now() + timedelta(days=2):%Y-%m-%d}"
    change = {"rate": "16", "currency": "USD", "effective_from": soon, "reason": "Less."}
    refused = await manager.post("/hiring/offers/0001/rate", data=change)
    assert refused.status_code == 422
    assert "needs 14 days" in refused.text
    raised = await manager.post("/hiring/offers/0001/rate", data={**change, "rate": "18"})
    assert raised.headers["location"] == "/hiring/engagements?offer=1"
    page = (await manager.get("/hiring/engagements?offer=1")).text
    assert "1 person has been told" in page
    assert "version 2" in page
    rates = re.search(r'data-label="Rate">(.*?)</td>', page)[1]
    assert re.findall(r"\$[0-9.]+ / h", rates) == ["$17.00 / h", "$18.00 / h"], "what holds, and what will"
    assert (await manager.post("/hiring/offers/0001/rate", data={**change, "effective_from": "x"})).status_code == 422
    ended = await manager.post(f"/hiring/offers/0001/end/{person.person_id}", data={"reason": "The project ends."})
    assert ended.status_code == 303
    assert "ends on" in (await manager.get("/hiring/engagements")).text
    async with db.read() as session:
        assert (await open_offer(session, number=1)).state is OfferState.PUBLISHED


async def test_the_page_says_how_many_can_be_admitted(db, as_role, make_project):
    project = await make_project()
    await put_out(db, project_ids=(project,))
    manager = await as_role("manager")
    assert "no forecast of work" in (await manager.get("/hiring/offers/0001")).text
    async with db.write() as session:
        await set_forecast(session, project_id=project, hours_per_week=25, at=utc_now())
    page = (await manager.get("/hiring/offers/0001")).text
    assert "25 h of work a week, 0 h promised" in page


async def test_hiring_is_for_managers(db, as_role, client):
    await put_out(db)
    trainer = await as_role("trainer")
    for path in ("/hiring", "/hiring/offers/new", "/hiring/offers/1", "/hiring/applications", "/hiring/engagements"):
        assert (await client.get(path)).status_code == 401
        assert (await trainer.get(path)).status_code == 403, path
    for path in ("/hiring/offers/new", "/hiring/offers/preview", "/hiring/offers/1/publish", "/hiring/offers/1/close"):
        assert (await trainer.post(path, data=FORM)).status_code == 403, path
    assert re.search("Catalan writers", (await client.get("/offers/1")).text)
