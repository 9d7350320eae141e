"""The log of events after a backup was put back: readers go on where they were, on whatever server."""

import psycopg
import pytest

from preceptor import migrations
from preceptor.lib.db import Database
from preceptor.lib.db.events import AFTER_RESTORE, take_next
from preceptor.lib.embedded.dumps import dump_database, restore_database
from preceptor.lib.embedded.postgres import throwaway_postgres
from preceptor.lib.ids import new_id
from preceptor.people.events import ProfileChanged


async def emit(db, count):
    ids = [new_id() for _event in range(count)]
    for subject_id in ids:  # a transaction each
        async with db.write() as session:
            session.emit(ProfileChanged(subject_id=subject_id))
    return ids


async def read(db, reader, limit=500):
    async with db.write() as session:
        return [one.event.subject_id for one in await take_next(await session.driver(), reader=reader, limit=limit)]


@pytest.fixture
def old_server():
    """A server that has seen many transactions, so that its ids lie far ahead of a new one's."""
    with throwaway_postgres() as server:
        with psycopg.connect(server.dsn, autocommit=True) as connection:
            for _number in range(3_000):
                connection.execute("SELECT pg_current_xact_id()")
        migrations.upgrade(server.dsn)
        yield server


async def test_nothing_is_missed_or_repeated_on_a_new_server(old_server, empty_target, tmp_path):
    before = Database(old_server.dsn, pool_size=2)
    first = await emit(before, 6)
    assert await read(before, "quick", limit=4) == first[:4]
    assert await read(before, "slow", limit=2) == first[:2]
    await before.close()
    dump_database(old_server.dsn, tmp_path / "dump")
    restore_database(empty_target, tmp_path / "dump", afterwards=AFTER_RESTORE)

    after = Database(empty_target, pool_size=2)
    later = await emit(after, 3)
    assert await read(after, "quick") == [*first[4:], *later]
    assert await read(after, "slow") == [*first[2:], *later]
    assert await read(after, "new") == [*first, *later]
    assert await read(after, "quick") == []
    async with after.hot() as driver:
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
            await driver.execute("DELETE FROM event")
    await after.close()


@pytest.fixture
def empty_target(postgres):
    """An empty database of another server."""
    name = f"restored_{new_id().hex}"
    with psycopg.connect(postgres.dsn, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield postgres.database(name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
