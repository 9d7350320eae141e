"""What tests of hiring share: a manager's offer, and people who are engaged by it."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from preceptor.hiring.operations.offers import add_offer
from preceptor.hiring.rules import OfferFields, Terms, terms_digest
from preceptor.hiring.tables import Application, Engagement
from preceptor.kinds.registry import task_kinds
from preceptor.lib.money import Money
from preceptor.people.rules import SYSTEM, Place, Spoken
from preceptor.projects.operations import add_client_organisation, add_project

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CATALONIA, USA = Place("ES", "CT"), Place("US")
TERMS = Terms("# Terms\n\nYou are paid every two weeks.", "Do not publish the prompts.")


def fields(**changes: object) -> OfferFields:
    """A whole offer: Catalan writers in Catalonia at 17 USD an hour."""
    values: dict[str, object] = {
        "title": "Catalan writers",
        "summary": "Rate what a language model says in Catalan, and write it better.",
        "rate": Money(1700, "USD"),
        "hours_least": 10,
        "hours_most": 20,
        "organisation": "Aurora Work SL",
        "contact": "people@aurora.example",
        "quota": 20,
        "place": CATALONIA,
        "spoken": (Spoken("ca", 5),),
    }
    return OfferFields(**{**values, **changes})  # type: ignore[arg-type]


@pytest.fixture
def make_project(db, team_id) -> Callable[..., Awaitable[UUID]]:
    """Make a project that the team works on: `await make_project("Chat")` answers its id."""

    async def make(title: str = "Chat", *, teams: list[UUID] | None = None) -> UUID:
        async with db.write() as session:
            client = await add_client_organisation(session, actor=SYSTEM, name=f"Client of {title}")
        async with db.write() as session:
            made = await add_project(
                session,
                actor=SYSTEM,
                client_id=client,
                title=title,
                kind=next(iter(task_kinds())),
                rate=Money(2000, "EUR"),
                team_ids=[team_id] if teams is None else teams,
            )
        return made.id

    return make


@pytest.fixture
async def engage(db):
    """Write an engagement down as accepting an offer does: `await engage(person_id, rate=1700)` answers its id."""

    async def write(person_id: UUID, *, version: int = 1, offer=None, days: int = 0, **changes: object) -> Engagement:
        async with db.write() as session:
            if offer is None:
                offer = (await add_offer(session, actor=SYSTEM, fields=fields(), terms=TERMS)).id
            applied = Application(offer_id=offer, person_id=person_id, state="declined", state_at=NOW, spoken=[])
            session.add(applied)
            await session.flush()
            values = {
                "title": "Catalan writers",
                "role": "trainer",
                "project_ids": [],
                "rate_minor": 1700,
                "currency": "USD",
                "country": "ES",
                "region": "CT",
                "hours_least": 10,
                "hours_most": 20,
                "organisation": "Aurora Work SL",
                "kind": "contractor",
                "notice_days": 14,
                "terms_version": 1,
                "terms_digest": terms_digest(TERMS),
            }
            row = Engagement(
                person_id=person_id,
                offer_id=offer,
                application_id=applied.id,
                version=version,
                announced_at=NOW,
                effective_from=NOW + timedelta(days=days),
                **{**values, **changes},
            )
            session.add(row)
            await session.flush()
        return row

    return write
