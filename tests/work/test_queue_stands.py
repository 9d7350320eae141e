"""What holds the queue together: rows come in by the thousand, and each stands in something that stays."""

from uuid import uuid4

import psycopg
import pytest

ORPHANS = {
    "a slot of no item": "INSERT INTO slot (item_id, n, project_id, round, place) VALUES (%(id)s, 1, %(id)s, 1, 1)",
    "a slot beside others": "INSERT INTO slot (item_id, n, project_id, round, place) "
    "SELECT id, 50, project_id, 1, 1 FROM item UNION ALL SELECT %(id)s, 1, %(id)s, 1, 1",
    "an item of no project": "INSERT INTO item (id, project_id) VALUES (%(id)s, %(id)s)",
    "an item taken away": "DELETE FROM item",
    "all items taken away": "TRUNCATE item CASCADE",
    "a project taken away": "DELETE FROM project",
    "a project that becomes another": "UPDATE project SET id = %(id)s",
    "an item that becomes another": "UPDATE item SET id = %(id)s WHERE id = (SELECT min(id::text)::uuid FROM item)",
    "an item that moves to no project": "UPDATE item SET project_id = %(id)s",
    "a slot that moves to no item": "UPDATE slot SET item_id = %(id)s WHERE n = 1",
}


@pytest.mark.parametrize("statement", ORPHANS.values(), ids=ORPHANS)
async def test_the_database_refuses(make_world, db, statement):
    await make_world(items=3)
    async with db.hot() as driver:
        with pytest.raises(psycopg.errors.IntegrityError) as refused:
            await driver.execute(statement, {"id": uuid4()})
    assert refused.value.sqlstate == "23503", "what stands in nothing"


async def test_an_orphan_is_refused_in_a_copy_too(make_world, db):
    await make_world(items=3)
    async with db.hot() as driver, driver.cursor() as cursor:
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            async with cursor.copy("COPY item (id, project_id) FROM STDIN") as copy:
                await copy.write(f"{uuid4()}\t{uuid4()}\n".encode())
