"""What is different between two answers."""

import msgspec
import pytest

from preceptor.kinds.changes import plain_changes
from preceptor.kinds.registry import task_kinds

every_kind = pytest.mark.parametrize("kind", task_kinds().values(), ids=lambda kind: kind.key)


@every_kind
def test_a_kind_tells_what_was_changed_and_nothing_where_nothing_was(kind):
    sample = kind.sample()
    assert kind.changes(sample.settings, sample.turns, sample.answer, sample.answer) == []
    changes = kind.changes(sample.settings, sample.turns, sample.answer, sample.changed_answer)
    assert changes
    assert len({change.path for change in changes}) == len(changes)
    for change in changes:
        assert str(change.label)
        assert change.before != change.after
        if change.segments:
            assert "".join(part.text for part in change.segments if part.kind != "ins") == change.before
            assert "".join(part.text for part in change.segments if part.kind != "del") == change.after


def test_changes_are_told_in_the_words_of_the_form():
    kind = task_kinds()["rate_responses"]
    sample = kind.sample()
    changes = kind.changes(sample.settings, sample.turns, sample.answer, sample.changed_answer)
    told = {change.path: (str(change.label), change.before, change.after) for change in changes}
    assert told["turns.0.ratings.r1"] == ("Turn 1: Response 1, rating", "6", "3")
    assert told["turns.0.errors.r4"] == ("Turn 1: Response 4, errors", "Spelling", "Spelling, Repetition")
    assert told["turns.0.ranking"] == ("Turn 1: Ranking", "1 › 3 › 4 › 2", "2 › 3 › 1 › 4")
    assert told["turns.1.ideal"][2] == "Every two weeks."
    assert "turns.1.ranking" not in told, "a ranking that follows the ratings is not a change of its own"


class Word(msgspec.Struct, frozen=True):
    text: str | None = None
    marks: dict[str, int] = {}
    parts: tuple[str, ...] = ()


def test_a_kind_that_says_nothing_about_changes_is_compared_leaf_by_leaf():
    changes = plain_changes(Word("a b", {"x": 1}, ("p",)), Word("a c", {"x": 1, "y": 2}, ("p", "q")))
    assert [(change.path, change.before, change.after) for change in changes] == [
        ("text", "a b", "a c"),
        ("marks.y", "", "2"),
        ("parts.1", "", "q"),
    ]
