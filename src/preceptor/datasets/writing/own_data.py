"""Everything that is kept about a person as one file: for programs (`data.json`), and to be read (`index.html`)."""

import asyncio
import zipfile
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any
from uuid import UUID

import msgspec

from preceptor.datasets.queries.own_data import all_own_data
from preceptor.lib.db import Base, Database
from preceptor.lib.i18n import _, current_language
from preceptor.lib.storage import Storage, StoredFile, read_chunks
from preceptor.people.queries import own_rows
from preceptor.people.rules import OwnTable

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "dl{display:grid;grid-template-columns:minmax(8rem,14rem) 1fr;gap:.1rem 1rem;"
    "border-top:1px solid #8886;padding:.6rem 0}"
    "dt{color:#666}dd{margin:0;overflow-wrap:anywhere;white-space:pre-wrap}"
)
MAX_BYTES = 4_000_000_000


async def write_own_data(db: Database, storage: Storage, *, person_id: UUID, key: str, now: datetime) -> StoredFile:
    """Write everything that is kept about a person into one archive, at constant memory.

    Args:
        db: read a few hundred rows at a time, without one long snapshot.
        storage: where the archive is kept.
        person_id: whose data it is; the caller has made sure that they ask.
        key: the archive's key.
        now: stands in the file.
    """
    with TemporaryDirectory() as folder:
        machine, readable, archive = (Path(folder) / name for name in ("data.json", "index.html", "data.zip"))
        with machine.open("w", encoding="utf-8") as data, readable.open("w", encoding="utf-8") as page:
            await _write(db, data, page, person_id=person_id, now=now)
        await asyncio.to_thread(_pack, archive, [machine, readable])
        return await storage.save(key, _chunks(archive), limit=MAX_BYTES)


def _pack(archive: Path, files: list[Path]) -> None:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in files:
            packed.write(file, file.name)


async def _chunks(path: Path) -> AsyncIterator[bytes]:
    for chunk in read_chunks(path):
        yield chunk


async def _write(db: Database, data: IO[str], page: IO[str], *, person_id: UUID, now: datetime) -> None:
    title = str(_("Your data"))
    lead = str(_("Everything that is kept about you, as of {moment}. The same is in data.json, for programs."))
    page.write(
        f'<!doctype html>\n<html lang="{current_language()}"><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style>\n<h1>{escape(title)}</h1>\n"
        f"<p>{escape(lead.format(moment=now.strftime('%Y-%m-%d %H:%M UTC')))}</p>\n"
    )
    data.write(f'{{"made_at": {_json(now)}, "person": {_json(person_id)}, "data": [')
    # The profile last in the lists, for erasing; first for whoever reads.
    for number, own in enumerate(reversed(all_own_data()[0])):
        data.write(f'{"," if number else ""}\n{{"table": {_json(own.table)}, "title": {_json(str(own.title))}, ')
        data.write(f'"after_erasure": {_json(own.after.value)}, "rows": [')
        await _write_table(db, own, data.write, page.write, person_id)
        data.write("]}")
    data.write("\n]}\n")


async def _write_table(
    db: Database, own: OwnTable, data: Callable[[str], Any], page: Callable[[str], Any], person_id: UUID
) -> None:
    table = Base.metadata.tables[own.table]
    columns = [column.name for column in table.columns]
    rows = 0
    async with db.hot() as driver:
        async for row in own_rows(driver, own=own, columns=columns, has_id="id" in columns, person_id=person_id):
            if not rows:
                page(f"<h2>{escape(str(own.title))}</h2>\n")
            data(f"{',' if rows else ''}\n{_json(row)}")
            page(_readable(row))
            rows += 1


def _json(value: object) -> str:
    return msgspec.json.encode(value, enc_hook=str).decode()


def _readable(row: dict[str, Any]) -> str:
    parts = [
        f"<dt>{escape(name.replace('_', ' '))}</dt><dd>{escape(_text(value))}</dd>"
        for name, value in row.items()
        if value not in (None, "", [], {})
    ]
    return f"<dl>{''.join(parts)}</dl>\n"


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S UTC")
    if isinstance(value, (dict, list)):
        return msgspec.json.format(_json(value), indent=2)
    return str(value)
