"""The whole house as `preceptor demo` runs it, with the practice model: real processes, killed one after another."""

import functools
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from preceptor.cli.house import health
from preceptor.lib.embedded import processes
from preceptor.lib.embedded.model import read_model_address
from preceptor.lib.embedded.supervisor import running_programs
from tests.places import new_folder, one_at_a_time

pytestmark = pytest.mark.kill

PRECEPTOR = [sys.executable, "-m", "preceptor"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class House:
    """A running demo."""

    def __init__(self, home, port, *options):
        self.home, self.port, self.options = home, port, options or ("--practice",)
        self.environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        self.environment["PRECEPTOR_HOME"] = str(home)
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [*PRECEPTOR, "demo", *self.options, "--port", str(self.port)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=self.environment,
        )
        self.said = ""
        for line in self.process.stdout:
            self.said += line
            if line.startswith("Ctrl-C"):
                return
        self.process.wait()
        raise AssertionError(self.said)

    def command(self, *arguments):
        return subprocess.run(
            [*PRECEPTOR, *arguments],
            env=self.environment,
            cwd=self.home.parent,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def programs(self):
        return running_programs(self.home / "run")

    def is_healthy(self):
        return health("127.0.0.1", self.port) == http.HTTPStatus.OK

    def until(self, condition, seconds=30.0):
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "waited in vain"
            time.sleep(0.05)


FILL = """
from preceptor.cli.demo import fill
from preceptor.cli.installation import installation
from preceptor.lib.embedded.model import PRACTICE_MODEL, agree_on_address
from preceptor.llms.directory import embedded_run_file

with installation() as settings:
    run_file = embedded_run_file(settings.home)
    run_file.parent.mkdir(exist_ok=True)
    agree_on_address(run_file, model=PRACTICE_MODEL, practice=True)
    fill(settings)
    run_file.unlink()
"""


@functools.cache
def filled_home():
    """A home whose database a demo has filled, made once for all processes of this run; nobody runs it."""
    with one_at_a_time("filled") as folder:
        if not (folder / "home").exists():
            begun = new_folder("filled-")
            environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
            environment["PRECEPTOR_HOME"] = str(begun / "home")
            (begun / "home").mkdir()
            subprocess.run([sys.executable, "-c", FILL], env=environment, check=True, timeout=300)
            begun.rename(folder)
        return folder / "home"


@contextmanager
def running_house(*options, fresh=False):
    """A demo in a home of its own; `options` go to the command.

    Its data is a copy of what a first start makes, which takes a while, unless it is to be `fresh`.
    """
    folder = new_folder("house-")
    if not fresh:
        subprocess.run(["cp", "-a", str(filled_home()), str(folder / "home")], check=True)
    running = House(folder / "home", free_port(), *options)
    try:
        yield running
    finally:
        running.process.send_signal(signal.SIGTERM)
        with running.process.stdout:
            rest = running.process.stdout.read()
        status = running.process.wait(20)
        shutil.rmtree(folder)
    assert status == 0, rest


@pytest.fixture(scope="module")
def house():
    with running_house(fresh=True) as running:
        yield running


def test_tells_its_address_and_the_accounts(house):
    assert f"http://127.0.0.1:{house.port}" in house.said
    for role in ("trainer", "reviewer", "manager", "client", "operator"):
        assert re.search(rf"^\s+{role}\s+\S+@\S+\s+\S+", house.said, re.MULTILINE), role
    assert house.is_healthy()


def test_commands_find_it_while_it_runs(house):
    checked = house.command("doctor")
    assert checked.returncode == 0, checked.stdout
    assert f"127.0.0.1:{house.port}, /health says 200" in checked.stdout
    assert "the practice model" in checked.stdout
    saved = house.command("db", "backup", "backup.tar")
    assert saved.returncode == 0, saved.stderr
    assert house.command("db", "upgrade").stdout == "The database is up to date.\n"


def test_nobody_else_gets_its_home_or_its_port(house):
    again = house.command("demo", "--practice", "--port", str(free_port()))
    assert (again.returncode, f"runs already. http://127.0.0.1:{house.port}" in again.stderr) == (1, True), again.stderr
    house.environment["PRECEPTOR_HOME"] = str(house.home.parent / "second")
    try:
        beside = house.command("demo", "--practice", "--port", str(house.port))
    finally:
        house.environment["PRECEPTOR_HOME"] = str(house.home)
    assert (beside.returncode, "is taken" in beside.stderr) == (1, True), beside.stderr


def test_secrets_are_for_its_owner_alone(house):
    for path in (house.home / "run").iterdir():
        assert path.stat().st_mode & 0o077 == 0, path
    address = read_model_address(house.home / "run" / "model.json")
    for pid in house.programs().values():
        command = Path(f"/proc/{pid}/cmdline").read_text()
        assert address.key not in command


@pytest.mark.parametrize("name", ["web", "worker", "postgres", "model"])
def test_a_killed_program_comes_back(house, name):
    before = house.programs()[name]
    os.kill(before, signal.SIGKILL)
    house.until(lambda: house.programs().get(name, before) != before)
    house.until(house.is_healthy)


def serving(server):
    """The processes of a web server that answer requests."""
    return [
        child
        for child in server.children()
        if child.status() != psutil.STATUS_ZOMBIE and "spawn_main" in " ".join(child.cmdline())
    ]


def test_a_killed_web_process_is_replaced(house):
    server = psutil.Process(house.programs()["web"])
    (victim,) = serving(server)
    victim.kill()
    house.until(lambda: (found := serving(server)) and victim not in found)
    house.until(house.is_healthy)
    assert house.programs()["web"] == server.pid


def test_stops_clean_and_starts_again_with_its_data(house):
    before = house.programs()
    house.process.send_signal(signal.SIGTERM)
    with house.process.stdout:
        assert f"The data stays in {house.home}" in house.process.stdout.read()
    assert house.process.wait(20) == 0
    assert all(processes.start_time(pid) is None for pid in before.values())
    assert not list((house.home / "run").glob("*.json"))
    began = time.monotonic()
    house.start()
    assert house.is_healthy()
    assert time.monotonic() - began < 20
