"""A folder of data files as one zip archive, such as a folder of Hugging Face `datasets`.

Two layouts are known: what `save_to_disk` writes (Arrow files named by `state.json`), and a repository with files of
rows, whose `README.md` may name them as configs. Rows of all files are counted on: the line of a row is its number.
"""

import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import msgspec

from preceptor.datasets.readers.archives import DAMAGED
from preceptor.datasets.readers.rows import PlainRow, RowProblem
from preceptor.datasets.readers.source import Source
from preceptor.lib.i18n import _

SPLITS = ("train", "validation", "valid", "dev", "test")
DATA = (".parquet", ".arrow", ".jsonl", ".jsonl.gz", ".jsonl.zst", ".json", ".json.gz", ".csv", ".tsv", ".csv.gz")
UNFOLDS = 200
"""A file that grows to more than so many times its size was made to fill a disk; rows of text grow twentyfold."""
ALWAYS_TAKEN = 100_000_000
"""Bytes that a file may unfold to in any case."""
KEPT_FREE = 0.5
"""Of the room that is left on the disk, so much stays free."""
_COPIED = 1 << 20
NOT_DATA = frozenset({"state.json", "dataset_info.json", "dataset_infos.json", "dataset_dict.json", "croissant.json"})


def folder(
    source: Source, *, read_rows: Callable[[Source], Iterator[PlainRow | RowProblem]]
) -> Iterator[PlainRow | RowProblem]:
    """The rows of every data file, training data first. Files of other kinds are passed over."""
    number = 0
    try:
        with zipfile.ZipFile(source.path) as archive, tempfile.TemporaryDirectory() as place:
            names = data_files([one.filename for one in archive.infolist() if not one.is_dir()])
            if not names:
                message = _("There is no file of rows in this folder: {endings}.").format(endings=", ".join(DATA))
                yield RowProblem(line=1, code="no_data", message=message, fatal=True)
            for index, name in enumerate(names):
                path = Path(place) / f"{index}{PurePosixPath(name).suffix}"
                if problem := _unfold(archive, name, path):
                    yield msgspec.structs.replace(problem, line=number + 1)
                    return
                inside = Source(path=path, max_row_bytes=source.max_row_bytes, name=name)
                rows = [_no_folder(name)] if _is_archive(path) else read_rows(inside)
                for row in rows:
                    number += 1
                    yield _told(row, number, name)
                    source.note_progress((index + inside.progress) / len(names))
                path.unlink()
            source.note_progress(1.0)
    except DAMAGED:
        message = _("The archive is damaged from here on. Make it again, then import the rest.")
        yield RowProblem(line=number + 1, code="damaged", message=message, fatal=True)


def _unfold(archive: zipfile.ZipFile, name: str, path: Path) -> RowProblem | None:
    """Unpack a file, or say why it is not: whatever the archive says of its size, the disk is not to be filled."""
    usual = max(archive.getinfo(name).compress_size * UNFOLDS, ALWAYS_TAKEN)
    room = int(shutil.disk_usage(path.parent).free * KEPT_FREE)
    written = 0
    with archive.open(name) as packed, path.open("wb") as file:
        while block := packed.read(_COPIED):
            written += len(block)
            if written > min(usual, room):
                break
            file.write(block)
        else:
            return None
    path.unlink()
    message = _("{file} unfolds to more than {limit} MB. Pack it again from rows alone, or import it unpacked.")
    if room < usual:
        message = _("There is not room enough on the disk to unpack {file}. Import its parts one after the other.")
    told = message.format(file=_short(name), limit=usual // 1_000_000)
    return RowProblem(line=1, code="too_large", message=told, fatal=True)


def _is_archive(path: Path) -> bool:
    """Whether a file of rows is an archive itself, which could go on without end. A spreadsheet has another ending."""
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def _no_folder(name: str) -> RowProblem:
    message = _("{file} is an archive inside the archive. Unpack it, and pack its files.")
    return RowProblem(line=1, code="archive_inside", message=message.format(file=_short(name)), fatal=True)


def _short(name: str) -> str:
    shown = "".join(letter for letter in name if letter.isprintable())
    return shown if len(shown) <= 100 else f"…{shown[-99:]}"  # noqa: PLR2004 (as much as a line can show)


def _told(row: PlainRow | RowProblem, number: int, name: str) -> PlainRow | RowProblem:
    if isinstance(row, PlainRow):
        return PlainRow(number, row.value, row.clean)
    place = _("{file}, line {line}: {message}").format(file=name, line=row.line, message=row.message)
    return msgspec.structs.replace(row, line=number, message=place, fatal=False)


def data_files(names: list[str]) -> list[str]:
    """Which of the files of a folder hold rows: of one type alone, as the same rows are often there twice."""
    kept = [
        name
        for name in names
        if PurePosixPath(name).name not in NOT_DATA
        and not any(part.startswith(".") for part in PurePosixPath(name).parts)
    ]
    for ending in DATA:
        if found := [name for name in kept if name.endswith(ending)]:
            return sorted(found, key=_place)
    return []


def _place(name: str) -> tuple[int, str]:
    """Training data first, then the other splits, then the rest by name."""
    words = name.replace("/", "-").replace(".", "-").replace("_", "-").split("-")
    return next((place for place, split in enumerate(SPLITS) if split in words), len(SPLITS)), name
