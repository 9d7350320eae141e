"""`images`: a folder of pictures, packed as ZIP; each becomes an item."""

from collections.abc import Callable, Iterator
from functools import partial

from preceptor.datasets.formats.interface import Format, NoSettings
from preceptor.datasets.readers.archives import Archive, read_archive
from preceptor.datasets.readers.rows import BadRowError, ImportedRow, RowProblem
from preceptor.datasets.readers.source import Source
from preceptor.kinds.pictures import Picture
from preceptor.lib.i18n import _


def read(source: Source) -> Iterator[ImportedRow | RowProblem]:
    """Every picture of the archive, in the order of their names."""
    return read_archive(source, _rows)


def _rows(archive: Archive) -> Iterator[Callable[[int], ImportedRow]]:
    names = archive.pictures()
    if not names:
        raise BadRowError("no_data", _("There is no picture in this archive: JPEG, PNG, WebP, GIF or BMP."))
    for name in names:
        yield partial(_row, archive, name)


def _row(archive: Archive, name: str, number: int) -> ImportedRow:
    kept = archive.keep(name)
    return ImportedRow(line=number, content=Picture(file=kept.file), assets=(kept,))


FORMAT = Format(
    name="images",
    title=_("Pictures"),
    settings=NoSettings,
    usual=False,
    about_reading=_(
        "A folder of pictures packed as ZIP: JPEG, PNG, WebP, GIF or BMP, at most 25 MB and 50 million pixels each. "
        "Each becomes an item."
    ),
    read=read,
)
