"""Everything that is kept about a person as one file.

For programs (`data.json`), to be read (`index.html`), and what was attached to decisions about them (`files/`).
"""

import asyncio
import shutil
import zipfile
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Any
from uuid import UUID

import msgspec

from preceptor.datasets.queries.own_data import all_own_data, own_projects
from preceptor.datasets.writing.readable_data import STYLE, readable_row, readable_section
from preceptor.hiring.queries.case_files import files_about
from preceptor.lib.db import Base, Database
from preceptor.lib.i18n import _, current_language
from preceptor.lib.storage import Storage, StoredFile, read_chunks
from preceptor.people.queries import own_rows
from preceptor.people.rules import OwnTable

MAX_BYTES = 4_000_000_000
EVENTS = "event"


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
        async with db.read() as session:
            attached = await files_about(session, person_id=person_id)
        files = {"data.json": machine, "index.html": readable}
        # The id keeps two of one name apart, and is what data.json calls it.
        files |= {f"files/{one.id}-{one.name.replace('/', '_')}": storage.path(one.key) for one in attached}
        await asyncio.to_thread(_pack, archive, files)
        return await storage.save(key, _chunks(archive), limit=MAX_BYTES)


def _pack(archive: Path, files: dict[str, Path]) -> None:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, file in files.items():
            if file.is_file():  # the bytes of an attached file may be gone, as from a backup without files
                packed.write(file, name)


async def _chunks(path: Path) -> AsyncIterator[bytes]:
    for chunk in read_chunks(path):
        yield chunk


async def _write(db: Database, data: IO[str], page: IO[str], *, person_id: UUID, now: datetime) -> None:
    title = str(_("Your data"))
    lead = str(_("Everything that is kept about you, as of {moment}. The same is in data.json, for programs."))
    page.write(
        f'<!doctype html>\n<html lang="{current_language()}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style>\n<h1>{escape(title)}</h1>\n"
        f"<p>{escape(lead.format(moment=now.strftime('%Y-%m-%d %H:%M UTC')))}</p>\n"
    )
    data.write(f'{{"made_at": {_json(now)}, "person": {_json(person_id)}, "data": [')
    async with db.hot() as driver:
        projects = await own_projects(driver, person_id=person_id)
    # The profile is the last in the lists, for erasing, and first for whoever reads; all that happened comes last.
    lists = all_own_data()[0][::-1]
    tables = sorted(lists, key=lambda own: own.table == EVENTS)
    for number, own in enumerate(tables):
        data.write(f'{"," if number else ""}\n{{"table": {_json(own.table)}, "title": {_json(str(own.title))}, ')
        data.write(f'"after_erasure": {_json(own.after.value)}, "rows": [')
        with TemporaryFile("w+", encoding="utf-8") as part:
            rows = await _write_table(db, own, data.write, part.write, person_id, projects)
            if rows:
                part.seek(0)
                page.write(readable_section(str(own.title), rows, is_folded=own.table == EVENTS))
                shutil.copyfileobj(part, page)
                page.write("</details>\n")
        data.write("]}")
    data.write("\n]}\n")


async def _write_table(
    db: Database,
    own: OwnTable,
    data: Callable[[str], Any],
    page: Callable[[str], Any],
    person_id: UUID,
    projects: Mapping[UUID, str],
) -> int:
    """The rows of a table, as JSON and to be read; answers how many."""
    table = Base.metadata.tables[own.table]
    columns = [column.name for column in table.columns]
    rows = 0
    async with db.hot() as driver:
        async for row in own_rows(driver, own=own, columns=columns, has_id="id" in columns, person_id=person_id):
            data(f"{',' if rows else ''}\n{_json(row)}")
            page(readable_row(row, projects=projects))
            rows += 1
    return rows


def _json(value: object) -> str:
    return msgspec.json.encode(value, enc_hook=str).decode()
