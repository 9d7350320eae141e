"""`preceptor worker`: jobs, what follows events, and what is due."""

import asyncio

import click

from preceptor.cli.installation import installation
from preceptor.lib.starting import unhurried_collector


@click.command()
def command() -> None:
    """Run a worker (demo and serve start one themselves)."""
    with unhurried_collector():
        from preceptor import worker  # noqa: PLC0415 (brings the house along)

    with installation() as settings:
        asyncio.run(worker.run(settings))
