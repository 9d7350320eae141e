"""`preceptor db`: the schema, backups, and putting them back. All of it works while the installation runs."""

import json
import os
import shutil
import tarfile
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path, PurePosixPath

import click

from preceptor.cli.installation import installation
from preceptor.lib.db.events import AFTER_RESTORE
from preceptor.lib.embedded.dumps import dump_database, has_tables, restore_database
from preceptor.lib.settings import Settings

MANIFEST = "backup.json"
DATABASE = "database.dump"
FILES = "files"
SECRET = "secret.key"  # noqa: S105 (a file's name)
CONTENT = frozenset({MANIFEST, DATABASE, FILES, SECRET})


@click.group()
def command() -> None:
    """Look after the database: upgrade, backup, restore."""


@command.command()
def upgrade() -> None:
    """Bring the tables up to date with this version. Safe to repeat."""
    from preceptor import migrations  # noqa: PLC0415 (brings all tables along)

    with installation() as settings:
        missing = migrations.pending(settings.database_url)
        migrations.upgrade(settings.database_url)
    click.echo(f"{len(missing)} migration(s) applied." if missing else "The database is up to date.")


@command.command()
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False), required=False)
def backup(path: Path | None) -> None:
    """Write database, files and secret into one .tar, PATH. The installation may go on running."""
    now = datetime.now(UTC)
    target = path or Path(f"preceptor-{now:%Y%m%d-%H%M%S}.tar")
    if target.exists():
        raise click.ClickException(f"{target} exists already.")
    if not target.absolute().parent.is_dir():
        raise click.ClickException(f"The folder {target.absolute().parent} does not exist.")
    with installation() as settings, tempfile.TemporaryDirectory(dir=target.absolute().parent) as folder:
        dump = Path(folder) / DATABASE
        fresh = Path(folder) / "backup.tar"
        # The database first: files are never changed, so those it names are there when it is their turn.
        dump_database(settings.database_url, dump)
        manifest = Path(folder) / MANIFEST
        manifest.write_text(json.dumps({"made_at": now.isoformat(), "version": version("preceptor")}))
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            with tarfile.open(fileobj=stream, mode="w") as archive:
                archive.add(manifest, MANIFEST)
                archive.add(dump, DATABASE)
                for name in (SECRET, FILES):
                    if (settings.home / name).exists():
                        archive.add(settings.home / name, name, filter=_without_owner)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.rename(target)
    click.echo(f"{target} ({target.stat().st_size / 1e6:.1f} MB). It holds the installation's secret: keep it safe.")


def _without_owner(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member if member.isfile() or member.isdir() else None


@command.command()
@click.argument("path", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--force", is_flag=True, help="Replace what is there.")
def restore(path: Path, force: bool) -> None:  # noqa: FBT001 (click hands flags over so)
    """Put the backup PATH back. An installation that holds anything is refused unless --force is given."""
    with installation() as settings:
        settings.home.mkdir(parents=True, exist_ok=True)
        if not force and (has_tables(settings.database_url) or _has_files(settings)):
            raise click.ClickException("This installation holds data. To replace it by the backup, add --force.")
        with tempfile.TemporaryDirectory(dir=settings.home, prefix="restore-") as name:
            folder = Path(name)
            _unpack(path, folder)
            restore_database(settings.database_url, folder / DATABASE, afterwards=AFTER_RESTORE)
            _replace(folder / FILES, settings.home / FILES)
            if (folder / SECRET).exists():
                (folder / SECRET).replace(settings.home / SECRET)
    click.echo("Restored. Run “preceptor db upgrade” if the backup was made by an older version.")


def _has_files(settings: Settings) -> bool:
    files = settings.home / FILES
    return files.is_dir() and any(files.iterdir())


def _unpack(path: Path, folder: Path) -> None:
    """Take out what a backup holds and nothing else: no links, nothing outside `folder`."""
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                parts = PurePosixPath(member.name).parts
                if not parts or parts[0] not in CONTENT or ".." in parts or not (member.isfile() or member.isdir()):
                    raise click.ClickException(f"{path} is not a backup of Preceptor: it holds {member.name!r}.")
                target = folder.joinpath(*parts)
                if member.isdir():
                    target.mkdir(parents=True, exist_ok=True)
                    continue
                target.parent.mkdir(parents=True, exist_ok=True)
                source = archive.extractfile(member)
                assert source is not None
                with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
                    shutil.copyfileobj(source, stream)
    except (tarfile.TarError, OSError) as error:
        raise click.ClickException(f"{path} cannot be unpacked: {error}") from error
    if not (folder / MANIFEST).exists() or not (folder / DATABASE).exists():
        raise click.ClickException(f"{path} is not a backup of Preceptor.")


def _replace(fresh: Path, target: Path) -> None:
    if not fresh.exists():
        return
    old = target.with_name(f".{target.name}.replaced")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    fresh.rename(target)
    shutil.rmtree(old, ignore_errors=True)
