"""The database as commands open it: what they ask for is also asked of the worker, where one runs."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import click
from psycopg.errors import UndefinedColumn, UndefinedTable

from preceptor import flow
from preceptor.cli.installation import installation
from preceptor.lib.db import Database
from preceptor.lib.jobs import Jobs
from preceptor.lib.settings import Settings

Answer = TypeVar("Answer")

BEHIND = "The database is not at this version yet. Run “preceptor db upgrade” first."


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[Database]:
    """The doors to the installation's database."""
    jobs = Jobs(settings.database_url)
    db = Database(settings.database_url, pool_size=2, after_events=flow.deferring(jobs), label="preceptor-command")
    flow.jobs_of(db, jobs, settings)
    try:
        yield db
    finally:
        await db.close()


def run(work: Callable[[Database, Settings], Coroutine[Any, Any, Answer]]) -> Answer:
    """Do something with the installation, whether it runs or not.

    Raises:
        click.ClickException: the database has not been brought to this version yet.
    """

    async def inside(settings: Settings) -> Answer:
        async with open_database(settings) as db:
            return await work(db, settings)

    with installation() as settings:
        try:
            return asyncio.run(inside(settings))
        except Exception as error:
            if isinstance(getattr(error, "orig", error), (UndefinedTable, UndefinedColumn)):
                raise click.ClickException(BEHIND) from error
            raise
