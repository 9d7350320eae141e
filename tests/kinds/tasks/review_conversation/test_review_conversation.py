"""Reviewing reported conversations: what is replaced, what an answer needs, what is asked, how it is released."""

import json
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.kinds.content import Conversation, GivenResponse, JudgedResponses, Message
from preceptor.kinds.fields.spans.field import Span
from preceptor.kinds.given import Answered
from preceptor.kinds.redaction import BLOT, Stretch, blotted
from preceptor.kinds.task import InvalidItemError
from preceptor.kinds.tasks.review_conversation.kind import KIND
from preceptor.kinds.tasks.review_conversation.settings import Settings
from preceptor.kinds.tasks.review_conversation.taxonomy import DEFAULT_CATEGORIES, Category
from preceptor.kinds.triage import MarkedStretch, ReportedConversation, TriagedConversation
from tests.kinds.test_contract import PROVENANCE

SAMPLE = KIND.sample()
SETTINGS, ITEM, ANSWER = SAMPLE.settings, SAMPLE.item, SAMPLE.answer
replace = msgspec.structs.replace


def problems(answer, settings=SETTINGS, item=ITEM):
    return [problem.path for problem in KIND.validate_answer(settings, item, (), answer)]


def codes(answer, settings=SETTINGS, item=ITEM):
    return [question.code for question in KIND.questions(settings, item, (), answer)]


# What comes in.


def test_private_data_is_replaced_everywhere_and_only_the_hidden_field_has_it():
    raw = {
        "messages": [{"role": "user", "content": "Ana: ana@example.org"}, {"role": "assistant", "content": "Fine."}],
        "reason": "It knows +34 600 123 456.",
        "source": {
            "by": ["ana@example.org"],
            "ana@example.org": 1,
            "card": 4111111111111111,
            "n": 7,
            "ok": True,
            "large": 10**60,
        },
    }
    item = KIND.parse_item_content(raw)
    assert item.messages[0].content == "Ana: [EMAIL]"
    assert item.reason == "It knows [PHONE]."
    assert item.source == {"by": ["[EMAIL]"], "[EMAIL]": 1, "card": "[CARD]", "n": 7, "ok": True, "large": 10**60}
    assert item.private == (Span("m1", 5, 12, "email"),)
    assert item.original.messages[0].content == raw["messages"][0]["content"]
    kept = msgspec.to_builtins(item)
    for shown in (KIND.item_shown(item), KIND.without_hidden(kept), KIND.item_summary(item), KIND.item_source(item)):
        text = json.dumps(shown)
        assert "ana@" not in text
        assert "600 123" not in text
        assert "4111" not in text


def test_what_needs_no_replacing_keeps_no_original():
    item = KIND.parse_item_content({"messages": [{"role": "user", "content": "Hello."}]})
    assert item.original is None
    assert item.private == ()


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "user", "content": " "}]}, "messages"),
        ({"messages": [{"role": "user", "content": "x"}] * 401}, "messages"),
        ({"original": {"messages": []}}, "original"),
        ({"private": [{"text": "m1", "start": 0, "end": 1, "label": "name"}]}, "private"),
        ({"severity": "awful"}, "severity"),
        ({"reported_at": "2026-11-20T08:15:00"}, "reported_at"),
        ({"messages": [{"role": "user", "content": "a\0b"}]}, "messages.0.content"),
        ({"source": json.loads('{"a":' * 400 + "1" + "}" * 400)}, "source"),
    ],
)
def test_what_cannot_be_an_item_is_told_by_its_place(more, path):
    with pytest.raises(InvalidItemError) as told:
        KIND.parse_item_content({"messages": [{"role": "user", "content": "Hello."}]} | more)
    assert [problem.path for problem in told.value.fields] == [path]


def test_reports_and_conversations_of_files_become_items():
    moment = datetime(2026, 11, 20, tzinfo=UTC)
    said = (Message("user", "Hi, I am bo@example.org"), Message("assistant", "No."))
    report = ReportedConversation(said, "Rude.", ("offensive",), "high", moment, {"app": "4"})
    item = KIND.item_from_content(report)
    assert (item.messages[0].content, item.severity, item.reported_at) == ("Hi, I am [EMAIL]", "high", moment)
    row = {
        "reason": "Rude.",
        "categories": "illegal, private",
        "severity": "odd",
        "reported_at": "2026-11-20T08:15:00Z",
        "x": 1,
    }
    item = KIND.item_from_content(Answered(said[:1], "No.", source=row))
    assert [message.role for message in item.messages] == ["user", "assistant"]
    assert (item.reason, item.categories, item.severity) == ("Rude.", ("illegal", "private"), None)
    assert item.reported_at == datetime(2026, 11, 20, 8, 15, tzinfo=UTC)
    assert item.source == {"severity": "odd", "x": 1}
    item = KIND.item_from_content(Conversation(said[:1], (GivenResponse("A"), GivenResponse("B")), ("And?",)))
    assert [message.content for message in item.messages] == ["Hi, I am [EMAIL]", "A"]
    assert item.source == {"follow_ups": ["And?"]}


@pytest.mark.parametrize(
    ("severity", "categories", "given", "priority"),
    [
        (None, (), 5, 5),
        (None, ("unheard_of",), 5, 5),
        ("critical", (), 5, 1),
        ("high", ("illegal",), 5, 3),
        ("low", ("illegal",), 5, 7),
        (None, ("errors", "illegal"), 5, 1),
        ("critical", (), 2, 0),
        ("low", (), 9, 9),
    ],
)
def test_severity_moves_it_in_the_queue(severity, categories, given, priority):
    item = replace(ITEM, severity=severity, categories=categories)
    assert KIND.item_priority(SETTINGS, item, given) == priority


def test_a_list_names_the_report_and_not_its_text():
    summary = KIND.item_summary(ITEM)
    assert summary == "4 messages · offensive · Severity: High · 2026-11-20"
    assert KIND.item_summary(replace(ITEM, messages=ITEM.messages[:1], severity=None)).startswith("1 message ·")


# Settings.


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"categories": ()}, "categories"),
        ({"private": ()}, "private"),
        ({"categories": (*DEFAULT_CATEGORIES, Category("name", {"en": "Name"}))}, "private.0.key"),
        ({"categories": (Category("rude", {"en": "Rude"}, "v"),)}, "categories.0.shortcut"),
        ({"categories": (Category("rude", {"en": "Rude"}, "p"),)}, "categories.0.shortcut"),
        ({"categories": (Category("rude", {"en": "Rude"}, "1"),)}, "categories.0.shortcut"),
        ({"categories": (Category("rude", {"en": "Rude"}, "n"),)}, "private.0.shortcut"),
        ({"categories": (Category("Rude!", {"en": "Rude"}),)}, "categories.0.key"),
        ({"categories": (Category("rude", {}),)}, "categories.0.label"),
    ],
)
def test_settings_that_cannot_be_used(more, path):
    assert [problem.path for problem in KIND.validate_settings(Settings(**more))] == [path]


# Answers.


@pytest.mark.parametrize(
    ("more", "paths"),
    [
        ({"verdict": None}, ["verdict"]),
        ({"severity": None}, ["severity"]),
        ({"categories": ()}, ["categories"]),
        ({"categories": ("odd",)}, ["categories.0"]),
        ({"categories": ("private", "private")}, ["categories"]),
        ({"messages": {"m1": "fine", "m2": "fine", "m3": "fine"}}, ["messages.m4"]),
        ({"messages": dict.fromkeys(("m1", "m2", "m3", "m4"), "worst")}, ["messages.m2", "messages.m3", "messages.m4"]),
        ({"messages": ANSWER.messages | {"m9": "fine"}}, ["messages.m9"]),
        ({"spans": (Span("m1", 0, 2, "odd"),)}, ["spans.0.label"]),
        ({"spans": (Span("m9", 0, 2, "name"),)}, ["spans.0.text"]),
        ({"spans": (Span("m1", 0, 9_999, "name"),)}, ["spans.0.end"]),
        ({"spans": (Span("m1", 3, 3, "name"),)}, ["spans.0.end"]),
        ({"note": "a\0"}, ["note"]),
        ({"verdict": "cannot_tell", "severity": None, "categories": ()}, []),
    ],
)
def test_what_an_answer_needs(more, paths):
    assert problems(replace(ANSWER, **more)) == paths


def test_the_form_says_which_messages_and_whether_a_reason():
    only = Settings(judged="assistant")
    assert problems(replace(ANSWER, messages={"m2": "fine", "m4": "worst"}), only) == []
    assert problems(ANSWER, only) == ["messages.m1", "messages.m3"]
    assert problems(replace(ANSWER, messages={}), Settings(judged="off")) == []
    assert problems(replace(ANSWER, note=" "), Settings(note="required")) == ["note"]
    assert problems(ANSWER, Settings(note="off")) == ["note"]
    system = replace(ITEM, messages=(Message("system", "Be kind."), *ITEM.messages[1:]))
    assert problems(replace(ANSWER, spans=()), item=system) == ["messages.m1"]


FINE = dict.fromkeys(("m1", "m2", "m3", "m4"), "fine")


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({"messages": FINE}, ["confirmed_but_fine:messages"]),
        ({"messages": FINE, "spans": ()}, ["confirmed_but_fine:messages", "marked_nowhere:spans"]),
        ({"categories": ("offensive",)}, ["marked_not_ticked:private"]),
        ({"severity": "low"}, ["mild:private:low"]),
        ({"severity": "medium"}, []),
        ({"verdict": "not_a_problem"}, ["harmless_with_problems:verdict"]),
        (
            {
                "verdict": "not_a_problem",
                "severity": None,
                "categories": (),
                "messages": FINE,
                "spans": ANSWER.spans[:2],
            },
            [],
        ),
        ({"verdict": "cannot_tell"}, []),
    ],
)
def test_what_is_asked(more, found):
    answer = replace(ANSWER, **more)
    assert problems(answer) == []
    assert codes(answer) == found


def test_changes_speak_the_words_of_the_form_and_quote_nothing():
    changes = {change.path: change for change in KIND.changes(SETTINGS, (), ANSWER, SAMPLE.changed_answer)}
    assert (changes["verdict"].before, changes["verdict"].after) == ("Confirmed", "Cannot tell")
    assert changes["categories"].after == "Offensive, Something else"
    assert (changes["messages.m4"].before, changes["messages.m4"].after) == ("The worst", "Problem")
    assert "Name: " in changes["spans"].before
    assert not any("Carla" in change.before + change.after for change in changes.values())
    assert KIND.changes(SETTINGS, (), ANSWER, ANSWER) == []


# Releases.


def released(answer=ANSWER, item=ITEM):
    triaged, *labels = KIND.content_rows(SETTINGS, item, (), answer, PROVENANCE)
    assert isinstance(triaged, TriagedConversation)
    assert all(isinstance(label, JudgedResponses) for label in labels)
    return triaged, labels


def test_nothing_private_is_released_and_every_place_is_right():
    triaged, labels = released(replace(ANSWER, note="Mail leo.brandt@example.org"))
    everything = msgspec.json.encode([triaged, labels]).decode()
    for secret in ("Carla", "Ruiz", "Leo", "leo.brandt", "600 123"):
        assert secret not in everything
    assert triaged.messages[0].content.startswith("My neighbour [NAME] plays")
    assert triaged.note == "Mail [EMAIL]"
    texts = [message.content for message in triaged.messages]
    quoted = [(one.label, texts[one.message][one.start : one.end]) for one in triaged.problems]
    assert quoted == [("offensive", "filthy pig"), ("private", "post her number, [PHONE]")]
    assert [(one.message, one.label, texts[one.message][one.start : one.end]) for one in triaged.redactions] == [
        (0, "name", "[NAME]"),
        (0, "email", "[EMAIL]"),
        (1, "name", "[NAME]"),
        (3, "phone", "[PHONE]"),
    ]


def test_a_mark_over_what_was_replaced_before_takes_its_place():
    text = ITEM.messages[0].content
    start = text.index("at [EMAIL]")
    mark = Span("m1", start, start + len("at [EMAIL]"), "address")
    triaged, _labels = released(replace(ANSWER, spans=(mark,)))
    assert triaged.messages[0].content.endswith("Write to me [ADDRESS].")
    at = triaged.messages[0].content.index("[ADDRESS]")
    assert triaged.redactions[0] == MarkedStretch(0, at, at + len("[ADDRESS]"), "address")


def test_each_judged_message_of_the_model_is_a_label():
    _triaged, labels = released()
    assert [(label.candidates[0].rating, label.scale, label.turn, label.turns) for label in labels] == [
        (2, 2, 1, 2),
        (1, 2, 2, 2),
    ]
    assert [len(label.prompt) for label in labels] == [1, 3]
    assert [label.candidates[0].errors for label in labels] == [(), ("private", "offensive")]
    assert len({label.candidates[0].response_id for label in labels}) == 2
    assert released(replace(ANSWER, messages={}))[1] == []


def test_only_a_confirmed_problem_has_a_severity():
    assert released()[0].severity == "high"
    assert released(replace(ANSWER, verdict="cannot_tell"))[0].severity is None


# Agreement.


def measures(*answers):
    return {measure.key: measure.value for measure in KIND.agreement(SETTINGS, [answers])}


def test_agreement_of_each_part():
    other = replace(ANSWER, severity="low", categories=("offensive",), messages=ANSWER.messages | {"m4": "problem"})
    found = measures(ANSWER, other)
    assert found["verdict"] == 1
    assert found["spans_f1"] == 1
    assert found["severity"] == pytest.approx(1 / 3)
    # 5 categories, 10 values, 3 of them ticked: 1 - 9 · 2 / (2 · 3 · 7).
    assert found["categories_alpha"] == pytest.approx(1 - 9 * 2 / 42)
    assert 0 < found["messages_alpha"] < 1
    assert measures(ANSWER, replace(ANSWER, verdict="cannot_tell"))["verdict"] == 0
    half = replace(ANSWER, spans=ANSWER.spans[:2])
    assert measures(ANSWER, half)["spans_f1"] == pytest.approx(2 * 2 / 6)


# What is hidden.


def marked(key, start, end, label="name"):
    return replace(ANSWER, spans=(Span(key, start, end, label),))


def test_what_people_mark_is_covered_and_every_place_stays():
    item = KIND.parse_item_content({"messages": [{"role": "user", "content": "Ana and\nLeo live here."}]})
    covered = KIND.masked(SETTINGS, item, [marked("m1", 0, 11), marked("m1", 8, 16)])
    assert covered.messages[0].content == "███ ███\n███ ████ here."
    assert KIND.masked(SETTINGS, item, [marked("m1", 0, 3, "offensive")]) == item
    assert KIND.masked(SETTINGS, item, []) == item


@given(text=st.text(max_size=40), spans=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=5))
def test_covered_texts_are_as_long_and_say_nothing_of_what_is_covered(text, spans):
    covered = blotted(text, [Stretch(start, end, "name") for start, end in spans])
    assert len(covered) == len(text)
    for place, (before, after) in enumerate(zip(text, covered, strict=True)):
        hidden = any(start <= place < end for start, end in spans)
        assert after == (BLOT if hidden and not before.isspace() else before)


def test_what_was_replaced_by_mistake_comes_back_and_the_rest_stays_replaced():
    raw = {
        "messages": [
            {"role": "user", "content": "Order +34 600 123 456, mail ana@example.org"},
            {"role": "assistant", "content": "Call +34 600 123 456."},
        ],
        "reason": "It told +34 600 123 456 to me.",
    }
    item = KIND.parse_item_content(raw)
    parts = {one.key: one for one in KIND.replaced_parts(item)}
    assert [one.shown for one in parts.values()] == ["[PHONE]", "[EMAIL]", "[PHONE]", "[PHONE]"]
    first = parts["m1:6-21"]
    assert (first.before, first.said, first.after) == ("Order ", "+34 600 123 456", ", mail ana@example.org")
    once = KIND.restored(item, first.key)
    assert [one.content for one in once.messages] == ["Order +34 600 123 456, mail [EMAIL]", "Call [PHONE]."]
    assert once.private == (Span("m1", 28, 35, "email"), Span("m2", 5, 12, "phone"))
    twice = KIND.restored(once, "reason:8-23")
    assert twice.reason == raw["reason"]
    assert twice.messages == once.messages
    for part in KIND.replaced_parts(twice):
        twice = KIND.restored(twice, part.key)
    assert [one.content for one in twice.messages] == [one["content"] for one in raw["messages"]]
    assert (twice.private, KIND.replaced_parts(twice)) == ((), ())
    # It is kept as it came, and reads as it is kept.
    assert KIND.decode_item(msgspec.json.encode(twice)) == twice
    for part in (first.key, "m1:0-3", "m9:1-2", "nonsense", ""):
        with pytest.raises(LookupError):
            KIND.restored(twice, part)
