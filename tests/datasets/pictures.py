"""Pictures going through a format and back: read as an import reads them, answered, written as a release is written."""

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from preceptor.datasets.formats import find_formats
from preceptor.datasets.itemising import picture_fetcher
from preceptor.datasets.readers import ImportedRow, RowProblem, Source
from preceptor.kinds.content import Provenance
from preceptor.kinds.pictures import LabelledPicture, Picture
from preceptor.kinds.registry import task_kinds
from preceptor.lib.storage import Storage
from preceptor.work.attaching import keep_picture
from preceptor.work.queries.assets import asset_key


def kind_of_pictures() -> Any:
    return next(kind for kind in task_kinds().values() if kind.accepts[:1] == (Picture,))


def read(
    name: str, path: Path, storage: Storage, picture_sources: str = ""
) -> tuple[list[ImportedRow], list[RowProblem]]:
    """The rows and problems of an archive."""
    source = Source(path=path)
    source.fetch_picture = picture_fetcher(picture_sources)
    source.keep_picture = lambda data, called: keep_picture(storage, data, name=called)
    found = list(find_formats()[name].read(source))
    return [one for one in found if isinstance(one, ImportedRow)], [one for one in found if isinstance(one, RowProblem)]


def provenance(number: int, source: dict[str, Any], trainer: str = "blue-heron") -> Provenance:
    return Provenance(
        project="cells",
        kind="any",
        item_id=f"item-{number}",
        submission_id=f"submission-{number}-{trainer}",
        revision=1,
        trainer=trainer,
        guidelines_version=1,
        form_version=1,
        review="accepted",
        active_ms=1,
        idle_ms=0,
        waiting_ms=0,
        paused_ms=0,
        submitted_at=datetime(2026, 11, 22, tzinfo=UTC),
        source=source,
    )


def labelled(rows: Sequence[ImportedRow]) -> list[LabelledPicture]:
    """What a release is made of, through the kind: the item of each row, and every answer that came with it."""
    kind = kind_of_pictures()
    contents = [row.content for row in rows]
    settings = kind.settings_from_content(contents)
    assert kind.validate_settings(settings) == []
    found: list[LabelledPicture] = []
    for number, content in enumerate(contents):
        item = kind.decode_item(kind_json(kind.item_from_content(content)))
        for given in kind.answers_from_content(settings, item, (), content):
            answer = kind.decode_answer(kind_json(given.answer))
            found += kind.content_rows(settings, item, (), answer, provenance(number, kind.item_source(item)))
    return found


def kind_json(value: Any) -> bytes:
    return msgspec.json.encode(value)


def write(name: str, contents: Sequence[LabelledPicture], folder: Path, storage: Storage) -> Path:
    """The archive that a release in this format holds."""
    form = find_formats()[name]
    folder.mkdir(parents=True, exist_ok=True)
    sink = form.open_with_pictures(folder, form.settings(), lambda sha256: storage.path(asset_key(sha256)))
    for content in contents:
        sink.add(content)
    (file,) = sink.finish()
    assert file.path == f"{name}/{name}.zip"
    return folder / file.path


def packed(files: dict[str, bytes | str]) -> bytes:
    """An archive of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def packed_folder(folder: Path, target: Path) -> Path:
    """A folder as `preceptor import` packs it."""
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())
    return target
