"""`labels`: labels that people gave elsewhere, one per row: which thing, who, what, and what is right.

Columns `item`, `worker`, `label` and, if known, `gold` and `text`; others can be said to stand for them. The headers of
Snow et al. (2008), "Cheap and Fast – But is it Good?", are known.
"""

from collections.abc import Iterator
from typing import Any

from preceptor.datasets.formats.interface import Format, NoSettings
from preceptor.datasets.formats.reading import rest_of, row_of
from preceptor.datasets.readers.records import by_row
from preceptor.datasets.readers.rows import BadRowError, ImportedRow
from preceptor.kinds.given import WorkerLabel
from preceptor.kinds.outcomes import FilledForm
from preceptor.lib.i18n import _

EXAMPLE = """\
item,worker,label,gold
266,A19IBSKBTABMR3,1,1
266,AEX5NCH03LWSG,0,1
"""
SNOW = {"orig_id": "item", "!amt_worker_ids": "worker", "response": "label"}
KNOWN = ("item", "worker", "label", "gold", "text")


def understand(row: dict[str, Any], line: int) -> ImportedRow:
    """One person's label for one thing."""
    row = {SNOW.get(name, name) if SNOW.get(name) not in row else name: value for name, value in row.items()}
    for name in ("item", "worker", "label"):
        if row.get(name) in {None, ""}:
            message = _("This row has no “{name}”. Say which column stands for it, or fill it in.")
            raise BadRowError("missing", message.format(name=name))
    gold = row.get("gold")
    content = WorkerLabel(
        item=_word(row["item"]),
        label=_word(row["label"]),
        worker=_word(row["worker"]),
        text=_word(row.get("text") or ""),
        gold=None if gold in {None, ""} else _word(gold),
        source=rest_of(row, *KNOWN),
    )
    return row_of(row, line, content)


def _word(value: Any) -> str:
    if isinstance(value, str | int | float | bool):
        return str(value)
    raise BadRowError("shape", _("A label has to be a text or a number."))


def lines(content: FilledForm, _settings: NoSettings) -> Iterator[tuple[str, Any]]:
    """One row per choice of one option; with several fields to choose in, the field is told too."""
    told = content.provenance
    labels = [(one.field, one.value["choices"][0]) for one in content.values if len(one.value.get("choices", ())) == 1]
    data = {name: value for name, value in content.data.items() if name != "item"}
    for field, label in labels:
        row = {"item": content.key or told.item_id, "worker": told.trainer, "label": label}
        if len(labels) > 1:
            row["field"] = field
        yield "train", row | told.source | data | content.answer_source


FORMAT = Format(
    name="labels",
    title=_("Labels by worker"),
    about="One row per label: `item`, `worker` (a pseudonym), `label` and, where known, `gold` and `text`.",
    settings=NoSettings,
    task_categories=("text-classification",),
    usual=False,
    example=EXAMPLE,
    about_reading=_(
        "A row per label with “item”, “worker” and “label”, and if known “gold” and “text”. The labels come in as "
        "finished work of the people named."
    ),
    fields=KNOWN,
    signs=((("item", "worker", "label"), understand), (("orig_id", "!amt_worker_ids"), understand)),
    read=by_row(understand, wanted=("item", "orig_id", "label")),
    accepts=(FilledForm,),
    lines=lines,
    line_tables={"train": "one row per label"},
)
