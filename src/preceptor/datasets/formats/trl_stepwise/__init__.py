"""`trl-stepwise`: the steps of a solution, each right or wrong, for `PRMTrainer`."""

from collections.abc import Iterator
from typing import Any

import msgspec

from preceptor.datasets.formats.interface import Format, NoSettings, Table
from preceptor.datasets.formats.provenance import Meta, meta_values
from preceptor.datasets.formats.reading import list_of, messages_of, rest_of, row_of, truth_of, worker_of
from preceptor.datasets.readers.records import by_row
from preceptor.datasets.readers.rows import BadRowError, ImportedRow
from preceptor.kinds.given import LabelledSteps
from preceptor.kinds.outcomes import JudgedSteps
from preceptor.lib.i18n import _

EXAMPLE = """\
{"prompt": "What is 17 × 3 + 1?", "completions": ["17 × 3 = 51", "51 + 1 = 53"], "labels": [true, false]}
"""


class Row(msgspec.Struct, frozen=True):
    """A prompt, the steps of a response, and which of them are right."""

    prompt: str
    completions: tuple[str, ...]
    labels: tuple[bool, ...]
    meta: Meta


def understand(row: dict[str, Any], line: int) -> ImportedRow:
    """Steps, judged or not."""
    steps = list_of(row.get("completions"), "completions")
    if not steps or not all(isinstance(step, str) for step in steps):
        raise BadRowError("completions", _("“completions” has to be a list of texts."))
    labels = [] if row.get("labels") is None else list_of(row["labels"], "labels")
    if labels and len(labels) != len(steps):
        message = _("There are {steps} steps and {labels} labels: give one for each.")
        raise BadRowError("labels", message.format(steps=len(steps), labels=len(labels)))
    content = LabelledSteps(
        prompt=messages_of(row.get("prompt"), "prompt"),
        steps=tuple(steps),
        right=tuple(truth_of(one, "labels") for one in labels),
        worker=worker_of(row),
        source=rest_of(row, "prompt", "completions", "labels"),
    )
    return row_of(row, line, content)


def rows(content: JudgedSteps, _settings: NoSettings) -> Iterator[tuple[str, Row]]:
    """The one row of a solution."""
    prompt = "\n\n".join(message.content for message in content.prompt)
    yield "train", Row(prompt, content.steps, content.right, Meta(**meta_values(content)))


FORMAT = Format(
    name="trl-stepwise",
    title=_("TRL stepwise supervision"),
    about="Columns `prompt`, `completions` (the steps) and `labels` (which are right). Taken by TRL's `PRMTrainer`.",
    settings=NoSettings,
    usual=False,
    example=EXAMPLE,
    about_reading=_("“prompt”, “completions” (a list of steps) and “labels” (true or false for each)."),
    signs=((("prompt", "completions", "labels"), understand),),
    read=by_row(understand, wanted=("prompt", "completions")),
    accepts=(JudgedSteps,),
    tables=(Table(name="train", row=Row, about="the steps of each response that were judged one by one"),),
    rows=rows,
)
