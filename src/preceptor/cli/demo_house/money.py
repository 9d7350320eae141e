"""Money of a demo: floors, where people want their pay, batches of payouts, and the client's order."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from preceptor.cli.demo_house.accounts import DOMAIN
from preceptor.datasets.operations.invoicing import issue_invoice
from preceptor.lib.db import Database
from preceptor.lib.money import Money
from preceptor.lib.settings import Settings
from preceptor.pay import FailureReason, MethodKind, read_floors
from preceptor.pay.operations import (
    approve_batch,
    export_batch,
    import_floors,
    make_batch,
    mark_all_paid,
    mark_failed,
    mark_returned,
    mark_sent,
    set_payout_method,
)
from preceptor.pay.queries import list_payouts
from preceptor.pay.sealing import payout_sealer
from preceptor.pay.writing import payer_of
from preceptor.people import Actor
from preceptor.projects import OrderTerms, OrderUnit
from preceptor.projects.operations import agree_order, draft_order

FLOORS = """country,region,currency,hourly,source,valid_from
ES,,USD,13.50,"Example: 130 % of the legal minimum wage, in dollars",2026-01-01
ES,CT,USD,14.50,"Example: reference wage of the region, in dollars",2026-01-01
ES,,EUR,12.60,"Example: 130 % of the legal minimum wage",2026-01-01
ES,CT,EUR,13.50,"Example: reference wage of the region",2026-01-01
US,,USD,18.00,"Example: living wage, mean of the states",2026-01-01
IE,,EUR,15.40,"Example: 110 % of the legal minimum wage",2026-01-01
IE,,USD,17.00,"Example: 110 % of the legal minimum wage, in dollars",2026-01-01
"""
IBANS = (
    "NL91ABNA0417164300",
    "IE64IRCE92050112345678",
    "DE89370400440532013000",
    "FR1420041010050500013M02606",
    "AT611904300234573201",
    "BE68539007547034",
    "PT50000201231234567890154",
    "FI2112345600000785",
)
"""Accounts that registries of IBANs give as examples; nobody holds them."""


async def load_floors(db: Database, *, operator: Actor) -> None:
    """What the operator has set as the least for some places."""
    async with db.write() as session:
        await import_floors(session, actor=operator, floors=read_floors(FLOORS).floors)


async def load_methods(
    db: Database, settings: Settings, *, euros: Sequence[Actor], dollars: Sequence[Actor], now: datetime
) -> None:
    """People say where they want euros (their bank) and dollars (PayPal)."""
    sealer = payout_sealer(settings)
    for place, actor in enumerate(euros):
        async with db.write() as session:
            await set_payout_method(
                session,
                actor=actor,
                sealer=sealer,
                currency="EUR",
                kind=MethodKind.SEPA,
                holder=actor.name,
                account=IBANS[place % len(IBANS)],
                now=now,
            )
    for actor in dollars:
        name = actor.name.split()[0].lower().encode("ascii", "ignore").decode()
        async with db.write() as session:
            await set_payout_method(
                session,
                actor=actor,
                sealer=sealer,
                currency="USD",
                kind=MethodKind.PAYPAL,
                holder=actor.name,
                account=f"{name}.pay@{DOMAIN}",
                now=now,
            )


async def pay_out(db: Database, settings: Settings, *, operator: Actor, manager: Actor, now: datetime) -> None:
    """Three batches: euros of which one payout came back, dollars of which one failed, and dollars not approved yet.

    Args:
        db: the database.
        settings: with who pays.
        operator: makes the batches and sends their files.
        manager: approves them.
        now: the present; the batches were made over the last weeks.
    """
    euros = await _sent(db, settings, MethodKind.SEPA, "EUR", operator, manager, now - timedelta(days=20))
    async with db.read() as session:
        first = (await list_payouts(session, actor=operator, batch_id=euros)).rows[-1]
    async with db.write() as session:
        await mark_returned(
            session,
            actor=operator,
            payout_id=first.id,
            reason=FailureReason.ACCOUNT_CLOSED,
            note="AC04, told by the bank",
            now=now - timedelta(days=16),
        )
        await mark_all_paid(session, actor=operator, batch_id=euros, now=now - timedelta(days=16))
    dollars = await _sent(db, settings, MethodKind.PAYPAL, "USD", operator, manager, now - timedelta(days=18))
    async with db.read() as session:
        last = (await list_payouts(session, actor=operator, batch_id=dollars)).rows[-1]
    async with db.write() as session:
        await mark_failed(
            session,
            actor=operator,
            payout_id=last.id,
            reason=FailureReason.DETAILS_WRONG,
            note="PayPal knows no such address",
            now=now - timedelta(days=17),
        )
        await mark_all_paid(session, actor=operator, batch_id=dollars, now=now - timedelta(days=17))
        await make_batch(
            session,
            actor=operator,
            kind=MethodKind.PAYPAL,
            currency="USD",
            period_end=now - timedelta(days=2),
            minimum_minor=500,
            now=now - timedelta(hours=5),
        )


async def _sent(
    db: Database, settings: Settings, kind: MethodKind, currency: str, operator: Actor, manager: Actor, now: datetime
) -> UUID:
    async with db.write() as session:
        batch_id = await make_batch(
            session,
            actor=operator,
            kind=kind,
            currency=currency,
            period_end=now - timedelta(hours=6),
            minimum_minor=100,
            now=now,
        )
    async with db.write() as session:
        await approve_batch(session, actor=manager, batch_id=batch_id, now=now + timedelta(hours=2))
        await export_batch(
            session,
            actor=operator,
            batch_id=batch_id,
            sealer=payout_sealer(settings),
            payer=payer_of(settings),
            now=now + timedelta(hours=3),
        )
        await mark_sent(session, actor=operator, batch_id=batch_id, now=now + timedelta(hours=4))
    return batch_id


async def order(db: Database, *, manager: Actor, slug: str, now: datetime) -> None:
    """The client's order for a project: agreed, and invoiced once; and a draft of the next one."""
    begins = (now - timedelta(days=45)).date()
    terms = OrderTerms(
        unit=OrderUnit.ITEM,
        price=Money(9_600, "EUR"),
        begins=begins,
        ends=(now + timedelta(days=30)).date(),
        items_wanted=40,
        note="Two answers to each question, accepted in review.",
    )
    later = OrderTerms(
        unit=OrderUnit.HOUR, price=Money(4_800, "EUR"), begins=(now + timedelta(days=31)).date(), note="From then on."
    )
    async with db.write() as session:
        number = await draft_order(session, actor=manager, slug=slug, terms=terms)
        await agree_order(session, actor=manager, slug=slug, number=number, now=now - timedelta(days=44))
        await draft_order(session, actor=manager, slug=slug, terms=later)
    async with db.write() as session:
        await issue_invoice(session, actor=manager, slug=slug, number=number, upto=now.date(), now=now)
