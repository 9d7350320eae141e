"""Forms that managers put together: what is wrong with one, and when a question is asked."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.kinds.registry import field, fields, task_kind
from preceptor.kinds.task import InvalidSettingsError
from preceptor.kinds.tasks.custom_form.asking import Situation, asked_in, holds
from preceptor.kinds.tasks.custom_form.settings import Condition, FormField, Settings, ShownData

KIND = task_kind("custom_form")
WORDS = {"en": "What?"}


def question(key, kind="text", **more):
    return FormField(key=key, field=kind, label=WORDS, **more)


def wrong(*questions, **more):
    return [problem.path for problem in KIND.validate_settings(Settings(fields=questions, **more))]


def test_every_installed_field_can_be_asked():
    """A plug-in's as well: nothing in the kind lists them."""
    for key, one in fields().items():
        sample = one.sample()
        settings = msgspec.to_builtins(sample.settings)
        assert wrong(question("one", key, settings=settings)) == [], key
        assert KIND.decode_settings(msgspec.json.encode(Settings(fields=(question("one", key, settings=settings),))))


def test_questions_need_keys_of_their_own_words_and_a_field_there_is():
    gone = FormField(key="a", field="no_such_field", label={})
    assert wrong(question("a"), gone) == ["fields.1.key", "fields.1.label", "fields.1.field"]
    assert wrong(question("Not a key")) == ["fields.0.key"]
    assert wrong() == ["fields"]
    assert wrong(*(question(f"q{number}") for number in range(101))) == ["fields"]


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({"min_words": 0}, "fields.0.settings.min_words"),
        ({"min_words": "many"}, "fields.0.settings.min_words"),
        ({"no_such": 1}, "fields.0.settings.no_such"),
    ],
)
def test_settings_of_a_field_are_checked_where_they_stand(settings, path):
    assert wrong(question("a", settings=settings)) == [path]


@pytest.mark.parametrize(
    ("kind", "settings", "default", "fine"),
    [
        ("rating", {"points": 5}, 5, True),
        ("rating", {"points": 5}, 6, False),
        ("rating", {"points": 5}, "good", False),
        ("boolean", {}, False, True),
        ("choice", {}, ["partly"], True),
        ("choice", {}, ["nothing"], False),
        ("ranking", {}, [["a"]], False),
    ],
)
def test_a_form_starts_from_answers_that_would_do(kind, settings, default, fine):
    found = wrong(question("a", kind, settings=settings, default=default))
    assert (found == []) == fine
    assert all(path.startswith("fields.0.default") for path in found)


@pytest.mark.parametrize(
    ("condition", "path"),
    [
        (Condition("stars", "below", 3), None),
        (Condition("stars", "below", "3"), "value"),
        (Condition("stars", "below", None), "value"),
        (Condition("stars", "includes", "x"), "operator"),
        (Condition("kind", "includes", "yes"), None),
        (Condition("kind", "includes", "maybe"), "value"),
        (Condition("note", "answered"), None),
        (Condition("note", "is", "x"), "operator"),
        (Condition("later", "answered"), "field"),
        (Condition("why", "answered"), "field"),
        (Condition("each", "answered"), "field"),
    ],
)
def test_conditions_ask_after_what_comes_before_and_can_be_asked(condition, path):
    before = (
        question("stars", "rating"),
        question("kind", "choice"),
        question("note"),
        question("each", "boolean", scope="response"),
    )
    found = wrong(*before, question("why", conditions=(condition,)), question("later"))
    assert found == ([] if path is None else [f"fields.4.conditions.0.{path}"])


def test_a_condition_may_ask_about_the_same_response():
    each = question("each", "boolean", scope="response")
    assert wrong(each, question("why", scope="response", conditions=(Condition("each", "is", True),))) == []


def test_a_picture_is_one():
    assert wrong(question("a", "boxes", scope="response")) == ["fields.0.scope"]


def test_columns_are_shown_once_and_models_asked_sensibly():
    assert wrong(question("a"), shown=(ShownData("x"), ShownData("x"))) == ["shown.1.key"]
    assert wrong(question("a"), responses=9) == ["responses"]
    assert wrong(question("a"), positions=()) == ["positions"]


def test_a_form_of_a_later_schema_is_refused():
    with pytest.raises(InvalidSettingsError) as refused:
        KIND.read_settings('{"version": 2, "fields": []}')
    assert [problem.path for problem in refused.value.fields] == ["version"]


def test_what_is_exported_is_what_is_imported():
    settings = KIND.sample().settings
    assert KIND.read_settings(msgspec.json.encode(settings).decode()).settings == settings


def test_every_setting_of_a_field_is_written_out():
    settings = KIND.decode_settings({"fields": [{"key": "a", "field": "rating", "label": WORDS}]})
    assert settings.fields[0].settings["points"] == 7
    assert settings.fields[0].settings["low"]["en"] == "unusable"


# Operator, value given, value wanted, whether it holds. The widget is held to the same table in frontend/unit.
HOLDS = [
    ("answered", 3, None, True),
    ("answered", None, None, False),
    ("unanswered", None, None, True),
    ("unanswered", False, None, False),
    ("is", 3, 3, True),
    ("is", None, 3, False),
    ("is", False, False, True),
    ("is_not", 2, 3, True),
    ("is_not", None, 3, False),
    ("below", 2, 3, True),
    ("below", 3, 3, False),
    ("below", None, 3, False),
    ("above", "2026-02-01", "2026-01-31", True),
    ("below", 2, "3", False),
    ("includes", ["a", "b"], "b", True),
    ("includes", ["a"], "b", False),
    ("includes", None, "b", False),
    ("excludes", ["a"], "b", True),
    ("excludes", None, "b", False),
]


@pytest.mark.parametrize(("operator", "value", "wanted", "expected"), HOLDS)
def test_conditions_hold_as_they_read(operator, value, wanted, expected):
    given_value = tuple(value) if isinstance(value, list) else value
    assert holds(Condition("a", operator, wanted), field("choice"), given_value) == expected


def situation(fields_, values):
    answer = KIND.decode_answer({"values": values})
    return Situation(asked_in(Settings(fields=fields_)), answer)


def asked(fields_, values):
    found = situation(fields_, values)
    return [one.form.key for one in found.asked if found.is_asked(one, "item")]


def test_a_question_that_is_not_asked_hides_those_that_hang_on_it():
    chain = (
        question("stars", "rating"),
        question("why", "choice", conditions=(Condition("stars", "below", 3),)),
        question("more", conditions=(Condition("why", "includes", "no"),)),
    )
    hidden = {"stars": {"item": 5}, "why": {"item": ["no"]}}
    assert asked(chain, hidden) == ["stars"]
    assert asked(chain, {**hidden, "stars": {"item": 1}}) == ["stars", "why", "more"]


def test_all_conditions_or_any():
    both = (Condition("stars", "below", 3), Condition("sure", "is", False))
    start = (question("stars", "rating"), question("sure", "boolean"))
    values = {"stars": {"item": 2}, "sure": {"item": True}}
    assert asked((*start, question("why", conditions=both)), values) == ["stars", "sure"]
    assert asked((*start, question("why", conditions=both, match="any")), values) == ["stars", "sure", "why"]


@given(st.sampled_from([None, 1, 2, 3, "x", True, ("a",), ()]), st.sampled_from([None, 1, 2, "x", "a", True]))
def test_no_condition_ever_fails(value, wanted):
    for operator in ("answered", "unanswered", "is", "is_not", "below", "above", "includes", "excludes"):
        assert holds(Condition("a", operator, wanted), field("choice"), value) in {True, False}
