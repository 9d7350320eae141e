"""Settings, items, candidates, answers, questions, releases and agreement of `continue_text`."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from preceptor.kinds.content import Conversation, Demonstration, GivenResponse, JudgedResponses, Message, Provenance
from preceptor.kinds.given import PlainText
from preceptor.kinds.shown import NextTurn, Position, ResponseShown, TurnShown
from preceptor.kinds.task import InvalidItemError
from preceptor.kinds.tasks.continue_text.answer import Answer
from preceptor.kinds.tasks.continue_text.item import ItemContent
from preceptor.kinds.tasks.continue_text.kind import KIND
from preceptor.kinds.tasks.continue_text.settings import INSTRUCTION, Settings

PROVENANCE = Provenance("p", "k", "i", "s", 1, "t", 1, 1, "accepted", 1, 2, 3, 4, datetime(2026, 11, 22, tzinfo=UTC))
TEXT = "The ferry left the harbour an hour late, and nobody on deck complained about it. Then the engine"
ITEM = ItemContent(text=TEXT, candidates=(GivenResponse(" coughed.", "the author"),))


def candidate(key, text=None, state="complete", prompt=None):
    return ResponseShown(key, f" went {key}." if text is None else text, state, model=f"m-{key}", system_prompt=prompt)


def turn(*responses):
    return (TurnShown("t", TEXT, responses),)


THREE = turn(candidate("a"), candidate("b"), candidate("c"))
GATHERING = turn(candidate("a"), candidate("b", "", "streaming"))
NOTHING = turn(candidate("a", "", "failed"), candidate("b", "  "))


def paths(answer, turns=THREE, **settings):
    return [problem.path for problem in KIND.validate_answer(Settings(**settings), ITEM, turns, answer)]


def codes(answer, **settings):
    return [question.code for question in KIND.questions(Settings(**settings), ITEM, THREE, answer)]


def rows(answer, turns=THREE, **settings):
    return KIND.content_rows(Settings(**settings), ITEM, turns, answer, PROVENANCE)


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({}, []),
        ({"candidates": 0}, []),
        ({"candidates": 8}, []),
        ({"candidates": 9}, ["candidates"]),
        ({"candidates": -1}, ["candidates"]),
        ({"min_words": 5, "max_words": 4}, ["max_words"]),
        ({"positions": (Position(temperature=3.0),)}, ["positions.0.temperature"]),
        ({"candidates": 1, "positions": (Position(), Position())}, ["positions"]),
        ({"positions": ()}, ["positions"]),
        ({"positions": (), "candidates": 0}, []),
    ],
)
def test_settings_are_checked(change, wrong):
    assert [problem.path for problem in KIND.validate_settings(Settings(**change))] == wrong


def test_nobody_who_answers_learns_how_many_candidates_are_models():
    shown = KIND.settings_shown(Settings(candidates=5))
    assert not {"positions", "candidates"} & shown.keys()
    assert shown["asks_models"] is True
    assert KIND.settings_shown(Settings(candidates=0))["asks_models"] is False
    assert KIND.settings_shown(Settings(way="write"))["asks_models"] is False
    assert KIND.item_shown(ITEM) == {"text": TEXT}


def test_models_are_asked_once_for_the_text_as_it_stands():
    settings = Settings(candidates=2)
    positions = KIND.positions(settings, ITEM)
    assert len(positions) == 2
    assert [len(KIND.positions(Settings(**change), ITEM)) for change in ({"candidates": 0}, {"way": "write"})] == [0, 0]
    messages = KIND.messages(ITEM, (), prompt=TEXT, position=positions[0])
    assert messages == (Message("system", INSTRUCTION), Message("user", TEXT))
    given = KIND.given_turn(ITEM)
    assert (given.prompt, given.asks_too) == (TEXT, True)
    assert KIND.check_turn(settings, ITEM, (), NextTurn(TEXT)) == []
    for turns, asked, some in (
        (THREE, NextTurn(TEXT), settings),
        ((), NextTurn("Something else"), settings),
        ((), NextTurn(TEXT), Settings(candidates=0)),
    ):
        assert [problem.path for problem in KIND.check_turn(some, ITEM, turns, asked)] == ["prompt"]


def test_texts_and_single_prompts_become_items():
    assert KIND.item_from_content(PlainText("Once ", source={"row": 1})) == ItemContent("Once ", source={"row": 1})
    given = (GivenResponse(" upon", "author"),)
    assert KIND.item_from_content(Conversation((Message("user", "Once"),), given)) == ItemContent("Once", given)
    refused = (
        PlainText(" \n"),
        Conversation(),
        Conversation((Message("user", "Hi"), Message("assistant", "Hello"))),
        Conversation((Message("user", "Hi"),), follow_ups=("More",)),
    )
    for content in refused:
        with pytest.raises(InvalidItemError) as error:
            KIND.item_from_content(content)
        assert [problem.path for problem in error.value.fields] == ["text"]


@pytest.mark.parametrize(
    ("candidates", "wrong"),
    [(("a",) * 8, []), (("a",) * 9, ["candidates"]), (("a", " "), ["candidates.1.text"])],
)
def test_candidates_of_an_item_are_checked(candidates, wrong):
    item = ItemContent(TEXT, tuple(map(GivenResponse, candidates)))
    assert [problem.path for problem in KIND.validate_item(item)] == wrong


CHOSEN, NONE, WROTE = Answer(chosen="a"), Answer(none_fits=True), Answer(written=" stopped.")


@pytest.mark.parametrize(
    ("way", "answer", "turns", "wrong"),
    [
        ("either", CHOSEN, THREE, []),
        ("either", WROTE, THREE, []),
        ("either", WROTE, GATHERING, []),
        ("either", Answer(), THREE, ["chosen"]),
        ("either", Answer(), GATHERING, ["chosen"]),
        ("either", Answer(), NOTHING, ["chosen"]),
        ("either", NONE, THREE, ["written"]),
        ("either", replace(WROTE, none_fits=True), THREE, []),
        ("either", Answer(chosen="z"), THREE, ["chosen"]),
        ("either", Answer(chosen="b"), GATHERING, ["chosen"]),
        ("either", Answer(chosen="a", none_fits=True), THREE, ["none_fits", "written"]),
        ("choose", CHOSEN, THREE, []),
        ("choose", NONE, THREE, []),
        ("choose", Answer(), THREE, ["chosen"]),
        ("choose", Answer(), NOTHING, ["chosen"]),
        ("choose", replace(CHOSEN, written="x"), THREE, ["written"]),
        ("write", WROTE, (), []),
        ("write", Answer(), (), ["written"]),
        ("write", replace(CHOSEN, written="x"), THREE, ["chosen"]),
        ("both", replace(CHOSEN, written="x"), THREE, []),
        ("both", CHOSEN, THREE, ["written"]),
        ("both", WROTE, THREE, ["chosen"]),
        ("both", WROTE, NOTHING, []),
        ("both", replace(WROTE, none_fits=True), THREE, []),
    ],
)
def test_answers_are_checked(way, answer, turns, wrong):
    assert paths(answer, turns, way=way) == wrong


def test_bounds_hold_for_what_is_written_and_none_fits_only_where_it_is_offered():
    assert paths(WROTE, min_words=2) == ["written"]
    assert paths(WROTE, max_words=1) == []
    assert paths(NONE, way="choose", none_fits=False) == ["none_fits"]
    assert paths(CHOSEN, min_words=2) == []


@pytest.mark.parametrize(
    ("answer", "asked"),
    [
        (CHOSEN, []),
        (WROTE, []),
        (Answer(written=" went b. "), ["same_as_candidate:b"]),
        (Answer(written=TEXT + " stopped."), ["repeats_text:written"]),
        (replace(CHOSEN, written=" stopped."), ["chosen_and_written:written"]),
    ],
)
def test_slips_are_asked_about(answer, asked):
    assert codes(answer) == asked


def test_a_chosen_candidate_is_demonstration_and_preferred():
    judged, shown = rows(replace(CHOSEN, chosen="b"))
    assert isinstance(judged, JudgedResponses)
    assert judged.prompt == (Message("user", TEXT),)
    assert [(pair.chosen_id, pair.rejected_id) for pair in judged.preferences] == [("b", "a"), ("b", "c")]
    assert judged.ideal_preferences == ()
    assert [(one.response_id, one.rank, one.model) for one in judged.candidates] == [
        ("a", 2, "m-a"), ("b", 1, "m-b"), ("c", 2, "m-c"),
    ]  # fmt: skip
    assert isinstance(shown, Demonstration)
    assert (shown.completion, shown.started_from, shown.started_model) == (" went b.", "b", "m-b")


def test_what_was_written_is_preferred_apart_from_the_candidates_among_themselves():
    judged, shown = rows(replace(CHOSEN, written=" went c. "), way="both")
    assert [(pair.chosen_id, pair.rejected_id) for pair in judged.preferences] == [("a", "b"), ("a", "c")]
    assert [(pair.chosen_id, pair.rejected_id) for pair in judged.ideal_preferences] == [(None, "a"), (None, "b")]
    assert judged.ideal == " went c. "
    assert (shown.completion, shown.started_from) == (" went c. ", None)


def test_the_same_text_twice_gives_no_pair_and_failed_ones_take_no_part():
    turns = turn(candidate("a", " x"), candidate("b", " x "), candidate("c", "", "failed"))
    judged, _shown = rows(CHOSEN, turns)
    assert judged.preferences == ()
    assert [one.response_id for one in judged.candidates] == ["a", "b"]


def test_none_fits_and_only_writing():
    (judged,) = rows(NONE, way="choose")
    assert (judged.all_bad, judged.preferences, judged.ideal) == (True, (), None)
    assert {one.rank for one in judged.candidates} == {None}
    (shown,) = rows(WROTE, way="write")
    assert (shown.prompt, shown.completion) == ((Message("user", TEXT),), " stopped.")


def test_an_instruction_opens_the_prompt_where_all_were_asked_under_it():
    alike = turn(candidate("a", prompt="Go on."), candidate("b", prompt="Go on."))
    mixed = turn(candidate("a", prompt="Go on."), candidate("b"))
    assert rows(CHOSEN, alike)[0].prompt == (Message("system", "Go on."), Message("user", TEXT))
    assert rows(CHOSEN, mixed)[0].prompt == (Message("user", TEXT),)


def test_agreement_is_of_choices_and_of_texts_as_the_form_asks():
    both = [[CHOSEN, Answer(chosen="b")], [CHOSEN, CHOSEN], [NONE, NONE], [WROTE, CHOSEN]]
    found = {measure.key: (measure.value, measure.units) for measure in KIND.agreement(Settings(), both)}
    assert found["same_choice"] == (pytest.approx(2 / 3), 3)
    assert found["text_similarity"] == (None, 0)
    assert [measure.key for measure in KIND.agreement(Settings(way="choose"), both)] == ["same_choice"]
    assert [measure.key for measure in KIND.agreement(Settings(way="write"), both)] == ["text_similarity"]


def test_changes_are_told_in_the_words_of_the_form():
    before, after = CHOSEN, Answer(none_fits=True, written=" stopped.")
    found = {one.path: (one.before, one.after) for one in KIND.changes(Settings(), THREE, before, after)}
    assert found == {"chosen": ("1", "none fits"), "written": ("", " stopped.")}
