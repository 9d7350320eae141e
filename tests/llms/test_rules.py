"""What addresses, keys, slugs and parameters may look like."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.lib.errors import InvalidError
from preceptor.llms import rules


@pytest.mark.parametrize(
    ("given", "cleaned"),
    [
        (" https://llm.example.org/v1/ ", "https://llm.example.org/v1"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000/v1", "http://[::1]:8000/v1"),
    ],
)
def test_addresses(given, cleaned):
    assert rules.clean_base_url(given) == cleaned


@pytest.mark.parametrize(
    "address",
    [
        "",
        "llm.example.org",
        "ftp://llm.example.org",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://",
        "https://user:secret@llm.example.org",
        "https://secret@llm.example.org/v1",
        "https://llm.example.org/v1?key=secret",
        "https://llm.example.org/v1#x",
        "https://llm.example.org/v1?",
        "https://llm.example.org/v1/chat/completions",
        "https://llm.example.org:99999/v1",
        "https://llm.example.org:0/v1",
        "https://llm .example.org",
        "https://llm.example.org\r\nX: y",
        "https://llm.example.org\\@evil.example",
        "https://[::1",
        "https://llm.éxample.org",
        "https://" + "a" * 600,
    ],
)
def test_what_is_no_address(address):
    with pytest.raises(InvalidError) as caught:
        rules.clean_base_url(address)
    assert [problem.path for problem in caught.value.fields] == ["base_url"]
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("key", ["a b", "a\nb", "schlüssel", "x" * 3_000, "a\x00"])
def test_keys_that_no_header_carries(key):
    with pytest.raises(InvalidError) as caught:
        rules.clean_key(key)
    assert key not in str(caught.value)


@pytest.mark.parametrize("slug", ["", "Big", "a b", "-a", "a-", "a..b", "a/b", "a" * 61, "é"])
def test_slugs(slug):
    with pytest.raises(InvalidError):
        rules.clean_slug(slug)
    assert rules.clean_slug("llama-3.1-8b") == "llama-3.1-8b"


def test_parameters_are_kept_as_they_are():
    given = {"temperature": 0, "top_p": 0.9, "max_tokens": 512, "stop": ["\n\n"], "extra": {"reasoning_effort": "low"}}
    assert rules.clean_parameters({**given, "top_k": None, "stop": ["\n\n"]}) == given


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("temperature", 2.1),
        ("temperature", "hot"),
        ("temperature", True),
        ("temperature", float("nan")),
        ("top_p", -0.1),
        ("max_tokens", 1.5),
        ("max_tokens", 0),
        ("max_tokens", 10**9),
        ("stop", []),
        ("stop", ["x"] * 9),
        ("stop", [3]),
        ("stop", ""),
        ("extra", {"messages": []}),
        ("extra", {"temperature": 1}),
        ("extra", {"x": "y" * 5_000}),
        ("extra", []),
        ("model", "other"),
        ("frobnicate", 1),
    ],
)
def test_parameters_that_will_not_do(name, value):
    with pytest.raises(InvalidError) as caught:
        rules.clean_parameters({name: value, "top_k": -1})
    assert [problem.path for problem in caught.value.fields] == [f"parameters.{name}", "parameters.top_k"]
    assert all(str(problem.message) for problem in caught.value.fields)


def test_wishes_go_on_top_of_a_models_own():
    own = {"temperature": 0.8, "max_tokens": 512, "extra": {"a": 1, "b": 1}}
    assert rules.merged_parameters(own, {"temperature": 1.2, "extra": {"b": 2}}) == {
        "temperature": 1.2,
        "max_tokens": 512,
        "extra": {"a": 1, "b": 2},
    }
    assert rules.merged_parameters({}, {}) == {}


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_clean_texts_can_be_stored_and_sent(text):
    cleaned = rules.clean_text(text)
    assert "\0" not in cleaned
    cleaned.encode()
    assert rules.clean_text(cleaned) == cleaned


@given(st.text(), st.lists(st.integers(0, 40)))
def test_pieces_make_up_the_whole(text, cuts):
    text = text.replace("\0", "")
    units = text.encode("utf-16-le")
    places = sorted({2 * min(cut, len(units) // 2) for cut in cuts} | {0, len(units)})
    joiner = rules.TextJoiner()
    pieces = [units[start:end].decode("utf-16-le", "surrogatepass") for start, end in pairwise(places)]
    assert "".join(joiner.add(piece) for piece in pieces) == text


def test_estimates_are_on_the_careful_side():
    english = "Why do my tires go flat in the winter, and what can be done about it? " * 10
    assert rules.fewest_tokens([english]) < 160  # any tokeniser makes about 170 of it
    assert rules.fewest_tokens([" " * 100_000]) == 0
    assert rules.fewest_tokens(["=" * 100_000]) == 0
    assert rules.fewest_tokens(["word " * 10_000]) > 5_000
