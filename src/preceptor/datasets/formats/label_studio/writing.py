"""Filled-in forms and labelled pictures as tasks of Label Studio, one per item, with an annotation per person."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from preceptor.datasets.formats.files import CountedFile
from preceptor.datasets.formats.gathering import Gathering
from preceptor.datasets.formats.interface import NoSettings, Sink, WrittenFile
from preceptor.datasets.formats.label_studio.beside import COLUMN, COLUMNS, FOLDER, USUAL_COLUMN
from preceptor.datasets.formats.picture_archives import Pictures, PictureZip
from preceptor.datasets.formats.provenance import written_time
from preceptor.kinds.content import Content, Provenance
from preceptor.kinds.given import FieldValue
from preceptor.kinds.outcomes import FilledForm
from preceptor.kinds.pictures import LabelledPicture, PictureFile
from preceptor.kinds.shape_values import shape_value

NAME = "train.json"
CLASSES = "class"
"""What the choices about a picture as a whole are called."""


def open_tasks(folder: Path, _settings: NoSettings, pictures: Pictures) -> Sink:
    """The sink of this format."""
    return Tasks(folder, pictures)


class Tasks:
    """Writes one array of tasks. They are put together by item first, as annotations of one item lie apart.

    Where an item has a picture, the tasks stand in an archive, with the pictures in a folder beside them.
    """

    def __init__(self, folder: Path, pictures: Pictures) -> None:
        self._folder = folder
        self._gathered = Gathering(folder / "label-studio" / ".tasks")
        self._zip = PictureZip(folder, path="label-studio/label-studio.zip", pictures=pictures, inside=FOLDER)
        self._form = ""

    def add(self, content: Content) -> None:
        """Keep one person's annotation. The shapes of a form are in the form already, which comes first."""
        if isinstance(content, LabelledPicture):
            if content.provenance.submission_id != self._form:
                told, source = content.provenance, dict(content.provenance.source)
                kept = source.pop("data", None)
                data = dict(kept) if isinstance(kept, dict) else {}
                self._keep(told, data, source, _results(content), content.file)
            return
        assert isinstance(content, FilledForm)
        self._form = content.provenance.submission_id
        data = {name: one for name, one in content.data.items() if name != "picture" or content.picture is None}
        results = [_result(one) for one in content.values]
        source = dict(content.provenance.source)
        self._keep(content.provenance, data, source, results, content.picture, content.answer_source)

    def _keep(
        self,
        told: Provenance,
        data: dict[str, Any],
        source: dict[str, Any],
        results: list[dict[str, Any]],
        picture: PictureFile | None,
        answer_source: dict[str, Any] | None = None,
    ) -> None:
        if picture is not None:
            column = _free_column(source.pop(COLUMN, USUAL_COLUMN), data)
            name = self._zip.put(picture, item_id=told.item_id)
            data = {column: f"{FOLDER}/{name}"} | data
            results = [one if one.get("to_name") else one | {"to_name": column} for one in results]
        by = {"completed_by": told.trainer, "created_at": written_time(told.submitted_at)}
        annotation = by | (answer_source or {}) | {"result": results}
        self._gathered.add(told.item_id, [{"data": data} | source, annotation])

    def finish(self) -> list[WrittenFile]:
        """Write the tasks; no file where there are none."""
        if self._zip.is_begun:
            with self._zip.entry(NAME) as stream:
                count = self._write(stream.write)
            self._gathered.close()
            return self._zip.close(rows=count)
        file: CountedFile | None = None

        def write(data: bytes) -> int:
            nonlocal file
            file = file or CountedFile(folder=self._folder, path=f"label-studio/{NAME}")
            return file.write(data)

        count = self._write(write)
        self._gathered.close()
        return [] if file is None else [file.finish(rows=count)]

    def _write(self, write: Callable[[bytes], int]) -> int:
        count = 0
        for _item, pieces in self._gathered.by_item():
            task: dict[str, Any] = pieces[0][0]
            cancelled = task.pop("cancelled_annotations", [])
            task["annotations"] = [annotation for _task, annotation in pieces] + cancelled
            write((b",\n" if count else b"[\n") + msgspec.json.encode(task))
            count += 1
        if count:
            write(b"\n]\n")
        return count

    def abandon(self) -> None:
        """Forget what there is."""
        self._zip.abandon()
        self._gathered.close()


def _free_column(wanted: object, data: Mapping[str, Any]) -> str:
    """What the picture is called among the data of a task: as its source had it, unless something else is."""
    names = [*([wanted] if isinstance(wanted, str) else []), *COLUMNS, *(f"picture_{n}" for n in range(len(data) + 1))]
    return next(name for name in names if name not in data)


def _result(value: FieldValue) -> dict[str, Any]:
    named = {"from_name": value.field, "to_name": value.on, "type": value.kind, "value": value.value}
    return value.source | {name: one for name, one in named.items() if one}


def _results(content: LabelledPicture) -> list[dict[str, Any]]:
    """What is marked on a picture, under the names of the kinds of shapes, and its classes."""
    found = []
    for shape in content.shapes:
        told = shape_value(shape, content.file)
        found.append(_result(FieldValue(shape.kind, "", told.kind, told.value, told.source)))
    if content.classes:
        found.append(_result(FieldValue(CLASSES, "", "choices", {"choices": list(content.classes)})))
    return found
