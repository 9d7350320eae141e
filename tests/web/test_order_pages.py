"""Pages and addresses of orders and invoices: who sees what, and no cost or margin anywhere a client can look."""

import csv
import io

import msgspec
import pytest
from sqlalchemy import text

from preceptor.lib.clock import utc_now
from tests.datasets.conftest import releases  # noqa: F401 (a fixture)
from tests.datasets.test_orders import Orders, work
from tests.quality.conftest import bench  # noqa: F401 (a fixture)
from tests.work.conftest import make_world  # noqa: F401 (a fixture)

TODAY = utc_now().date().isoformat()
SECRET = 4_242
"""What the work costs, in cents: an amount that is found nowhere by accident."""


@pytest.fixture
async def world(make_world):  # noqa: F811
    return await make_world(items=3, wanted=1)


async def test_from_order_to_invoice(db, releases, world, as_role):  # noqa: F811
    slug = world.terms.slug
    manager, client = await as_role("manager"), await as_role("client", client=world.terms.client_id)
    handed = await releases.accepted(world)
    await work(db, world, handed, paid_ms=1_800_000, amount=SECRET)
    bad = await manager.post(
        f"/projects/{slug}/orders", data={"unit": "item", "price": "x", "currency": "EUR", "begins": TODAY}
    )
    assert (bad.status_code, "Give a price such as" in bad.text) == (422, True)
    form = {
        "unit": "item",
        "price": "99,50",
        "currency": "EUR",
        "begins": TODAY,
        "items_wanted": "2",
        "counts": "review",
    }
    made = await manager.post(f"/projects/{slug}/orders", data={**form, "note": "First <b>batch</b>"})
    assert made.headers["location"] == f"/projects/{slug}/orders/1"
    assert "Order 1" not in (await client.get(f"/client/{slug}")).text
    assert (await manager.post(f"/projects/{slug}/orders/1/agree")).status_code == 303
    seen = (await client.get(f"/client/{slug}")).text
    assert "1 of 2 items" in seen
    assert "First &lt;b&gt;batch" in seen
    page = (await manager.get(f"/projects/{slug}/orders/1")).text
    assert "€99.50" in page
    assert "€42.42" in page
    issued = await manager.post(f"/projects/{slug}/orders/1/invoices", data={"upto": TODAY})
    assert issued.headers["location"] == "/invoices/1"
    again = await manager.post(f"/projects/{slug}/orders/1/invoices", data={"upto": TODAY})
    assert (again.status_code, "nothing to invoice" in again.text) == (409, True)
    (line,) = csv.DictReader(io.StringIO((await client.get("/invoices/1/lines")).text))
    assert (line["quantity"], line["amount"], line["currency"]) == ("1", "99.50", "EUR")
    (source,) = csv.DictReader(io.StringIO((await client.get("/invoices/1/sources")).text))
    assert source["source"].removeprefix("item:") in {str(one) for one in world.item_ids}


async def test_no_cost_where_a_client_can_look(db, releases, world, as_role):  # noqa: F811
    slug = world.terms.slug
    manager, client = await as_role("manager"), await as_role("client", client=world.terms.client_id)
    await work(db, world, await releases.accepted(world), paid_ms=1_800_000, amount=SECRET)
    orders = Orders(db, world)
    await orders.agreed(unit="hour", price=5_000)
    await orders.invoice(1)
    async with db.read() as session:
        assert await session.scalar(text("SELECT max(amount_minor) FROM time_entry")) == SECRET
    assert str(SECRET) in (await manager.get(f"/api/v1/projects/{slug}/orders/1/margin")).text
    schema = msgspec.json.decode((await client.get("/api/openapi.json")).content)
    addresses = [
        f"/api/v1{path.removeprefix('/api/v1')}".replace("{slug}", slug).replace("{number}", "1")
        for path, methods in schema["paths"].items()
        if "get" in methods
    ]
    addresses = [
        path for path in addresses if "{" not in path and ("order" in path or "invoice" in path or slug in path)
    ]
    assert len(addresses) > 8
    pages = ["/client", f"/client/{slug}", "/invoices", "/invoices/1", "/invoices/1/lines", "/invoices/1/sources"]
    pages += [f"/projects/{slug}/orders", f"/projects/{slug}/orders/1", f"/projects/{slug}"]
    looked = 0
    for path in [*addresses, *pages]:
        answer = await client.get(path)
        assert answer.status_code < 500, path
        looked += answer.status_code == 200
        for word in ("42.42", str(SECRET), "margin", "Margin"):
            if answer.status_code == 200:
                assert word not in answer.text, (path, word)
    assert looked > 8
    for path in (f"/api/v1/projects/{slug}/orders/1/margin", f"/projects/{slug}/orders/1", f"/projects/{slug}/orders"):
        assert (await client.get(path)).status_code == 403, path


async def test_others_see_nothing(db, releases, world, as_role, client_id):  # noqa: F811
    slug = world.terms.slug
    await releases.accepted(world)
    orders = Orders(db, world)
    await orders.agreed()
    await orders.invoice(1)
    stranger = await as_role("client", client=client_id)
    trainer = await as_role("trainer", team=world.team_id)
    for client in (stranger, trainer, await as_role("reviewer"), await as_role("operator")):
        for path in (
            f"/api/v1/projects/{slug}/orders",
            f"/api/v1/projects/{slug}/orders/1",
            f"/api/v1/projects/{slug}/orders/1/progress",
            "/api/v1/invoices/1",
            "/invoices/1",
            "/invoices/1/sources",
        ):
            assert (await client.get(path)).status_code in {403, 404}, (client.actor.roles, path)
    assert (await stranger.get("/api/v1/invoices")).json() == {"invoices": []}
    assert (await stranger.post(f"/api/v1/projects/{slug}/orders/1/invoices", json={"upto": TODAY})).status_code in {
        403,
        404,
    }


@pytest.fixture
async def client_id(db):
    """Another client organisation."""
    from preceptor.people.rules import SYSTEM
    from preceptor.projects.operations import add_client_organisation

    async with db.write() as session:
        return await add_client_organisation(session, actor=SYSTEM, name="Another lab")
