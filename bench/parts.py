"""The parts of the bench."""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg

from bench.figures import say
from bench.world import PORT, Trainer, World, make_world, new_database, programs
from preceptor.lib.embedded.postgres import Throwaway, throwaway_postgres

RAW = Path(__file__).parent / "raw"
SECONDS = 20
RAW_ITEMS = 1_000_000
LOOP_ITEMS = 60_000

Figures = dict[str, float]


def raw(server: Throwaway, script: str, *, clients: int, seconds: float = SECONDS) -> float:
    """Transactions (one per run of the script) per second of pgbench on the bare schema."""
    url = server.database("raw")
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = 'raw'").fetchone()
    if not known:
        new_database(server, "raw")
        psql = [
            server.engine.program("psql"),
            "-q",
            "-X",
            "-v",
            f"items={RAW_ITEMS}",
            "-f",
            str(RAW / "setup.sql"),
            url,
        ]
        subprocess.run(psql, check=True, stdout=subprocess.DEVNULL)
    draft = json.dumps({"ideal": "Cold air takes up less room. " * 50})
    submission = json.dumps({"ideal": "Cold air takes up less room. " * 68})
    command = [server.engine.program("pgbench"), "-n", "-M", "prepared", "-c", str(clients), "-j", "2"]
    command += ["-T", str(round(seconds)), "-f", str(RAW / f"{script}.sql")]
    command += ["-D", f"draft={draft}", "-D", f"subm={submission}", "-D", f"items={RAW_ITEMS}", url]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    line = next(line for line in told.splitlines() if line.startswith("tps ="))
    return float(line.split()[2])


def load(world: World, trainers: Sequence[Trainer], part: str, *, seconds: float = SECONDS) -> dict[str, Any]:
    """Let trainers work for some seconds; answers what the load generator tells."""
    command = [sys.executable, "-m", "bench.load", str(PORT), world.terms.slug, str(seconds), part]
    tokens = "\n".join(trainer.token for trainer in trainers)
    told = subprocess.run(command, input=tokens, check=True, capture_output=True, text=True).stdout
    tally: dict[str, Any] = json.loads(told)
    for complaint in tally["complaints"][:5]:
        say(f"  lost: {complaint}")
    return tally


def milliseconds(times: Sequence[float]) -> str:
    """Median and 99th percentile."""
    if not times:
        return "none"
    ordered = sorted(times)
    return f"{statistics.median(ordered) * 1e3:.1f} / {ordered[int(len(ordered) * 0.99) - 1] * 1e3:.1f} ms"


def loop() -> Figures:
    """Full loops of 32 trainers, against the raw script; and how many statements one takes."""
    with throwaway_postgres(durable=True) as server:
        say("raw loops")
        raw_loops = raw(server, "loop", clients=32)
        world = make_world(server, "loop", items=LOOP_ITEMS, trainers=40)
        with programs(world.url):
            load(world, world.trainers[:32], "loop", seconds=3)  # prepared statements, caches
            say("loops over HTTP")
            tally = load(world, world.trainers[:32], "loop")
            statements = count_statements(server, world)
        lost, over = verify(world, tally)
    loops = tally["loops"] / tally["seconds"]
    say(
        f"claim {milliseconds(tally['claims'])}, draft {milliseconds(tally['drafted'])}, submit "
        f"{milliseconds(tally['submits'])} (median / 99th)"
    )
    return {
        "raw_loops": raw_loops,
        "loops": loops,
        "loops_ratio": loops / raw_loops,
        "statements_per_loop": statements,
        "lost": lost,
        "over_collected": over,
    }


def verify(world: World, tally: dict[str, Any]) -> tuple[int, int]:
    """What the database lacks of what was answered, and how many items have other than the answers they asked for."""
    with psycopg.connect(world.url) as connection:
        kept = {str(row[0]) for row in connection.execute("SELECT assignment_id FROM submission")}
        drafts = {
            str(row[0]): row[1]
            for row in connection.execute("SELECT assignment_id, content #>> '{turns,0,ideal}' FROM draft")
        }
        over = connection.execute(
            "SELECT count(*) FROM (SELECT item.id FROM item JOIN assignment ON assignment.item_id = item.id "
            "WHERE assignment.state = 'submitted' GROUP BY item.id HAVING count(*) > item.wanted) AS over"
        ).fetchone()
    lost = tally["lost"]
    for assignment_id, text in tally["answered"].items():
        lost += assignment_id not in kept
        lost += not (drafts.get(assignment_id) or "").startswith(text)
    assert over is not None
    return lost, over[0]


def count_statements(server: Throwaway, world: World) -> float:
    """Statements of one loop, by PostgreSQL's own log, with one trainer and the worker's own left out."""
    log = next(server.folder.rglob("postgres.log"), None) or next(server.folder.rglob("*.log"))
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET log_statement = 'all'")
        connection.execute("SELECT pg_reload_conf()")
        time.sleep(1)
        before = log.stat().st_size
        tally = load(world, world.trainers[32:33], "loop", seconds=3)
        connection.execute("ALTER SYSTEM RESET log_statement")
        connection.execute("SELECT pg_reload_conf()")
    with log.open("rb") as stream:
        stream.seek(before)
        lines = stream.read().decode(errors="replace").splitlines()
    told = [line for line in lines if "preceptor-web" in line and (" statement: " in line or " execute " in line)]
    return len(told) / max(int(tally["loops"]), 1)


def drafts() -> Figures:
    """Drafts of 32 trainers, against one transaction each."""
    with throwaway_postgres(durable=True) as server:
        say("raw drafts")
        raw_drafts = raw(server, "draft", clients=32)
        world = make_world(server, "drafts", items=2_000, trainers=32)
        with programs(world.url):
            load(world, world.trainers, "drafts", seconds=0.2)
            with psycopg.connect(world.url, autocommit=True) as connection:
                connection.execute("DELETE FROM draft")
            say("drafts over HTTP")
            tally = load(world, world.trainers, "drafts")
        with psycopg.connect(world.url) as connection:
            versions: dict[str, int] = dict(
                connection.execute("SELECT assignment_id::text, version FROM draft").fetchall()
            )
    lost = tally["lost"] + sum(versions.get(key) != int(version) for key, version in tally["answered"].items())
    done = tally["drafts"] / tally["seconds"]
    say(f"draft {milliseconds(tally['drafted'])} (median / 99th)")
    return {"raw_drafts": raw_drafts, "drafts": done, "drafts_ratio": done / raw_drafts, "lost": lost}


def memory() -> Figures:
    """Memory of web and worker while 64 trainers work."""
    with throwaway_postgres(durable=True) as server:
        world = make_world(server, "memory", items=40_000, trainers=64)
        with programs(world.url) as running:
            tally = load(world, world.trainers, "loop", seconds=15)
            used = running.memory_mb()
    say(f"{tally['loops']} loops with 64 trainers")
    return {"memory_mb": used}
