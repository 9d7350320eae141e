"""Forms that hold a structure."""

from contextlib import suppress
from typing import Literal
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.lib.errors import InvalidError
from preceptor.lib.web.nested_forms import TangledFormError, convert_form, nest_form


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    key: str
    heat: float | None = None
    on: bool = True


class Shape(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    count: int = 3
    kind: Literal["a", "b"] = "a"
    rows: tuple[Row, ...] = (Row("default"),)
    labels: dict[str, str] = {}
    ids: list[UUID] = []


def read(*pairs):
    return convert_form(nest_form(pairs, lists={"ids"}), Shape)


def test_names_become_a_structure_and_texts_become_values():
    one = UUID(int=1)
    found = read(
        ("csrf_token", "x"),
        ("title", " T "),
        ("count", "7"),
        ("kind", "b"),
        ("rows.7.key", "later"),
        ("rows.2.key", "sooner"),
        ("rows.2.heat", "0.5"),
        ("rows.2.on", "false"),
        ("rows.7.on", "false"),
        ("rows.7.on", "true"),
        ("labels.en", "Good"),
        ("labels.es", " "),
        ("ids", str(one)),
        ("ids", ""),
    )
    rows = (Row("sooner", 0.5, on=False), Row("later"))
    assert found == Shape("T", count=7, kind="b", rows=rows, labels={"en": "Good"}, ids=[one])


def test_empty_texts_leave_the_default_and_declared_lists_may_be_empty():
    assert read(("title", "T"), ("count", ""), ("rows.0", "")) == Shape("T", rows=())
    assert read(("title", "T"), ("rows[]", "")).rows == ()
    assert read(("title", "T")).rows == (Row("default"),)


def test_rows_that_hold_nothing_stay():
    assert nest_form([("rows.0.heat", ""), ("rows.1.heat", "1")]) == {"rows": [{}, {"heat": "1"}]}


@pytest.mark.parametrize(
    ("pairs", "path", "words"),
    [
        ([], "title", "This is needed."),
        ([("title", "T"), ("count", "many")], "count", "Give a whole number."),
        ([("title", "T"), ("rows.4.key", "k"), ("rows.4.heat", "hot")], "rows.0.heat", "Give a number."),
        ([("title", "T"), ("rows.0.heat", "1")], "rows.0.key", "This is needed."),
        ([("title", "T"), ("kind", "c")], "kind", "Choose one of these."),
        ([("title", "T"), ("ids", "c")], "ids.0", "Choose one of these."),
        ([("title", "T"), ("other", "c")], "other", "This field is not known here."),
        ([("title", "T"), ("rows.0.key", "k"), ("rows.0.on", "perhaps")], "rows.0.on", "Choose yes or no."),
    ],
)
def test_problems_are_in_plain_words(pairs, path, words):
    with pytest.raises(InvalidError) as error:
        read(*pairs)
    assert [(problem.path, str(problem.message)) for problem in error.value.fields] == [(path, words)]


@pytest.mark.parametrize(
    "pairs",
    [
        [("a", "1"), ("a.b", "1")],
        [("a.b", "1"), ("a", "1")],
        [("a." * 5_000, "1")],
        [("ids.0", "1"), ("ids", "1")],
        [("", "1")],
        [("a b", "1")],
        [("a..b", "1")],
        [("0", "1")],
    ],
)
def test_tangled_forms_are_refused(pairs):
    with pytest.raises(TangledFormError):
        nest_form(pairs, lists={"ids"})


@given(st.lists(st.tuples(st.text(alphabet="a.01[]", max_size=12), st.text(max_size=3))))
def test_any_form_is_read_or_refused(pairs):
    with suppress(TangledFormError):
        assert isinstance(nest_form(pairs, lists={"a"}), dict)
