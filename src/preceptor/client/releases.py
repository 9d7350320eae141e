"""Releases: the data that comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from preceptor.client.connection import Connection
from preceptor.client.documents import Release, ReleaseFile


class DamagedFileError(Exception):
    """What arrived is not what was released, or is not called what a file of a release can be called."""


class Releases:
    """Freezing releases and taking their files."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def freeze(
        self,
        *,
        slug: str,
        formats: Sequence[str] | None = None,
        settings: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> Release:
        """Freeze the accepted work of a project as it is now. Follow it with `show` until it is `done` or `failed`.

        Args:
            slug: the project.
            formats: names of formats; all there are where None.
            settings: of formats, by name, where they are not the default ones.
        """
        body = {"formats": formats, "settings": settings or {}}
        return self._connection.send("POST", f"/projects/{slug}/releases", body=body, answer=Release)

    def show(self, *, release_id: str) -> Release:
        """How far a release is, and its files."""
        return self._connection.get(f"/releases/{release_id}", answer=Release)

    def download(self, *, release_id: str, file: ReleaseFile, folder: Path) -> Path:
        """Put a file into a folder, in the place its path says, and answer where it is.

        Raises:
            DamagedFileError: it is not of the size or checksum that the release tells, or would lie outside the folder.
            PreceptorProblem: the installation says no.
            PreceptorUnreachableError: it says nothing, or breaks off.
        """
        steps = PurePosixPath(file.path)
        if steps.is_absolute() or ".." in steps.parts:
            raise DamagedFileError(f"{file.path}: this path leads out of the folder")
        target = folder / steps
        target.parent.mkdir(parents=True, exist_ok=True)
        digest, size = sha256(), 0
        path = f"/releases/{release_id}/files/{quote(file.path)}"
        with self._connection.stream(path) as response, target.open("wb") as out:
            for chunk in response.iter_bytes():
                digest.update(chunk)
                size += len(chunk)
                out.write(chunk)
        if (digest.hexdigest(), size) != (file.sha256, file.bytes):
            raise DamagedFileError(f"{file.path}: {size} bytes arrived that are not the ones released")
        return target
