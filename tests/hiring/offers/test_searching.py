"""Words of a search find whatever the case and accents, on either side, and Python folds as PostgreSQL does."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import literal, select

from preceptor.hiring.operations import add_offer, publish_offer
from preceptor.hiring.queries.offers import OfferSearch, count_offers, search_offers
from preceptor.lib.clock import utc_now
from preceptor.lib.db import folded, folded_in_sql
from preceptor.people.rules import SYSTEM
from tests.hiring.offers.conftest import TERMS, fields

TITLE = "Escriptors de català per a models intel·ligents (Añover, Łódź, Zürich)"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("catala", True),
        ("català", True),
        ("CATALÀ", True),
        ("catalá", True),
        ("cata\u0301la\u0300", True),
        ("intelligents", True),
        ("intel·ligents", True),
        ("anover zurich", True),
        ("zürich añover", True),
        ("catalana", False),
        ("c_tala", False),
        ("%", False),
        ("catala xines", False),
    ],
)
async def test_accents_and_case_do_not_matter(db, words, found):
    async with db.write() as session:
        made = await add_offer(session, actor=SYSTEM, fields=fields(title=TITLE), terms=TERMS)
        await publish_offer(session, actor=SYSTEM, number=made.number, now=utc_now())
    wanted = OfferSearch(words=words)
    async with db.read() as session:
        assert bool((await search_offers(session, wanted=wanted)).rows) is found
        assert await count_offers(session, wanted=wanted) == int(found)


latin = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x24F), max_size=30)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=latin)
async def test_python_and_postgresql_fold_alike(db, text):
    async with db.read() as session:
        found = await session.scalar(select(folded_in_sql(literal(text))))
    assert found == folded(text)
