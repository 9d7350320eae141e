"""How `preceptor smoke` takes a release and makes sure of it."""

import time
from hashlib import sha256
from pathlib import Path

import click
import pyarrow.parquet as pq

from preceptor.client import Preceptor
from preceptor.client.documents import Release

CHECKSUMS = "SHA256SUMS"
LOOK_AGAIN_SECONDS = 0.5


def take_release(manager: Preceptor, *, slug: str, folder: Path, patience: float) -> Release:
    """Freeze what was accepted, wait for the files and put them into `folder`.

    Args:
        manager: may make releases.
        slug: the project.
        folder: where the files go, each in the place its path says.
        patience: seconds the files may take.

    Raises:
        click.ClickException: they cannot be written, or take too long.
        PreceptorProblem: the installation says no.
    """
    release = manager.releases.freeze(slug=slug)
    end = time.monotonic() + patience
    while release.state not in {"done", "failed"}:
        if time.monotonic() > end:
            raise click.ClickException(f"The release is still {release.state} after {patience:.0f} seconds.")
        time.sleep(LOOK_AGAIN_SECONDS)
        release = manager.releases.show(release_id=release.id)
    if release.state == "failed":
        raise click.ClickException(f"The release could not be written: {release.error}")
    for file in release.files:
        manager.releases.download(release_id=release.id, file=file, folder=folder)
    return release


def release_faults(release: Release, *, folder: Path, submissions: int, turns: int, ideals: int) -> list[str]:
    """What is wrong with the files in `folder`.

    Args:
        release: what they should be.
        folder: where they are.
        submissions: how many answers were accepted.
        turns: how many turns those have together.
        ideals: how many ideal responses were written in them.
    """
    faults = []
    if release.submissions != submissions:
        faults.append(f"The release holds {release.submissions} answers; {submissions} were accepted.")
    faults += _checksum_faults(folder)
    for file in release.files:
        counted = rows_in(folder / file.path)
        if counted is not None and counted != file.rows:
            faults.append(f"{file.path} has {counted} rows; the release says {file.rows}.")
    for ending in ("jsonl", "parquet"):
        faults += _row_faults(release, ending, turns=turns, ideals=ideals)
    return faults


def rows_in(path: Path) -> int | None:
    """How many rows a file has; None where it is not made of rows."""
    if path.suffix == ".jsonl":
        with path.open("rb") as lines:
            return sum(1 for _line in lines)
    if path.suffix == ".parquet":
        return int(pq.read_metadata(path).num_rows)
    return None


def _row_faults(release: Release, ending: str, *, turns: int, ideals: int) -> list[str]:
    rows = {file.path: file.rows for file in release.files}
    faults = []
    for name, wanted in ((f"trl-prompt-completion/train.{ending}", ideals), (f"scored/train.{ending}", turns)):
        if rows.get(name) != wanted:
            faults.append(f"{name} has {rows.get(name, 'no')} rows instead of {wanted}.")
    pairs = (f"trl-preference/train.{ending}", f"trl-preference-implicit/train.{ending}")
    faults += [f"{name} has no pairs." for name in pairs if not rows.get(name)]
    return faults


def _checksum_faults(folder: Path) -> list[str]:
    sums = folder / CHECKSUMS
    if not sums.is_file():
        return [f"There is no {CHECKSUMS}."]
    faults = []
    for line in sums.read_text().splitlines():
        digest, _spaces, path = line.partition("  ")
        if not (folder / path).is_file():
            faults.append(f"{path} stands in {CHECKSUMS} and is not there.")
        elif sha256((folder / path).read_bytes()).hexdigest() != digest:
            faults.append(f"{path} is not what {CHECKSUMS} says.")
    return faults
