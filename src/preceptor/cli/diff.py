"""`preceptor diff`: what one release has that another does not."""

import click

from preceptor.cli.doors import run
from preceptor.datasets.queries import ReleaseDifference, release_difference
from preceptor.lib.db import Database
from preceptor.lib.settings import Settings
from preceptor.people import SYSTEM


@click.command()
@click.argument("project")
@click.argument("old", type=int)
@click.argument("new", type=int)
@click.option("--names", is_flag=True, help="Name the submissions, the first thousand of each kind.")
def command(*, project: str, old: int, new: int, names: bool) -> None:
    """Say how release NEW of PROJECT (its address) differs from release OLD."""

    async def work(db: Database, _settings: Settings) -> ReleaseDifference:
        async with db.read() as session:
            return await release_difference(session, actor=SYSTEM, slug=project, old=old, new=new)

    found = run(work)
    for word in ("added", "removed", "revised", "kept"):
        change = getattr(found, word)
        click.echo(f"{word:<8} {change.submissions:>9}  by {change.people} people")
        for name in change.named if names else ():
            click.echo(f"  {name}")
