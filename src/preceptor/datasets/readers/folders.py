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

from preceptor.datasets.readers.rows import PlainRow, RowProblem
from preceptor.datasets.readers.source import Source
from preceptor.lib.i18n import _

SPLITS = ("train", "validation", "valid", "dev", "test")
DATA = (".parquet", ".arrow", ".jsonl", ".jsonl.gz", ".jsonl.zst", ".json", ".json.gz", ".csv", ".tsv", ".csv.gz")
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
                with archive.open(name) as packed, path.open("wb") as file:
                    shutil.copyfileobj(packed, file)
                inside = Source(path=path, max_row_bytes=source.max_row_bytes, name=name)
                for row in read_rows(inside):
                    number += 1
                    yield _told(row, number, name)
                    source.note_progress((index + inside.progress) / len(names))
                path.unlink()
            source.note_progress(1.0)
    except (zipfile.BadZipFile, OSError, RuntimeError):
        message = _("The archive is damaged from here on. Make it again, then import the rest.")
        yield RowProblem(line=number + 1, code="damaged", message=message, fatal=True)


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
