import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.kinds.reading import MAX_TEXT_BYTES, MalformedError, document_problems, read_json, text_problems


class Inner(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    marks: dict[str, int] = {}


class Outer(msgspec.Struct, forbid_unknown_fields=True):
    inner: list[Inner]
    rest: dict[str, object] = {}


DECODER = msgspec.json.Decoder(Outer)


def problems_of(raw, **limits):
    with pytest.raises(MalformedError) as error:
        read_json(raw, decoder=DECODER, **limits)
    assert all(str(problem.message) for problem in error.value.fields)
    return [problem.path for problem in error.value.fields]


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ({"inner": [{"name": 3}]}, "inner.0.name"),
        ({"inner": [{"name": "a"}, {"name": "b", "marks": {"x": "y"}}]}, "inner.1.marks"),
        ({"inner": [{"name": "a", "nmae": "b"}]}, "inner.0.nmae"),
        ({"inner": [{}]}, "inner.0.name"),
        ({}, "inner"),
        ({"inner": [], "more": 1}, "more"),
        ({"inner": [{"name": "a\0"}]}, "inner.0.name"),
        ({"inner": [{"name": "a", "marks": {"b\0": 1}}]}, "inner.0.marks"),
        ({"inner": [{"name": "x" * (MAX_TEXT_BYTES + 1)}]}, "inner.0.name"),
        ({"inner": [{"name": "é" * (MAX_TEXT_BYTES // 2 + 1)}]}, "inner.0.name"),
        ({"inner": [], "rest": {"a": [{"b": "\0"}]}}, "rest.a.0.b"),
    ],
)
def test_problems_name_the_place(raw, path):
    assert problems_of(raw) == [path]
    assert problems_of(msgspec.json.encode(raw)) == [path]


def test_a_text_of_exactly_the_limit_passes():
    text = "é" * (MAX_TEXT_BYTES // 2)
    assert read_json({"inner": [{"name": text}]}, decoder=DECODER).inner[0].name == text


def test_a_backslash_before_u0000_is_no_nul():
    assert read_json(rb'{"inner": [{"name": "\\u0000"}]}', decoder=DECODER).inner[0].name == r"\u0000"


def test_the_whole_document_has_a_limit():
    assert problems_of({"inner": [{"name": "x" * 200}]}, max_bytes=100) == [""]


@pytest.mark.parametrize(
    "raw", ["{", b"\xff\xfe", '{"inner": "\\ud800"}', {"inner": "\ud800"}, {"inner": {1, object()}}]
)
def test_what_is_not_json_is_refused(raw):
    assert problems_of(raw) == [""]


def test_values_nested_too_deeply_are_refused():
    deep = b'{"inner": [], "rest": {"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}"
    assert problems_of(deep) == [""]


@given(st.binary(max_size=300) | st.text(max_size=300))
def test_any_bytes_give_a_value_or_a_problem(raw):
    try:
        found = read_json(raw, decoder=DECODER)
    except MalformedError as error:
        found = error.fields
    assert found


@given(st.recursive(st.text(max_size=4), lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner)))
def test_a_nul_is_found_wherever_it_stands(value):
    assert bool(list(text_problems(value))) == (b"\\u0000" in msgspec.json.encode(value))


def test_a_struct_made_here_is_held_to_the_same_limits():
    assert [p.path for p in document_problems(Outer(inner=[Inner(name="\0")]))] == ["inner.0.name"]
    assert [p.path for p in document_problems(Outer(inner=[Inner(name="a" * 99)]), max_bytes=50)] == [""]
    assert list(document_problems(Outer(inner=[]))) == []
