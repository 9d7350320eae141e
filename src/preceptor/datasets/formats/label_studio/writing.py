"""Filled-in forms as tasks of Label Studio, one per item, with an annotation per person."""

from pathlib import Path
from typing import Any

import msgspec

from preceptor.datasets.formats.files import CountedFile
from preceptor.datasets.formats.gathering import Gathering
from preceptor.datasets.formats.interface import NoSettings, Sink, WrittenFile
from preceptor.datasets.formats.provenance import written_time
from preceptor.kinds.content import Content
from preceptor.kinds.given import FieldValue
from preceptor.kinds.outcomes import FilledForm

PATH = "label-studio/train.json"


def open_tasks(folder: Path, _settings: NoSettings) -> Sink:
    """The sink of this format."""
    return Tasks(folder)


class Tasks:
    """Writes one array of tasks. They are put together by item first, as annotations of one item lie apart."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._gathered = Gathering(folder / "label-studio" / ".tasks")

    def add(self, content: Content) -> None:
        """Keep one person's annotation."""
        assert isinstance(content, FilledForm)
        told = content.provenance
        task = {"data": content.data} | told.source
        by = {"completed_by": told.trainer, "created_at": written_time(told.submitted_at)}
        annotation = by | content.answer_source | {"result": [_result(one) for one in content.values]}
        self._gathered.add(told.item_id, [task, annotation])

    def finish(self) -> list[WrittenFile]:
        """Write the tasks; no file where there are none."""
        file: CountedFile | None = None
        count = 0
        for _item, pieces in self._gathered.by_item():
            task: dict[str, Any] = pieces[0][0]
            cancelled = task.pop("cancelled_annotations", [])
            task["annotations"] = [annotation for _task, annotation in pieces] + cancelled
            if file is None:
                file = CountedFile(folder=self._folder, path=PATH)
            file.write((b",\n" if count else b"[\n") + msgspec.json.encode(task))
            count += 1
        self._gathered.close()
        if file is None:
            return []
        file.write(b"\n]\n")
        return [file.finish(rows=count)]

    def abandon(self) -> None:
        """Forget what there is."""
        self._gathered.close()


def _result(value: FieldValue) -> dict[str, Any]:
    named = {"from_name": value.field, "to_name": value.on, "type": value.kind, "value": value.value}
    return value.source | {name: one for name, one in named.items() if one}
