"""What an accepted answer gives to releases, how far several answers agree, and what a correction changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from preceptor.kinds.agreement import Measure, mean_of_pairs, measured
from preceptor.kinds.changes import AnswerChange, text_change, value_change
from preceptor.kinds.content import Demonstration, Provenance, Reference
from preceptor.kinds.dialogue import joined
from preceptor.kinds.fields.text.field import FIELD as TEXT
from preceptor.kinds.tasks.write_response.answer import Answer
from preceptor.kinds.tasks.write_response.item import ItemContent
from preceptor.kinds.tasks.write_response.settings import Settings
from preceptor.lib.i18n import _


def demonstration_of(item: ItemContent, answer: Answer, provenance: Provenance) -> Demonstration:
    """The conversation with the response that a person wrote."""
    return Demonstration(
        prompt=joined(item.messages, item.prompt),
        completion=answer.response,
        provenance=provenance,
        outline=answer.outline.strip(),
        sources=tuple(Reference(source.url.strip(), source.title.strip()) for source in answer.sources),
    )


def agreement_of(settings: Settings, answers: Sequence[Sequence[Answer]]) -> tuple[Measure, ...]:
    """Similarity of the responses and, where sources are asked for, how many of them people share."""
    written = [[answer.response for answer in given if answer.response.strip()] for given in answers]
    measures = [TEXT.agreement(settings.response, written)]
    if settings.sources != "off":
        named = [[_names(answer) for answer in given if answer.sources] for given in answers]
        units, pairs = measured(named)
        title = _("Sources in common, of all that two people name")
        measures.append(Measure("sources", title, mean_of_pairs(named, similarity=_in_common), units, pairs))
    return tuple(measures)


def _names(answer: Answer) -> frozenset[str]:
    """The sources' addresses, or titles where there is none; a slash at the end does not count."""
    return frozenset((one.url.strip() or one.title.strip()).rstrip("/").casefold() for one in answer.sources)


def _in_common(one: frozenset[str], other: frozenset[str]) -> float:
    """The Jaccard index |A ∩ B| / |A ∪ B|. Source: Jaccard, P. (1912), *The Distribution of the Flora*."""
    return len(one & other) / len(one | other)


def answer_changes(before: Answer, after: Answer) -> Iterator[AnswerChange]:
    """Response and outline word by word, and the sources."""
    yield from text_change("outline", _("Outline"), before.outline, after.outline)
    yield from text_change("response", _("Response"), before.response, after.response)
    yield from value_change("sources", _("Sources"), _listed(before), _listed(after))


def _listed(answer: Answer) -> str:
    return "; ".join(" ".join(filter(None, (one.title.strip(), one.url.strip()))) for one in answer.sources)
