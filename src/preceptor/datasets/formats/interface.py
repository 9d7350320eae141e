"""What a format is: a name, what it reads, and what it writes of typed content.

Most formats are *tables*: each piece of content gives rows, and every table is written as JSON lines and as Parquet. A
format says so with `tables` and `rows`. Rows whose columns nobody knows beforehand are given by `lines` and written as
JSON lines alone. A format that is not made of rows (pictures with boxes) gives `open` instead, which returns a `Sink`
that writes its files itself.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from preceptor.datasets.readers.rows import ImportedRow, RowProblem
from preceptor.datasets.readers.source import Source
from preceptor.kinds.content import Content
from preceptor.lib.i18n import LazyText

Understand = Callable[[dict[str, Any], int], ImportedRow]
"""Says what a row means, an object as plain JSON with the number of its line; or raises `BadRowError`."""


class NoSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For a format that has nothing to set."""


S = TypeVar("S", bound=msgspec.Struct)


class WrittenFile(msgspec.Struct, frozen=True):
    """A finished file of a release."""

    path: str
    """Relative to the release's folder, with `/`."""
    rows: int
    """0 for what is not made of rows, such as the card."""
    bytes: int
    sha256: str
    """Of the file's bytes, in lower-case hex."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table of a format, `<format>/<name>.jsonl` and `<format>/<name>.parquet`.

    A file named `train` is what `datasets.load_dataset(<folder of the format>)` loads; any other is loaded by its name,
    so that what must stand apart (pairs with the ideal response) never gets mixed in.
    """

    name: str
    row: type[msgspec.Struct]
    """Its fields are the columns. They are `str`, `int`, `float`, `bool`, other structs, and tuples of these, and are
    never None: a column of which a whole stretch (of 10 MB) is null has no type in JSON lines, and `datasets` then
    refuses the first value that follows. The same goes for tuples that are all empty, so use them sparingly."""
    about: str
    """One English sentence for the dataset card."""


class Sink(Protocol):
    """Takes content one piece at a time and writes files, in memory that does not grow with their number."""

    def add(self, content: Content) -> None:
        """Write what there is to write about `content`, whose type is one that the format accepts."""

    def finish(self) -> list[WrittenFile]:
        """Close the files and name them. A table without rows leaves no file."""

    def abandon(self) -> None:
        """Close the files as they are, after an error: they will be deleted."""


class NumberAsked(msgspec.Struct, frozen=True):
    """A whole number among a format's settings that a form asks for; left empty, the format's own default holds."""

    name: str
    """The field's name in the settings."""
    label: LazyText
    help: LazyText
    least: int
    most: int


@dataclass(frozen=True, kw_only=True)
class Format(Generic[S]):
    """A format, as its folder declares it in `FORMAT`.

    `name` is the folder on disk and the argument of commands; it is the same in and out. `accepts` are the types of
    content it can write; `rows` is asked for each piece of such content and names the table of each row.
    """

    name: str
    title: LazyText
    about: str = ""
    """One or two English sentences for the dataset card."""
    settings: type[S]
    task_categories: tuple[str, ...] = ("text-generation",)
    """What is learnt from it, as the Hugging Face hub calls it, for the dataset card; none where it may be anything."""
    usual: bool = True
    """Whether a release is written in it that names no formats."""
    bundle: bool = False
    """Whether, going out, it stands for the usual formats together: what a release is anyway."""
    asks: tuple[NumberAsked, ...] = ()
    """Settings that people are asked for; programs can set them all."""
    example: str = ""
    """Some rows as they may look in a file that is read."""
    about_reading: LazyText | None = None
    """What a file that is read has to be like, in a sentence or two for whoever makes one."""
    fields: tuple[str, ...] = ()
    """Names of the columns it understands, for files that call theirs otherwise; those of its signs besides."""
    signs: tuple[tuple[tuple[str, ...], Understand], ...] = ()
    """Columns by which rows are known for this format's where nobody has named one, and who understands such rows."""
    endings: tuple[str, ...] = ()
    """Of the names of files that are read: `.csv`."""
    read: Callable[[Source], Iterator[ImportedRow | RowProblem]] | None = None
    accepts: tuple[type[Content], ...] = ()
    tables: tuple[Table, ...] = ()
    rows: Callable[[Any, S], Iterable[tuple[str, msgspec.Struct]]] | None = None
    lines: Callable[[Any, S], Iterable[tuple[str, Any]]] | None = None
    """For rows without fixed columns, such as those that give unknown fields back: JSON lines alone are written."""
    line_tables: Mapping[str, str] = field(default_factory=dict)
    """What the tables that `lines` names hold: one English sentence each, for the dataset card."""
    open: Callable[[Path, S], Sink] | None = None
    open_with_pictures: Callable[[Path, S, Callable[[str], Path]], Sink] | None = None
    """As `open`, for a format that writes pictures too: the last value says where one is, by its hash."""
    notes: Callable[[S], tuple[str, ...]] | None = None
    """English sentences for the dataset card about how the settings were used."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns that a column of a file may be said to stand for."""
        return tuple(dict.fromkeys([*self.fields, *(name for names, _understand in self.signs for name in names)]))

    @property
    def writes(self) -> bool:
        """Whether a release can be written in this format."""
        ways = (self.open, self.open_with_pictures, self.rows, self.lines)
        return self.bundle or any(way is not None for way in ways)
