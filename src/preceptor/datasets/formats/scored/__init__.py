"""`scored`: everything that was said about the responses, one row per turn."""

from collections.abc import Iterator

import msgspec

from preceptor.datasets.formats.interface import Format, NoSettings, Table
from preceptor.datasets.formats.provenance import Meta, json_text, meta_values
from preceptor.kinds.content import Candidate, JudgedResponses, Message
from preceptor.lib.i18n import _


class ScoredResponse(msgspec.Struct, frozen=True):
    """One response of a model with all that was said about it. See `Candidate` for what the fields mean."""

    response_id: str
    text: str
    model: str
    sampling: str
    system_prompt: str
    state: str
    finish_reason: str
    rating: int
    """1 to the row's `scale`; 0 where the response was not rated."""
    rank: int
    """1 is the best, equal ranks are ties; 0 where the response was not ranked."""
    errors: tuple[str, ...]
    comment: str


class Row(msgspec.Struct, frozen=True):
    """One turn, judged by one person."""

    prompt: tuple[Message, ...]
    responses: tuple[ScoredResponse, ...]
    """In the order in which this person saw them."""
    scale: int
    ranking: tuple[tuple[str, ...], ...]
    """Response ids, best first; ties share a group. Empty where nothing was ranked."""
    all_bad: bool
    ideal: str
    ideal_start: str
    rationale: str
    """Why, in the person's words; `""` where nothing was said."""
    meta: Meta


def rows(content: JudgedResponses, _settings: NoSettings) -> Iterator[tuple[str, Row]]:
    """The one row of a turn."""
    yield (
        "train",
        Row(
            content.prompt,
            tuple(_scored(candidate) for candidate in content.candidates),
            content.scale or 0,
            _ranking(content.candidates),
            content.all_bad,
            content.ideal or "",
            content.ideal_start or "",
            content.rationale,
            Meta(**meta_values(content)),
        ),
    )


def _scored(candidate: Candidate) -> ScoredResponse:
    return ScoredResponse(
        candidate.response_id,
        candidate.text,
        candidate.model or "",
        json_text(candidate.sampling),
        candidate.system_prompt or "",
        candidate.state,
        candidate.finish_reason or "",
        candidate.rating or 0,
        candidate.rank or 0,
        candidate.errors,
        candidate.comment,
    )


def _ranking(candidates: tuple[Candidate, ...]) -> tuple[tuple[str, ...], ...]:
    groups: dict[int, list[str]] = {}
    for candidate in candidates:
        if candidate.rank is not None:
            groups.setdefault(candidate.rank, []).append(candidate.response_id)
    return tuple(tuple(groups[rank]) for rank in sorted(groups))


FORMAT = Format(
    name="scored",
    title=_("Scored responses"),
    about="Columns `prompt` (a list of messages), `responses` (each with text, model, sampling, rating, rank, errors "
    "and comment), `scale`, `ranking`, `all_bad`, `ideal`, `ideal_start` and `rationale`: the whole judgement.",
    settings=NoSettings,
    accepts=(JudgedResponses,),
    tables=(Table(name="train", row=Row, about="one row per turn and person"),),
    rows=rows,
)
