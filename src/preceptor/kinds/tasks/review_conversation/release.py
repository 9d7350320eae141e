"""What an accepted answer gives to releases, and how far several answers agree."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from preceptor.kinds.agreement import (
    Measure,
    krippendorff_alpha,
    mean_of_pairs,
    measured,
    nominal_difference,
    ordinal_difference,
)
from preceptor.kinds.content import Candidate, Content, JudgedResponses, Message, Provenance
from preceptor.kinds.fields.spans.field import FIELD as SPANS
from preceptor.kinds.redaction import Redacted, Stretch, redact
from preceptor.kinds.tasks.review_conversation.answer import Answer
from preceptor.kinds.tasks.review_conversation.item import ItemContent, index_of, text_key
from preceptor.kinds.tasks.review_conversation.settings import SEVERITIES, Settings
from preceptor.kinds.triage import MarkedStretch, MessageVerdict, Severity, TriagedConversation
from preceptor.lib.i18n import _
from preceptor.lib.text.private_data import find_private_data

# Unpaired labels have two points: good or not. Which message is the worst stands in the triage alone.
_GOOD, _BAD, _POINTS = 2, 1, 2


def rows_of(settings: Settings, item: ItemContent, answer: Answer, provenance: Provenance) -> list[Content]:
    """The triage, and a judged response for each of the model's messages that was judged; all of it redacted."""
    private = settings.private_keys
    found = [
        redact(
            message.content,
            [
                Stretch(span.start, span.end, span.label)
                for span in answer.spans
                if span.text == text_key(index) and span.label in private
            ],
        )
        for index, message in enumerate(item.messages)
    ]
    messages = tuple(
        Message(message.role, redacted.text) for message, redacted in zip(item.messages, found, strict=True)
    )
    assert answer.verdict is not None
    triaged = TriagedConversation(
        messages=messages,
        verdict=answer.verdict,
        provenance=provenance,
        severity=answer.severity if answer.verdict == "confirmed" else None,
        categories=answer.categories,
        message_verdicts=tuple(answer.messages.get(text_key(index)) for index in range(len(messages))),
        problems=tuple(_problems(answer, private, found)),
        redactions=tuple(_redactions(item, found)),
        note=_clean(answer.note.strip()),
        reported_reason=item.reason,
        reported_categories=item.categories,
        reported_severity=item.severity,
        reported_at=item.reported_at,
    )
    return [triaged, *_responses(messages, answer, provenance)]


def _clean(text: str) -> str:
    """Without private data that a person wrote down again while saying why."""
    return redact(text, [Stretch(one.start, one.end, one.kind) for one in find_private_data(text)]).text


def _problems(answer: Answer, private: frozenset[str], found: Sequence[Redacted]) -> Iterator[MarkedStretch]:
    for span in answer.spans:
        if span.label not in private:
            index = index_of(span.text)
            yield MarkedStretch(index, *found[index].moved(span.start, span.end), span.label)


def _redactions(item: ItemContent, found: Sequence[Redacted]) -> Iterator[MarkedStretch]:
    """What was replaced when the conversation came in, and what the person marked, in the order of the text."""
    automatic: dict[int, set[tuple[int, int, str]]] = defaultdict(set)
    for span in item.private:
        index = index_of(span.text)
        automatic[index].add((*found[index].moved(span.start, span.end), span.label))
    for index, redacted in enumerate(found):
        by_person = {(one.start, one.end, one.label) for one in redacted.after}
        # Within a longer mark the person's word holds.
        kept = {one for one in automatic[index] if all(one[:2] != other[:2] for other in by_person)}
        for start, end, label in sorted(by_person | kept):
            yield MarkedStretch(index, start, end, label)


def _responses(messages: Sequence[Message], answer: Answer, provenance: Provenance) -> Iterator[JudgedResponses]:
    own = [index for index, message in enumerate(messages) if message.role == "assistant"]
    for turn, index in enumerate(own, 1):
        verdict = answer.messages.get(text_key(index))
        if verdict is None:
            continue
        marked = {span.label for span in answer.spans if span.text == text_key(index)}
        candidate = Candidate(
            response_id=f"{provenance.item_id}:{text_key(index)}",
            text=messages[index].content,
            rating=_GOOD if verdict == "fine" else _BAD,
            errors=tuple(category for category in answer.categories if category in marked),
        )
        yield JudgedResponses(
            prompt=tuple(messages[:index]),
            candidates=(candidate,),
            provenance=provenance,
            scale=_POINTS,
            turn=turn,
            turns=len(own),
        )


def agreement_of(settings: Settings, answers: Sequence[Sequence[Answer]]) -> tuple[Measure, ...]:
    """Verdict, categories, severity, verdicts of messages and marks."""
    found, pairs = measured(answers)
    return (
        Measure(
            "verdict",
            _("Same verdict, share of pairs of people"),
            mean_of_pairs(answers, similarity=lambda one, other: float(one.verdict == other.verdict)),
            found,
            pairs,
        ),
        _categories(settings, answers),
        _severities(answers),
        _messages(answers),
        SPANS.agreement(settings.marks, [[answer.spans for answer in given] for given in answers]),
    )


def _categories(settings: Settings, answers: Sequence[Sequence[Answer]]) -> Measure:
    """Every category of every conversation is a unit, ticked or not."""
    units = [
        [category.key in answer.categories for answer in given] for given in answers for category in settings.categories
    ]
    found, pairs = measured(answers)
    title = _("Categories: Krippendorff’s alpha, ticked or not")
    return Measure("categories_alpha", title, krippendorff_alpha(units, difference=nominal_difference), found, pairs)


def _severities(answers: Sequence[Sequence[Answer]]) -> Measure:
    units = [[SEVERITIES.index(answer.severity) for answer in given if answer.severity] for given in answers]
    found, pairs = measured(units)
    value = mean_of_pairs(units, similarity=lambda one, other: nearness(SEVERITIES[one], SEVERITIES[other]))
    return Measure("severity", _("Nearness in severity"), value, found, pairs)


def nearness(one: Severity, other: Severity) -> float:
    """1 for the same severity, 0 for the two ends of the scale."""
    return 1 - abs(SEVERITIES.index(one) - SEVERITIES.index(other)) / (len(SEVERITIES) - 1)


_ORDER: dict[MessageVerdict, int] = {"fine": 0, "problem": 1, "worst": 2}


def _messages(answers: Sequence[Sequence[Answer]]) -> Measure:
    """Every message is a unit."""
    units: list[list[int]] = []
    for given in answers:
        keys = sorted({key for answer in given for key in answer.messages})
        units += [[_ORDER[answer.messages[key]] for answer in given if key in answer.messages] for key in keys]
    found, pairs = measured(units)
    totals = Counter(value for values in units if len(values) > 1 for value in values)
    value = krippendorff_alpha(units, difference=ordinal_difference(totals))
    return Measure("messages_alpha", _("Verdicts of messages: Krippendorff’s alpha, ordinal"), value, found, pairs)
