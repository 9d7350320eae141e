"""Copies of a whole database: written while it is in use, and put back as one transaction."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from preceptor.lib.embedded.engine import EngineMissingError, find_engine
from preceptor.lib.embedded.processes import EmbeddedError

VARIABLES = {
    "host": "PGHOST",
    "hostaddr": "PGHOSTADDR",
    "port": "PGPORT",
    "dbname": "PGDATABASE",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "passfile": "PGPASSFILE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "options": "PGOPTIONS",
    "connect_timeout": "PGCONNECT_TIMEOUT",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
}
"""Parts of an address and the variables libpq reads them from: a command line would show the password to everybody."""


class DumpError(EmbeddedError):
    """A database could not be copied or put back; the message is PostgreSQL's own."""


def dump_database(url: str, path: Path) -> None:
    """Write the database at `url`, as it is at this moment, into `path` (pg_dump's custom format).

    Raises:
        DumpError: with what pg_dump said.
    """
    command = [_program("pg_dump", url), "--format=custom", "--no-owner", "--no-privileges", f"--file={path}"]
    _checked(subprocess.run(command, env=_environment(url), capture_output=True, check=False), "pg_dump")


def restore_database(url: str, path: Path, *, afterwards: str = "") -> None:
    """Replace all tables of the schema `public` by those in `path`: wholly, or on an error not at all.

    Args:
        url: the database.
        path: what `dump_database` wrote.
        afterwards: SQL that belongs to it, run last in the same transaction.

    Raises:
        DumpError: with what pg_restore or psql said.
    """
    environment = _environment(url)
    script = [_program("pg_restore", url), "--no-owner", "--no-privileges", "--file=-", str(path)]
    target = [_program("psql", url), "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    target += ["--command=SET lock_timeout = '30s'", "--command=SET client_min_messages = 'warning'"]
    target += [
        "--command=DROP SCHEMA public CASCADE",
        "--command=CREATE SCHEMA public",
        "--file=-",
        "--output=/dev/null",
        *([f"--command={afterwards}"] if afterwards else []),
    ]
    with tempfile.TemporaryFile() as reader_said, tempfile.TemporaryFile() as writer_said:
        with (
            subprocess.Popen(script, stdout=subprocess.PIPE, stderr=reader_said) as reading,
            subprocess.Popen(target, env=environment, stdin=subprocess.PIPE, stderr=writer_said) as writing,
        ):
            assert reading.stdout is not None
            assert writing.stdin is not None
            with suppress(BrokenPipeError):  # psql gave up; what it said comes below
                shutil.copyfileobj(reading.stdout, writing.stdin)
            reading.stdout.close()
            if reading.wait():
                writing.kill()  # before it sees an end, which would commit the half
            with suppress(BrokenPipeError):
                writing.stdin.close()
        for name, process, said in (("psql", writing, writer_said), ("pg_restore", reading, reader_said)):
            if process.returncode > 0:
                said.seek(0)
                raise DumpError(f"{name}: {said.read().decode(errors='replace').strip()}")
        if reading.returncode or writing.returncode:
            raise DumpError("pg_restore or psql was stopped from outside; nothing was changed.")


def has_tables(url: str) -> bool:
    """True when the schema `public` of the database holds any table.

    Raises:
        DumpError: the database does not answer.
    """
    try:
        with closing(psycopg.connect(url, connect_timeout=10)) as connection:
            row = connection.execute("SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public')").fetchone()
    except psycopg.OperationalError as error:
        raise DumpError(f"The database does not answer: {error}") from error
    return bool(row and row[0])


def _environment(url: str) -> dict[str, str]:
    parts: Mapping[str, object] = conninfo_to_dict(url)
    inherited = {name: value for name, value in os.environ.items() if name not in VARIABLES.values()}
    return inherited | {VARIABLES[name]: str(value) for name, value in parts.items() if name in VARIABLES}


def _program(name: str, url: str) -> str:
    # The wheel's programs know no TLS, so for a server elsewhere those of the system go first.
    is_local = str(conninfo_to_dict(url).get("host") or "/").startswith("/")
    if not is_local and (found := shutil.which(name)):
        return found
    try:
        return find_engine().program(name)
    except EngineMissingError:
        return name


def _checked(done: "subprocess.CompletedProcess[bytes]", name: str) -> None:
    if done.returncode:
        raise DumpError(f"{name}: {done.stderr.decode(errors='replace').strip()}")
