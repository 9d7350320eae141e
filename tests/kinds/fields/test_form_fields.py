"""Choice, number, yes or no, and date."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.kinds.fields.boolean.field import FIELD as BOOLEAN
from preceptor.kinds.fields.boolean.field import BooleanSettings
from preceptor.kinds.fields.choice.field import FIELD as CHOICE
from preceptor.kinds.fields.choice.field import ChoiceOption, ChoiceSettings, choosable
from preceptor.kinds.fields.date.field import FIELD as DATE
from preceptor.kinds.fields.date.field import DateSettings
from preceptor.kinds.fields.number.field import FIELD as NUMBER
from preceptor.kinds.fields.number.field import NumberSettings
from preceptor.lib.i18n import speaking

WORDS = {"en": "Words"}
TREE = CHOICE.sample().settings


def paths(problems):
    return [problem.path for problem in problems]


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        (("cat",), []),
        (("cat", "plant"), []),
        (("animal",), ["0"]),
        (("bird",), ["0"]),
        (("cat", "cat"), [""]),
        ((), []),
    ],
)
def test_what_is_chosen_is_in_the_tree_and_no_group(value, wrong):
    assert paths(CHOICE.validate(TREE, value)) == wrong


def test_one_choice_is_one_choice_and_groups_can_be_allowed():
    single = ChoiceSettings(options=TREE.options, groups=True)
    assert paths(CHOICE.validate(single, ("cat", "plant"))) == [""]
    assert CHOICE.validate(single, ("animal",)) == []
    assert choosable(single) == {"animal", "cat", "dog", "plant"}


def test_a_tree_has_keys_of_its_own_all_through():
    twice = ChoiceSettings(
        options=(
            ChoiceOption("a", WORDS, "x", options=(ChoiceOption("b", WORDS), ChoiceOption("a", WORDS, "x"))),
            ChoiceOption("c", {}),
        )
    )
    assert paths(CHOICE.validate_settings(twice)) == [
        "options.1.label",
        "options.0.options.1.key",
        "options.0.options.1.shortcut",
    ]


def test_a_tree_is_neither_empty_nor_bottomless():
    deep = ChoiceOption("k6", WORDS)
    for level in range(5, 0, -1):
        deep = ChoiceOption(f"k{level}", WORDS, options=(deep,))
    assert paths(CHOICE.validate_settings(ChoiceSettings(options=(deep, ChoiceOption("b", WORDS))))) == ["options"]
    assert paths(CHOICE.validate_settings(ChoiceSettings(options=()))) == ["options"]
    many = tuple(ChoiceOption(f"k{number}", WORDS) for number in range(501))
    assert paths(CHOICE.validate_settings(ChoiceSettings(options=many))) == ["options"]


def test_choices_are_told_with_their_groups():
    with speaking("es"):
        assert CHOICE.in_words(TREE, ("plant", "cat")) == "Animal › Gato, Planta"


def test_choices_agree_as_far_as_they_share():
    half = CHOICE.agreement(TREE, [[("cat",), ("cat", "plant")], [("dog",), ("dog",)]]).value
    none = CHOICE.agreement(TREE, [[("cat",), ("plant",)], [("dog",), ("dog",)]]).value
    assert none < half < 1


@pytest.mark.parametrize(
    ("settings", "value", "fine"),
    [
        (NumberSettings(), 3, True),
        (NumberSettings(), 3.5, False),
        (NumberSettings(step=None), 3.5, True),
        (NumberSettings(step=0.1), 0.3, True),
        (NumberSettings(step=0.1), 0.35, False),
        (NumberSettings(least=1, step=2), 4, False),
        (NumberSettings(least=1, step=2), 5, True),
        (NumberSettings(least=1), 0, False),
        (NumberSettings(most=1), 2, False),
        (NumberSettings(step=None), float("inf"), False),
        (NumberSettings(step=None), float("nan"), False),
    ],
)
def test_numbers_are_held_to_bounds_and_steps(settings, value, fine):
    assert (NUMBER.validate(settings, value) == []) == fine


@given(st.integers(-1000, 1000), st.integers(1, 50), st.integers(0, 200))
def test_every_step_from_the_smallest_number_on_will_do(least, tenths, steps):
    settings = NumberSettings(least=least, step=tenths / 10)
    assert NUMBER.validate(settings, round(least + steps * tenths / 10, 6)) == []


def test_settings_of_numbers_make_sense():
    wrong = NumberSettings(least=3, most=2, step=0, unit={"en": ""})
    assert paths(NUMBER.validate_settings(wrong)) == ["most", "step", "unit.en"]


def test_numbers_are_told_in_the_readers_language():
    with speaking("es"):
        assert NUMBER.in_words(NumberSettings(step=None, unit={"en": "mm"}), 1234567.25) == "1.234.567,25 mm"


def test_yes_and_no_have_words():
    assert paths(BOOLEAN.validate_settings(BooleanSettings(yes={}, no={"en": " "}))) == ["yes", "no.en"]
    assert BOOLEAN.in_words(BooleanSettings(), False) == "No"
    assert not BOOLEAN.is_blank(False)


@pytest.mark.parametrize(
    ("settings", "value", "fine"),
    [
        (DateSettings(), "2026-02-28", True),
        (DateSettings(), "2026-02-29", False),
        (DateSettings(), "2026-2-8", False),
        (DateSettings(), "20260228", False),
        (DateSettings(), "2026-02-28T10:00", False),
        (DateSettings(time=True), "2026-02-28T10:00", True),
        (DateSettings(time=True), "2026-02-28T25:00", False),
        (DateSettings(time=True), "2026-02-28", False),
        (DateSettings(earliest="2026-02-28"), "2026-02-27", False),
        (DateSettings(latest="2026-02-28", time=True), "2026-02-28T23:59", True),
        (DateSettings(latest="2026-02-28"), "2026-03-01", False),
    ],
)
def test_days_exist_and_lie_within_bounds(settings, value, fine):
    assert (DATE.validate(settings, value) == []) == fine


def test_bounds_of_days_are_days_in_order():
    assert paths(DATE.validate_settings(DateSettings(earliest="soon"))) == ["earliest"]
    assert paths(DATE.validate_settings(DateSettings(earliest="2026-02-02", latest="2026-02-01"))) == ["latest"]


def test_days_close_together_agree_more():
    near = DATE.agreement(DateSettings(), [["2026-01-01", "2026-01-02"], ["2026-06-01", "2026-06-01"]]).value
    far = DATE.agreement(DateSettings(), [["2026-01-01", "2026-03-02"], ["2026-06-01", "2026-06-01"]]).value
    assert far < near < 1
