"""The menu: *Earnings* for whoever earns by their role, and for everybody else once there is something to see."""

from preceptor.lib.clock import utc_now
from preceptor.lib.money import Money
from preceptor.pay.operations import adjust
from preceptor.people.rules import SYSTEM

WAY = 'href="/earnings"'


async def test_a_manager_finds_earnings_once_there_are_any(as_role, signed_in, make_person, db):
    manager = await make_person("manager")
    before = await (await signed_in(manager)).get("/projects")
    assert (before.status_code, WAY in before.text) == (200, False)
    async with db.write() as session:
        given = {"actor": SYSTEM, "person_id": manager.person_id, "reason": "Decided two disputes."}
        await adjust(session, **given, money=Money(500, "EUR"), now=utc_now())
    client = await signed_in(manager)
    page = await client.get("/projects")
    assert page.text.index('href="/reviews"') < page.text.index(WAY) < page.text.index('href="/claims"')
    assert "€5.00" in (await client.get("/earnings")).text
    assert WAY in (await (await as_role("trainer")).get("/work")).text
    assert WAY in (await (await as_role("reviewer")).get("/reviews")).text
    assert WAY not in (await (await as_role("client")).get("/client")).text
