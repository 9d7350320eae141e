"""Writes the folder of a release from typed content, all formats in one pass."""

import errno
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from preceptor.datasets.formats.files import CountedFile
from preceptor.datasets.formats.interface import Format, Sink, WrittenFile
from preceptor.datasets.formats.settings import format_settings
from preceptor.datasets.writing.card import CardFacts, Tally, write_card
from preceptor.datasets.writing.croissant import croissant_text
from preceptor.datasets.writing.line_files import FormatLines
from preceptor.datasets.writing.table_files import FormatTables
from preceptor.kinds.content import Content, JudgedResponses, Provenance
from preceptor.lib.errors import ConflictError, UnavailableError
from preceptor.lib.i18n import _

CARD = "README.md"
CROISSANT = "croissant.json"
CHECKSUMS = "SHA256SUMS"

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class ReleaseFolderExistsError(ConflictError):
    """A release is written once."""

    code = "release_folder_exists"
    title = _("The folder of this release is there already.")


class DiskFullError(UnavailableError):
    """There is no room left for the files."""

    code = "disk_full"
    title = _("The disk is full, so the release could not be written. Make room, then start it again.")


class ReleaseWriter:
    """Writes one release.

    Use it as a context manager. The files grow in `.<name>.part` beside `folder`; `finish` gives the folder its name,
    so that it is there whole or not at all. Whatever ends the block before that removes what was written.

    The same content in the same order with the same facts gives the same bytes.

    Args:
        folder: the folder to make; its parent has to exist.
        formats: formats to write.
        settings: by name of the format, where they are not the default ones.
        facts: for the dataset card.
        splits: names of the splits, a folder each; none for one folder.
        pictures: where a picture is, by its hash; formats that write pictures need it.

    Raises:
        ReleaseFolderExistsError: `folder` exists.
        FormatSettingsError: `settings` are not what a format takes.
    """

    def __init__(
        self,
        *,
        folder: Path,
        formats: Sequence[Format[Any]],
        facts: CardFacts,
        settings: Mapping[str, Mapping[str, Any]] | None = None,
        pictures: Callable[[str], Path] | None = None,
        splits: Sequence[str] = (),
    ) -> None:
        if folder.exists():
            raise ReleaseFolderExistsError
        self._folder = folder
        self._part = folder.with_name(f".{folder.name}.part")
        self._facts = facts
        self._pictures = pictures or _no_picture
        self._formats = [(form, format_settings(form, (settings or {}).get(form.name, {}))) for form in formats]
        self._splits = tuple(splits) or ("",)
        self._sinks: dict[str, list[tuple[tuple[type[Content], ...], Sink]]] = {}
        self._takers: dict[tuple[str, type[Content]], list[Sink]] = {}
        self._tally = Tally()
        self._submission = ""
        self._finished = False

    def __enter__(self) -> Self:
        # What a killed process left behind is of no use to anyone.
        shutil.rmtree(self._part, ignore_errors=True)
        self._part.mkdir()
        for split in self._splits:
            folder = self._part / split
            folder.mkdir(exist_ok=True)
            self._sinks[split] = [
                (form.accepts, _open(form, folder, settings, self._pictures)) for form, settings in self._formats
            ]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._finished:
            for _accepts, sink in chain.from_iterable(self._sinks.values()):
                sink.abandon()
            shutil.rmtree(self._part, ignore_errors=True)
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            raise DiskFullError from error

    def add(self, content: Content, *, split: str = "") -> None:
        """Write `content` in every format that accepts its type, into the folder of its split.

        The pieces of one submission have to follow each other; a release's order is the order of these calls.
        """
        takers = self._takers.get((split, type(content)))
        if takers is None:
            takers = [sink for accepts, sink in self._sinks[split] if isinstance(content, accepts)]
            self._takers[split, type(content)] = takers
        for sink in takers:
            sink.add(content)
        told = getattr(content, "provenance", None)
        if isinstance(told, Provenance):
            self._count(content, told)

    def finish(self) -> list[WrittenFile]:
        """Close all files, write the descriptions and the checksums, and give the folder its name.

        Returns:
            Every file, the descriptions and the checksums last.
        """
        files = [
            msgspec.structs.replace(written, path=f"{split}/{written.path}") if split else written
            for split, sinks in self._sinks.items()
            for _accepts, sink in sinks
            for written in sink.finish()
        ]
        card = write_card(facts=self._facts, tally=self._tally, formats=self._formats, files=files)
        described = croissant_text(
            facts=self._facts, tally=self._tally, formats=[form for form, _settings in self._formats], files=files
        )
        files.append(self._write_text(CROISSANT, described))
        files.append(self._write_text(CARD, card))
        sums = "".join(f"{written.sha256}  {written.path}\n" for written in files)
        files.append(self._write_text(CHECKSUMS, sums))
        self._part.rename(self._folder)
        _sync_folder(self._folder.parent)
        self._finished = True
        return files

    def _count(self, content: Content, told: Provenance) -> None:
        tally = self._tally
        if told.submission_id != self._submission:
            self._submission = told.submission_id
            tally.submissions += 1
            tally.trainers.add(told.trainer)
            tally.guidelines_versions.add(told.guidelines_version)
            tally.form_versions.add(told.form_version)
            tally.first = min(tally.first or told.submitted_at, told.submitted_at)
            tally.last = max(tally.last or told.submitted_at, told.submitted_at)
        if isinstance(content, JudgedResponses):
            tally.turns += 1
            tally.models.update(candidate.model for candidate in content.candidates if candidate.model)

    def _write_text(self, path: str, text: str) -> WrittenFile:
        with CountedFile(folder=self._part, path=path) as file:
            file.write(text.encode())
            return file.finish(rows=0)


def _no_picture(sha256: str) -> Path:
    raise FileNotFoundError(sha256)


def _open(form: Format[Any], folder: Path, settings: msgspec.Struct, pictures: Callable[[str], Path]) -> Sink:
    if form.open_with_pictures is not None:
        return form.open_with_pictures(folder, settings, pictures)
    if form.open is not None:
        return form.open(folder, settings)
    if form.lines is not None:
        return FormatLines(folder=folder, form=form, settings=settings)
    return FormatTables(folder=folder, form=form, settings=settings)


def _sync_folder(folder: Path) -> None:
    """Make a rename in `folder` durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
