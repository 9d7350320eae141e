"""Tens of thousands of open reviews of one content, in front of all others, and what a request reads of them."""

# Rows of three tables that hang together, without the work of handing each in; what holds them to others is switched
# off for the moment, as it is where a backup is put back.
COPIES = """
SET LOCAL session_replication_role = replica;
INSERT INTO assignment SELECT made.* FROM assignment AS one CROSS JOIN generate_series(1, {count}) AS copy (x)
CROSS JOIN LATERAL jsonb_populate_record(one, jsonb_build_object(
    'id', md5('assignment' || x), 'trainer_id', md5('trainer' || x))) AS made WHERE one.id = '{assignment}';
INSERT INTO submission SELECT made.* FROM submission AS one CROSS JOIN generate_series(1, {count}) AS copy (x)
CROSS JOIN LATERAL jsonb_populate_record(one, jsonb_build_object(
    'id', md5('submission' || x), 'key', md5('key' || x), 'assignment_id', md5('assignment' || x),
    'trainer_id', md5('trainer' || x))) AS made WHERE one.assignment_id = '{assignment}';
INSERT INTO review SELECT made.* FROM review AS one CROSS JOIN generate_series(1, {count}) AS copy (x)
CROSS JOIN LATERAL jsonb_populate_record(one, jsonb_build_object(
    'id', lpad(to_hex(x), 32, '0'), 'assignment_id', md5('assignment' || x),
    'submission_id', md5('submission' || x))) AS made WHERE one.assignment_id = '{assignment}';
SET LOCAL session_replication_role = origin;
"""

READ = """
SELECT coalesce(sum(seq_tup_read + idx_tup_fetch), 0)::bigint FROM pg_stat_xact_user_tables
WHERE relname IN ('review', 'assignment', 'item', 'submission', 'person')
"""


async def copy_reviews(db, assignment_id, count):
    """So many open reviews more like that of an answer, all of them older."""
    async with db.hot() as driver, driver.transaction():
        for statement in COPIES.format(count=count, assignment=assignment_id).split(";"):
            if statement.strip():
                await driver.execute(statement)
    async with db.hot() as driver:
        await driver.execute("ANALYZE review; ANALYZE assignment; ANALYZE submission")


async def rows_read(session):
    """How many rows of the tables concerned this transaction has read so far."""
    driver = await session.driver()
    return (await (await driver.execute(READ)).fetchone())[0]
