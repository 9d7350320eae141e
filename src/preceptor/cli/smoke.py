"""`preceptor smoke`: one pass of the main job per prompt, through the API of a running installation."""

import json
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from preceptor.cli.smoke_pass import Done, Way
from preceptor.cli.smoke_release import release_faults, take_release
from preceptor.client import DamagedFileError, Preceptor, PreceptorProblem, PreceptorUnreachableError
from preceptor.client.documents import Release

PASSWORD = "preceptor demo"  # noqa: S105 (well known, as the sign-in page of a demo says)
CLIENT = "Installation check"
GUIDELINES = "Rate each response, tag its errors, and write the ideal one.\n\nThis project checks the installation."
RESPONSES = 4
TIMEOUT_SECONDS = 300.0
LOOK_AGAIN_SECONDS = 0.3
SHOWN_OF_PROMPT = 40

Options = TypeVar("Options", bound=Callable[..., Any])


def _account(role: str) -> Callable[[Options], Options]:
    default = f"{role}@demo.example:{PASSWORD}"
    return click.option(
        f"--{role}", default=default, metavar="EMAIL:PASSWORD", help=f"The {role}. Default: the demo's."
    )


@click.command()
@click.option("--url", required=True, help="Address of the installation, such as http://127.0.0.1:8080.")
@click.option(
    "--prompts",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='A prompt per line: {"prompt": "…"}, a JSON string, or {"turns": ["…", "…"]}.',
)
@click.option("--count", type=click.IntRange(1), help="Use the first N prompts. Default: all.")
@click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the release's files."
)
@_account("trainer")
@_account("reviewer")
@_account("manager")
@click.option("--max-tokens", default=128, show_default=True, type=click.IntRange(1), help="Longest response.")
@click.option("--patience", default=180.0, show_default=True, help="Seconds to wait for what happens by itself.")
@click.option("--keep", is_flag=True, help="Leave the project open.")
def command(url: str, prompts: Path, count: int | None, out: Path, keep: bool, **rest: Any) -> None:  # noqa: FBT001
    """Prove that everything works: one pass of the main job per prompt.

    It drives a running installation through its API, with the live model: as trainer, as reviewer, and as manager,
    who releases the data. The release's files are checked and left in --out.
    """
    conversations = read_prompts(prompts, count=count)
    if out.is_dir() and any(out.iterdir()):
        raise click.ClickException(f"{out} is not empty.")
    try:
        _run(url, conversations, out, keep=keep, **rest)
    except PreceptorProblem as problem:
        document = json.dumps(problem.document, indent=2, ensure_ascii=False)
        raise click.ClickException(f"The installation said no.\n{document}") from problem
    except (DamagedFileError, PreceptorUnreachableError) as error:
        raise click.ClickException(str(error)) from error


def read_prompts(path: Path, *, count: int | None = None) -> list[list[str]]:
    """The conversations of a file, each the user's messages in order, without repetitions.

    Args:
        path: JSON lines: objects with `prompt` or `turns`, or texts.
        count: how many are wanted, from the top; None for all.

    Raises:
        click.ClickException: a line is something else, or there are too few.
    """
    found: list[list[str]] = []
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        if len(found) == count:
            break
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError as error:
            raise click.ClickException(f"{path}, line {number}: not JSON: {error}") from error
        turns = value.get("turns", [value.get("prompt")]) if isinstance(value, dict) else [value]
        if (
            not isinstance(turns, list)
            or not turns
            or not all(isinstance(turn, str) and turn.strip() for turn in turns)
        ):
            raise click.ClickException(f"{path}, line {number}: there is no prompt in this line.")
        if turns not in found:
            found.append(turns)
    if not found or (count is not None and len(found) < count):
        raise click.ClickException(f"{path} has {len(found)} different prompts; {count or 1} are wanted.")
    return found


def _run(
    url: str,
    conversations: list[list[str]],
    out: Path,
    *,
    trainer: str,
    reviewer: str,
    manager: str,
    max_tokens: int,
    patience: float,
    keep: bool,
) -> None:
    began = time.monotonic()
    with ExitStack() as stack:
        working, reviewing, managing = (
            stack.enter_context(_sign_in(url, account, role))
            for role, account in (("trainer", trainer), ("reviewer", reviewer), ("manager", manager))
        )
        slug = _project(managing, working, conversations, max_tokens=max_tokens)
        if not keep:
            stack.callback(_close, managing, slug)
        click.echo(f"Project {url.rstrip('/')}/projects/{slug}: {len(conversations)} prompts")
        _add_items(managing, slug, conversations, patience=patience)
        version = managing.projects.show(slug=slug).guidelines_version
        working.work.acknowledge_guidelines(slug=slug, version=version)
        way = Way(trainer=working, reviewer=reviewing, slug=slug, patience=patience)
        done: list[Done] = []
        for number in range(1, len(conversations) + 1):
            done.append(way.go(number))
            click.echo(_line(number, len(conversations), done[-1]))
        release = take_release(managing, slug=slug, folder=out, patience=patience)
        faults = release_faults(
            release,
            folder=out,
            submissions=len(done),
            turns=sum(one.turns for one in done),
            ideals=sum(one.ideals for one in done),
        )
        click.echo(_summary(done, release, out, seconds=time.monotonic() - began))
        if faults:
            raise click.ClickException("The release is not right:\n" + "\n".join(faults))
    click.echo(f"All {len(done)} prompts went through, and the release is right.")


def _sign_in(url: str, account: str, role: str) -> Preceptor:
    email, colon, password = account.partition(":")
    if not colon:
        raise click.UsageError(f"--{role} takes an address and a password with a colon between them.")
    client = Preceptor.sign_in(url=url, email=email, password=password, timeout=TIMEOUT_SECONDS)
    roles = client.me().roles
    if role not in roles:
        client.close()
        raise click.ClickException(f"{email} is no {role}, but {', '.join(roles)}.")
    return client


def _project(manager: Preceptor, trainer: Preceptor, conversations: Sequence[Sequence[str]], *, max_tokens: int) -> str:
    """Make and open a project for the trainer's team. It is unpaid: nobody is to be paid for a check."""
    kind = next((kind for kind in manager.kinds() if {"max_turns", "positions"} <= kind.settings.keys()), None)
    if kind is None:
        raise click.ClickException("No task kind that asks models is installed there.")
    teams = trainer.teams()
    if not teams:
        raise click.ClickException("The trainer is in no team, so no work can be given to them.")
    client_id = next((client.id for client in manager.clients() if client.name == CLIENT), None)
    settings = {
        **kind.settings,
        "responses": RESPONSES,
        "max_turns": max(kind.settings["max_turns"], *(len(turns) for turns in conversations)),
        "positions": [{**position, "max_tokens": max_tokens} for position in kind.settings["positions"]],
    }
    made = manager.projects.add(
        title=f"Installation check {datetime.now(UTC):%Y-%m-%d %H:%M:%S}",
        client_id=client_id or manager.add_client(name=CLIENT).id,
        kind=kind.key,
        rate_per_hour=0,
        settings=settings,
        brief="Made by the command “preceptor smoke”. Please leave it to the program.",
        guidelines=GUIDELINES,
        rules={"unpaid": True, "answers_per_item": 1, "review_share": 1.0},
        team_ids=[teams[0].id],
    )
    manager.projects.open(slug=made.slug)
    return made.slug


def _close(manager: Preceptor, slug: str) -> None:
    with suppress(PreceptorProblem, PreceptorUnreachableError):  # what went wrong before is what matters
        manager.projects.close(slug=slug)


def _add_items(manager: Preceptor, slug: str, conversations: Sequence[Sequence[str]], *, patience: float) -> None:
    content = "".join(json.dumps({"turns": turns}) + "\n" for turns in conversations).encode()
    run = manager.projects.import_file(
        slug=slug, format="jsonl", content=content, name="prompts.jsonl", all_or_nothing=True
    )
    end = time.monotonic() + patience
    while run.state in {"waiting", "running"}:
        if time.monotonic() > end:
            raise click.ClickException(f"The import is still {run.state} after {patience:.0f} seconds.")
        time.sleep(LOOK_AGAIN_SECONDS)
        run = manager.projects.show_import(import_id=run.id)
    if (run.state, run.items_added) != ("done", len(conversations)):
        problems = manager.projects.import_problems(import_id=run.id)
        told = "\n".join(f"line {problem.line}: {problem.message}" for problem in problems)
        raise click.ClickException(f"{run.items_added} of {len(conversations)} prompts came in. {run.error}\n{told}")


def _line(number: int, total: int, done: Done) -> str:
    ratings = " ".join(str(rating) for rating in done.ratings)
    prompt = done.prompt if len(done.prompt) <= SHOWN_OF_PROMPT else done.prompt[: SHOWN_OF_PROMPT - 1] + "…"
    turns = f"{done.turns} turn{'s' if done.turns > 1 else ''}"
    return (
        f"{number:>{len(str(total))}}/{total} {done.seconds:6.1f} s  {prompt:<{SHOWN_OF_PROMPT}}  {turns},"
        f" {done.responses} responses, {done.tokens} tokens, rated {ratings}: {done.outcome}"
    )


def _summary(done: Sequence[Done], release: Release, out: Path, *, seconds: float) -> str:
    each = [one.seconds for one in done]
    tokens = sum(one.tokens for one in done)
    rows = [
        ("prompts", f"{len(done)}"),
        ("turns", f"{sum(one.turns for one in done)}"),
        ("responses", f"{sum(one.responses for one in done)}"),
        ("tokens", f"{tokens} ({tokens / max(sum(each), 1e-9):.0f} per second)"),
        ("corrected", f"{sum('corrected' in one.outcome for one in done)}"),
        ("reworked", f"{sum('reworked' in one.outcome for one in done)}"),
        ("questions confirmed", f"{sum(one.questions for one in done)}"),
        ("waited for models", f"{sum(one.waiting_seconds for one in done):.1f} s, by the clock"),
        ("seconds per prompt", f"{statistics.median(each):.1f} median, {max(each):.1f} longest"),
        ("seconds in all", f"{seconds:.1f}"),
        ("release", f"number {release.number}, {len(release.files)} files in {out}"),
        *((file.path, f"{file.rows} rows") for file in release.files if file.rows),
    ]
    width = max(len(name) for name, _value in rows)
    return "\n" + "\n".join(f"  {name:<{width}}  {value}" for name, value in rows)
