"""The dataset card: `README.md` with the front matter that `datasets` and the Hugging Face hub read.

The card is a part of the data and is in English whoever asks for it: a release has the same bytes for everybody.
Titles, labels and slugs in it are other people's words, so they are cleaned for YAML and escaped for Markdown.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from preceptor.datasets.formats.interface import Format, WrittenFile
from preceptor.datasets.rules import formats_without_rows

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~$&])")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")
_LICENCE_ID = re.compile(r"[a-z0-9][a-z0-9.+-]*")
_SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
)


class TaxonomyEntry(msgspec.Struct, frozen=True):
    """One kind of error that could be ticked: the key rows use, and its English label."""

    key: str
    label: str
    severity: str = ""


class CardFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the card says and the content itself does not tell."""

    title: str
    """Title of the project."""
    project: str
    """Its slug."""
    number: int
    """Of the release, from 1."""
    created_at: datetime
    licence: str = ""
    """Under which the client gives the data away: an SPDX id or a name; empty where none was chosen."""
    languages: tuple[str, ...] = ()
    """Codes of the languages of the texts, such as `en`."""
    taxonomy: tuple[TaxonomyEntry, ...] = ()
    scope: str = ""
    """One English sentence about which work is in, where it is not all that was accepted."""
    splits: tuple[str, ...] = ()
    """Names of the folders that the items were shared out to; none for one."""
    credits: tuple[str, ...] = ()
    """Names of those whose work is in it and who chose to be credited."""
    method: str = ""
    """In English, what people were asked to do, as the task kind describes it."""


class Tally(msgspec.Struct):
    """What was met while the content went by. Grows with the people and models taking part, not with the rows."""

    submissions: int = 0
    turns: int = 0
    trainers: set[str] = msgspec.field(default_factory=set)
    models: set[str] = msgspec.field(default_factory=set)
    guidelines_versions: set[int] = msgspec.field(default_factory=set)
    form_versions: set[int] = msgspec.field(default_factory=set)
    first: datetime | None = None
    last: datetime | None = None


def write_card(
    *,
    facts: CardFacts,
    tally: Tally,
    formats: Sequence[tuple[Format[Any], msgspec.Struct]],
    files: Sequence[WrittenFile],
) -> str:
    """The text of the card.

    Args:
        facts: what the project and the release are.
        tally: what their content was.
        formats: the formats with the settings they were written with.
        files: the files that were written, of all formats.
    """
    rows = {written.path: written.rows for written in files}
    sections = [_section(form, settings, rows, facts.splits) for form, settings in formats]
    tables = [table for section in sections for table in section["tables"] if table["rows"]]
    lines = [table for section in sections for table in section["lines"]]
    most = max((table["rows"] for table in [*tables, *lines]), default=max(rows.values(), default=0))
    lacking = formats_without_rows([form.name for form, _settings in formats], rows)
    there = [form for form, _settings in formats if form.name not in lacking]
    return _template().render(
        facts=facts,
        tally=tally,
        sections=sections,
        configs=tables,
        task_categories=sorted({category for form in there for category in form.task_categories}),
        for_trl=any(form.name.startswith("trl-") for form in there),
        licence_id=facts.licence.lower() if _LICENCE_ID.fullmatch(facts.licence.lower()) else "other",
        size=next((name for bound, name in _SIZES if most < bound), "n>10M"),
    )


def _section(
    form: Format[Any], settings: msgspec.Struct, rows: dict[str, int], splits: Sequence[str]
) -> dict[str, Any]:
    places = {split: f"{split}/" for split in splits} or {"train": ""}

    def counted(stem: str) -> dict[str, Any]:
        there = {split: rows.get(f"{place}{stem}.jsonl", 0) for split, place in places.items()}
        files = [(split, f"{places[split]}{stem}") for split, count in there.items() if count]
        return {"stem": stem, "rows": sum(there.values()), "files": files}

    return {
        "name": form.name,
        "title": form.title.render("en"),
        "about": form.about,
        "notes": form.notes(settings) if form.notes else (),
        "tables": [
            {
                "config": form.name if table.name == "train" else f"{form.name}-{table.name}",
                "about": table.about,
            }
            | counted(f"{form.name}/{table.name}")
            for table in form.tables
        ],
        "lines": [{"about": about} | counted(f"{form.name}/{name}") for name, about in form.line_tables.items()],
    }


@cache
def _template() -> Template:
    # Nothing here becomes HTML; every value passes one of the two filters.
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=False,  # noqa: S701
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"yaml": _yaml, "markdown": _markdown}
    return environment.get_template("card.md")


def clean_line(text: str) -> str:
    """One line without what YAML does not allow in it, and without marks that turn the direction of what follows."""
    return " ".join(_UNPRINTABLE.sub(" ", text).split())


def _yaml(text: str) -> str:
    """A quoted scalar: JSON's strings are YAML's."""
    return msgspec.json.encode(clean_line(text)).decode()


def _markdown(text: str) -> str:
    """Plain words, whatever stands in them."""
    return _MARKDOWN.sub(r"\\\1", clean_line(text))
