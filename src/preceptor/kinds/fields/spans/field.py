from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, ClassVar

import msgspec

from preceptor.kinds.agreement import Measure, mean_of_pairs, measured, pairwise_f1
from preceptor.kinds.field import Field, FieldSample, Subject
from preceptor.kinds.given import FieldValue
from preceptor.kinds.labels import Labels, label_in
from preceptor.kinds.options import option_problems
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import LazyText, _, current_language

MOST_LABELS = 64
MOST_SPANS = 5_000

_Key = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
_Place = Annotated[int, msgspec.Meta(ge=0)]


class SpanLabel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a stretch of text can be called.

    Attributes:
        key: what is stored and released; small letters, digits and underscores.
        label: what people read, per language.
        shortcut: one small letter or digit that chooses it from the keyboard; None for none.
    """

    key: str
    label: Labels
    shortcut: str | None = None


def _labels() -> tuple[SpanLabel, ...]:
    return (SpanLabel("marked", {"en": "Marked", "es": "Marcado"}, "m"),)


class SpansSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What can be marked, and how.

    Attributes:
        labels: what a stretch can be called.
        whole_words: marks snap to the ends of words. It is the widget's business alone: imported marks may be finer.
        overlap: stretches may overlap.
    """

    labels: tuple[SpanLabel, ...] = msgspec.field(default_factory=_labels)
    whole_words: bool = True
    overlap: bool = True


class Span(msgspec.Struct, frozen=True, forbid_unknown_fields=True, order=True):
    """A stretch of a text with a label.

    Attributes:
        text: key of the text it is in.
        start, end: the first character and the one after the last, counted from 0 in Unicode code points, as Python
            slices: `texts[text][start:end]`.
        label: key of the label.
    """

    text: _Key
    start: _Place
    end: _Place
    label: _Key


Spans = tuple[Span, ...]


class SpansField(Field[SpansSettings, Spans]):
    """Stretches of texts, each with a label."""

    key = "spans"
    title = _("Marked words")
    description = _("Words marked in a text, each stretch with a label.")
    settings_type = SpansSettings
    value_type = Annotated[Spans, msgspec.Meta(max_length=MOST_SPANS)]
    setting_names: ClassVar[Mapping[str, LazyText]] = {
        "labels": _("Labels"),
        "labels.label": _("Name"),
        "labels.key": _("Key"),
        "labels.shortcut": _("Letter"),
        "whole_words": _("Only whole words"),
        "overlap": _("Marks may overlap"),
    }
    options_setting = "labels"
    operators = ("answered", "unanswered", "includes", "excludes")
    needs = "texts"

    def validate_settings(self, settings: SpansSettings) -> list[FieldProblem]:
        """At least one label; keys and shortcuts that are well formed and unique."""
        problems: list[FieldProblem] = []
        if not 1 <= len(settings.labels) <= MOST_LABELS:
            problems.append(FieldProblem("labels", _("Give 1 to {limit} labels.").format(limit=MOST_LABELS)))
        return problems + list(option_problems(settings.labels, path="labels", taken=set(), shortcuts=set()))

    def validate(self, settings: SpansSettings, value: Spans, *, options: Sequence[str] = ()) -> list[FieldProblem]:
        """Known labels, stretches that are not empty, none of them twice, and no overlaps where they are not allowed.

        Args:
            settings: valid settings.
            value: the spans.
            options: keys of the texts that can be marked; any where none are given.
        """
        problems: list[FieldProblem] = []
        known = {label.key for label in settings.labels}
        seen: set[Span] = set()
        for index, span in enumerate(value):
            if span.label not in known:
                message = _("There is no label “{key}” in this form.").format(key=span.label)
                problems.append(FieldProblem(f"{index}.label", message))
            if options and span.text not in options:
                problems.append(FieldProblem(f"{index}.text", _("There is no such text to mark.")))
            if span.start >= span.end:
                problems.append(FieldProblem(f"{index}.end", _("This mark is empty.")))
            if span in seen:
                problems.append(FieldProblem(str(index), _("This is marked twice.")))
            seen.add(span)
        if not settings.overlap and overlapping(value):
            problems.append(FieldProblem("", _("Marks may not overlap here.")))
        return problems

    def check(self, settings: SpansSettings, value: Spans, subject: Subject) -> list[FieldProblem]:
        """As `validate`, and within the texts."""
        problems = self.validate(settings, value, options=tuple(subject.texts))
        for index, span in enumerate(value):
            if span.end > len(subject.texts.get(span.text, "")) and span.text in subject.texts:
                problems.append(FieldProblem(f"{index}.end", _("This mark reaches beyond the end of the text.")))
        return problems

    def in_words(self, settings: SpansSettings, value: Spans) -> str:
        """How often each label was given; the words themselves are not at hand."""
        language = current_language()
        names = {label.key: label_in(label.label, language) for label in settings.labels}
        places: dict[str, list[str]] = {}
        for span in sorted(value):
            places.setdefault(span.label, []).append(f"{span.start}–{span.end}")
        return "; ".join(f"{names.get(key, key)}: {', '.join(found)}" for key, found in places.items())

    def options_in(self, value: Spans) -> frozenset[str]:
        """The labels given."""
        return frozenset(span.label for span in value)

    def written(
        self, settings: SpansSettings, value: Spans, subject: Subject, *, name: str, on: str
    ) -> list[FieldValue]:
        """As the results of Labels, one for each stretch, about the text it is in; with keys for labels."""
        del settings, on
        return [
            FieldValue(
                name,
                span.text,
                "labels",
                {"start": span.start, "end": span.end, "text": quoted(span, subject.texts), "labels": [span.label]},
            )
            for span in value
        ]

    def read(self, settings: SpansSettings, values: Sequence[FieldValue]) -> list[dict[str, Any]] | None:
        """Stretches with labels by their keys, or by their words in any language."""
        by_words = {said: label.key for label in settings.labels for said in (*label.label.values(), label.key)}
        found = [
            {"text": one.on, "start": one.value["start"], "end": one.value["end"], "label": by_words[words]}
            for one in values
            if isinstance(one.value.get("start"), int) and isinstance(one.value.get("end"), int)
            for words in one.value.get(one.kind, one.value.get("labels", ()))
            if words in by_words
        ]
        return found or None

    def agreement(self, settings: SpansSettings, units: Sequence[Sequence[Spans]]) -> Measure:
        """F1 of the spans, exact in place and label, averaged over pairs of people and over units."""
        del settings
        found, pairs = measured(units)
        sets = [[frozenset(value) for value in values] for values in units]
        return Measure(
            key="spans_f1",
            title=_("Marked words: F1 of exact stretches and labels, mean over pairs of people"),
            value=mean_of_pairs(sets, similarity=pairwise_f1),
            units=found,
            pairs=pairs,
        )

    def likeness(self, settings: SpansSettings, key: Spans, value: Spans) -> float:
        """F1 of exact stretches and labels."""
        del settings
        return pairwise_f1(frozenset(key), frozenset(value))

    def sample(self) -> FieldSample[SpansSettings, Spans]:
        """A name and a place; and only a part of it, called otherwise."""
        return FieldSample(
            settings=SpansSettings(
                labels=(
                    SpanLabel("person", {"en": "Person", "es": "Persona"}, "p"),
                    SpanLabel("place", {"en": "Place", "es": "Lugar"}, "l"),
                )
            ),
            value=(Span("text", 0, 12, "person"), Span("text", 21, 27, "place")),
            changed=(Span("text", 21, 27, "person"),),
            options=("text",),
            texts={"text": "Ada Lovelace lived in London."},
        )


def overlapping(spans: Iterable[Span]) -> list[tuple[Span, Span]]:
    """Neighbouring spans of the same text that share characters, in the order of the texts."""
    found = []
    by_text: dict[str, list[Span]] = {}
    for span in spans:
        by_text.setdefault(span.text, []).append(span)
    for inside in by_text.values():
        furthest: Span | None = None
        for span in sorted(inside):
            if furthest is not None and span.start < furthest.end:
                found.append((furthest, span))
            if furthest is None or span.end > furthest.end:
                furthest = span
    return found


def quoted(span: Span, texts: Mapping[str, str]) -> str:
    """The words that a span marks; empty where its text is gone."""
    return texts.get(span.text, "")[span.start : span.end]


FIELD = SpansField()
