"""Marked words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.kinds.field import Subject
from preceptor.kinds.fields.spans.field import FIELD as SPANS
from preceptor.kinds.fields.spans.field import Span, SpanLabel, SpansSettings, overlapping, quoted

TEXTS = {"a": "Ada 👩‍🔬 lived", "b": "London"}
SUBJECT = Subject(texts=TEXTS)
SETTINGS = SpansSettings(labels=(SpanLabel("name", {"en": "Name"}), SpanLabel("place", {"en": "Place"})))


def paths(problems):
    return [problem.path for problem in problems]


@pytest.mark.parametrize(
    ("spans", "wrong"),
    [
        ((Span("a", 0, 3, "name"), Span("a", 0, 3, "place"), Span("b", 0, 6, "place")), []),
        ((Span("a", 0, 3, "other"),), ["0.label"]),
        ((Span("c", 0, 3, "name"),), ["0.text"]),
        ((Span("a", 3, 3, "name"),), ["0.end"]),
        ((Span("a", 4, 3, "name"),), ["0.end"]),
        ((Span("a", 0, len(TEXTS["a"]), "name"),), []),
        ((Span("a", 0, len(TEXTS["a"]) + 1, "name"),), ["0.end"]),
        ((Span("a", 0, 3, "name"), Span("a", 0, 3, "name")), ["1"]),
    ],
)
def test_spans_are_held_to_labels_and_texts(spans, wrong):
    assert paths(SPANS.check(SETTINGS, spans, SUBJECT)) == wrong


def test_overlaps_are_refused_where_they_are_not_allowed():
    strict = SpansSettings(labels=SETTINGS.labels, overlap=False)
    inside = (Span("a", 0, 8, "name"), Span("a", 2, 3, "place"))
    assert paths(SPANS.validate(strict, inside)) == [""]
    assert SPANS.validate(SETTINGS, inside) == []
    assert SPANS.validate(strict, (Span("a", 0, 3, "name"), Span("a", 3, 4, "place"), Span("b", 0, 3, "name"))) == []


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 12), st.integers(1, 6)), max_size=8))
def test_overlaps_are_found_exactly(found):
    spans = [Span(text, start, start + length, "name") for text, start, length in found]
    pairs = [(one, other) for index, one in enumerate(spans) for other in spans[:index]]
    shared = any(a.text == b.text and a.start < b.end and b.start < a.end for a, b in pairs)
    assert bool(overlapping(spans)) == shared


def test_labels_need_keys_of_their_own_and_words():
    twice = SpansSettings(
        labels=(SpanLabel("a", {"en": "A"}, "x"), SpanLabel("a", {}, "x"), SpanLabel("B", {"en": "B"}))
    )
    assert paths(SPANS.validate_settings(twice)) == [
        "labels.1.key",
        "labels.1.shortcut",
        "labels.1.label",
        "labels.2.key",
    ]
    assert paths(SPANS.validate_settings(SpansSettings(labels=()))) == ["labels"]


def test_places_are_code_points():
    assert quoted(Span("a", 4, 7, "name"), TEXTS) == "👩‍🔬"
    assert quoted(Span("gone", 4, 7, "name"), TEXTS) == ""


def test_agreement_counts_exact_stretches():
    one = (Span("a", 0, 3, "name"), Span("b", 0, 6, "place"))
    other = (Span("a", 0, 3, "name"), Span("b", 0, 5, "place"))
    assert SPANS.agreement(SETTINGS, [[one, other]]).value == pytest.approx(0.5)
    assert SPANS.agreement(SETTINGS, [[(), ()]]).value == 1


def test_spans_are_told_in_words():
    assert SPANS.in_words(SETTINGS, (Span("b", 0, 6, "place"), Span("a", 0, 3, "name"))) == "Name: 0–3; Place: 0–6"
