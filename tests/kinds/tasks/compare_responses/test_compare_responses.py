"""Settings, items, answers, questions, releases and agreement of `compare_responses`."""

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from preceptor.datasets.formats import import_format
from preceptor.datasets.readers import ImportedRow, Source
from preceptor.kinds.content import Conversation, GivenResponse, Message, Provenance
from preceptor.kinds.given import Comparison
from preceptor.kinds.shown import ResponseShown, TurnShown
from preceptor.kinds.task import InvalidItemError
from preceptor.kinds.tasks.compare_responses.answer import Answer
from preceptor.kinds.tasks.compare_responses.kind import KIND
from preceptor.kinds.tasks.compare_responses.settings import Settings

PROVENANCE = Provenance("p", "k", "i", "s", 1, "t", 1, 1, "accepted", 1, 2, 3, 4, datetime(2026, 11, 22, tzinfo=UTC))
ASKED = Message("user", "Hello")
SETTINGS = Settings(strength="optional")
ORDER = (("b",), ("a", "c"))


def shown(**texts):
    responses = tuple(ResponseShown(id=key, text=text, model=f"model-{key}") for key, text in texts.items())
    return (TurnShown("t", "Hello", responses),)


THREE = shown(a="One.", b="Two.", c="Three.")


def item(*texts, **fields):
    return KIND.item_from_content(Conversation(messages=(ASKED,), responses=tuple(map(GivenResponse, texts)), **fields))


def paths(settings, turns, answer):
    return [problem.path for problem in KIND.validate_answer(settings, item("x", "y"), turns, answer)]


def codes(turns, answer, settings=SETTINGS):
    return [question.code for question in KIND.questions(settings, item("x", "y"), turns, answer)]


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({}, []),
        ({"question": {}}, ["question"]),
        ({"weakest": {}}, ["weakest"]),
        ({"strongest": {"en": " "}}, ["strongest.en"]),
        ({"weakest": {"en": "x" * 121}}, ["weakest.en"]),
    ],
)
def test_settings_are_checked(change, wrong):
    assert [problem.path for problem in KIND.validate_settings(Settings(**change))] == wrong


def test_items_have_two_to_nine_responses_and_these_may_be_empty_or_the_same():
    assert item("", "").responses == (GivenResponse(""), GivenResponse(""))
    assert len(item(*"abcdefghi").responses) == 9
    for texts in ((), ("a",), tuple("abcdefghij")):
        with pytest.raises(InvalidItemError) as error:
            item(*texts)
        assert [problem.path for problem in error.value.fields] == ["responses"]


def test_a_dialogue_is_taken_as_it_came_and_exported_as_it_was():
    for prompt in (
        (ASKED,),
        (ASKED, Message("assistant", "Hi."), Message("user", "")),
        (ASKED, Message("assistant", "The sea is")),
        (Message("system", "Be brief."), ASKED),
        (),
    ):
        content = Comparison(prompt=prompt, responses=(GivenResponse("a"), GivenResponse("b")), ranking=((1,), (0,)))
        made = KIND.item_from_content(content)
        (row,) = KIND.content_rows(SETTINGS, made, shown(a="a", b="b"), Answer(ranking=(("b",), ("a",))), PROVENANCE)
        assert row.prompt == prompt
        assert isinstance(KIND.item_summary(made), str)
        assert [response.text for response in KIND.given_turn(made).responses] == ["a", "b"]


def test_what_is_shown_names_neither_models_nor_unknown_columns():
    made = KIND.item_from_content(
        Conversation((ASKED,), (GivenResponse("a", model="gpt"), GivenResponse("b")), source={"secret": 1})
    )
    assert KIND.item_shown(made) == {"prompt": "Hello", "messages": ()}
    assert KIND.item_source(made) == {"secret": 1}


@pytest.mark.parametrize(
    ("content", "answers"),
    [
        ({"ranking": ((0,), (1,))}, [("", Answer(ranking=(("a",), ("b",))))]),
        ({"ranking": ((1,), (0,)), "strength": 2, "worker": "w7", "comment": "Kinder."},
         [("w7", Answer(ranking=(("b",), ("a",)), strength=2, rationale="Kinder."))]),
        ({"ranking": ((0, 1),)}, [("", Answer(ranking=(("a", "b"),)))]),
        ({"ranking": ((0,), (1,)), "strength": 9}, [("", Answer(ranking=(("a",), ("b",))))]),
        ({"all_bad": True}, [("", Answer(all_bad=True))]),
        ({}, []),
    ],
)  # fmt: skip
def test_what_a_file_judges_becomes_a_finished_answer(content, answers):
    comparison = Comparison(prompt=(ASKED,), responses=(GivenResponse("x"), GivenResponse("y")), **content)
    made, turns = KIND.item_from_content(comparison), shown(a="x", b="y")
    found = KIND.answers_from_content(Settings(), made, turns, comparison)
    assert [(one.worker, one.answer) for one in found] == answers
    for one in found:  # everything downstream can read it
        assert KIND.decode_answer(msgspec.json.encode(one.answer)) == one.answer
        assert KIND.content_rows(Settings(), made, turns, one.answer, PROVENANCE)
        assert KIND.agreement(Settings(), [[one.answer, one.answer]])


def test_a_conversation_brings_no_answer():
    content = Conversation((ASKED,), (GivenResponse("x"), GivenResponse("y")))
    assert KIND.answers_from_content(Settings(), item("x", "y"), shown(a="x", b="y"), content) == []


@pytest.mark.parametrize(
    ("settings", "answer", "wrong"),
    [
        (SETTINGS, Answer(ranking=ORDER), []),
        (SETTINGS, Answer(), ["ranking"]),
        (SETTINGS, Answer(ranking=(("a",), ("b",))), ["ranking"]),
        (SETTINGS, Answer(ranking=(("a",), ("b",), ("c", "a"))), ["ranking.2.1"]),
        (SETTINGS, Answer(ranking=(("a",), ("b",), ("c",), ("z",))), ["ranking.3.0"]),
        (SETTINGS, Answer(all_bad=True), []),
        (SETTINGS, Answer(all_bad=True, ranking=(("a",),)), ["ranking"]),
        (Settings(all_bad=False), Answer(all_bad=True), ["all_bad"]),
        (Settings(ties=False, strength="off"), Answer(ranking=ORDER), ["ranking.1"]),
        (Settings(), Answer(ranking=ORDER), ["strength"]),
        (Settings(), Answer(ranking=ORDER, strength=4), []),
        (Settings(), Answer(ranking=(("a", "b", "c"),)), []),
        (Settings(), Answer(ranking=ORDER, all_bad=True), []),
        (Settings(strength="off"), Answer(ranking=ORDER, strength=1), ["strength"]),
        (Settings(strength="off", rationale="required"), Answer(ranking=ORDER, rationale=" "), ["rationale"]),
        (Settings(strength="off", rationale="off"), Answer(ranking=ORDER, rationale="x"), ["rationale"]),
        (SETTINGS, Answer(ranking=ORDER, rationale="a\0"), ["rationale"]),
    ],
)  # fmt: skip
def test_answers_are_checked(settings, answer, wrong):
    assert paths(settings, THREE, answer) == wrong


@pytest.mark.parametrize(
    ("turns", "answer", "asked"),
    [
        (THREE, Answer(ranking=ORDER), []),
        (THREE, Answer(ranking=(("a", "b", "c"),)), ["all_tied:ranking"]),
        (THREE, Answer(ranking=(("a", "b", "c"),), all_bad=True), []),
        (shown(a="Same. ", b="Same."), Answer(ranking=(("a",), ("b",))), ["same_text_ranked_apart:a:b"]),
        (shown(a="Same.", b="Same."), Answer(ranking=(("a", "b"),)), ["all_tied:ranking"]),
        (shown(a="", b="Yes."), Answer(ranking=(("a",), ("b",))), ["empty_is_best:ranking"]),
        (shown(a="", b="Yes."), Answer(ranking=(("b",), ("a",))), []),
        (THREE, Answer(ranking=ORDER, all_bad=True, strength=4), ["all_bad_with_strength:all_bad"]),
    ],
)  # fmt: skip
def test_slips_are_asked_about(turns, answer, asked):
    assert codes(turns, answer) == asked


def test_pairs_are_strict_and_the_first_step_weighs_what_the_person_said():
    (row,) = KIND.content_rows(SETTINGS, item("x", "y"), THREE, Answer(ranking=ORDER, strength=3), PROVENANCE)
    assert [(pair.chosen_id, pair.rejected_id, pair.margin) for pair in row.preferences] == [
        ("b", "a", 3),
        ("b", "c", 3),
    ]
    assert [(one.response_id, one.rank, one.model) for one in row.candidates] == [
        ("a", 2, "model-a"), ("b", 1, "model-b"), ("c", 2, "model-c"),
    ]  # fmt: skip
    answer = Answer(ranking=(("c",), ("a",), ("b",)), strength=2, rationale=" Because. ")
    (row,) = KIND.content_rows(SETTINGS, item("x", "y"), THREE, answer, PROVENANCE)
    assert [(pair.chosen_id, pair.rejected_id, pair.margin) for pair in row.preferences] == [
        ("c", "a", 2), ("c", "b", 3), ("a", "b", 1),
    ]  # fmt: skip
    assert row.rationale == "Because."


def test_two_responses_have_the_strength_itself_as_margin():
    for strength, margin in ((None, 1), (1, 1), (4, 4)):
        answer = Answer(ranking=(("b",), ("a",)), strength=strength)
        (row,) = KIND.content_rows(SETTINGS, item("x", "y"), shown(a="x", b="y"), answer, PROVENANCE)
        assert [(pair.chosen, pair.rejected, pair.margin) for pair in row.preferences] == [("y", "x", margin)]


def test_neither_ties_nor_all_bad_give_pairs():
    for answer in (Answer(ranking=(("a", "b", "c"),)), Answer(ranking=ORDER, all_bad=True), Answer(all_bad=True)):
        (row,) = KIND.content_rows(SETTINGS, item("x", "y"), THREE, answer, PROVENANCE)
        assert row.preferences == ()
        assert row.all_bad is answer.all_bad
        assert len(row.candidates) == 3


@given(st.permutations("abcd"), st.lists(st.booleans(), min_size=3, max_size=3), st.sampled_from([None, 1, 2, 3, 4]))
def test_every_pair_is_there_once_and_margins_add_up(order, cuts, strength):
    groups = [[order[0]]]
    for key, cut in zip(order[1:], cuts, strict=True):
        if cut:
            groups.append([])
        groups[-1].append(key)
    answer = Answer(ranking=tuple(map(tuple, groups)), strength=strength)
    (row,) = KIND.content_rows(SETTINGS, item("x", "y"), shown(a="1", b="2", c="3", d="4"), answer, PROVENANCE)
    place = {key: at for at, group in enumerate(groups) for key in group}
    expected = {(a, b) for a in order for b in order if place[a] < place[b]}
    margins = {(pair.chosen_id, pair.rejected_id): pair.margin for pair in row.preferences}
    assert margins.keys() == expected
    assert len(row.preferences) == len(expected)
    for (a, b), margin in margins.items():
        steps = [strength or 1 if at == 0 else 1 for at in range(place[a], place[b])]
        assert margin == sum(steps)


def test_agreement_tells_orders_firsts_badness_and_strengths_apart():
    one = Answer(ranking=(("a",), ("b",), ("c",)), strength=1)
    other = Answer(ranking=(("a",), ("c",), ("b",)), strength=4)
    found = {measure.key: measure.value for measure in KIND.agreement(SETTINGS, [[one, other]])}
    assert found["same_best"] == 1
    assert found["ranking_tau_b"] == pytest.approx(1 / 3)
    assert found["all_bad"] == 1
    assert found["strength"] == 0
    found = {m.key: (m.value, m.units) for m in KIND.agreement(SETTINGS, [[one, Answer(all_bad=True)]])}
    assert found == {"ranking_tau_b": (None, 0), "same_best": (None, 0), "all_bad": (0, 1), "strength": (None, 0)}


def test_a_tie_on_top_is_not_the_same_best():
    one, other = Answer(ranking=(("a",), ("b",))), Answer(ranking=(("a", "b"),))
    found = {measure.key: measure.value for measure in KIND.agreement(SETTINGS, [[one, other]])}
    assert found["same_best"] == 0


def test_changes_are_told_in_the_words_of_the_form():
    before = Answer(ranking=ORDER, strength=2, rationale="Short.")
    after = replace(before, ranking=(("a",), ("b", "c")), strength=3, all_bad=True, rationale="Short and right.")
    found = {change.path: (change.before, change.after) for change in KIND.changes(SETTINGS, THREE, before, after)}
    assert found == {
        "ranking": ("2 › 1 = 3", "1 › 2 = 3"),
        "strength": ("2", "3"),
        "all_bad": ("no", "yes"),
        "rationale": ("Short.", "Short and right."),
    }
    assert KIND.changes(SETTINGS, THREE, before, before) == []


def test_every_real_pair_becomes_an_answer_that_gives_the_pair_back(data):
    source = Source(path=data / "preferences" / "hh_rlhf_harmless_test.jsonl.gz")
    read = [row for row in import_format("hh").read(source) if isinstance(row, ImportedRow)]
    assert len(read) == 2_312
    empty = same = 0
    for row in read:
        content = row.content
        made = KIND.item_from_content(content)
        turns = shown(**{str(index): response.text for index, response in enumerate(made.responses)})
        ((_worker, answer),) = [
            (one.worker, one.answer) for one in KIND.answers_from_content(Settings(), made, turns, content)
        ]
        (judged,) = KIND.content_rows(Settings(), made, turns, answer, PROVENANCE)
        ((chosen,), (rejected,)) = content.ranking
        (pair,) = judged.preferences
        assert judged.prompt == content.prompt
        assert (pair.chosen, pair.rejected) == (content.responses[chosen].text, content.responses[rejected].text)
        empty += not (pair.chosen.strip() and pair.rejected.strip())
        same += pair.chosen == pair.rejected
    assert empty == 4
    assert same < 20
