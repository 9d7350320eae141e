"""`preceptor export`: the accepted work of a project as files, in one step."""

from pathlib import Path

import click

from preceptor.cli.release import make_release
from preceptor.datasets import ReleaseSettings


@click.command()
@click.argument("project")
@click.option("--format", "formats", multiple=True, required=True, help="A format; repeat for several.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="An empty or new folder.")
@click.option("--licence", default="", help="For the dataset card: an SPDX id or a name.")
@click.option("--language", "languages", multiple=True, help="For the dataset card: a code such as en; repeatable.")
def command(*, project: str, formats: tuple[str, ...], out: Path, licence: str, languages: tuple[str, ...]) -> None:
    """Freeze the accepted work of PROJECT (its address) into a release and write its files into a folder.

    It works while the installation runs, and also while it does not. The exit code is 0 when the files are there.
    """
    make_release(project, ReleaseSettings(formats=formats, licence=licence, languages=languages), out)
