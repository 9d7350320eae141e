"""Text, rating and tags."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.kinds.fields.rating.field import FIELD as RATING
from preceptor.kinds.fields.rating.field import RatingSettings
from preceptor.kinds.fields.tags.field import FIELD as TAGS
from preceptor.kinds.fields.tags.field import Tag, TagsSettings, masi_distance
from preceptor.kinds.fields.text.field import FIELD as TEXT
from preceptor.kinds.fields.text.field import TextSettings, similarity

WORDS = {"en": "Words"}
sets = st.frozensets(st.sampled_from("abcde"))


def paths(problems):
    return [problem.path for problem in problems]


@pytest.mark.parametrize(
    ("settings", "text", "fine"),
    [
        (TextSettings(), "", True),
        (TextSettings(required=True), " \n", False),
        (TextSettings(min_words=2), "one", False),
        (TextSettings(min_words=2), "", True),
        (TextSettings(min_words=2, max_words=2), "one two", True),
        (TextSettings(max_words=2), "one two three", False),
        (TextSettings(), "a\0", False),
        (TextSettings(), "é" * 32_769, False),
    ],
)
def test_a_text_is_held_to_its_settings(settings, text, fine):
    assert (TEXT.validate(settings, text) == []) == fine


@pytest.mark.parametrize(
    ("settings", "wrong"),
    [
        (TextSettings(min_words=0), ["min_words"]),
        (TextSettings(max_words=10_001), ["max_words"]),
        (TextSettings(min_words=5, max_words=4), ["max_words"]),
    ],
)
def test_bounds_of_a_text_are_checked(settings, wrong):
    assert paths(TEXT.validate_settings(settings)) == wrong


@given(st.text(), st.text())
def test_similarity_is_symmetric_bounded_and_one_for_the_same(one, other):
    assert similarity(one, one) == 1
    assert similarity(one, other) == similarity(other, one)
    assert 0 <= similarity(one, other) <= 1


def test_similarity_sees_the_order_of_words():
    assert similarity("the dog bit the man", "the man bit the dog") < 1
    assert similarity("A  b", "a B\n") == 1
    assert similarity("a b", "c d") == 0
    assert similarity("", "a") == 0


@pytest.mark.parametrize(("value", "fine"), [(0, False), (1, True), (7, True), (8, False), (-1, False)])
def test_a_rating_is_a_step_of_the_scale(value, fine):
    assert (RATING.validate(RatingSettings(points=7), value) == []) == fine


def test_a_scale_needs_words_and_two_to_ten_points():
    assert paths(RATING.validate_settings(RatingSettings(points=1))) == ["points"]
    assert paths(RATING.validate_settings(RatingSettings(points=11))) == ["points"]
    assert paths(RATING.validate_settings(RatingSettings(low={}, high={"en": " "}))) == ["low", "high.en"]
    assert RatingSettings().high["en"] == "basically perfect"


def test_a_near_miss_agrees_more_than_a_far_one():
    near = RATING.agreement(RatingSettings(), [[6, 7], [1, 1], [4, 4]])
    far = RATING.agreement(RatingSettings(), [[1, 7], [1, 1], [4, 4]])
    assert far.value < near.value < 1


@pytest.mark.parametrize(
    ("tags", "wrong"),
    [
        ((Tag("a", WORDS), Tag("a", WORDS)), ["tags.1.key"]),
        ((Tag("A", WORDS), Tag("", WORDS), Tag("a-b", WORDS), Tag("a\n", WORDS)), [f"tags.{n}.key" for n in range(4)]),
        ((Tag("a", WORDS, "x"), Tag("b", WORDS, "x")), ["tags.1.shortcut"]),
        ((Tag("a", WORDS, "X"), Tag("b", WORDS, "é"), Tag("c", WORDS, "")), [f"tags.{n}.shortcut" for n in range(3)]),
        ((Tag("a", {}), Tag("b", {"en": ""})), ["tags.0.label", "tags.1.label.en"]),
        (tuple(Tag(f"t{n}", WORDS) for n in range(65)), ["tags"]),
    ],
)
def test_a_taxonomy_is_checked(tags, wrong):
    assert paths(TAGS.validate_settings(TagsSettings(tags=tags))) == wrong


def test_tags_are_known_ones_each_once():
    settings = TAGS.sample().settings
    assert TAGS.validate(settings, ()) == []
    assert paths(TAGS.validate(settings, ("violent", "rude"))) == ["1"]
    assert paths(TAGS.validate(settings, ("violent", "violent"))) == [""]


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("", "", 0),
        ("ab", "ba", 0),
        ("a", "b", 1),
        ("", "a", 1),
        ("a", "ab", 1 - 2 / 3 / 2),
        ("ab", "bc", 1 - 1 / 3 / 3),
    ],
)
def test_masi_gives_the_published_weights(one, other, distance):
    assert masi_distance(one, other) == pytest.approx(distance)


@given(sets, sets)
def test_masi_is_symmetric_bounded_and_zero_only_for_equal_sets(one, other):
    assert masi_distance(one, other) == masi_distance(other, one)
    assert 0 <= masi_distance(one, other) <= 1
    assert (masi_distance(one, other) == 0) == (one == other)
