"""`trl-unpaired`: single responses labelled good or bad, for `KTOTrainer`."""

from collections.abc import Iterator
from typing import Any

import msgspec

from preceptor.datasets.formats.interface import Format, NumberAsked, Table
from preceptor.datasets.formats.provenance import Meta, json_text, meta_values, reply
from preceptor.datasets.formats.reading import messages_of, reply_of, rest_of, row_of, truth_of, worker_of
from preceptor.datasets.readers.records import by_row
from preceptor.datasets.readers.rows import ImportedRow
from preceptor.kinds.content import GivenResponse, JudgedResponses, Message
from preceptor.kinds.given import LabelledResponse
from preceptor.lib.i18n import _

REFERENCE_SCALE = 7


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From which rating on a response is good, and up to which it is bad; in between it gives no row.

    Left out, the bounds are 6 and 3 of 7 points, and as much of any other scale.
    """

    true_from: int | None = None
    false_to: int | None = None

    def __post_init__(self) -> None:
        if self.true_from is not None and self.false_to is not None and self.false_to >= self.true_from:
            raise ValueError("`false_to` has to be lower than `true_from`")

    def label(self, rating: int, scale: int) -> bool | None:
        """True for a good, False for a bad response, None for one that is neither."""
        true_from = -(-6 * scale // REFERENCE_SCALE) if self.true_from is None else self.true_from
        false_to = max(1, 3 * scale // REFERENCE_SCALE) if self.false_to is None else self.false_to
        if rating >= true_from:
            return True
        return False if rating <= false_to else None


class UnpairedMeta(Meta, frozen=True):
    """Provenance of a labelled response."""

    response_id: str
    model: str
    sampling: str
    system_prompt: str
    rating: int
    scale: int
    rank: int


class Row(msgspec.Struct, frozen=True):
    """A prompt, a response to it, and whether that was good."""

    prompt: tuple[Message, ...]
    completion: tuple[Message, ...]
    label: bool
    meta: UnpairedMeta


def understand(row: dict[str, Any], line: int) -> ImportedRow:
    """A response with what somebody thought of it."""
    content = LabelledResponse(
        prompt=messages_of(row.get("prompt"), "prompt"),
        response=GivenResponse(reply_of(row.get("completion"), "completion")),
        good=truth_of(row["label"], "label") if row.get("label") is not None else None,
        worker=worker_of(row),
        source=rest_of(row, "prompt", "completion", "label"),
    )
    return row_of(row, line, content)


def rows(content: JudgedResponses, settings: Settings) -> Iterator[tuple[str, Row]]:
    """One row per response that is clearly good or bad, in the order in which they were shown."""
    values = meta_values(content)
    last = max((candidate.rank or 0 for candidate in content.candidates), default=0)
    for candidate in content.candidates:
        if content.scale is None:
            label = _by_rank(candidate.rank, last, all_bad=content.all_bad)
        else:
            label = None if candidate.rating is None else settings.label(candidate.rating, content.scale)
        if label is None:
            continue
        meta = UnpairedMeta(
            **values,
            response_id=candidate.response_id,
            model=candidate.model or "",
            sampling=json_text(candidate.sampling),
            system_prompt=candidate.system_prompt or "",
            rating=candidate.rating or 0,
            scale=content.scale or 0,
            rank=candidate.rank or 0,
        )
        yield "train", Row(content.prompt, reply(candidate.text), label, meta)


def _by_rank(rank: int | None, last: int, *, all_bad: bool) -> bool | None:
    """Where responses were only put in order: the best are good and the last bad, as TRL takes pairs apart."""
    if all_bad:
        return False
    if not rank or last == 1:
        return None
    return True if rank == 1 else False if rank == last else None


def notes(settings: Settings) -> tuple[str, ...]:
    """How the labels were made, for the card."""
    true_from = "6 on a scale of 7 (6/7 of another scale)" if settings.true_from is None else str(settings.true_from)
    false_to = "3 on a scale of 7 (3/7 of another scale)" if settings.false_to is None else str(settings.false_to)
    rated = f"A response is true from a rating of {true_from}, false up to {false_to}, and in between gives no row."
    return (
        rated,
        "Responses put in order and not rated: the best are true, the last false; where all are bad, all false.",
    )


FORMAT = Format(
    name="trl-unpaired",
    title=_("TRL unpaired preference"),
    about="Columns `prompt` and `completion`, each a list of messages, and `label`. Taken by TRL's `KTOTrainer`.",
    settings=Settings,
    about_reading=_("“prompt” and “completion”: texts or lists of messages; “label”: true for good, false for bad."),
    signs=((("prompt", "completion", "label"), understand),),
    read=by_row(understand, wanted=("prompt", "completion", "label")),
    asks=(
        NumberAsked(
            name="true_from",
            label=_("True from a rating of"),
            help=_("Left empty: 6 of 7 points, and as much of another scale."),
            least=1,
            most=100,
        ),
        NumberAsked(
            name="false_to",
            label=_("False up to a rating of"),
            help=_("Left empty: 3 of 7 points. Ratings in between give no row."),
            least=1,
            most=100,
        ),
    ),
    accepts=(JudgedResponses,),
    tables=(Table(name="train", row=Row, about="each response of a model that is clearly good or bad"),),
    rows=rows,
    notes=notes,
)
