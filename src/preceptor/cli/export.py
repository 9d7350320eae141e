"""`preceptor export`: the accepted work of a project as files, in one step."""

from typing import Any

import click

from preceptor.cli.freezing import scope_options, settings_with
from preceptor.cli.release import make_release
from preceptor.datasets.operations import ReleaseMade, freeze_release
from preceptor.lib.clock import utc_now
from preceptor.lib.db import WriteSession
from preceptor.people import SYSTEM


@click.command()
@click.argument("project")
@click.option("--format", "formats", multiple=True, required=True, help="A format; repeat for several.")
@click.option("--out", required=True, help="An empty or new folder, or s3://…, hf://datasets/… and the like.")
@scope_options
def command(*, project: str, formats: tuple[str, ...], out: str, **scope: Any) -> None:
    """Freeze the accepted work of PROJECT (its address) into a release and write its files into a folder.

    It works while the installation runs, and also while it does not. The exit code is 0 when the files are there.
    """
    settings = settings_with(formats, scope)

    async def freeze(session: WriteSession) -> ReleaseMade:
        return await freeze_release(session, actor=SYSTEM, slug=project, settings=settings, now=utc_now())

    make_release(freeze, out)
