"""Files on their way out: one file of a release, or all of them as one archive, made while it is being sent."""

import zipfile
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from preceptor.datasets.queries.releases import FileView, NoSuchFileError, ReleaseView, release_key
from preceptor.lib.errors import UnavailableError
from preceptor.lib.i18n import _
from preceptor.lib.storage import Storage, read_chunks

MEDIA_TYPES = {
    ".jsonl": "application/jsonl",
    ".md": "text/markdown; charset=utf-8",
    ".parquet": "application/vnd.apache.parquet",
}
COMPRESSED = frozenset({".parquet"})
"""Endings of files that do not get smaller."""


def media_type(path: str) -> str:
    """The media type of a file by its ending; plain bytes where it is not known."""
    return MEDIA_TYPES.get(PurePosixPath(path).suffix, "application/octet-stream")


def download_name(release: ReleaseView, path: str = "") -> str:
    """What a downloaded file is called on the disk it comes to; without a path, what the archive is called."""
    stem = f"{release.summary.project_slug}-release-{release.summary.number}"
    return f"{stem}-{path.replace('/', '-')}" if path else f"{stem}.zip"


def digest_header(file: FileView) -> str:
    """The checksum as `Repr-Digest` has it. Source: RFC 9530, section 3."""
    return f"sha-256=:{b64encode(bytes.fromhex(file.sha256)).decode()}:"


class FileMissingError(UnavailableError):
    """A file that the database knows of is not where it should be."""

    title = _("The files of this release are not where they should be. Please tell an operator.")
    code = "file_missing"


def file_place(storage: Storage, release: ReleaseView, file: FileView) -> Path:
    """Where one file stands.

    Raises:
        FileMissingError: it is not in storage.
    """
    path = storage.path(f"{release_key(release.summary.id)}/{file.path}")
    if not path.is_file():
        raise FileMissingError
    return path


class _Outlet:
    """A stream that a zip file is written to and taken from, never sought in."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def write(self, data: bytes) -> int:
        self._waiting += data
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        taken, self._waiting = bytes(self._waiting), bytearray()
        return taken


def archive_chunks(storage: Storage, release: ReleaseView) -> Iterator[bytes]:
    """All files as one zip archive, at constant memory.

    Raises:
        NoSuchFileError: there are none (yet).
        FileMissingError: one is not in storage.
    """
    if not release.files:
        raise NoSuchFileError
    for file in release.files:
        file_place(storage, release, file)
    return _archive(storage, release)


def _archive(storage: Storage, release: ReleaseView) -> Iterator[bytes]:
    outlet = _Outlet()
    made = release.summary.created_at.timetuple()[:6]
    with zipfile.ZipFile(outlet, "w", allowZip64=True) as archive:  # type: ignore[call-overload]  # it only writes
        for file in release.files:
            entry = zipfile.ZipInfo(f"{download_name(release).removesuffix('.zip')}/{file.path}", date_time=made)
            packed = PurePosixPath(file.path).suffix not in COMPRESSED
            entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
            entry.external_attr = 0o644 << 16
            with archive.open(entry, "w", force_zip64=True) as stream:
                for chunk in read_chunks(file_place(storage, release, file)):
                    stream.write(chunk)
                    if taken := outlet.take():
                        yield taken
            if taken := outlet.take():
                yield taken
    yield outlet.take()
