"""Conversations of several turns under a form of one's own: what may be asked, what is asked about it, what comes out."""

import msgspec

from preceptor.kinds.content import GivenResponse, JudgedResponses, Message
from preceptor.kinds.registry import task_kind
from preceptor.kinds.shown import IDEAL, NextTurn, Position, ResponseShown, TurnShown
from preceptor.kinds.tasks.custom_form.answer import Answer
from preceptor.kinds.tasks.custom_form.item import ItemContent
from preceptor.kinds.tasks.custom_form.settings import FormField, Settings
from tests.kinds.test_contract import PROVENANCE

KIND = task_kind("custom_form")
FIELDS = (
    FormField(key="good", field="rating", label={"en": "Good?"}, scope="response"),
    FormField(key="clear", field="boolean", label={"en": "Clear?"}, scope="turn", required=True),
    FormField(key="order", field="ranking", label={"en": "Order"}, scope="turn", required=True),
    FormField(
        key="names",
        field="spans",
        label={"en": "Names"},
        scope="turn",
        settings={"labels": [{"key": "name", "label": {"en": "Name"}}]},
    ),
)
SETTINGS = Settings(fields=FIELDS, responses=2, min_turns=2, max_turns=3)
BEFORE = (Message("user", "Hello."), Message("assistant", "How can I help?"))


def turn(number, *texts, chosen=None, prompt=None, state="complete"):
    responses = tuple(ResponseShown(f"{number}{'abc'[at]}", text, state) for at, text in enumerate(texts))
    continued = texts[chosen] if chosen is not None else None
    ident = None if chosen is None else responses[chosen].id
    return TurnShown(f"t{number}", prompt or f"Prompt {number}", responses, ident, continued)


ONE, TWO = turn(1, "One.", "Uno.", chosen=1), turn(2, "Two.", "Dos.")
VALUES = {
    "good": {"1a": 2, "1b": 5, "2a": 3, "2b": 3},
    "clear": {"1": True, "2": True},
    "order": {"1": [["1b"], ["1a"]], "2": [["2a"], ["2b"]]},
}


def asked(turns, settings=SETTINGS, item=None, **next_turn):
    given = NextTurn(**({"prompt": "Go on."} | next_turn))
    return [one.path for one in KIND.turn_problems(settings, item or ItemContent(), turns, given)]


def wrong(turns, values, item=None, settings=SETTINGS):
    return [one.path for one in KIND.validate_answer(settings, item or ItemContent(), turns, Answer(values=values))]


def test_a_conversation_goes_on_from_a_response_of_the_last_turn():
    open_one = msgspec.structs.replace(ONE, continue_from=None, continued_with=None)
    assert asked(()) == []
    assert asked((), continue_from="1a") == ["continue_from"]
    assert asked((open_one,), continue_from="1b") == []
    for other in (None, IDEAL, "2a"):
        assert asked((open_one,), continue_from=other) == ["continue_from"]
    writing = turn(1, "On", "Un", state="streaming")
    assert set(asked((writing,), continue_from="1a")) == {"continue_from"}
    assert asked((ONE, TWO), continue_from="2a") == []
    assert asked((ONE, TWO, turn(3, "Three.")), continue_from="3a") == ["prompt"]
    assert asked((ONE,), continue_from="1a", settings=msgspec.structs.replace(SETTINGS, responses=0)) == ["prompt"]


def test_a_given_prompt_comes_first_and_others_follow_it():
    item = ItemContent(prompt="Given?", responses=(GivenResponse("Yes."), GivenResponse("No.")))
    first = turn(1, "Yes.", "No.", prompt="Given?")
    assert asked((), item=ItemContent(prompt="Given?")) == ["prompt"]
    assert asked((first,), item=item, continue_from="1a") == []
    assert KIND.may_ask(SETTINGS, item)
    once = msgspec.structs.replace(SETTINGS, min_turns=1, max_turns=1)
    assert not KIND.may_ask(once, item)
    assert "prompt" in asked((first,), item=item, settings=once, continue_from="1a")


def test_models_hear_what_was_said_before():
    item = ItemContent(messages=BEFORE)
    position = Position(system_prompt="Be brief.")
    said = KIND.messages(item, (ONE,), prompt="And then?", position=position)
    assert said == (
        Message("system", "Be brief."),
        *BEFORE,
        Message("user", "Prompt 1"),
        Message("assistant", "Uno."),
        Message("user", "And then?"),
    )


def test_every_turn_is_asked_about_and_compared_where_there_is_something_to_compare():
    assert wrong((ONE, TWO), VALUES) == []
    assert wrong((ONE,), {"clear": {"1": True}, "order": {"1": [["1a"], ["1b"]]}}) == ["next_prompt"]
    assert wrong((ONE, TWO), VALUES | {"clear": {"1": True}}) == ["values.clear.2"]
    across = VALUES | {"order": {"1": [["1b"], ["2a"]], "2": [["2a"], ["2b"]]}}
    assert {path.rpartition(".")[0] for path in wrong((ONE, TWO), across)} >= {"values.order"}
    # An item's own messages are turns too; there is nothing to compare in them.
    item = ItemContent(messages=BEFORE)
    moved = {"clear": {"1": True, "2": True, "3": False}, "order": {"2": [["1b"], ["1a"]], "3": [["2a"], ["2b"]]}}
    assert wrong((ONE, TWO), moved, item) == []
    assert wrong((ONE, TWO), moved | {"order": {"1": [["1a"]]} | moved["order"]}, item) == ["values.order.1"]


def test_words_are_marked_in_the_prompt_of_their_turn():
    mark = {"text": "prompt.2", "start": 0, "end": 6, "label": "name"}
    assert wrong((ONE, TWO), VALUES | {"names": {"2": [mark]}}) == []
    assert wrong((ONE, TWO), VALUES | {"names": {"1": [mark]}}) == ["values.names.1.0.text"]


def test_each_turn_is_released_as_a_judgement_of_its_own():
    item = ItemContent(messages=BEFORE)
    values = {"good": VALUES["good"], "clear": {}, "order": {"2": [["1a"], ["1b"]], "3": [["2b"], ["2a"]]}}
    rows = KIND.content_rows(SETTINGS, item, (ONE, TWO), Answer(values=values), PROVENANCE)
    form, first, second = rows
    assert form.data["turns"][0]["continued_with"] == "Uno."
    assert [one["text"] for one in form.data["turns"][1]["responses"]] == ["Two.", "Dos."]
    assert isinstance(first, JudgedResponses)
    assert isinstance(second, JudgedResponses)
    assert [(one.turn, one.turns) for one in (first, second)] == [(1, 2), (2, 2)]
    assert first.prompt == (*BEFORE, Message("user", "Prompt 1"))
    assert second.prompt == (*first.prompt, Message("assistant", "Uno."), Message("user", "Prompt 2"))
    # The order that was asked of the turn counts, and where it goes against the ratings its margin is nothing.
    assert [(one.chosen, one.rejected, one.margin) for one in first.preferences] == [("One.", "Uno.", 0.0)]
    assert [(one.chosen, one.rejected) for one in second.preferences] == [("Dos.", "Two.")]
    assert [one.rating for one in second.candidates] == [3, 3]


def test_a_correction_is_told_with_turn_and_response():
    before, after = Answer(values=VALUES), Answer(values=VALUES | {"good": VALUES["good"] | {"2b": 1}})
    (change,) = KIND.changes(SETTINGS, (ONE, TWO), before, after)
    assert str(change.label) == "Turn 2, response 2: Good?"


def test_a_form_says_how_long_a_conversation_is_and_compares_turn_by_turn():
    def paths(**more):
        return [one.path for one in KIND.validate_settings(msgspec.structs.replace(SETTINGS, **more))]

    assert paths() == []
    assert paths(min_turns=4) == ["max_turns"]
    assert paths(min_turns=0, max_turns=21) == ["min_turns", "max_turns"]
    assert paths(responses=0) == ["max_turns"]
    once = tuple(msgspec.structs.replace(one, scope="item") if one.key == "order" else one for one in FIELDS)
    assert paths(fields=once) == ["fields.2.scope"]
    assert paths(fields=once, min_turns=1, max_turns=1) == []
