"""What is measured: a database with items, trainers with tokens, and the product's own programs on top."""

import asyncio
import os
import secrets
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import psutil
import psycopg

from preceptor import migrations
from preceptor.kinds.registry import task_kinds
from preceptor.lib.db import Database
from preceptor.lib.embedded.postgres import Throwaway
from preceptor.lib.ids import new_id
from preceptor.lib.money import Money
from preceptor.lib.settings import load_settings
from preceptor.people.operations import add_team
from preceptor.people.rules import SYSTEM
from preceptor.projects.operations import add_client_organisation, add_project
from preceptor.projects.queries import project_terms
from preceptor.projects.rules import ProjectRules, ProjectTerms

PORT = 18_480
TEXT = "The air inside contracts when it is cold, and so the pressure falls a little every night. "

ITEMS = """
WITH new AS MATERIALIZED (
    SELECT uuidv7() AS id, number FROM generate_series(1, %(count)s) AS number
), items AS (
    INSERT INTO item (id, project_id, wanted, content, content_hash)
    SELECT id, %(project)s, %(wanted)s, jsonb_build_object(
        'prompt', 'Why do my tyres go flat in winter? Case ' || number,
        'responses', (SELECT jsonb_agg(jsonb_build_object('text', place || %(text)s, 'model', 'm' || place))
                      FROM generate_series(1, 4) AS place)
    ), md5(number::text) FROM new
)
INSERT INTO slot (item_id, n, project_id, round, place)
SELECT new.id, n.n, %(project)s, n.n, nextval('queue_place')
FROM new CROSS JOIN generate_series(1, %(wanted)s) AS n (n) ORDER BY n.n, new.number
"""


class Trainer(NamedTuple):
    """Somebody who works, and the token they work with."""

    id: UUID
    token: str


class World(NamedTuple):
    """A project full of items, and its trainers."""

    url: str
    terms: ProjectTerms
    trainers: list[Trainer]


def new_database(server: Throwaway, name: str) -> str:
    """An empty database of the server."""
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server.database(name)


def make_world(
    server: Throwaway, name: str, *, items: int, trainers: int, wanted: int = 1, text: str = TEXT * 4
) -> World:
    """A migrated database with an open project, its items (whose responses say `text`) and its trainers."""
    url = new_database(server, name)
    migrations.upgrade(url)
    terms, team_id = asyncio.run(_project(url))
    people = [Trainer(new_id(), f"pre_{secrets.token_urlsafe(16)}") for _number in range(trainers)]
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE project SET state = 'open'")
        connection.execute("SET session_replication_role = replica")  # the rows are right: no check is needed for each
        values: dict[str, Any] = {"count": items, "project": terms.id, "wanted": wanted, "text": text}
        connection.execute(ITEMS, values)
        groups = "INSERT INTO queue_group SELECT %s, '', 5, n FROM generate_series(0, %s) AS n"
        connection.execute(groups, (terms.id, wanted))
        with connection.cursor().copy("COPY person (id, name, pseudonym, roles) FROM STDIN") as copy:
            for number, person in enumerate(people):
                copy.write_row((person.id, f"Trainer {number}", f"trainer-{number}", ["trainer"]))
        with connection.cursor().copy("COPY membership (team_id, person_id) FROM STDIN") as copy:
            for person in people:
                copy.write_row((team_id, person.id))
        with connection.cursor().copy("COPY token (id, digest, person_id, name, expires_at) FROM STDIN") as copy:
            for person in people:
                digest = sha256(person.token.encode()).digest()
                copy.write_row((new_id(), digest, person.id, "bench", "2100-01-01"))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
    terms = asyncio.run(_terms(url, terms.slug))
    return World(url, terms, people)


async def _project(url: str) -> tuple[ProjectTerms, UUID]:
    db = Database(url, pool_size=1)
    async with db.write() as session:
        team_id = await add_team(session, actor=SYSTEM, name="Bench")
        client_id = await add_client_organisation(session, actor=SYSTEM, name="Bench")
    async with db.write() as session:
        made = await add_project(
            session,
            actor=SYSTEM,
            client_id=client_id,
            title="Bench",
            kind=next(iter(task_kinds())),
            rate=Money(2500, "EUR"),
            guidelines="# Bench",
            rules=ProjectRules(),
            team_ids=[team_id],
        )
    async with db.read() as session:
        terms = await project_terms(session, slug=made.slug)
    await db.close()
    return terms, team_id


async def _terms(url: str, slug: str) -> ProjectTerms:
    db = Database(url, pool_size=1)
    async with db.read() as session:
        terms = await project_terms(session, slug=slug)
    await db.close()
    return terms


class Programs(NamedTuple):
    """The running web and worker programs."""

    web: "subprocess.Popen[bytes]"
    worker: "subprocess.Popen[bytes]"

    def memory_mb(self) -> float:
        """Memory of both with all their processes, shared pages counted once (PSS), in MB."""
        total = 0
        for program in (self.web, self.worker):
            top = psutil.Process(program.pid)
            for process in (top, *top.children(recursive=True)):
                total += process.memory_full_info().pss
        return total / 1_000_000


@contextmanager
def programs(url: str) -> Iterator[Programs]:
    """The product's own web and worker programs on a database, as an installation runs them."""
    with tempfile.TemporaryDirectory() as home:
        environment = {
            **os.environ,
            "PRECEPTOR_HOME": home,
            "DATABASE_URL": url,
            "PRECEPTOR_LOG_LEVEL": "warning",
        }
        log = (Path(home) / "log").open("wb")
        web = [sys.executable, "-m", "preceptor.lib.embedded.web", "preceptor.app:create_app"]
        web += ["--port", str(PORT), "--workers", str(load_settings().web_processes)]
        started = [
            subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
            for command in (web, [sys.executable, "-m", "preceptor", "worker"])
        ]
        try:
            _wait(started[0], Path(home) / "log")
            yield Programs(*started)
        finally:
            for program in started:
                program.terminate()
            for program in started:
                program.wait(30)


def _wait(web: "subprocess.Popen[bytes]", log: Path) -> None:
    for _try in range(300):
        if web.poll() is not None:
            raise SystemExit(f"The web program ended:\n{log.read_text()}")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/api/openapi.json", timeout=5).read()
        except OSError:
            time.sleep(0.2)
        else:
            time.sleep(2)  # the second process
            return
    raise SystemExit(f"The web program did not answer:\n{log.read_text()}")
