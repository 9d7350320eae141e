"""`preceptor ledger`: is the money right?"""

import sys

import click

from preceptor.cli.doors import run
from preceptor.lib.db import Database
from preceptor.lib.settings import Settings
from preceptor.work.queries.ledger_check import check_everything


@click.group()
def command() -> None:
    """Look after the ledger."""


@command.command()
def check() -> None:
    """Recount everything from the entries. The exit code is 0 when all is right, else 1; nothing is changed."""

    async def work(db: Database, _settings: Settings) -> int:
        count = 0
        async with db.read() as session:
            async for fault in check_everything(session):
                count += 1
                click.echo(f" ✗ {fault.check}: {fault.found}")
        return count

    if wrong := run(work):
        click.echo(f"The ledger is not right: {wrong} thing(s) are off.", err=True)
        sys.exit(1)
    click.echo("The ledger is right: entries, reversals, time, statements and payouts say the same.")
