"""`preceptor similar`: items of a project that say nearly the same."""

import click

from preceptor.cli.doors import run
from preceptor.datasets.similarity import LIKE, similar_items
from preceptor.lib.db import Database
from preceptor.lib.settings import Settings
from preceptor.people import SYSTEM


@click.command()
@click.argument("project")
@click.option("--likeness", type=click.FloatRange(0.3, 1), default=LIKE, show_default=True, help="0 to 1, estimated.")
def command(*, project: str, likeness: float) -> None:
    """Name the open items of PROJECT (its address) that nearly say what an earlier one does. Nothing is changed."""

    async def work(db: Database, _settings: Settings) -> int:
        count = 0
        async for pair in similar_items(db, actor=SYSTEM, slug=project, likeness=likeness):
            count += 1
            click.echo(f"{pair.likeness:.2f}  {pair.second}  {' '.join(pair.second_text.split())[:80]}")
            click.echo(f"      {pair.first}  {' '.join(pair.first_text.split())[:80]}")
        return count

    found = run(work)
    click.echo(f"{found} items nearly say what an earlier one does.", err=True)
