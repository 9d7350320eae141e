"""Finished releases on their way to other places: a bucket, or a hub of datasets. Every file is sent as it is."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import unquote

from preceptor.datasets.queries import FileView
from preceptor.lib.errors import FieldProblem, InvalidError, UnavailableError
from preceptor.lib.i18n import LazyText, _

_HUB = "hf"
_UNTITLED = "Add a release"
_DATASET = re.compile(r"datasets/(?P<repo>[\w.-]+/[\w.-]+)(?:@(?P<revision>[\w./-]+?))?(?:/(?P<path>.+))?", re.ASCII)
"""What stands behind `hf://`; a revision with `/` in it is written with `%2F`."""

WITHOUT_FOLDERS = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "oss", "hf"})
"""Stores in which a folder is a part of a name: asked to make one, they would make a bucket that was misspelt."""


class UnknownPlaceError(InvalidError):
    """A place that nothing installed here can write to."""

    code = "unknown_place"


class NotSentError(UnavailableError):
    """The place did not take the files."""

    code = "not_sent"
    title = _("The files could not be sent. Try again; check the address and the rights of the account.")


def is_elsewhere(address: str) -> bool:
    """Whether an address is that of a bucket or a hub, and not of a folder here."""
    return "://" in address


def send_release(folder: Path, files: Sequence[FileView], address: str, *, told: str = "") -> Iterator[str]:
    """Send the files of a release; answers the path of each once it is there.

    A dataset of the hub gets them all in one commit, so that nobody loads half of a release; it is made, for its owner
    alone to see, where there is none.

    Args:
        folder: where they are.
        files: of the release.
        address: `s3://bucket/path`, `gs://…` or whatever fsspec knows, or `hf://datasets/owner/name` for the Hugging
            Face hub. Who asks shows in the environment (`AWS_ACCESS_KEY_ID`, `HF_TOKEN`, …), as with their own tools.
        told: what release it is, in words, where the place keeps a history.

    Raises:
        UnknownPlaceError: nothing that is installed can write there.
        NotSentError: the place did not take a file.
    """
    kind, _marks, rest = address.rstrip("/").partition("://")
    if kind == _HUB and (found := _DATASET.fullmatch(rest)) is not None:
        yield from _send_to_hub(folder, files, found, told)
        return
    import fsspec  # type: ignore[import-untyped]  # noqa: PLC0415 (it looks through what is installed)

    try:
        system, root = fsspec.core.url_to_fs(address.rstrip("/"))
    except (ImportError, ValueError) as error:
        message = _("Nothing that is installed here can write to “{address}”: {reason}")
        problem = FieldProblem("out", message.format(address=address, reason=str(error)[:200]))
        raise UnknownPlaceError(fields=[problem]) from error
    try:
        for file in files:
            target = f"{root}/{file.path}"
            if address.partition("://")[0] not in WITHOUT_FOLDERS:
                system.makedirs(target.rpartition("/")[0], exist_ok=True)
            system.put_file(str(folder / file.path), target)
            yield file.path
    except Exception as error:  # whatever a place's own library raises
        raise NotSentError(LazyText("{text}", values=(("text", str(error)[:300]),))) from error


def _send_to_hub(folder: Path, files: Sequence[FileView], place: re.Match[str], told: str) -> Iterator[str]:
    try:
        from huggingface_hub import CommitOperationAdd, HfApi  # noqa: PLC0415 (it takes a second)
    except ImportError as error:
        message = _("Install the package “{package}” to send files there.").format(package="huggingface_hub")
        raise UnknownPlaceError(fields=[FieldProblem("out", message)]) from error
    inside = f"{place['path']}/" if place["path"] else ""
    adds = [CommitOperationAdd(inside + file.path, folder / file.path) for file in files]
    hub, repo = HfApi(library_name="preceptor"), place["repo"]
    revision = unquote(place["revision"]) if place["revision"] else None
    try:
        hub.create_repo(repo, repo_type="dataset", private=True, exist_ok=True)
        hub.create_commit(
            repo, repo_type="dataset", operations=adds, commit_message=told or _UNTITLED, revision=revision
        )
    except Exception as error:  # what the library and those below it raise
        raise NotSentError(LazyText("{text}", values=(("text", str(error)[:300]),))) from error
    yield from (file.path for file in files)
