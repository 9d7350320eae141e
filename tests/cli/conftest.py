"""Commands called as an operator calls them, on a database of their own."""

import asyncio

import psycopg
import pytest
from click.testing import CliRunner

from preceptor.cli import commands
from preceptor.cli.demo_house.load import load
from preceptor.lib.embedded.model import PRACTICE_MODEL, agree_on_address
from preceptor.lib.ids import new_id
from preceptor.lib.settings import Settings
from preceptor.llms.directory import embedded_run_file


def fill(home, database_url):
    """Fill an installation with the demo, as its first start does; answers its settings."""
    settings = Settings(home=home, database_url=database_url)
    run_file = embedded_run_file(home)
    run_file.parent.mkdir(parents=True, exist_ok=True)
    agree_on_address(run_file, model=PRACTICE_MODEL, practice=True)
    asyncio.run(load(settings))
    return settings


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


@pytest.fixture(scope="session")
def demo(postgres, template, tmp_path_factory):
    """Settings of an installation that a demo has filled."""
    name = f"demo_{new_id().hex}"
    home = tmp_path_factory.mktemp("demo")
    with psycopg.connect(postgres.dsn, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        yield fill(home, postgres.database(name))
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
