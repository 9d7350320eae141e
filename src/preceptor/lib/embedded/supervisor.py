"""Runs the programs of an installation: starts them in order, restarts what dies, stops everything at the end."""

import asyncio
import contextlib
import os
import secrets
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from preceptor.lib.embedded import processes
from preceptor.lib.embedded.logs import BoundedLog
from preceptor.lib.embedded.processes import Account, EmbeddedError
from preceptor.lib.embedded.runfiles import LockHeldError, locked, read_run_file, write_run_file

BACK_OFF = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Seconds before the first restart, the second, …; the last one stays."""
STEADY_SECONDS = 30.0
"""Whoever ran so long begins anew with the shortest pause."""
STARTS_AT_FIRST = 4
"""A program that never became ready is started so often, then the whole start fails."""

ORPHAN_MARK = "STARTED_BY_SUPERVISOR"
"""Environment variable that tells whose child a process is, though its parent is gone."""

State = Literal["starting", "ready", "done", "ended", "stopped"]
Report = Callable[[str, State, float], None]
"""Told at each change: the program's name, its state, and the seconds since it was started."""


class ProgramFailedError(EmbeddedError):
    """A program did not start; the message carries the last lines it printed."""


class AlreadyRunningError(EmbeddedError):
    """Another supervisor runs this installation."""

    def __init__(self, pid: int | None) -> None:
        super().__init__(f"This installation already runs (process {pid}).")
        self.pid = pid


@dataclass(frozen=True, kw_only=True)
class Program:
    """A program to run, and what is good to know about it."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] | None = None
    """Its whole environment; None: ours."""
    account: Account | None = None
    after: tuple[str, ...] = ()
    """Programs that must be ready (or done) before this one starts; they are stopped after it."""
    once: bool = False
    """Runs to its end before those after it start, and is not restarted."""
    before: Callable[[], None] | None = None
    """Called before each start."""
    ready: Callable[[], bool] | None = None
    """True when it can be used; asked again and again, in a thread. None: as soon as it runs."""
    missing: Callable[[], str] | None = None
    """Tells what it still waits for, for the message when that takes too long."""
    at_ready: Callable[[], None] | None = None
    """Called each time it has become ready."""
    ready_seconds: float = 60
    stopping: Sequence[tuple[signal.Signals, float]] = ((signal.SIGTERM, 10), (signal.SIGKILL, 5))
    """How to stop it: each signal in turn, with the seconds it is given to obey."""
    niceness: int = 0


@dataclass
class _Child:
    """A program at work."""

    program: Program
    log: BoundedLog
    process: asyncio.subprocess.Process | None = None
    reader: "asyncio.Task[None] | None" = None
    usable: asyncio.Event = field(default_factory=asyncio.Event)
    restarts: int = 0
    since: float = 0.0


class Supervisor:
    """Runs programs until it is told to stop, by SIGINT, SIGTERM, SIGHUP or `stop`.

    Args:
        run_folder: holds the lock and `supervisor.json` (what runs, with process ids).
        log_folder: one file per program.
        programs: in any order; `after` says which waits for which.
        report: told about every change.
        echo: also print what the programs print, each line under its name.
    """

    def __init__(
        self, *, run_folder: Path, log_folder: Path, programs: Sequence[Program], report: Report, echo: bool = False
    ) -> None:
        self._run_folder = run_folder
        self._report = report
        self._echo = echo
        self._children = {
            program.name: _Child(program, BoundedLog(log_folder / f"{program.name}.log")) for program in programs
        }
        self._stop = asyncio.Event()
        self._hurry = asyncio.Event()
        self._failure: ProgramFailedError | None = None
        self._token = secrets.token_hex(16)

    async def run(self, *, all_ready: Callable[[], None] | None = None) -> None:
        """Start everything, call `all_ready`, keep it running, and stop it all when told to.

        Raises:
            AlreadyRunningError: another supervisor holds the lock.
            ProgramFailedError: a program could not be started. Everything else has been stopped again.
        """
        state_file = self._run_folder / "supervisor.json"
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(locked(self._run_folder / "supervisor.lock"))
            except LockHeldError:
                raise AlreadyRunningError((read_run_file(state_file) or {}).get("pid")) from None
            await asyncio.to_thread(clear_orphans, state_file)
            stack.callback(state_file.unlink, missing_ok=True)
            loop = asyncio.get_running_loop()
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                loop.add_signal_handler(number, self.stop)
                stack.callback(loop.remove_signal_handler, number)
            await self._run_all(all_ready)
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """Stop everything in good order; called a second time, at once."""
        if self._stop.is_set():
            self._hurry.set()
        self._stop.set()

    async def _run_all(self, all_ready: Callable[[], None] | None) -> None:
        keepers = {name: asyncio.create_task(self._keep(child)) for name, child in self._children.items()}
        ready = asyncio.create_task(self._announce(all_ready))
        await self._stop.wait()
        ready.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await ready
        waiting = dict(self._children)
        while waiting:
            # Whatever others still lean on stays until they are gone.
            leaned_on = {name for child in waiting.values() for name in child.program.after}
            free = [name for name in waiting if name not in leaned_on] or list(waiting)
            await asyncio.gather(*(self._end(waiting.pop(name), keepers[name]) for name in free))

    async def _announce(self, all_ready: Callable[[], None] | None) -> None:
        for child in self._children.values():
            await child.usable.wait()
        if all_ready is not None:
            all_ready()

    async def _end(self, child: _Child, keeper: "asyncio.Task[None]") -> None:
        keeper.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeper
        process = child.process
        if process is None:
            return
        for number, seconds in child.program.stopping:
            if process.returncode is not None:
                break
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGKILL if self._hurry.is_set() else number)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._gone_or_hurry(process), seconds)
            if self._hurry.is_set() and process.returncode is None:
                process.kill()
                await process.wait()
        await self._clear_away(child, process)
        self._report(child.program.name, "stopped", time.monotonic() - child.since)

    async def _gone_or_hurry(self, process: asyncio.subprocess.Process) -> None:
        tasks = [asyncio.create_task(process.wait()), asyncio.create_task(self._hurry.wait())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()

    async def _keep(self, child: _Child) -> None:
        """Start one program once those before it are usable, and start it again whenever it ends."""
        try:
            for name in child.program.after:
                await self._children[name].usable.wait()
            while True:
                code = await self._run_once(child)
                if child.program.once and code == 0:
                    child.usable.set()
                    self._report(child.program.name, "done", time.monotonic() - child.since)
                    return
                self._report(child.program.name, "ended", time.monotonic() - child.since)
                if child.program.once or (not child.usable.is_set() and child.restarts + 1 >= STARTS_AT_FIRST):
                    self._fail(child, f"“{child.program.name}” does not start (exit code {code})")
                    return
                if time.monotonic() - child.since > STEADY_SECONDS:
                    child.restarts = 0
                await asyncio.sleep(BACK_OFF[min(child.restarts, len(BACK_OFF) - 1)])
                child.restarts += 1
        except OSError as error:
            self._fail(child, f"“{child.program.name}” cannot be started: {error}")

    def _fail(self, child: _Child, what: str) -> None:
        self._failure = ProgramFailedError(f"{what}. Last lines of {child.log.path}:\n{child.log.last_lines()}")
        self._stop.set()

    async def _run_once(self, child: _Child) -> int:
        program = child.program
        if program.before is not None:
            await asyncio.to_thread(program.before)
        child.since = time.monotonic()
        self._report(program.name, "starting", 0.0)
        account = program.account
        # A pipe of our own: asyncio's would make `wait` last until the program's children have closed theirs too.
        outlet, inlet = os.pipe()
        child.reader = asyncio.create_task(self._read(child, outlet))
        try:
            child.process = process = await asyncio.create_subprocess_exec(
                *program.command,
                cwd="/",
                env={**(os.environ if program.environment is None else program.environment), ORPHAN_MARK: self._token},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=inlet,
                stderr=inlet,
                start_new_session=True,
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
                preexec_fn=processes.before_exec(orphan_signal=program.stopping[0][0], niceness=program.niceness),
            )
        finally:
            os.close(inlet)
        self._write_state()
        watcher = None if program.once else asyncio.create_task(self._watch_until_ready(child, process))
        try:
            code = await process.wait()
        finally:
            if watcher is not None:
                watcher.cancel()
        await self._clear_away(child, process)
        return code

    @staticmethod
    async def _clear_away(child: _Child, process: asyncio.subprocess.Process) -> None:
        """End what a program left behind (it would keep its port) and take down its last words."""
        processes.kill_session(process.pid)
        if child.reader is not None:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(child.reader, 2)

    async def _read(self, child: _Child, outlet: int) -> None:
        reader = asyncio.StreamReader()
        pipe = os.fdopen(outlet, "rb", buffering=0)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), pipe
        )
        try:
            while data := await reader.read(65536):
                child.log.write(data)
                if self._echo:
                    for line in data.decode(errors="replace").splitlines():
                        print(f"{child.program.name} | {line}", file=sys.stderr, flush=True)  # noqa: T201 (asked for)
        finally:
            transport.close()

    async def _watch_until_ready(self, child: _Child, process: asyncio.subprocess.Process) -> None:
        program = child.program
        until = time.monotonic() + program.ready_seconds
        while program.ready is not None and not await asyncio.to_thread(program.ready):
            if time.monotonic() > until:
                if not child.usable.is_set():
                    missing = f" ({program.missing()})" if program.missing is not None else ""
                    self._fail(child, f"“{program.name}” was not ready after {program.ready_seconds:.0f} s{missing}")
                else:
                    process.kill()
                return
            await asyncio.sleep(0.05)
        if program.at_ready is not None:
            await asyncio.to_thread(program.at_ready)
        self._report(program.name, "ready", time.monotonic() - child.since)
        child.usable.set()

    def _write_state(self) -> None:
        running = {
            name: {"pid": child.process.pid, "started": processes.start_time(child.process.pid)}
            for name, child in self._children.items()
            if child.process is not None and child.process.returncode is None
        }
        write_run_file(
            self._run_folder / "supervisor.json", {"pid": os.getpid(), "token": self._token, "programs": running}
        )


def clear_orphans(state_file: Path) -> None:
    """Stop what an earlier supervisor left when it was killed: usually nothing, for its children end with it."""
    token = (read_run_file(state_file) or {}).get("token")
    orphans = processes.started_with(ORPHAN_MARK, token) if token else []
    for number, seconds in ((signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0)):
        for pid in orphans:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        until = time.monotonic() + seconds
        while orphans and time.monotonic() < until:
            time.sleep(0.05)
            orphans = [pid for pid in orphans if processes.start_time(pid) is not None]


def running_programs(run_folder: Path) -> dict[str, int]:
    """Process ids of what a supervisor runs now, by program name; the supervisor itself is `supervisor`."""
    state = read_run_file(run_folder / "supervisor.json")
    if state is None or processes.start_time(int(state["pid"])) is None:
        return {}
    alive = {
        name: int(entry["pid"])
        for name, entry in state["programs"].items()
        if processes.start_time(int(entry["pid"])) == entry["started"]
    }
    return {"supervisor": int(state["pid"]), **alive}
