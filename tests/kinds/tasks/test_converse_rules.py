"""Leading a conversation: what may be asked next, what may be handed in, and what is asked about it."""

import pytest
from msgspec.structs import replace

from preceptor.kinds.content import Conversation, GivenResponse, Message
from preceptor.kinds.fields.rating.field import RatingSettings
from preceptor.kinds.fields.tags.field import Tag
from preceptor.kinds.shown import IDEAL, START, NextTurn, Parent, Position, ResponseShown, TurnShown, path_to
from preceptor.kinds.task import InvalidAnswerError, InvalidItemError
from preceptor.kinds.tasks.converse import KIND
from preceptor.kinds.tasks.converse.answer import Answer, TurnAnswer
from preceptor.kinds.tasks.converse.item import ItemContent
from preceptor.kinds.tasks.converse.settings import Asked, Settings
from preceptor.kinds.trees import ConversationTree, TreeMessage
from preceptor.lib.errors import FieldProblem

RUDE = Tag("rude", {"en": "Rude"})
EACH = Asked(scale=RatingSettings(points=5), tags=(RUDE, Tag("typo", {"en": "Typo"}, severity="minor")))
SETTINGS = Settings(responses=2, min_turns=2, max_turns=3, each=EACH, whole=Asked(tags=(RUDE,)))
ITEM = ItemContent()


def turn(name, parent=None, response="a", text=None):
    link = None if parent is None else Parent(parent, f"{parent}{response}", text or f"{parent} {response}")
    responses = tuple(ResponseShown(f"{name}{key}", f"{name} {key}", model=f"m-{key}") for key in "ab")
    return TurnShown(name, f"{name}?", responses, parent=link)


FIRST, SECOND, BESIDE, THIRD = turn("1"), turn("2", "1"), turn("3", "1", "b"), turn("4", "2")
TURNS = (
    replace(FIRST, continue_from="1b", continued_with="1 b"),
    replace(SECOND, continue_from="2a", continued_with="2 a"),
    BESIDE,
    THIRD,
)


def paths(problems: list[FieldProblem]):
    return [problem.path for problem in problems]


def asked(prompt, *, turns=TURNS, settings=SETTINGS, item=ITEM, **more):
    return paths(KIND.turn_problems(settings, item, turns, NextTurn(prompt, **more)))


def rated(name, one=4, other=3, **more):
    return TurnAnswer(name, ratings={f"{name}a": one, f"{name}b": other}, **more)


ANSWER = Answer(turns=(rated("1"), rated("2")), end="2", rating=4)


def wrong(answer=ANSWER, *, turns=TURNS, settings=SETTINGS):
    return paths(KIND.validate_answer(settings, ITEM, turns, answer))


def doubts(answer, *, turns=TURNS, settings=SETTINGS):
    assert KIND.validate_answer(settings, ITEM, turns, answer) == []
    return [question.code for question in KIND.questions(settings, ITEM, turns, answer)]


# What may be asked.


def test_a_message_hangs_on_any_turn_with_room():
    assert asked("?", turns=()) == []
    assert asked("?", continue_from="4a") == ["prompt"]  # a fourth turn on this line
    assert asked("?", continue_from="2b", parent="2") == []
    assert asked("?", continue_from="3a", parent="3") == []
    assert asked("?", parent=START) == []


def test_what_it_goes_on_from_has_to_be_there():
    assert asked(" ", turns=()) == ["prompt"]
    assert asked("?", turns=(), continue_from="1a") == ["continue_from"]
    assert asked("?", continue_from="1a", parent="2") == ["continue_from"]
    assert asked("?", parent="2") == ["continue_from"]
    assert asked("?", continue_from="1a", parent="x") == ["parent"]
    assert asked("?", continue_from=IDEAL, ideal="So.", parent="2") == []
    assert asked("?", continue_from=IDEAL, ideal=" ", parent="2") == ["ideal"]
    assert asked("?", continue_from=IDEAL, ideal="So.", parent="2", settings=replace(SETTINGS, ideal="off")) == [
        "continue_from"
    ]


@pytest.mark.parametrize("state", ["pending", "streaming", "failed"])
def test_a_response_that_is_not_there_cannot_be_gone_on_from(state):
    broken = replace(SECOND, responses=(replace(SECOND.responses[0], state=state), SECOND.responses[1]))
    assert asked("?", turns=(FIRST, broken), continue_from="2a") == ["continue_from"]
    assert asked("?", turns=(FIRST, broken), continue_from="2b") == []


def test_without_branches_it_goes_on_from_the_last_turn_alone():
    line = replace(SETTINGS, branches=False)
    assert asked("?", turns=(FIRST, SECOND), continue_from="2a", settings=line) == []
    assert asked("?", turns=(FIRST, SECOND), continue_from="1a", parent="1", settings=line) == ["parent"]
    assert asked("?", turns=(FIRST,), parent=START, settings=line) == ["parent"]


def test_a_given_first_message_is_asked_as_it_is_and_once():
    item = ItemContent(prompt="1?")
    assert asked("1?", turns=(), item=item) == []
    assert asked("Else?", turns=(), item=item) == ["prompt"]
    assert asked("1?", parent=START, item=item) == ["prompt"]


def test_models_are_sent_the_line_and_the_system_prompt():
    position = Position(system_prompt="Be kind.")
    line = path_to(TURNS, "3")[:-1]
    said = KIND.messages(ITEM, line, prompt="And?", position=position)
    assert [message.content for message in said] == ["Be kind.", "1?", "1 b", "And?"]
    item = ItemContent(messages=(Message("system", "Be brief."), Message("user", "Hi"), Message("assistant", "Hi!")))
    said = KIND.messages(item, line, prompt="And?", position=position)
    assert [message.content for message in said] == ["Be brief.", "Hi", "Hi!", "1?", "1 b", "And?"]
    with pytest.raises(ValueError, match="turn 1"):
        KIND.messages(ITEM, [FIRST], prompt="And?", position=position)


# Items and settings.


@pytest.mark.parametrize(
    ("item", "path"),
    [
        (ItemContent(prompt=" "), "prompt"),
        (ItemContent(steps=("", "b")), "steps.0"),
        (ItemContent(follow_ups=(" ",)), "follow_ups.0"),
        (ItemContent(steps=("a",) * 31), "steps"),
        (ItemContent(responses=(GivenResponse("x"),)), "responses"),
        (ItemContent(prompt="?", responses=(GivenResponse(" "),)), "responses.0.text"),
        (ItemContent(prompt="?", responses=(GivenResponse("x"),) * 9), "responses"),
        (ItemContent(messages=(Message("user", "?"),)), "messages.0"),
        (ItemContent(prompt="?", messages=(Message("user", "?"),)), "messages.0"),
    ],
)
def test_items_that_make_no_sense_are_refused(item, path):
    assert path in paths(KIND.validate_item(item))


def test_a_level_is_from_one_to_nine():
    assert KIND.parse_item_content({"level": 9}).level == 9
    for level in (0, 10, "2"):
        with pytest.raises(InvalidItemError):
            KIND.parse_item_content({"level": level})


def test_a_conversation_becomes_an_item():
    said = (Message("user", "a"), Message("assistant", "b"), Message("user", "c"))
    item = KIND.item_from_content(Conversation(messages=said, follow_ups=("d",), source={"x": 1}))
    assert (item.prompt, item.messages, item.follow_ups, item.source) == ("c", said[:2], ("d",), {"x": 1})
    assert KIND.item_summary(item) == "c"
    item = KIND.item_from_content(Conversation(source={"steps": ["a", "b"], "level": 3, "x": 1}))
    assert (item.steps, item.level, item.source) == (("a", "b"), 3, {"x": 1})
    for odd in ({"steps": "a"}, {"level": "hard"}, {"level": 10, "steps": ["a"]}):
        assert KIND.item_from_content(Conversation(source=odd)) == ItemContent(source=odd)
    assert KIND.item_summary(ItemContent(steps=("Ask for a recipe.",))) == "Ask for a recipe."


def test_an_imported_tree_is_shown_without_what_may_not_be_seen():
    messages = (
        TreeMessage("1", None, "user", "?"),
        TreeMessage("2", "1", "assistant", "!", 0, source={"model_name": "m"}),
    )
    item = KIND.item_from_content(ConversationTree("t", messages))
    assert item.prompt == "?"
    assert KIND.item_shown(item)["tree"] == [
        {"id": "1", "parent": None, "role": "user", "text": "?", "rank": None},
        {"id": "2", "parent": "1", "role": "assistant", "text": "!", "rank": 0},
    ]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"responses": 0}, "responses"),
        ({"responses": 9}, "responses"),
        ({"min_turns": 4}, "max_turns"),
        ({"max_turns": 31}, "max_turns"),
        ({"positions": ()}, "positions"),
        ({"positions": (Position(),) * 3}, "positions"),
        ({"positions": (Position(temperature=3),)}, "positions.0.temperature"),
        ({"each": Asked(scale=RatingSettings(points=1))}, "each.scale.points"),
        ({"whole": Asked(tags=(RUDE, RUDE))}, "whole.tags.1.key"),
    ],
)
def test_settings_that_cannot_be_used_are_refused(changes, path):
    assert path in paths(KIND.validate_settings(replace(SETTINGS, **changes)))


# Answers.


def test_an_answer_is_right_for_each_line_of_the_tree():
    assert wrong() == []
    assert wrong(replace(ANSWER, turns=(*ANSWER.turns, rated("3")), end="3")) == []
    assert wrong(Answer(turns=(rated("1"), rated("2"), rated("4")), rating=4)) == []  # the turn asked last


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer(), ["turns.0.ratings.1a", "turns.0.ratings.1b", "turns.1.ratings.2a", "turns.1.ratings.2b"]),
        (replace(ANSWER, end="x"), ["end"]),
        (replace(ANSWER, end=START), ["end"]),
        (replace(ANSWER, end="1"), ["end"]),
        (replace(ANSWER, rating=None), ["rating"]),
        (replace(ANSWER, rating=8), ["rating"]),
        (replace(ANSWER, tags=("typo",)), ["tags.0"]),
        (replace(ANSWER, turns=(rated("1"), rated("2", 6))), ["turns.1.ratings.2a"]),
        (replace(ANSWER, turns=(rated("1"), rated("2", tags={"2a": ("odd",)}))), ["turns.1.tags.2a.0"]),
        (replace(ANSWER, turns=(rated("1"), rated("2", chosen="1a"))), ["turns.1.chosen"]),
        (replace(ANSWER, turns=(rated("1"), rated("2", chosen=IDEAL))), ["turns.1.ideal"]),
        (replace(ANSWER, turns=(rated("1"), rated("2", ideal_start="1a"))), ["turns.1.ideal_start"]),
        (replace(ANSWER, turns=(rated("1"), rated("2", comments={"1a": "x"}))), ["turns.1.comments.1a"]),
        (replace(ANSWER, turns=(rated("1"), rated("1"), rated("2"))), ["turns.1.turn_id"]),
        (replace(ANSWER, turns=(*ANSWER.turns, rated("9"))), ["turns.2.turn_id"]),
        (replace(ANSWER, turns=(rated("1"), rated("2", 4, 4))), ["turns.1.chosen"]),
    ],
)
def test_an_answer_with_something_missing_or_wrong_says_where(answer, expected):
    found = wrong(answer)
    assert found[: len(expected)] == expected
    assert answer == Answer() or len(found) == len(expected)


def test_equals_need_a_choice_at_the_end_and_nowhere_else():
    tied = replace(ANSWER, turns=(rated("1", 4, 4), rated("2", 4, 4)))
    assert wrong(tied) == ["turns.1.chosen"]
    assert wrong(replace(tied, turns=(tied.turns[0], rated("2", 4, 4, chosen="2b")))) == []


def test_what_is_asked_for_is_asked_of_the_final_line_alone():
    strict = replace(SETTINGS, each=replace(EACH, comment="required"))
    said = tuple(rated(name, comments={f"{name}a": "x", f"{name}b": "y"}) for name in "12")
    assert wrong(replace(ANSWER, turns=said), settings=strict) == []
    assert wrong(replace(ANSWER, turns=said, end="3"), settings=strict)[:2] == [
        "turns.2.ratings.3a",
        "turns.2.comments.3a",
    ]


def test_what_is_not_asked_for_is_refused():
    lax = Settings(
        responses=2,
        min_turns=1,
        ideal="off",
        each=Asked(rating="off", comment="off"),
        whole=Asked(rating="off", comment="off"),
    )
    assert wrong(Answer(turns=(TurnAnswer("2", chosen="2a"),), end="2"), settings=lax) == []
    assert wrong(Answer(end="2"), settings=lax) == ["turns.1.chosen"]
    said = TurnAnswer("2", chosen="2a", ratings={"2a": 1}, comments={"2a": "x"}, tags={"2a": ("rude",)}, ideal="So.")
    assert wrong(Answer(turns=(said,), end="2", rating=1, comment="x", tags=("rude",)), settings=lax) == [
        "turns.0.ratings.2a",
        "turns.0.tags.2a.0",
        "turns.0.comments.2a",
        "turns.0.ideal",
        "rating",
        "tags.0",
        "comment",
    ]


def test_responses_that_are_not_there_are_waited_for_or_done_without():
    one, other = SECOND.responses
    writing = (TURNS[0], replace(SECOND, responses=(one, replace(other, state="streaming"))))
    only = replace(ANSWER, turns=(rated("1"), TurnAnswer("2", ratings={"2a": 4})))
    assert wrong(only, turns=writing) == ["turns.1.ratings.2b"]
    failed = (TURNS[0], replace(SECOND, responses=(one, replace(other, state="failed", text=""))))
    assert wrong(only, turns=failed) == []
    none = (
        TURNS[0],
        replace(SECOND, responses=(replace(one, state="failed"), replace(other, state="stopped", text=""))),
    )
    assert wrong(replace(ANSWER, turns=(rated("1"),)), turns=none) == ["turns.1.chosen"]
    written = replace(ANSWER, turns=(rated("1"), TurnAnswer("2", ideal="So.")))
    assert wrong(written, turns=none) == []


def test_drafts_are_kept_within_bounds():
    for answer in ({"end": "x" * 65}, {"turns": [{"turn_id": "t"}] * 101}, {"rating": 11}, {"odd": 1}):
        with pytest.raises(InvalidAnswerError):
            KIND.decode_answer(answer)
    KIND.decode_answer({"turns": [{"turn_id": "t"}] * 100, "end": START})


# Questions.


@pytest.mark.parametrize(
    ("answer", "codes"),
    [
        (ANSWER, []),
        (replace(ANSWER, next_prompt="And?"), ["prompt_not_sent:next_prompt"]),
        (replace(ANSWER, turns=(rated("1", 5, tags={"1a": ("rude",)}), rated("2"))), ["top_rating_with_tag:1a"]),
        (replace(ANSWER, turns=(rated("1", 5, tags={"1a": ("typo",)}), rated("2"))), []),
        (replace(ANSWER, turns=(rated("1", 2), rated("2"))), ["chosen_against_ratings:1a"]),
        (replace(ANSWER, turns=(rated("1"), rated("2", chosen="2b"))), ["chosen_against_ratings:2b"]),
        (replace(ANSWER, turns=(rated("1"), rated("2", ideal=" 2 b"))), ["ideal_unchanged:2b"]),
        (replace(ANSWER, turns=(rated("1", 3, 2), rated("2", 3, 2)), rating=7), ["top_whole_of_poor_parts:rating"]),
        (replace(ANSWER, turns=(rated("1", 3, 2), rated("2", 5, 2)), rating=7), []),
        (replace(ANSWER, turns=(rated("1", 3, 2), rated("2", 3, 2, ideal="So.")), rating=7), []),
    ],
)
def test_what_looks_like_a_slip_is_asked_about(answer, codes):
    assert doubts(answer) == codes


def test_a_slip_on_another_branch_is_nobodys_business():
    slip = rated("3", 5, tags={"3a": ("rude",)})
    assert doubts(replace(ANSWER, turns=(*ANSWER.turns, slip))) == []
    assert doubts(replace(ANSWER, turns=(rated("1", 2, 3), slip), end="3")) == ["top_rating_with_tag:3a"]


def test_a_single_response_is_not_called_by_a_number():
    alone = tuple(replace(one, responses=one.responses[:1]) for one in TURNS[:2])
    answer = Answer(
        turns=tuple(TurnAnswer(name, ratings={f"{name}a": 5}, tags={f"{name}a": ("rude",)}) for name in "12"), rating=4
    )
    (first, _second) = KIND.questions(SETTINGS, ITEM, alone, answer)
    assert "The response has the top rating" in str(first.text)
