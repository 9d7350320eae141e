"""Offers on a real database: drafts, publishing, what cannot change, closing."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from preceptor.hiring.operations.offers import (
    OfferClosedError,
    OfferFixedError,
    OfferNotReadyError,
    add_offer,
    change_offer,
    close_due_offers,
    close_offer,
    copy_offer,
    publish_offer,
)
from preceptor.hiring.queries.offers import (
    NoSuchOfferError,
    OfferSearch,
    access_offer,
    open_offer,
    search_offers,
)
from preceptor.hiring.rules import ClosedWhy, OfferState, Terms, terms_digest
from preceptor.lib.errors import InvalidError
from preceptor.lib.money import Money
from preceptor.people.rules import SYSTEM, MissingPermissionError, Place, Spoken
from tests.hiring.offers.conftest import CATALONIA, NOW, TERMS, USA, fields


async def published(db, **changes) -> int:
    async with db.write() as session:
        made = await add_offer(session, actor=SYSTEM, fields=fields(**changes), terms=TERMS)
        await publish_offer(session, actor=SYSTEM, number=made.number, now=NOW)
    return made.number


async def test_the_same_work_at_the_rate_of_each_place(db):
    """Writers in Catalan at 17 USD/h in Catalonia and 25 USD/h in the United States; Spanish at 18.50 and 25."""
    spanish = {"title": "Spanish writers", "spoken": (Spoken("es", 5),)}
    await published(db)
    await published(db, place=USA, rate=Money(2500, "USD"))
    await published(db, **spanish, rate=Money(1850, "USD"))
    await published(db, **spanish, place=USA, rate=Money(2500, "USD"))
    async with db.read() as session:
        for language, place, rate in (
            ("ca", CATALONIA, 1700),
            ("ca", USA, 2500),
            ("es", CATALONIA, 1850),
            ("es", USA, 2500),
        ):
            found = (await search_offers(session, wanted=OfferSearch(language=language, place=place))).rows
            assert [one.fields.rate for one in found] == [Money(rate, "USD")]
        assert len((await search_offers(session, wanted=OfferSearch(words="LANGUAGE model catalan"))).rows) == 4
        assert len((await search_offers(session, wanted=OfferSearch(words="spanish writers"))).rows) == 2
        assert (await search_offers(session, wanted=OfferSearch(words="100%"))).rows == []
        assert (await search_offers(session, wanted=OfferSearch(place=Place("FR")))).rows == []


async def test_a_draft_is_nobodys_to_see_until_it_is_whole(db, make_person):
    manager, trainer = await make_person("manager"), await make_person("trainer")
    async with db.write() as session:
        made = await add_offer(session, actor=manager, fields=fields(closes_on=date(2026, 3, 1)))
    async with db.read() as session:
        with pytest.raises(NoSuchOfferError):
            await open_offer(session, number=made.number)
        with pytest.raises(MissingPermissionError):
            await access_offer(session, actor=trainer, number=made.number)
        assert (await access_offer(session, actor=manager, number=made.number)).state is OfferState.DRAFT
    with pytest.raises(OfferNotReadyError) as refused:
        async with db.write() as session:
            await publish_offer(session, actor=manager, number=made.number, now=NOW)
    assert {problem.path for problem in refused.value.fields} == {"terms", "closes_on"}
    async with db.write() as session:
        await change_offer(session, actor=manager, number=made.number, fields=fields(), terms=TERMS)
        await publish_offer(session, actor=manager, number=made.number, now=NOW)
        await publish_offer(session, actor=manager, number=made.number, now=NOW)
    async with db.read() as session:
        seen = await open_offer(session, number=made.number)
    assert (seen.fields, seen.terms, seen.terms_digest) == (fields(), TERMS, terms_digest(TERMS))


async def test_what_people_decide_by_stays_once_it_is_published(db):
    number = await published(db)
    for changes in ({"rate": Money(1600, "USD")}, {"place": USA}, {"spoken": (Spoken("ca", 3),)}, {"notice_days": 1}):
        with pytest.raises(OfferFixedError):
            async with db.write() as session:
                await change_offer(session, actor=SYSTEM, number=number, fields=fields(**changes))
    newer = Terms("# Terms\n\nYou are paid every week.")
    async with db.write() as session:
        await change_offer(session, actor=SYSTEM, number=number, fields=fields(quota=40), terms=newer)
    async with db.read() as session:
        seen = await open_offer(session, number=number)
    assert (seen.fields.quota, seen.terms, seen.terms_version) == (40, newer, 2)
    for statement in (
        "UPDATE offer SET rate_minor = 1",
        "UPDATE offer SET country = 'US'",
        "UPDATE offer_terms SET markdown = ''",
        "DELETE FROM offer_terms",
    ):
        with pytest.raises(IntegrityError, match="append-only"):
            async with db.write() as session:
                await session.execute(text(statement))


async def test_an_offer_closes_by_hand_or_by_its_date(db):
    by_hand, by_date = await published(db), await published(db, closes_on=NOW.date())
    async with db.write() as session:
        assert await close_due_offers(session, now=NOW) == 0
        await close_offer(session, actor=SYSTEM, number=by_hand, now=NOW)
        await close_offer(session, actor=SYSTEM, number=by_hand, now=NOW + timedelta(hours=1))
        over = NOW.replace(hour=12) + timedelta(days=1)  # in Hawaii at two in the night
        assert await close_due_offers(session, now=over - timedelta(seconds=1)) == 0
        assert await close_due_offers(session, now=over) == 1
    async with db.read() as session:
        assert (await open_offer(session, number=by_hand)).closed_why is ClosedWhy.HAND
        assert (await open_offer(session, number=by_hand)).closed_at == NOW
        assert (await open_offer(session, number=by_date)).closed_why is ClosedWhy.DATE
        assert (await search_offers(session, wanted=OfferSearch())).rows == []
    for operation in (publish_offer, change_offer):
        options = {"now": NOW} if operation is publish_offer else {"fields": fields()}
        with pytest.raises(OfferClosedError):
            async with db.write() as session:
                await operation(session, actor=SYSTEM, number=by_hand, **options)


async def test_a_copy_for_another_place_is_a_draft(db):
    number = await published(db)
    async with db.write() as session:
        made = await copy_offer(session, actor=SYSTEM, number=number, place=USA)
    async with db.read() as session:
        copy = await access_offer(session, actor=SYSTEM, number=made.number)
    assert (copy.state, copy.fields, copy.terms) == (OfferState.DRAFT, fields(place=USA), TERMS)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"rate": Money(0, "USD")}, "rate"),
        ({"place": Place("XX")}, "country"),
        ({"place": Place("", "CT")}, "region"),
        ({"spoken": (Spoken("zzzz", 5),)}, "spoken.0.language"),
        ({"spoken": (Spoken("ca", 6),)}, "spoken.0.level"),
        ({"spoken": (Spoken("ca", 5), Spoken("ca", 4))}, "spoken"),
        ({"hours_least": 30}, "hours_most"),
        ({"quota": 0}, "quota"),
        ({"skills": ("",)}, "skills"),
    ],
)
async def test_what_makes_no_sense_is_refused(db, changes, path):
    with pytest.raises(InvalidError) as refused:
        async with db.write() as session:
            await add_offer(session, actor=SYSTEM, fields=fields(**changes))
    assert path in {problem.path for problem in refused.value.fields}
