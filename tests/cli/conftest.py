"""Commands called as an operator calls them, on a database of their own."""

import psycopg
import pytest
from click.testing import CliRunner

from preceptor.cli import commands
from preceptor.lib.ids import new_id


@pytest.fixture
def run(tmp_path, database_url):
    """`run("db", "backup", …)` gives the result; the installation is a temporary folder and a migrated database."""

    def call(*arguments, **environment):
        variables = {"PRECEPTOR_HOME": str(tmp_path / "home"), "DATABASE_URL": database_url, **environment}
        return CliRunner().invoke(commands, [str(part) for part in arguments], env=variables)

    return call


@pytest.fixture
def empty_database(postgres):
    """Address of a database without a single table."""
    name = f"test_{new_id().hex}"
    with psycopg.connect(postgres.dsn, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        yield postgres.database(name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
