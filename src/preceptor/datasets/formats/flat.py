"""Answers as flat rows for spreadsheets and tables: one per answer and turn, and one per item with a column per person.

Which columns there are shows only at the end, so the rows wait in a file beside the release: see `Gathering`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from preceptor.datasets.formats.gathering import Gathering
from preceptor.datasets.formats.interface import WrittenFile
from preceptor.datasets.formats.provenance import written_time
from preceptor.kinds.content import Content, Demonstration, JudgedResponses, Message, Provenance
from preceptor.kinds.given import FieldValue
from preceptor.kinds.outcomes import FilledForm, JudgedSteps
from preceptor.kinds.shape_values import shape_in

FIRST = ("item_id", "topic", "pseudonym", "submission_id", "revision", "submitted_at", "review", "active_ms")
MOST_COLUMNS = 16_000
"""Of a file; what a spreadsheet can hold is 16,384."""

Row = dict[str, Any]
Write = Callable[[Path, str, list[str], Iterable[Row]], list[WrittenFile]]
"""Writes rows with these columns into a file of a release of this stem, such as `csv/answers`; none without rows."""


def flat_values(content: Content) -> Row | None:
    """What a piece of content says, as values that fit into cells; None for content without a place among answers."""
    if isinstance(content, JudgedResponses):
        return _judged(content)
    if isinstance(content, Demonstration):
        return {"prompt": written_dialogue(content.prompt), "completion": content.completion}
    if isinstance(content, FilledForm):
        return {f"data.{name}": _cell(value) for name, value in content.data.items()} | _form_cells(content)
    if isinstance(content, JudgedSteps):
        right = {f"step_{number}_right": right for number, right in enumerate(content.right, 1)}
        steps = {f"step_{number}": step for number, step in enumerate(content.steps, 1)}
        return {"prompt": written_dialogue(content.prompt)} | steps | right
    if isinstance(getattr(content, "provenance", None), Provenance):
        built = msgspec.to_builtins(content)
        return {name: _cell(value) for name, value in built.items() if name != "provenance"}
    return None


def _judged(content: JudgedResponses) -> Row:
    row: Row = {"prompt": written_dialogue(content.prompt)}
    for number, one in enumerate(content.candidates, 1):
        row |= {f"response_{number}": one.text, f"model_{number}": one.model}
        row |= {f"rating_{number}": one.rating, f"rank_{number}": one.rank}
        row |= {f"errors_{number}": ", ".join(one.errors), f"comment_{number}": one.comment}
    return row | {"all_bad": content.all_bad, "ideal": content.ideal, "rationale": content.rationale}


def written_dialogue(messages: tuple[Message, ...]) -> str:
    """A conversation as one text: a single prompt as it stands, more messages with who speaks."""
    if len(messages) == 1:
        return messages[0].content
    return "\n\n".join(f"{one.role}: {one.content}" for one in messages)


def _form_cells(content: FilledForm) -> Row:
    """One cell per question: its answer, or JSON where it has several: by what each is about, or as a list of marks."""
    given: dict[str, list[FieldValue]] = {}
    for one in content.values:
        given.setdefault(one.field or one.kind, []).append(one)
    return {name: _question_cell(values, content) for name, values in given.items()}


def _question_cell(values: list[FieldValue], content: FilledForm) -> Any:
    shapes = [shape_in(one.kind, one.value, one.source) for one in values]
    if all(shapes):
        return _cell(msgspec.to_builtins(shapes))  # in pixels, as people drew them
    if any(len(one.value) > 1 for one in values):
        return _cell([{"on": one.on, **one.value} for one in values])
    (first, *more) = values
    if not more and (not first.on or first.on in content.data):
        return _plain(first.value)
    by_thing: dict[str, list[Any]] = {}
    for one in values:
        by_thing.setdefault(one.on, []).append(_plain(one.value))
    return _cell({on: plain[0] if len(plain) == 1 else plain for on, plain in by_thing.items()})


def _plain(value: Mapping[str, Any]) -> Any:
    """The only thing a field's value holds, if that is so: the choice, the rating, the text."""
    if len(value) == 1:
        (inner,) = value.values()
        if isinstance(inner, list) and all(isinstance(one, str) for one in inner):
            return ", ".join(inner)
        return _cell(inner)
    return _cell(dict(value))


def _cell(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | None) else msgspec.json.encode(value).decode()


class FlatFiles:
    """The sink of a format of flat rows.

    Args:
        folder: folder of the release.
        name: of the format, and of its folder.
        write: makes a file of rows.
    """

    def __init__(self, folder: Path, name: str, write: Write) -> None:
        self._folder, self._name, self._write = folder, name, write
        self._gathered = Gathering(folder / name / ".answers")
        self._columns: dict[str, None] = dict.fromkeys(FIRST)
        self._people: dict[str, None] = {}
        self._open: dict[int, Row] = {}
        self._submission = ""

    def add(self, content: Content) -> None:
        """Keep what one piece says beside what the same submission says elsewhere about the same turn."""
        values = flat_values(content)
        if values is None:
            return
        told: Provenance = content.provenance  # type: ignore[attr-defined]  # `flat_values` has looked
        if told.submission_id != self._submission:
            self._flush()
            self._submission = told.submission_id
        turn: int = getattr(content, "turn", 1)
        row = self._open.setdefault(turn, _first(told))
        if getattr(content, "turns", 1) > 1:
            row["turn"] = turn
        row |= {name: value for name, value in values.items() if value not in {None, ""}}
        row |= {f"source.{name}": _cell(value) for name, value in told.source.items()}

    def _flush(self) -> None:
        for row in self._open.values():
            for name in row:
                if len(self._columns) < MOST_COLUMNS:
                    self._columns.setdefault(name)
            self._people.setdefault(row["pseudonym"])
            self._gathered.add(row["item_id"], row)
        self._open = {}

    def finish(self) -> list[WrittenFile]:
        """Write both files; none where there are no rows."""
        self._flush()
        columns = list(self._columns)
        answers = self._write(self._folder, f"{self._name}/answers", columns, self._answers())
        people = [name for name in self._people if name not in {"item_id", "topic"}][:MOST_COLUMNS]
        items = self._write(self._folder, f"{self._name}/items", ["item_id", "topic", "asked", *people], self._items())
        self._gathered.close()
        return [*answers, *items]

    def abandon(self) -> None:
        """Forget what there is."""
        self._gathered.close()

    def _answers(self) -> Iterator[Row]:
        for _item, rows in self._gathered.by_item():
            yield from rows

    def _items(self) -> Iterator[Row]:
        for item, rows in self._gathered.by_item():
            said: dict[str, list[Row]] = {}
            for row in rows:
                said.setdefault(row["pseudonym"], []).append(_said(row))
            first = rows[0]
            asked = first.get("prompt") or {name[5:]: first[name] for name in first if name.startswith("data.")}
            cells = {name: _answer_cell(answers) for name, answers in said.items()}
            yield {"item_id": item, "topic": first.get("topic", ""), "asked": _cell(asked)} | cells


def _first(told: Provenance) -> Row:
    return {
        "item_id": told.item_id,
        "topic": told.topic or "",
        "pseudonym": told.trainer,
        "submission_id": told.submission_id,
        "revision": told.revision,
        "submitted_at": written_time(told.submitted_at),
        "review": told.review,
        "active_ms": told.active_ms,
    }


def _said(row: Row) -> Row:
    """What the person said, without what they were shown and what is known about the answer."""
    shown = ("data.", "source.", "response_", "model_", "step_")
    return {
        name: value
        for name, value in row.items()
        if name not in FIRST and name != "prompt" and (not name.startswith(shown) or name.endswith("_right"))
    }


def _answer_cell(answers: list[Row]) -> Any:
    """One cell for all that a person said about an item: the value alone where there is but one."""
    if len(answers) == 1 and len(answers[0]) == 1:
        return next(iter(answers[0].values()))
    return _cell(answers[0] if len(answers) == 1 else answers)
