"""Settings, items, turns, releases and agreement of `rate_responses`."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from preceptor.kinds.content import Conversation, Demonstration, GivenResponse, JudgedResponses, Message, Provenance
from preceptor.kinds.fields.rating.field import RatingSettings
from preceptor.kinds.fields.tags.field import Tag
from preceptor.kinds.shown import IDEAL, NextTurn, Position, ResponseShown, TurnShown
from preceptor.kinds.task import InvalidItemError
from preceptor.kinds.tasks.rate_responses.answer import Answer, TurnAnswer
from preceptor.kinds.tasks.rate_responses.item import ItemContent
from preceptor.kinds.tasks.rate_responses.kind import KIND
from preceptor.kinds.tasks.rate_responses.settings import Settings

USER = Message("user", "Hello")
REPLY = Message("assistant", "Hi.")
SYSTEM = Message("system", "Be brief.")
PROVENANCE = Provenance("p", "k", "i", "s", 1, "t", 1, 1, "accepted", 1, 2, 3, 4, datetime(2026, 11, 22, tzinfo=UTC))


def test_the_default_taxonomy_is_the_one_promised():
    errors = KIND.default_settings().errors
    assert [error.label["en"] for error in errors] == [
        "Factual inaccuracy", "Did not follow instructions", "Misleading", "Spelling", "Grammar", "Unnatural tone",
        "Repetition", "Harassment or hate", "Biased or unethical", "Sexual", "Violent", "Private data", "Unsafe advice",
        "Other",
    ]  # fmt: skip
    assert all(error.label["es"] and error.shortcut for error in errors)


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"responses": 1}, ["responses"]),
        ({"responses": 9}, ["responses"]),
        ({"min_turns": 0}, ["min_turns"]),
        ({"max_turns": 21}, ["max_turns"]),
        ({"min_turns": 3, "max_turns": 2}, ["max_turns"]),
        ({"scale": RatingSettings(points=11)}, ["scale.points"]),
        ({"errors": (Tag("a", {"en": "A"}, "x"), Tag("a", {"en": "A"}, "x"))}, ["errors.1.key", "errors.1.shortcut"]),
        ({"errors": ()}, []),
        ({"positions": ()}, ["positions"]),
        ({"positions": (Position(),) * 5}, ["positions"]),
        ({"positions": (Position(), Position(model=" "))}, ["positions.1.model"]),
        ({"positions": (Position(temperature=2.5, top_p=0, max_tokens=0, seed=-1),)},
         [f"positions.0.{name}" for name in ("temperature", "top_p", "max_tokens", "seed")]),
        ({"positions": (Position(system_prompt="a\0"),)}, ["positions.0.system_prompt"]),
        ({"positions": (Position(system_prompt=" "),)}, ["positions.0.system_prompt"]),
    ],
)  # fmt: skip
def test_settings_are_checked(change, wrong):
    assert [problem.path for problem in KIND.validate_settings(Settings(**change))] == wrong


def test_a_shorter_list_of_positions_is_gone_through_again_with_new_seeds():
    settings = Settings(responses=5, positions=(Position(model="a", seed=7), Position(model="b")))
    positions = KIND.positions(settings, ItemContent())
    assert [(position.model, position.seed) for position in positions] == [
        ("a", 7), ("b", None), ("a", 8), ("b", None), ("a", 9),
    ]  # fmt: skip
    assert positions[0].sampling.seed == 7


def test_an_items_own_system_message_replaces_the_forms():
    settings = Settings(positions=(Position(system_prompt="Be long."),))
    item = ItemContent(prompt="Why?", messages=(SYSTEM,))
    assert {position.system_prompt for position in KIND.positions(settings, item)} == {None}
    assert KIND.messages(item, (), prompt="Why?", position=Position(system_prompt="Be long.")) == (
        SYSTEM, Message("user", "Why?"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("content", "item"),
    [
        (Conversation(), ItemContent()),
        (Conversation((USER,), source={"id": 4}), ItemContent(prompt="Hello", source={"id": 4})),
        (Conversation((SYSTEM, USER, REPLY, USER)), ItemContent("Hello", (SYSTEM, USER, REPLY))),
        (Conversation((USER, REPLY)), ItemContent(None, (USER, REPLY))),
        (
            Conversation((USER,), (GivenResponse("a"), GivenResponse("b", "m")), ("And?",)),
            ItemContent("Hello", (), (GivenResponse("a"), GivenResponse("b", "m")), ("And?",)),
        ),
    ],
)
def test_a_conversation_becomes_an_item(content, item):
    assert KIND.item_from_content(content) == item


@pytest.mark.parametrize(
    ("item", "wrong"),
    [
        (ItemContent(prompt=" "), ["prompt"]),
        (ItemContent(prompt=""), ["prompt"]),
        (ItemContent(prompt="a\0"), ["prompt"]),
        (ItemContent(prompt="x" * 70_000), ["prompt"]),
        (ItemContent("a", (USER, SYSTEM)), ["messages.1"]),
        (ItemContent("a", (REPLY, USER)), ["messages.1"]),
        (ItemContent("a", (Message("user", " "), REPLY)), ["messages.0"]),
        (ItemContent("a", responses=(GivenResponse("b"),)), ["responses"]),
        (ItemContent("a", responses=(GivenResponse("b"),) * 9), ["responses"]),
        (ItemContent("a", responses=(GivenResponse("b"), GivenResponse(""))), ["responses.1.text"]),
        (ItemContent(responses=(GivenResponse("b"),) * 2), ["responses"]),
        (ItemContent("a", follow_ups=("",)), ["follow_ups.0"]),
        (ItemContent("a", follow_ups=("b",) * 20), ["follow_ups"]),
        (ItemContent("a", source={f"k{n}": "x" * 60_000 for n in range(20)}), [""]),
    ],
)
def test_items_are_checked(item, wrong):
    assert [problem.path for problem in KIND.validate_item(item)] == wrong


def test_a_bad_item_is_refused_on_either_way_in():
    with pytest.raises(InvalidItemError) as error:
        KIND.parse_item_content({"prompt": " "})
    assert [problem.path for problem in error.value.fields] == ["prompt"]
    with pytest.raises(InvalidItemError):
        KIND.item_from_content(Conversation((Message("user", " "),)))


def test_a_given_prompt_is_the_first_turn():
    responses = (GivenResponse("a", "m"), GivenResponse("b"))
    item = KIND.parse_item_content({"prompt": "Why?", "responses": [{"text": "a", "model": "m"}, {"text": "b"}]})
    given = KIND.given_turn(item)
    assert (given.prompt, given.responses) == ("Why?", responses)
    assert KIND.given_turn(KIND.open_item()) is None
    assert "responses" not in KIND.item_shown(item)
    assert KIND.item_summary(item) == "Why?"
    assert KIND.item_summary(ItemContent(messages=(USER, REPLY))) == "Hi."
    assert KIND.item_summary(ItemContent()) == ""


SETTINGS = Settings(max_turns=2)
SHOWN = TurnShown(
    "t", "Why?", (ResponseShown("a", "So."), ResponseShown("b", "", "failed"), ResponseShown("c", " ", "stopped"))
)


@pytest.mark.parametrize(
    ("item", "turns", "turn", "wrong"),
    [
        (ItemContent(), (), NextTurn("Why?"), []),
        (ItemContent(), (), NextTurn(" "), ["prompt"]),
        (ItemContent(), (), NextTurn("a\0"), ["prompt"]),
        (ItemContent(), (), NextTurn("x" * 70_000), ["prompt"]),
        (ItemContent(), (), NextTurn("Why?", "a"), ["continue_from"]),
        (ItemContent("Why?"), (), NextTurn("Why?"), []),
        (ItemContent("Why?"), (), NextTurn("How?"), ["prompt"]),
        (ItemContent(), (SHOWN,), NextTurn("And?", "a"), []),
        (ItemContent(), (SHOWN,), NextTurn("And?"), ["continue_from"]),
        (ItemContent(), (SHOWN,), NextTurn("And?", "b"), ["continue_from"]),
        (ItemContent(), (SHOWN,), NextTurn("And?", "c"), ["continue_from"]),
        (ItemContent(), (SHOWN,), NextTurn("And?", "z"), ["continue_from"]),
        (ItemContent(), (SHOWN,), NextTurn("And?", IDEAL, "Thus."), []),
        (ItemContent(), (SHOWN,), NextTurn("And?", IDEAL), ["ideal"]),
        (ItemContent(), (SHOWN,), NextTurn("And?", IDEAL, "a\0"), ["ideal"]),
        (ItemContent(), (SHOWN, SHOWN), NextTurn("And?", "a"), ["prompt"]),
    ],
)
def test_turns_are_checked_before_they_are_asked(item, turns, turn, wrong):
    assert [problem.path for problem in KIND.check_turn(SETTINGS, item, turns, turn)] == wrong


def test_nobody_goes_on_while_a_response_is_being_written():
    writing = replace(SHOWN, responses=(*SHOWN.responses, ResponseShown("d", "", "streaming")))
    problems = KIND.check_turn(SETTINGS, ItemContent(), (writing,), NextTurn("And?", "a"))
    assert [problem.path for problem in problems] == ["continue_from"]


def test_without_an_ideal_in_the_form_nobody_goes_on_from_one():
    problems = KIND.check_turn(replace(SETTINGS, ideal="off"), ItemContent(), (SHOWN,), NextTurn("And?", IDEAL, "So."))
    assert [problem.path for problem in problems] == ["continue_from"]


def test_the_conversation_goes_on_from_what_was_chosen():
    item = ItemContent("Why?", (USER, REPLY))
    assert KIND.continued_with(SHOWN, NextTurn("And?", "a")) == "So."
    assert KIND.continued_with(SHOWN, NextTurn("And?", IDEAL, "Thus.")) == "Thus."
    with pytest.raises(ValueError, match="goes on from"):
        KIND.continued_with(SHOWN, NextTurn("And?"))
    turns = (replace(SHOWN, continue_from="a", continued_with="So."),)
    position = Position(system_prompt="Be brief.")
    assert KIND.messages(item, turns, prompt="And?", position=position) == (
        SYSTEM, USER, REPLY, Message("user", "Why?"), Message("assistant", "So."), Message("user", "And?"),
    )  # fmt: skip
    with pytest.raises(ValueError, match="does not say"):
        KIND.messages(item, (SHOWN,), prompt="And?", position=position)


def rows(turns, *said, settings=SETTINGS, item=None):
    return KIND.content_rows(settings, item or ItemContent("Why?"), turns, Answer(said), PROVENANCE)


def shown(*texts, system_prompt=None):
    responses = tuple(
        ResponseShown(key, text, model="m", system_prompt=system_prompt)
        for key, text in zip("abcd", texts, strict=False)
    )
    return TurnShown("t", "Why?", responses)


def test_a_turn_gives_judged_responses_and_a_demonstration():
    judged, demonstration = rows(
        (shown("A", "B", "C"),),
        TurnAnswer("t", ratings={"a": 5, "b": 2, "c": 5}, errors={"b": ("spelling",)}, ideal="D", ideal_start="a"),
    )
    assert isinstance(judged, JudgedResponses)
    assert [(pair.chosen, pair.rejected, pair.margin) for pair in judged.preferences] == [
        ("A", "B", 3.0),
        ("C", "B", 3.0),
    ]
    assert [(pair.chosen, pair.rejected, pair.margin) for pair in judged.ideal_preferences] == [
        ("D", "A", 2.0), ("D", "B", 5.0), ("D", "C", 2.0),
    ]  # fmt: skip
    assert [candidate.rank for candidate in judged.candidates] == [1, 2, 1]
    assert judged.candidate("b").errors == ("spelling",)
    with pytest.raises(KeyError):
        judged.candidate("z")
    assert (judged.scale, judged.turn, judged.turns, judged.provenance) == (7, 1, 1, PROVENANCE)
    assert isinstance(demonstration, Demonstration)
    assert (demonstration.completion, demonstration.started_from, demonstration.started_model) == ("D", "a", "m")


def test_ties_and_all_bad_give_no_preferences_and_a_copied_ideal_no_pair_with_itself():
    (tied,) = rows((shown("A", "B"),), TurnAnswer("t", ratings={"a": 4, "b": 4}))
    assert tied.preferences == tied.ideal_preferences == ()
    bad, _demonstration = rows((shown("A", "B"),), TurnAnswer("t", ratings={"a": 2, "b": 1}, all_bad=True, ideal="A"))
    assert bad.preferences == ()
    assert [(pair.chosen, pair.rejected) for pair in bad.ideal_preferences] == [("A", "B")]
    corrected = TurnAnswer("t", ratings={"a": 4, "b": 4}, ranking=(("b",), ("a",)))
    (judged,) = rows((shown("A", "B"),), corrected)
    assert [(pair.chosen, pair.margin) for pair in judged.preferences] == [("B", 0.0)]


def test_a_shared_system_message_opens_the_prompt():
    said = TurnAnswer("t", ratings={"a": 4, "b": 3})
    (judged,) = rows((shown("A", "B", system_prompt="Be brief."),), said)
    assert judged.prompt == (SYSTEM, Message("user", "Why?"))
    mixed = shown("A", "B", system_prompt="Be brief.")
    mixed = replace(mixed, responses=(mixed.responses[0], replace(mixed.responses[1], system_prompt=None)))
    (judged,) = rows((mixed,), said)
    assert judged.prompt == (Message("user", "Why?"),)
    (judged,) = rows((shown("A", "B", system_prompt="Be long."),), said, item=ItemContent("Why?", (SYSTEM,)))
    assert judged.prompt == (SYSTEM, Message("user", "Why?"))


def test_later_turns_carry_what_was_really_said_before():
    second = TurnShown("u", "And?", (ResponseShown("e", "E"), ResponseShown("f", "", "failed")))
    said = (
        TurnAnswer("t", ratings={"a": 4, "b": 3}, ideal="Thus!", continue_from=IDEAL),
        TurnAnswer("u", ratings={"e": 4}),
    )
    recorded = replace(shown("A", "B"), continue_from=IDEAL, continued_with="Thus.")
    for first, text in ((recorded, "Thus."), (shown("A", "B"), "Thus!")):
        *_before, last = rows((first, second), *said)
        assert last.prompt == (Message("user", "Why?"), Message("assistant", text), Message("user", "And?"))
        assert [candidate.response_id for candidate in last.candidates] == ["e"]
        assert (last.turn, last.turns) == (2, 2)
    chosen = (replace(said[0], continue_from="b"), said[1])
    assert rows((shown("A", "B"), second), *chosen)[-1].prompt[1].content == "B"


def test_a_turn_whose_responses_all_failed_gives_its_demonstration_alone():
    failed = TurnShown("t", "Why?", (ResponseShown("a", "", "failed"),))
    (only,) = rows((failed,), TurnAnswer("t", ideal="So."))
    assert isinstance(only, Demonstration)


def test_people_agree_and_disagree_on_shared_responses_alone():
    one = Answer((TurnAnswer("t", ratings={"a": 7, "b": 1}), TurnAnswer("u1", ratings={"x": 1})))
    two = Answer((TurnAnswer("t", ratings={"a": 1, "b": 7}), TurnAnswer("u2", ratings={"y": 7})))
    ratings, rankings, errors, ideals = KIND.agreement(SETTINGS, [[one, two]])
    assert ratings.value < 0
    assert (ratings.units, ratings.pairs) == (2, 2)
    assert rankings.value == -1
    assert errors.value is None
    assert ideals.value is None
    same = KIND.agreement(SETTINGS, [[one, one]])
    assert (same[0].value, same[1].value) == (1.0, 1.0)
