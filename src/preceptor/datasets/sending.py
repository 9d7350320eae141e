"""Finished releases on their way to other places: a bucket, or a hub of datasets. Every file is sent as it is."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from preceptor.datasets.queries import FileView
from preceptor.lib.errors import FieldProblem, InvalidError, UnavailableError
from preceptor.lib.i18n import LazyText, _

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


def send_release(folder: Path, files: Sequence[FileView], address: str) -> Iterator[str]:
    """Send the files of a release; answers the path of each once it is there.

    Args:
        folder: where they are.
        files: of the release.
        address: `s3://bucket/path`, `gs://…` or whatever fsspec knows, or `hf://datasets/owner/name` for the Hugging
            Face hub. Who asks shows in the environment (`AWS_ACCESS_KEY_ID`, `HF_TOKEN`, …), as with their own tools.

    Raises:
        UnknownPlaceError: nothing that is installed can write there.
        NotSentError: the place did not take a file.
    """
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
