"""Rules, rates, slugs and texts: values in, verdict out."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.kinds.registry import task_kind
from preceptor.lib.money import Money
from preceptor.projects.rules import (
    BOUNDS,
    MOVES,
    RESERVED_SLUGS,
    ProjectRules,
    ProjectState,
    asked_models,
    free_slug,
    opening_problems,
    rate_problems,
    rules_problems,
    slug_from,
    text_problems,
)

KIND = "rate_responses"
EUR = Money(1_500, "EUR")


def paths(problems):
    return [problem.path for problem in problems]


def test_defaults_are_allowed():
    assert rules_problems(ProjectRules()) == []


@pytest.mark.parametrize("name", BOUNDS)
def test_every_number_has_a_least_and_a_most(name):
    least, most = BOUNDS[name]
    for value in (least - 1, most + 1):
        rules = msgspec.structs.replace(ProjectRules(), **{name: value})
        assert f"rules.{name}" in paths(rules_problems(rules))


def test_every_number_has_bounds():
    numbers = {
        field.name
        for field in msgspec.structs.fields(ProjectRules)
        if field.type is not bool and ("int" in str(field.type) or "float" in str(field.type))
    }
    assert numbers == set(BOUNDS)


def test_pay_does_not_end_before_the_estimate():
    rules = ProjectRules(estimated_minutes=20, cap_minutes=10)
    assert paths(rules_problems(rules)) == ["rules.cap_minutes"]
    assert "20 min" in str(rules_problems(rules)[0].message)


def test_begun_work_is_kept_as_long_as_untouched_work():
    assert paths(rules_problems(ProjectRules(hold_minutes=3, lease_minutes=5))) == ["rules.hold_minutes"]


@pytest.mark.parametrize(
    ("rate", "unpaid", "expected"),
    [
        (EUR, False, []),
        (Money(0, "EUR"), False, []),
        (Money(0, "EUR"), True, []),
        (EUR, True, ["rate"]),
        (Money(-1, "EUR"), False, ["rate"]),
        (Money(10_000_001, "EUR"), False, ["rate"]),
        (Money(100_000, "JPY"), False, []),
        (Money(100_001, "JPY"), False, ["rate"]),
        (Money(1, "XXQ"), False, ["currency"]),
    ],
)
def test_rates(rate, unpaid, expected):
    assert paths(rate_problems(rate, unpaid=unpaid)) == expected


def test_opening_needs_guidelines_pay_a_team_and_models():
    nothing = opening_problems(
        guidelines=" \n", rate=Money(0, "EUR"), rules=ProjectRules(), teams=0, missing_models=["", "gone"]
    )
    assert paths(nothing) == ["guidelines", "rate", "team_ids", "models", "models"]
    assert "gone" in str(nothing[4].message)
    assert opening_problems(guidelines="Be kind.", rate=EUR, rules=ProjectRules(), teams=1) == []


def test_unpaid_work_is_said_to_be_unpaid():
    assert opening_problems(rate=Money(0, "EUR"), rules=ProjectRules(unpaid=True), teams=1) == []


def test_nothing_becomes_a_draft_again():
    assert set(MOVES) == set(ProjectState)
    assert not any(ProjectState.DRAFT in following for following in MOVES.values())
    assert MOVES[ProjectState.CLOSED] == {ProjectState.PAUSED}


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("General chat", "general-chat"),
        ("  Ünïcode & Größe! ", "unicode-grosse"),
        ("日本語", "project"),
        ("v2.0 / beta", "v2-0-beta"),
        ("x" * 200, "x" * 60),
    ],
)
def test_slugs(title, slug):
    assert slug_from(title) == slug


@given(st.text())
def test_slugs_are_what_the_database_takes(title):
    slug = slug_from(title)
    assert len(slug) <= 60
    assert all(part and part.isascii() and part.isalnum() and part == part.lower() for part in slug.split("-"))


@given(st.sets(st.integers(1, 9)))
def test_free_slugs_are_free(numbers):
    taken = {"chat" if number == 1 else f"chat-{number}" for number in numbers}
    assert free_slug("chat", taken) not in taken


def test_reserved_slugs_get_a_number():
    for word in RESERVED_SLUGS:
        assert free_slug(word, set()) == f"{word}-2"


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"])
def test_texts_no_database_keeps(text):
    assert paths(text_problems("brief", text, most=100)) == ["brief"]


def test_models_asked_are_named_once():
    kind = task_kind(KIND)
    settings = kind.decode_settings({"positions": [{"model": "a"}, {}, {"model": "a"}]})
    assert asked_models(kind, settings) == ["a", ""]
