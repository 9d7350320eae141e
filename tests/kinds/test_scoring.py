"""How near answers come to keys."""

import msgspec
import pytest

from preceptor.kinds.fields.number.field import FIELD as NUMBER
from preceptor.kinds.fields.number.field import NumberSettings
from preceptor.kinds.fields.ranking.field import FIELD as RANKING
from preceptor.kinds.fields.ranking.field import RankingSettings
from preceptor.kinds.fields.rating.field import FIELD as RATING
from preceptor.kinds.fields.rating.field import RatingSettings
from preceptor.kinds.registry import task_kinds
from preceptor.kinds.scoring import is_present, plainly_said, scores


class Plain(msgspec.Struct):
    label: str = ""
    sure: bool = False
    tags: tuple[str, ...] = ()
    why: str = ""
    number: int | None = None


def plain(key, answer):
    return {one.name: one.score for one in scores(list(plainly_said(key)), list(plainly_said(answer)))}


def test_kinds_that_say_nothing_about_it_are_compared_plainly():
    key = Plain(label="cat", sure=True, tags=("a", "b"), why="Because it purrs.", number=3)
    assert plain(key, key) == {"label": 1, "sure": 1, "tags": 1, "number": 1}
    other = plain(key, Plain(label="dog", tags=("a",), number=3))
    assert other["label"] == other["sure"] == 0
    assert 0 < other["tags"] < 1
    assert other["number"] == 1
    assert "why" not in other


def test_what_a_key_leaves_open_counts_for_nothing():
    assert plain(Plain(label="cat"), Plain(label="cat", number=7)) == {"label": 1, "sure": 1}


@pytest.mark.parametrize(("key", "value", "score"), [(7, 7, 1), (1, 7, 0), (4, 7, 0.5), (7, 4, 0.5), (6, 7, 5 / 6)])
def test_ratings_are_compared_by_distance(key, value, score):
    assert RATING.likeness(RatingSettings(points=7), key, value) == pytest.approx(score)


def test_numbers_without_bounds_are_the_same_or_not():
    assert NUMBER.likeness(NumberSettings(), 3, 4) == 0
    assert NUMBER.likeness(NumberSettings(least=0, most=10), 3, 4) == pytest.approx(0.9)


def test_a_ranking_that_leaves_something_out_scores_nothing():
    key = (("a",), ("b",), ("c",))
    assert RANKING.likeness(RankingSettings(), key, (("c",), ("b",), ("a",))) == 0
    assert RANKING.likeness(RankingSettings(), key, (("a",), ("b",))) == 0
    assert RANKING.likeness(RankingSettings(), key, (("a",), ("c",), ("b",))) == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("path", "present"),
    [("a", True), ("b.0", True), ("b.1", False), ("b.1.c", False), ("c", False), ("d.e", True), ("d.x", False)],
)
def test_whether_a_problem_is_with_something_that_is_there(path, present):
    assert is_present({"a": 1, "b": ["x", ""], "c": "", "d": {"e": [1]}}, path) is present


def test_a_response_that_was_rated_and_not_ticked_is_said_to_be_without_errors():
    kind = next(iter(task_kinds().values()))
    sample = kind.sample()
    turn = sample.answer.turns[0]
    ids = list(turn.ratings)
    clean = msgspec.structs.replace(sample.answer, turns=(msgspec.structs.replace(turn, errors={}),))
    ticked = msgspec.structs.replace(
        sample.answer, turns=(msgspec.structs.replace(turn, errors={ids[0]: (sample.settings.errors[0].key,)}),)
    )
    found = {one.name: one for one in kind.score_against(sample.settings, clean, ticked)}
    assert found["errors"].judged == len(ids)
    assert found["errors"].score == pytest.approx((len(ids) - 1) / len(ids))
    assert found["ratings"].score == 1
