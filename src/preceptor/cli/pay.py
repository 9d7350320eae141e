"""`preceptor pay`: what an hour may earn, from the machine itself."""

from pathlib import Path

import click

from preceptor.cli.doors import run
from preceptor.lib.db import Database
from preceptor.lib.settings import Settings
from preceptor.pay import read_floors
from preceptor.pay.operations import FloorsKept, import_floors
from preceptor.people import SYSTEM


@click.group()
def command() -> None:
    """Look after pay: floors."""


@command.group()
def floors() -> None:
    """The least that an hour may earn in a place."""


@floors.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Read the file and keep nothing.")
def import_(*, file: Path, dry_run: bool) -> None:
    """Import floors from a CSV FILE with the columns country, region, currency, hourly, source, valid_from.

    Nothing is kept unless every line can be read; problems are told by line.
    """
    found = read_floors(file.read_text(encoding="utf-8-sig", errors="replace"))
    for problem in found.problems:
        click.echo(f"line {problem.line}: {problem.message}", err=True)
    if found.problems:
        raise click.ClickException("Nothing was kept.")
    if dry_run:
        click.echo(f"{len(found.floors)} floors can be read.")
        return

    async def work(db: Database, _settings: Settings) -> FloorsKept:
        async with db.write() as session:
            return await import_floors(session, actor=SYSTEM, floors=found.floors)

    kept = run(work)
    click.echo(f"{kept.added} floors added, {kept.known} stood just so before.")
