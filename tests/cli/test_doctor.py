import asyncio

from preceptor.lib.clock import utc_now
from preceptor.lib.db import Database
from preceptor.lib.heartbeats import beat


async def tell_alive(url):
    db = Database(url, pool_size=1)
    async with db.write() as session:
        await beat(session, name="worker", now=utc_now())
    await db.close()


def test_all_is_well(run, tmp_path, database_url):
    (tmp_path / "home").mkdir()
    asyncio.run(tell_alive(database_url))
    result = run("doctor")
    assert result.exit_code == 0, result.output
    for line in ("✓ python", "✓ database     PostgreSQL 18", "✓ tables       up to date", "✓ worker       alive"):
        assert line in result.output


def test_an_empty_database_wants_an_upgrade(run, empty_database):
    result = run("doctor", DATABASE_URL=empty_database)
    assert result.exit_code == 1
    assert "→ preceptor db upgrade" in result.output


def test_a_database_that_is_away_is_told_with_advice(run):
    result = run("doctor", DATABASE_URL="postgresql://nobody:hunter2@127.0.0.1:1/none")
    assert result.exit_code == 1
    assert "✗ database" in result.output
    assert "DATABASE_URL" in result.output
    assert "hunter2" not in result.output


def test_a_secret_that_others_can_read_is_a_fault(run, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "secret.key").write_text("x")
    (tmp_path / "home" / "secret.key").chmod(0o644)
    result = run("doctor")
    assert result.exit_code == 1
    assert "chmod 600" in result.output


def test_before_the_first_start_it_says_what_to_do(run, tmp_path):
    result = run("doctor", DATABASE_URL="")
    assert result.exit_code == 0, result.output
    assert "preceptor demo" in result.output
    assert not (tmp_path / "home").exists(), "looking must not make anything"
