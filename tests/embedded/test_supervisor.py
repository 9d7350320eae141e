"""Real processes: small Python programs that note down what happens to them."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from preceptor.lib.embedded import processes
from preceptor.lib.embedded.supervisor import (
    AlreadyRunningError,
    Program,
    ProgramFailedError,
    Supervisor,
    running_programs,
)

STEADY = """
import os, pathlib, signal, sys, time
notes = pathlib.Path(sys.argv[1])
name = sys.argv[2]
def note(what):
    with (notes / "order").open("a") as stream:
        stream.write(f"{what} {name}\\n")
def stop(*_):
    note("stop")
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
note("start")
print(f"{name} is up", flush=True)
(notes / name).write_text(str(os.getpid()))
time.sleep(60)
"""
WITH_A_CHILD = """
import pathlib, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
(pathlib.Path(sys.argv[1]) / sys.argv[2]).write_text(str(child.pid))
time.sleep(60)
"""
SUPERVISE = """
import asyncio, sys
from pathlib import Path
from preceptor.lib.embedded.supervisor import Program, Supervisor
folder = Path(sys.argv[1])
programs = [
    Program(name=name, command=[sys.executable, "-c", code, str(folder), name], ready=(folder / name).exists)
    for name, code in zip(sys.argv[2::2], sys.argv[3::2])
]
supervisor = Supervisor(run_folder=folder, log_folder=folder, programs=programs, report=lambda *_: None)
asyncio.run(supervisor.run(all_ready=lambda: print("all ready", flush=True)))
"""


def program(folder, name, code=STEADY, **options):
    command = [sys.executable, "-c", code, str(folder), name]
    return Program(name=name, command=command, ready=(folder / name).exists, **options)


@contextlib.asynccontextmanager
async def supervised(folder, *programs):
    """The programs running, and what was reported about them."""
    reports = []
    ready = asyncio.Event()
    supervisor = Supervisor(
        run_folder=folder,
        log_folder=folder,
        programs=programs,
        report=lambda name, state, _: reports.append((name, state)),
    )
    task = asyncio.create_task(supervisor.run(all_ready=ready.set))
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED, timeout=20)
    waiting.cancel()
    try:
        yield reports
    finally:
        supervisor.stop()
        await task


async def until(condition, seconds=10.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        await asyncio.sleep(0.02)


def gone(pid):
    return processes.start_time(pid) is None


async def test_starts_in_order_and_stops_the_other_way_round(tmp_path):
    first = Program(name="setup", command=[sys.executable, "-c", "print('all set')"], once=True)
    base = program(tmp_path, "base", after=("setup",))
    upper = program(tmp_path, "upper", after=("base",))
    async with supervised(tmp_path, upper, base, first) as reports:
        pids = running_programs(tmp_path)
        assert set(pids) == {"supervisor", "base", "upper"}
        assert pids["supervisor"] == os.getpid()
    assert (tmp_path / "order").read_text().split("\n")[:-1] == ["start base", "start upper", "stop upper", "stop base"]
    assert reports[:2] == [("setup", "starting"), ("setup", "done")]
    assert (tmp_path / "setup.log").read_text() == "all set\n"
    assert running_programs(tmp_path) == {}
    assert gone(pids["base"])


async def test_restarts_what_is_killed_and_clears_away_its_children(tmp_path):
    async with supervised(tmp_path, program(tmp_path, "parent", WITH_A_CHILD)) as reports:
        before = running_programs(tmp_path)["parent"]
        grandchild = int((tmp_path / "parent").read_text())
        os.kill(before, signal.SIGKILL)
        await until(lambda: running_programs(tmp_path).get("parent", before) != before)
        await until(lambda: gone(grandchild))
        await until(lambda: reports.count(("parent", "ready")) == 2)
        newer = int((tmp_path / "parent").read_text())
    assert gone(newer)


async def test_a_program_that_never_starts_fails_the_whole_with_its_last_words(tmp_path):
    broken = Program(
        name="broken", command=[sys.executable, "-c", "raise SystemExit('no such thing')"], ready=lambda: False
    )
    with pytest.raises(ProgramFailedError, match="no such thing"):
        async with supervised(tmp_path, program(tmp_path, "fine"), broken):
            pass
    assert gone(int((tmp_path / "fine").read_text()))


async def test_a_step_that_fails_is_not_repeated(tmp_path):
    step = Program(name="step", command=[sys.executable, "-c", "import sys; print('once'); sys.exit(3)"], once=True)
    with pytest.raises(ProgramFailedError, match="exit code 3"):
        async with supervised(tmp_path, step, program(tmp_path, "later", after=("step",))):
            pass
    assert (tmp_path / "step.log").read_text() == "once\n"
    assert not (tmp_path / "later").exists()


async def test_a_program_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ProgramFailedError, match="absent"):
        async with supervised(tmp_path, Program(name="absent", command=["/nonexistent/program"])):
            pass


async def test_a_program_that_ignores_the_request_is_ended(tmp_path):
    deaf = "import signal, sys, time, pathlib; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    deaf += "(pathlib.Path(sys.argv[1]) / sys.argv[2]).touch(); time.sleep(60)"
    stopping = [(signal.SIGTERM, 0.2), (signal.SIGKILL, 5)]
    began = time.monotonic()
    async with supervised(tmp_path, program(tmp_path, "deaf", deaf, stopping=stopping)):
        pid = running_programs(tmp_path)["deaf"]
    assert gone(pid)
    assert time.monotonic() - began < 10


async def test_two_supervisors_do_not_share_a_home(tmp_path):
    async with supervised(tmp_path, program(tmp_path, "only")):
        second = Supervisor(run_folder=tmp_path, log_folder=tmp_path, programs=[], report=lambda *_: None)
        with pytest.raises(AlreadyRunningError) as caught:
            await second.run()
        assert caught.value.pid == os.getpid()


@pytest.mark.kill
def test_nothing_outlives_a_killed_supervisor(tmp_path):
    arguments = [str(tmp_path), "a", STEADY, "b", WITH_A_CHILD]
    process = subprocess.Popen([sys.executable, "-c", SUPERVISE, *arguments], stdout=subprocess.PIPE, text=True)
    with process.stdout:
        assert process.stdout.readline() == "all ready\n"
    pids = running_programs(tmp_path)
    grandchild = int((tmp_path / "b").read_text())
    process.kill()
    process.wait()
    asyncio.run(until(lambda: gone(pids["a"]) and gone(pids["b"])))
    # Only a grandchild that takes no care of itself is left, and the next start finds it.
    assert json.loads((tmp_path / "supervisor.json").read_text())["pid"] == pids["supervisor"]
    again = subprocess.Popen([sys.executable, "-c", SUPERVISE, *arguments[:3]], stdout=subprocess.PIPE, text=True)
    with again.stdout:
        assert again.stdout.readline() == "all ready\n"
    assert gone(grandchild)
    again.send_signal(signal.SIGTERM)
    assert again.wait(10) == 0


async def test_a_program_that_takes_too_long_is_told_with_what_it_waits_for(tmp_path):
    slow = Program(
        name="slow",
        command=[sys.executable, "-c", "import time; time.sleep(60)"],
        ready=lambda: False,
        missing=lambda: "the moon is not up",
        ready_seconds=0.3,
    )
    with pytest.raises(ProgramFailedError, match="the moon is not up"):
        async with supervised(tmp_path, slow):
            pass
