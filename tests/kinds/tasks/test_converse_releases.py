"""Leading a conversation: what releases get of it, what differs between two answers, and how far people agree."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from preceptor.kinds.content import Demonstration, JudgedResponses, Message
from preceptor.kinds.shown import IDEAL, NextTurn, Parent, ResponseShown, TurnShown, path_to
from preceptor.kinds.tasks.converse import KIND
from preceptor.kinds.tasks.converse.answer import Answer, TurnAnswer
from preceptor.kinds.tasks.converse.item import ItemContent
from preceptor.kinds.tasks.converse.settings import Asked, Settings
from preceptor.kinds.trees import ConversationTree
from tests.kinds.tasks.test_converse_rules import ANSWER, ITEM, SETTINGS, TURNS, rated
from tests.kinds.test_contract import PROVENANCE


def rows(answer=ANSWER, *, turns=TURNS, settings=SETTINGS, item=ITEM):
    return KIND.content_rows(settings, item, turns, answer, PROVENANCE)


def judged(answer=ANSWER, **more):
    return [row for row in rows(answer, **more) if isinstance(row, JudgedResponses)]


def texts(messages):
    return [message.content for message in messages]


def test_each_turn_with_something_said_gives_its_judgement_under_its_own_line():
    everything = replace(ANSWER, turns=(rated("1"), rated("2"), rated("3", 1, 5)))
    first, second, beside = judged(everything)
    assert texts(second.prompt) == ["1?", "1 a", "2?"]
    assert texts(beside.prompt) == ["1?", "1 b", "3?"]
    assert [(row.turn, row.turns) for row in (first, second, beside)] == [(1, 2), (2, 2), (2, 2)]
    assert [(pair.chosen, pair.rejected, pair.margin) for pair in beside.preferences] == [("3 b", "3 a", 4.0)]
    assert [candidate.rank for candidate in beside.candidates] == [2, 1]
    assert {row.scale for row in judged(everything)} == {5}


def test_a_turn_nobody_spoke_of_gives_the_choice_that_was_made_in_it():
    (first,) = judged(Answer(end="2"))
    # The line that was handed in went on from a, whatever the branch beside it did; at its end nobody chose.
    assert [(one.chosen, one.rejected, one.margin) for one in first.preferences] == [("1 a", "1 b", 1.0)]
    first, second = judged(Answer(end="4"))
    assert [one.chosen_id for one in second.preferences] == ["2a"]


def test_without_ratings_the_choice_is_the_preference():
    unrated = replace(SETTINGS, each=Asked(rating="off"))
    answer = Answer(turns=(TurnAnswer("2", chosen="2b"),), end="2", rating=3)
    first, second = judged(answer, settings=unrated)
    assert (first.scale, first.candidates[0].rating) == (None, None)
    assert [(one.chosen_id, one.rejected_id) for one in second.preferences] == [("2b", "2a")]


def test_the_choice_goes_before_its_equals_and_never_against_the_ratings():
    (_first, second, *_more) = judged(replace(ANSWER, turns=(rated("1"), rated("2", 4, 4, chosen="2b"))))
    assert [(one.chosen_id, one.margin) for one in second.preferences] == [("2b", 0.0)]
    (_first, second, *_more) = judged(replace(ANSWER, turns=(rated("1"), rated("2", 4, 3, chosen="2b"))))
    assert [one.chosen_id for one in second.preferences] == ["2a"]


def test_what_was_written_is_a_demonstration_and_preferred_where_it_was_chosen():
    written = rated("2", 4, 3, ideal="Mine.", ideal_start="2a", chosen=IDEAL)
    found = rows(replace(ANSWER, turns=(rated("1"), written)))
    (shown,) = [row for row in found if isinstance(row, Demonstration)]
    assert (texts(shown.prompt), shown.completion) == (["1?", "1 a", "2?"], "Mine.")
    assert (shown.started_from, shown.started_model) == ("2a", "m-a")
    second = judged(replace(ANSWER, turns=(rated("1"), written)))[1]
    assert [(one.rejected_id, one.margin) for one in second.ideal_preferences] == [("2a", 1.0), ("2b", 2.0)]
    passed_over = replace(written, chosen="2a")
    second = judged(replace(ANSWER, turns=(rated("1"), passed_over)))[1]
    assert second.ideal_preferences == ()


def test_a_shared_system_prompt_opens_the_prompt_unless_the_item_has_one():
    asked = tuple(
        replace(turn, responses=tuple(replace(one, system_prompt="Be kind.") for one in turn.responses))
        for turn in TURNS
    )
    assert texts(judged(turns=asked)[0].prompt) == ["Be kind.", "1?"]
    item = ItemContent(messages=(Message("system", "Be brief."),))
    assert texts(judged(turns=asked, item=item)[0].prompt) == ["Be brief.", "1?"]


def test_the_tree_holds_every_branch_and_says_which_was_handed_in():
    (tree,) = [row for row in rows() if isinstance(row, ConversationTree)]
    ids = [message.id for message in tree.messages]
    assert ids == ["1", "1a", "2", "2a", "4", "4a", "4b", "2b", "1b", "3", "3a", "3b"]
    assert tree.source["final_message_id"] == "2a"
    assert tree.source["conversation"] == {"rating": 4, "scale": 7, "tags": [], "comment": ""}
    assert tree.source["provenance"]["trainer"] == PROVENANCE.trainer
    assert texts(tree.thread("3a")) == ["1?", "1 b", "3?", "3 a"]
    by_id = {message.id: message for message in tree.messages}
    assert (by_id["2a"].rank, by_id["2b"].rank) == (0, 1)
    assert by_id["2a"].labels["quality"] == {"value": 0.75, "count": 1}
    assert by_id["2a"].source["model_name"] == "m-a"
    assert (by_id["1"].worker, by_id["1a"].worker) == (PROVENANCE.trainer, "")


def test_what_was_written_stands_in_the_tree_in_the_words_it_was_gone_on_from():
    link = Parent("1", IDEAL, "Mine, then.")
    turns = (TURNS[0], TurnShown("2", "2?", (ResponseShown("2a", "2 a"),), parent=link))
    answer = Answer(turns=(rated("1", ideal="Mine, later."), TurnAnswer("2", ratings={"2a": 3})), rating=3)
    (tree,) = [row for row in rows(answer, turns=turns) if isinstance(row, ConversationTree)]
    assert [(one.id, one.text) for one in tree.messages if one.source.get("written")] == [
        ("1:written", "Mine, later."),
        ("1:written:1", "Mine, then."),
    ]
    assert texts(tree.thread("2a")) == ["1?", "Mine, then.", "2?", "2 a"]


def test_each_beginning_is_a_tree_unless_something_was_given_before():
    anew = (*TURNS, TurnShown("5", "5?", (ResponseShown("5a", "5 a"),)))
    first, second = [row for row in rows(turns=anew) if isinstance(row, ConversationTree)]
    assert (first.id, second.id) == ("s", "s:2")
    assert "conversation" in first.source
    assert "conversation" not in second.source
    item = ItemContent(messages=(Message("user", "Hi"), Message("assistant", "Hi!")))
    (whole,) = [row for row in rows(turns=anew, item=item) if isinstance(row, ConversationTree)]
    assert texts(whole.thread("5a")) == ["Hi", "Hi!", "5?", "5 a"]


@st.composite
def conversations(draw):
    """Any tree of turns with any responses, and an answer about some of it."""
    turns = []
    for number in range(draw(st.integers(1, 12))):
        responses = tuple(
            ResponseShown(
                f"{number}-{key}", f"{number} {key}", draw(st.sampled_from(["complete", "stopped", "failed"]))
            )
            for key in range(draw(st.integers(1, 3)))
        )
        link = None
        parent = draw(st.none() | st.sampled_from(turns)) if turns else None
        if parent is not None:
            options = [one for one in parent.responses if one.state != "failed"]
            one = draw(st.sampled_from(options)) if options else None
            link = Parent(parent.turn_id, one.id, one.text) if one else Parent(parent.turn_id, IDEAL, "Mine.")
        turns.append(TurnShown(str(number), f"{number}?", responses, parent=link))
    said = tuple(
        TurnAnswer(
            turn.turn_id,
            ratings={one.id: draw(st.integers(1, 5)) for one in turn.responses if draw(st.booleans())},
            chosen=draw(st.sampled_from([None, IDEAL, *(one.id for one in turn.responses)])),
            ideal=draw(st.sampled_from([None, "", "Mine.", "Mine, too."])),
        )
        for turn in turns
        if draw(st.booleans())
    )
    return tuple(turns), Answer(turns=said, end=draw(st.sampled_from([None, *(turn.turn_id for turn in turns)])))


@given(conversations())
def test_whatever_was_asked_comes_out_once_in_an_order_that_can_be_read(made):
    turns, answer = made
    found = rows(answer, turns=turns)
    trees = [row for row in found if isinstance(row, ConversationTree)]
    ids = [message.id for tree in trees for message in tree.messages]
    assert len(set(ids)) == len(ids)
    assert {turn.turn_id for turn in turns} <= set(ids)
    for tree in trees:
        seen = set()
        for message in tree.messages:
            assert message.parent is None or message.parent in seen
            seen.add(message.id)
    for turn in turns:
        tree = next(tree for tree in trees if any(one.id == turn.turn_id for one in tree.messages))
        line = path_to(turns, turn.turn_id)
        said = [words for one in line[:-1] for words in (one.prompt, one.continued_with)]
        assert texts(tree.thread(turn.turn_id)) == [*said, turn.prompt]
    for row in found:
        assert msgspec.json.decode(msgspec.json.encode(row), type=type(row)) == row
        if isinstance(row, JudgedResponses):
            for pair in row.preferences:
                better, worse = row.candidate(pair.chosen_id), row.candidate(pair.rejected_id)
                assert better.rank < worse.rank
                assert pair.margin >= 0


def test_every_prompt_a_model_was_sent_is_the_prompt_of_the_row():
    for row in judged(replace(ANSWER, turns=(rated("1"), rated("2"), rated("3"), rated("4")))):
        turn = next(one for one in TURNS if one.prompt == row.prompt[-1].content)
        position = KIND.positions(SETTINGS, ITEM)[0]
        sent = KIND.messages(ITEM, path_to(TURNS, turn.turn_id)[:-1], prompt=turn.prompt, position=position)
        assert row.prompt == sent


def test_changes_are_told_in_the_words_of_the_form():
    after = Answer(
        turns=(rated("1"), rated("2", 1, 3, tags={"2a": ("rude",)}, ideal="Mine.", chosen=IDEAL)),
        end="4",
        rating=2,
        tags=("rude",),
        comment="Meh.",
    )
    told = {
        change.path: (str(change.label), change.before, change.after)
        for change in KIND.changes(SETTINGS, TURNS, ANSWER, after)
    }
    assert told["turns.1.ratings.2a"] == ("Turn 2: Response 1, rating", "4", "1")
    assert told["turns.1.tags.2a"] == ("Turn 2: Response 1, tags", "", "Rude")
    assert told["turns.1.chosen"] == ("Turn 2: Best response", "", "What was written instead")
    assert told["end"] == ("The conversation ends with", "Turn 2", "Turn 4")
    assert told["rating"] == ("Conversation, rating", "4", "2")
    assert {"turns.1.ideal", "tags", "comment"} <= told.keys()
    assert KIND.changes(SETTINGS, TURNS, ANSWER, ANSWER) == []


def test_conversations_to_one_brief_agree_by_what_was_said_of_the_whole():
    def value(key, *ratings):
        answers = [[Answer(rating=rating) for rating in ratings]]
        return next(one for one in KIND.agreement(SETTINGS, answers) if one.key == key).value

    assert value("conversation_rating_similarity", 7, 7) == 1
    assert value("conversation_rating_similarity", 1, 7) == 0
    assert value("conversation_rating_similarity", 4, 7) == pytest.approx(0.5)
    assert value("conversation_rating_similarity", 4) is None


def test_as_many_models_are_asked_as_the_form_says():
    settings = Settings(responses=3)
    assert len(KIND.positions(settings, ITEM)) == 3
    assert KIND.may_ask(settings, ItemContent(prompt="?"))
    assert KIND.turn_problems(settings, ITEM, (), NextTurn("?")) == []
