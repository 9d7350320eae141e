"""What pages ask is found by an index: a table is never read from end to end because it has grown."""

import psycopg
import pytest

from preceptor.datasets.queries import billing
from preceptor.lib.clock import utc_now
from preceptor.lib.ids import new_id
from preceptor.quality.queries.worth_a_look import rejections_of


@pytest.fixture
def plans(monkeypatch, database_url):
    """The plans of all statements that are sent, made as if reading a whole table were dear."""
    found = []
    send = psycopg.AsyncCursor.execute

    async def execute(cursor, query, params=None, **options):
        if str(query).lstrip().upper().startswith(("SELECT", "WITH")):
            async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as beside:
                plain = beside.cursor()
                await send(plain, "SET enable_seqscan = off")
                await send(plain, f"EXPLAIN {query}", params)
                found.append("\n".join(row[0] for row in await plain.fetchall()))
        return await send(cursor, query, params, **options)

    monkeypatch.setattr(psycopg.AsyncCursor, "execute", execute)
    return found


async def test_somebodys_verdicts_are_found(db, plans):
    async with db.read() as session:
        await rejections_of(session, trainer_id=new_id())
    assert any("ix_review_decided" in plan for plan in plans)
    assert not any("Seq Scan on review" in plan for plan in plans), plans


async def test_time_that_a_client_is_billed_is_found(db, plans):
    statement = billing.DUE.format(sources=billing.WORKED)
    values = {"project": new_id(), "since": utc_now(), "until": utc_now(), "most": 10}
    async with db.hot() as driver:
        await driver.execute(statement, values)
    assert any("ix_time_entry_project_id_ended_at" in plan for plan in plans)
    assert not any("Seq Scan on" in plan for plan in plans), plans
