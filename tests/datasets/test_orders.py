"""Orders and invoices on the real database: what counts, in any order of events; who sees what."""

import contextlib
import random
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import text

from preceptor.datasets.operations import (
    DeliveryVerdict,
    NotDeliveredError,
    NothingAcceptedError,
    decide_delivery,
    issue_invoice,
)
from preceptor.datasets.queries import list_deliveries, order_margin, order_progress
from preceptor.lib.clock import utc_now
from preceptor.lib.errors import InvalidError
from preceptor.lib.ids import new_id
from preceptor.lib.money import Money
from preceptor.pay.operations import Earned, record_earnings, reverse
from preceptor.people.rules import SYSTEM, MissingPermissionError
from preceptor.projects.operations import (
    InvoiceEarlierError,
    NothingToInvoiceError,
    OrdersOverlapError,
    OrderStateError,
    agree_order,
    close_order,
    draft_order,
)
from preceptor.projects.queries import (
    NoSuchInvoiceError,
    NoSuchOrderError,
    NoSuchProjectError,
    access_invoice,
    access_order,
    list_invoices,
    list_orders,
    stream_invoice_sources,
)
from preceptor.projects.rules import OrderCounts, OrderTerms, OrderUnit
from preceptor.work.tables import TimeEntry

TODAY = utc_now().date()


class Orders:
    """What tests do with the orders of one project."""

    def __init__(self, db, world):
        self.db, self.slug = db, world.terms.slug

    async def agreed(self, unit="item", price=250, **given):
        terms = OrderTerms(unit=OrderUnit(unit), price=Money(price, "EUR"), begins=given.pop("begins", TODAY), **given)
        async with self.db.write() as session:
            number = await draft_order(session, actor=SYSTEM, slug=self.slug, terms=terms)
        async with self.db.write() as session:
            await agree_order(session, actor=SYSTEM, slug=self.slug, number=number, now=utc_now())
        return number

    async def invoice(self, number, upto=TODAY):
        async with self.db.write() as session:
            made = await issue_invoice(session, actor=SYSTEM, slug=self.slug, number=number, upto=upto, now=utc_now())
        async with self.db.read() as session:
            return await access_invoice(session, actor=SYSTEM, number=made)

    async def view(self, number):
        async with self.db.read() as session:
            return await access_order(session, actor=SYSTEM, slug=self.slug, number=number)

    async def progress(self, number):
        async with self.db.read() as session:
            return await order_progress(session, actor=SYSTEM, slug=self.slug, number=number)

    async def sources(self, invoice):
        found = []
        async with self.db.read() as session:
            async for page in stream_invoice_sources(session, actor=SYSTEM, number=invoice, size=2):
                found += page
        return found


@pytest.fixture
async def world(make_world):
    return await make_world(items=6, wanted=1)


@pytest.fixture
def orders(db, world):
    return Orders(db, world)


async def set_state(db, handed, state):
    """What a verdict that is overturned leaves behind."""
    async with db.write() as session:
        await session.execute(
            text("UPDATE assignment SET state = :state WHERE id = :id"), {"state": state, "id": handed.assignment_id}
        )


async def test_items_are_charged_once_and_credited_when_they_fall(db, orders, releases, world):
    number = await orders.agreed(price=250)
    first, second = await releases.accepted(world), await releases.accepted(world)
    one = await orders.invoice(number)
    assert [(line.kind, line.quantity, line.amount.amount) for line in one.lines] == [("charge", 2, 500)]
    assert {row.quantity for row in await orders.sources(one.number)} == {1}
    with pytest.raises(NothingToInvoiceError):
        await orders.invoice(number)
    await set_state(db, first, "rejected")
    await releases.accepted(world)
    two = await orders.invoice(number)
    assert [(line.kind, line.quantity, line.amount.amount) for line in two.lines] == [
        ("charge", 1, 250),
        ("credit", -1, -250),
    ]
    assert (one.number, two.number, two.total.amount) == (1, 2, 0)
    assert (await orders.view(number)).invoiced == Money(500, "EUR")
    for statement in ("UPDATE invoice SET total_minor = 0", "DELETE FROM invoice_line", "DELETE FROM invoice_source"):
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
            async with db.write() as session:
                await (await session.driver()).execute(statement)
    assert second.assignment_id


class Story:
    """What can happen to the work of an order, step by step."""

    def __init__(self, db, orders, releases, world, client, dice):
        self.db, self.orders, self.releases, self.world = db, orders, releases, world
        self.client, self.dice = client, dice
        self.handed, self.waiting = [], []

    async def accept(self):
        handed = await self.releases.accepted(self.world)
        await work(self.db, self.world, handed, paid_ms=self.dice.randrange(60_000, 4_000_000))
        self.handed.append(handed)

    async def overturn(self):
        if self.handed:
            await set_state(self.db, self.dice.choice(self.handed), "rejected")

    async def restore(self):
        if self.handed:
            await set_state(self.db, self.dice.choice(self.handed), "accepted")

    async def reverse(self):
        if self.handed:
            async with self.db.write() as session:
                driver = await session.driver()
                query = "SELECT 'time:' || id FROM time_entry WHERE assignment_id = %s AND amount_minor > 0 LIMIT 1"
                chosen = self.dice.choice(self.handed)
                (source,) = await (await driver.execute(query, (chosen.assignment_id,))).fetchone()
                await reverse(driver, source=source, reason="copied", now=utc_now())

    async def release(self):
        with contextlib.suppress(NothingAcceptedError):
            release = await self.releases.write(await self.releases.freeze(self.world))
            self.waiting.append(release.summary.number)

    async def decide(self):
        if self.waiting:
            number = self.waiting.pop()
            async with self.db.write() as session:
                await decide_delivery(
                    session,
                    actor=self.client,
                    slug=self.orders.slug,
                    number=number,
                    verdict=DeliveryVerdict.ACCEPTED,
                    now=utc_now(),
                )


async def work(db, world, handed, *, paid_ms, amount=None):
    """A stretch of paid work, in the books as ending an assignment writes it."""
    entry = new_id()
    amount = paid_ms // 1_000 if amount is None else amount
    async with db.write() as session:
        session.add(
            TimeEntry(
                id=entry,
                person_id=handed.trainer.person_id,
                project_id=world.terms.id,
                assignment_id=handed.assignment_id,
                activity="work",
                outcome="submitted",
                started_at=utc_now(),
                ended_at=utc_now(),
                active_ms=paid_ms,
                idle_ms=0,
                waiting_ms=0,
                paused_ms=0,
                paid_ms=paid_ms,
                rate_minor=3_600,
                currency="EUR",
                amount_minor=amount,
            )
        )
        await session.flush()
        earned = Earned(handed.trainer.person_id, world.terms.id, Money(amount, "EUR"), f"time:{entry}")
        await record_earnings(await session.driver(), [earned], now=utc_now())


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("unit", "counts"), [("item", OrderCounts.REVIEW), ("item", OrderCounts.DELIVERY), ("hour", OrderCounts.REVIEW)]
)
async def test_lines_sum_to_what_counts_in_any_order(db, orders, releases, world, make_person, seed, unit, counts):
    """Acceptance, overturned verdicts, reversed pay, releases, the client's word and invoices, shuffled."""
    dice = random.Random(seed)
    client = await make_person("client", client=world.terms.client_id)
    number = await orders.agreed(unit=unit, price=337, counts=counts, items_wanted=3 if unit == "item" else None)
    story = Story(db, orders, releases, world, client, dice)
    steps = ["accept"] * 5 + ["overturn", "restore", "overturn", "reverse", "reverse", "release", "decide"]
    steps += ["bill"] * 4
    dice.shuffle(steps)
    billed = 0
    for step in [*steps, "release", "decide", "bill"]:
        if step != "bill":
            await getattr(story, step)()
            continue
        with contextlib.suppress(NothingToInvoiceError):
            await orders.invoice(number)
            billed += 1
        due, view = await orders.progress(number), await orders.view(number)
        assert (view.billed, view.invoiced) == (due.quantity, due.amount)
        assert unit == "hour" or view.billed <= 3
    assert billed, "this story never came to an invoice"


async def test_hours_come_from_the_ledger_and_leave_a_margin(db, orders, releases, world):
    number = await orders.agreed(unit="hour", price=7_200)
    handed = await releases.accepted(world)
    await work(db, world, handed, paid_ms=5_400_000)
    due = await orders.progress(number)
    async with db.read() as session:
        margin = await order_margin(session, actor=SYSTEM, slug=orders.slug, number=number)
        cost = await session.scalar(text("SELECT sum(amount_minor) FROM time_entry"))
    assert due.quantity >= 5_400_000
    assert due.amount.amount >= 10_800
    assert margin.cost == [Money(int(cost), "EUR")]
    assert margin.margin == Money(due.amount.amount - int(cost), "EUR")


async def test_orders_are_drafted_agreed_and_closed(db, orders, make_person, world):
    number = await orders.agreed(ends=TODAY + timedelta(days=5))
    with pytest.raises(OrdersOverlapError):
        await orders.agreed(begins=TODAY + timedelta(days=5))
    with pytest.raises(OrderStateError):
        async with db.write() as session:
            await agree_order(session, actor=SYSTEM, slug=orders.slug, number=number, now=utc_now())
    with pytest.raises(OrderStateError):  # the one that overlapped stayed a draft
        await orders.invoice(2)
    with pytest.raises(InvalidError):
        await orders.invoice(number, TODAY + timedelta(days=1))
    async with db.write() as session:
        await close_order(session, actor=SYSTEM, slug=orders.slug, number=number, now=utc_now())
    assert (await orders.view(number)).terms.ends == TODAY
    with pytest.raises(NothingToInvoiceError):
        await orders.invoice(number)
    assert issubclass(InvoiceEarlierError, Exception)


async def test_clients_see_their_own_and_never_what_it_cost(db, orders, releases, world, make_person):
    number = await orders.agreed()
    await releases.accepted(world)
    invoice = (await orders.invoice(number)).number
    async with db.write() as session:
        await draft_order(
            session,
            actor=SYSTEM,
            slug=orders.slug,
            terms=OrderTerms(unit=OrderUnit.ITEM, price=Money(1, "EUR"), begins=TODAY + timedelta(days=90)),
        )
    owner = world.terms.client_id
    own, trainer = await make_person("client", client=owner), await make_person("trainer", team=world.team_id)
    other = await make_person("client", "trainer", team=world.team_id)
    async with db.read() as session:
        assert [one.number for one in await list_orders(session, actor=own, slug=orders.slug)] == [number]
        assert [one.number for one in await list_invoices(session, actor=own)] == [invoice]
        assert (await access_invoice(session, actor=own, number=invoice)).total == Money(250, "EUR")
        with pytest.raises(NoSuchOrderError):
            await access_order(session, actor=own, slug=orders.slug, number=number + 1)
        with pytest.raises(MissingPermissionError):
            await order_margin(session, actor=own, slug=orders.slug, number=number)
        assert await list_invoices(session, actor=other) == []
        for read in (list_orders(session, actor=other, slug=orders.slug), list_deliveries_of(session, other, orders)):
            with pytest.raises(NoSuchProjectError):
                await read
        with pytest.raises(NoSuchInvoiceError):
            await access_invoice(session, actor=other, number=invoice)
        with pytest.raises(MissingPermissionError):
            await list_orders(session, actor=trainer, slug=orders.slug)


def list_deliveries_of(session, actor, orders):
    return list_deliveries(session, actor=actor, slug=orders.slug, number=1)


async def test_a_client_accepts_a_release_once(db, releases, world, make_person):
    await releases.accepted(world)
    owner = world.terms.client_id
    own, other = await make_person("client", client=owner), await make_person("client")

    async def say(actor, verdict, note=""):
        async with db.write() as session:
            await decide_delivery(
                session,
                actor=actor,
                slug=world.terms.slug,
                number=1,
                verdict=DeliveryVerdict(verdict),
                note=note,
                now=utc_now(),
            )

    release = await releases.freeze(world)
    with pytest.raises(NotDeliveredError):
        await say(own, "accepted")
    await releases.write(release)
    with pytest.raises(NoSuchProjectError):
        await say(other, "accepted")
    with pytest.raises(MissingPermissionError):
        await say(await make_person("manager"), "accepted")
    with pytest.raises(InvalidError):
        await say(own, "incomplete")
    await say(own, "incomplete", "Spanish is missing.")
    await say(own, "accepted")
    with pytest.raises(NotDeliveredError):
        await say(own, "incomplete", "One more thing.")
    async with db.read() as session:
        said = await list_deliveries(session, actor=own, slug=world.terms.slug, number=1)
    assert [(one.verdict, one.note) for one in said] == [("accepted", ""), ("incomplete", "Spanish is missing.")]


async def test_cards_credit_those_who_chose_it(db, releases, world):
    handed = await releases.accepted(world)
    await releases.accepted(world)
    for name, credited in (("Ana [A.](http://x)", True), ("", False)):
        async with db.write() as session:
            await session.execute(
                text(
                    "UPDATE person SET credit_name = :name WHERE id = (SELECT trainer_id FROM assignment WHERE id = :id)"
                ),
                {"name": name, "id": handed.assignment_id},
            )
        release = await releases.write(await releases.freeze(world))
        card = releases.storage.path(f"releases/{release.summary.id}/README.md").read_text()
        assert ("## Credits" in card) is credited
        assert ("Ana \\[A.\\](http://x)." in card) is credited
