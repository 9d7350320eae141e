"""`preceptor release`: accepted work becomes files."""

import asyncio
import shutil
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from preceptor.cli.doors import run
from preceptor.cli.freezing import scope_options, settings_with
from preceptor.datasets.jobs import ExportInterruptedError, write_release
from preceptor.datasets.operations import ReleaseMade, freeze_release, withdraw_work
from preceptor.datasets.queries import ReleaseView, access_release_by_id, release_key
from preceptor.datasets.sending import is_elsewhere, send_release
from preceptor.lib.clock import utc_now
from preceptor.lib.db import Database, WriteSession
from preceptor.lib.errors import ProblemError
from preceptor.lib.settings import Settings
from preceptor.lib.storage import storage_of
from preceptor.people import SYSTEM

POLL_SECONDS = 0.3


@click.command()
@click.argument("project")
@click.option("--out", help="Copy the files into this folder, or send them to s3://…, hf://datasets/… and the like.")
@click.option("--format", "formats", multiple=True, help="A format; repeat for several. Default: all of them.")
@click.option("--withdraw", multiple=True, help="Leave out this person's work (pseudonym) from a release; repeatable.")
@click.option("--from", "base", type=int, help="With --withdraw: number of the release to leave it out from.")
@scope_options
def command(
    *,
    project: str,
    out: str | None,
    formats: tuple[str, ...],
    withdraw: tuple[str, ...],
    base: int | None,
    **scope: Any,
) -> None:
    """Freeze the accepted work of PROJECT (its address) into a numbered release, and write its files.

    With --withdraw and --from the new release is an earlier one without some people's work, and says so. It works while
    the installation runs, and also while it does not.
    """
    settings = settings_with(formats, scope)
    if bool(withdraw) != (base is not None):
        raise click.UsageError("--withdraw and --from go together.")

    async def freeze(session: WriteSession) -> ReleaseMade:
        if base is not None:
            return await withdraw_work(session, actor=SYSTEM, slug=project, number=base, people=withdraw, now=utc_now())
        return await freeze_release(session, actor=SYSTEM, slug=project, settings=settings, now=utc_now())

    make_release(freeze, out)


def make_release(freeze: Callable[[WriteSession], Awaitable[ReleaseMade]], place: str | None) -> None:
    """Freeze, write, and copy the files into a folder or send them to a bucket or hub; tell of them."""
    out = None if place is None or is_elsewhere(place) else Path(place)
    if out is not None and out.exists() and (out.is_file() or any(out.iterdir())):
        raise click.ClickException(f"The folder {out} is not empty.")

    async def work(db: Database, installation: Settings) -> tuple[ReleaseView, Path]:
        async with db.write() as session:
            made = await freeze(session)
        click.echo(f"Release {made.number}: {made.submissions} submissions", err=True)
        view = await _follow(db, installation, made.id)
        return view, storage_of(installation).path(release_key(made.id))

    view, folder = run(work)
    if view.summary.error:
        raise click.ClickException(view.summary.error)
    if out is not None:
        _copy(view, folder, out)
    elif place is not None:
        _send(view, folder, place)
    for file in view.files:
        click.echo(f"{file.rows:>9}  {file.bytes:>12}  {file.sha256[:12]}  {(out or folder) / file.path}")
    if view.lacking:
        raise click.ClickException(f"Nothing in this release can be written as {', '.join(view.lacking)}.")


async def _follow(db: Database, settings: Settings, release_id: UUID) -> ReleaseView:
    """Write the files, or see them written: a worker that runs may be faster."""

    async def write() -> None:
        with suppress(ExportInterruptedError):  # it is in the worker's hands
            await write_release(db, settings, subject_id=str(release_id))

    job = asyncio.create_task(write())
    told, before = time.monotonic(), 0
    while True:
        async with db.read() as session:
            view = await access_release_by_id(session, actor=SYSTEM, release_id=release_id)
        if not view.summary.is_moving:
            await job
            return view
        if view.summary.written > before and time.monotonic() - told > 1:
            told, before = time.monotonic(), view.summary.written
            click.echo(f"  {view.summary.written} of {view.summary.submissions}", err=True)
        await asyncio.sleep(POLL_SECONDS)


def _send(view: ReleaseView, folder: Path, place: str) -> None:
    try:
        told = f"{view.summary.project_slug}, release {view.summary.number}"
        for path in send_release(folder, view.files, place, told=told):
            click.echo(f"  sent {path}", err=True)
    except ProblemError as error:
        reason = error.fields[0].message if error.fields else error.detail or error.title
        raise click.ClickException(str(reason)) from error


def _copy(view: ReleaseView, folder: Path, out: Path) -> None:
    """Copy the files, and make sure that what arrived is what was released."""
    shutil.copytree(folder, out, dirs_exist_ok=True)
    for file in view.files:
        with (out / file.path).open("rb") as stream:
            digest = sha256()
            while chunk := stream.read(1 << 20):
                digest.update(chunk)
        if digest.hexdigest() != file.sha256:
            raise click.ClickException(f"{out / file.path} did not arrive whole.")
