"""Turns of the time before branches: the migration hangs each on the one before it."""

from uuid import uuid4

import psycopg
from alembic import command
from alembic.config import Config

from preceptor.lib.ids import new_id
from preceptor.migrations import sync_url


def upgrade_to(url: str, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", "preceptor:migrations")
    config.attributes["url"] = sync_url(url)
    command.upgrade(config, revision)


def test_lines_stay_lines(postgres):
    name = f"old_{new_id().hex}"
    with psycopg.connect(postgres.dsn, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        url = postgres.database(name)
        try:
            upgrade_to(url, "0001")
            item, mine, shared = uuid4(), uuid4(), uuid4()
            turns = [(shared, None, 0), (uuid4(), mine, 1), (uuid4(), mine, 2)]
            with psycopg.connect(url, autocommit=True) as old:
                old.execute("SET session_replication_role = replica")  # turns alone, without items and assignments
                for turn, owner, position in turns:
                    query = (
                        "INSERT INTO turn (id, item_id, assignment_id, position, prompt) VALUES (%s, %s, %s, %s, '?')"
                    )
                    old.execute(query, (turn, item, owner, position))
            upgrade_to(url, "0002")
            with psycopg.connect(url) as new:
                found = new.execute("SELECT position, parent_position FROM turn ORDER BY position").fetchall()
            assert found == [(0, None), (1, 0), (2, 1)]
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
