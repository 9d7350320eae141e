"""Labelled pictures going out as a ZIP archive that the same format reads: what COCO, YOLO and VOC share.

A picture that several people labelled has a set of labels for each: the first answers make up the plain set, the second
ones a set with `-2` in its name, and so on, so that every set is what other tools expect. Files have no dates, so that
the same content gives the same bytes.
"""

import hashlib
import tempfile
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from preceptor.datasets.formats.files import CountedFile
from preceptor.datasets.formats.interface import WrittenFile
from preceptor.kinds.content import Content
from preceptor.kinds.pictures import LabelledPicture, PictureFile

Pictures = Callable[[str], Path]
"""Where the bytes of a picture are, by its hash."""

_NO_DATE = (1980, 1, 1, 0, 0, 0)
_COPIED = 1 << 20


class PictureZip:
    """Writes an archive with pictures, each once, under names that no other has.

    Memory grows by some hundred bytes per picture: it has to be known which names are taken.

    Args:
        folder: of the release.
        path: of the archive in it.
        pictures: where the bytes are.
        inside: folder of the archive that holds the pictures.
    """

    def __init__(self, folder: Path, *, path: str, pictures: Pictures, inside: str) -> None:
        self._folder = folder
        self._path = path
        self._pictures = pictures
        self._inside = inside
        self._file: CountedFile | None = None
        self._zip: zipfile.ZipFile | None = None
        self._names: dict[str, bytes] = {}
        self._written: set[str] = set()

    @property
    def is_begun(self) -> bool:
        """Whether there is anything in it."""
        return self._zip is not None

    def put(self, picture: PictureFile, *, item_id: str) -> str:
        """Write the picture of an item, if it is not there yet; answers what it is called in the folder of pictures."""
        name = self._name(picture, item_id)
        if name not in self._written:
            self._written.add(name)
            with (
                self._pictures(picture.sha256).open("rb") as bytes_,
                self.entry(f"{self._inside}/{name}", packed=False) as stream,
            ):
                while chunk := bytes_.read(_COPIED):
                    stream.write(chunk)
        return name

    def close(self, *, rows: int) -> list[WrittenFile]:
        """Close the archive; no file where there is nothing in it."""
        if self._zip is None or self._file is None:
            return []
        self._zip.close()
        return [self._file.finish(rows=rows)]

    def abandon(self) -> None:
        """Close it as it is."""
        if self._file is not None:
            self._file.abandon()
        if self._zip is not None:
            self._zip.close()

    def entry(self, path: str, *, packed: bool = True) -> BinaryIO:
        """A new file in the archive, to be written and closed before the next."""
        if self._zip is None:
            self._file = CountedFile(folder=self._folder, path=self._path)
            self._zip = zipfile.ZipFile(cast("BinaryIO", self._file), "w", zipfile.ZIP_DEFLATED)
        entry = zipfile.ZipInfo(path, date_time=_NO_DATE)
        entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        entry.external_attr = 0o644 << 16
        return cast("BinaryIO", self._zip.open(entry, "w", force_zip64=True))

    def _name(self, picture: PictureFile, item_id: str) -> str:
        """What a picture is called here. Two pictures of one name get different ones."""
        own = bytes.fromhex(picture.sha256)[:8] + hashlib.sha256(item_id.encode()).digest()[:8]
        # Names with a dot before them are hidden, and passed over by whoever reads the archive.
        plain = PurePosixPath(PurePosixPath(picture.name).name.lstrip(".") or "picture")
        name, number = plain.name, 1
        while self._names.setdefault(_key(name), own) != own:
            number += 1
            name = f"{plain.stem}-{number}{plain.suffix}"
        return name


class PictureArchive(ABC):
    """Writes the pictures, and has a subclass write what is said about them.

    Args:
        folder, path, pictures, inside: as for `PictureZip`.
    """

    def __init__(self, folder: Path, *, path: str, pictures: Pictures, inside: str) -> None:
        self._zip = PictureZip(folder, path=path, pictures=pictures, inside=inside)
        self._answers: dict[str, int] = {}
        self._count = 0

    @abstractmethod
    def describe(self, content: LabelledPicture, *, name: str, answer: int) -> None:
        """Write what is said about a picture.

        Args:
            content: the picture and its labels.
            name: what its file is called in the folder of pictures.
            answer: 1 for the first answer about it, 2 for the second, …
        """

    def conclude(self) -> None:  # noqa: B027 (most formats have nothing to add)
        """Write what can be said only at the end."""

    def add(self, content: Content) -> None:
        """Write the picture, if it is not there yet, and what was said about it."""
        assert isinstance(content, LabelledPicture)
        name = self._zip.put(content.file, item_id=content.provenance.item_id)
        answer = self._answers[name] = self._answers.get(name, 0) + 1
        self._count += 1
        self.describe(content, name=name, answer=answer)

    def finish(self) -> list[WrittenFile]:
        """Close the archive; no file where there are no pictures."""
        if self._zip.is_begun:
            self.conclude()
        return self._zip.close(rows=self._count)

    def abandon(self) -> None:
        """Close it as it is."""
        self._zip.abandon()

    def write(self, path: str, text: str) -> None:
        """Put a small file into the archive."""
        with self._zip.entry(path) as stream:
            stream.write(text.encode())

    def copy(self, path: str, parts: list[bytes | BinaryIO]) -> None:
        """Put a large file into the archive, made of texts and of files that are read from their beginning."""
        with self._zip.entry(path) as stream:
            for part in parts:
                if isinstance(part, bytes):
                    stream.write(part)
                    continue
                part.seek(0)
                while chunk := part.read(_COPIED):
                    stream.write(chunk)


def _key(name: str) -> str:
    """Labels lie beside pictures under the name without its ending, and some file systems know no capitals."""
    return PurePosixPath(name).stem.lower()


def set_name(name: str, answer: int) -> str:
    """The name of a set of labels: itself for first answers, `labels-2` for second ones."""
    return name if answer == 1 else f"{name}-{answer}"


def scratch() -> BinaryIO:
    """A file for what has to be gathered, gone when it is closed."""
    return cast("BinaryIO", tempfile.TemporaryFile())
