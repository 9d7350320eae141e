"""Turns as a tree: which line leads to a turn, and where a new one may hang."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.kinds.registry import task_kinds
from preceptor.kinds.shown import START, NextTurn, Parent, ResponseShown, TurnShown, parent_of, path_to, turn_of


def turn(name, parent=None, response="a"):
    link = None if parent is None else Parent(parent, f"{parent}{response}", f"{parent} {response}")
    return TurnShown(name, f"{name}?", (ResponseShown(f"{name}a", f"{name} a"),), parent=link)


TREE = (turn("1"), turn("2", "1"), turn("3", "2"), turn("4", "1", "b"), turn("5"))


@pytest.mark.parametrize(("name", "line"), [("1", "1"), ("2", "12"), ("3", "123"), ("4", "14"), ("5", "5")])
def test_a_path_leads_from_the_beginning_to_a_turn(name, line):
    assert [one.turn_id for one in path_to(TREE, name)] == list(line)


def test_a_path_says_what_each_turn_on_it_was_continued_with():
    first, last = path_to(TREE, "4")
    assert (first.continue_from, first.continued_with) == ("1b", "1 b")
    assert (last.continue_from, last.continued_with) == (None, None)
    assert path_to(TREE, "3")[0].continue_from == "1a"


def test_the_parent_is_the_last_turn_unless_another_is_named():
    assert parent_of((), NextTurn("?")) is None
    assert parent_of(TREE, NextTurn("?")) is TREE[-1]
    assert parent_of(TREE, NextTurn("?", parent="2")) is TREE[1]
    assert parent_of(TREE, NextTurn("?", parent=START)) is None
    for look in (
        lambda: parent_of(TREE, NextTurn("?", parent="x")),
        lambda: turn_of((), "1"),
        lambda: path_to((), "1"),
    ):
        with pytest.raises(LookupError):
            look()


@given(st.lists(st.integers(min_value=0, max_value=30), max_size=30))
def test_every_turn_of_every_tree_has_a_path_that_goes_by_parents(choices):
    turns = [turn("t0")]
    for number, choice in enumerate(choices, 1):
        turns.append(turn(f"t{number}", None if choice > len(turns) else turns[choice % len(turns)].turn_id))
    for one in turns:
        path = path_to(turns, one.turn_id)
        assert path[-1].turn_id == one.turn_id
        assert path[0].parent is None
        for before, after in pairwise(path):
            assert after.parent is not None
            assert after.parent.turn_id == before.turn_id
            assert before.continued_with == after.parent.continued_with


@pytest.mark.parametrize("kind", list(task_kinds().values()), ids=lambda kind: kind.key)
def test_a_turn_hangs_where_its_kind_lets_it(kind):
    sample = kind.sample()
    turns = sample.turns

    def ask(where):
        asked = NextTurn("?", parent=where)
        return [one.path for one in kind.turn_problems(sample.settings, sample.item, turns, asked)]

    assert ask("no such turn") == ["parent"]
    if turns:
        assert "parent" not in ask(turns[-1].turn_id)
    if len(turns) > 1:
        assert ("parent" in ask(turns[0].turn_id)) != kind.branches
        assert kind.branches or ask(START) == ["parent"]
