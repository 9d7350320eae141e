"""What each format makes of a judged turn."""

from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from itertools import combinations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.datasets.formats import find_formats, release_formats
from preceptor.datasets.formats.trl_unpaired import Settings
from preceptor.kinds.content import Message, Sampling
from tests.datasets.release_samples import NOON, candidate, demonstration, four, judged, judgements, provenance


def rows(name, content, **settings):
    """The rows of `content` by table, as JSON values."""
    form = find_formats()[name]
    found = {table.name: [] for table in form.tables}
    for table, row in form.rows(content, form.settings(**settings)):
        found[table].append(msgspec.json.decode(msgspec.json.encode(row)))
    return found


def said(messages):
    return [message["content"] for message in messages]


PAIRED = ["trl-preference", "trl-preference-implicit"]


@pytest.mark.parametrize("name", PAIRED)
@given(content=judgements())
def test_there_are_as_many_pairs_as_strict_pairs_in_the_ranking(name, content):
    found = rows(name, content)
    strict = [] if content.all_bad else [1 for a, b in combinations(content.candidates, 2) if a.rank != b.rank]

    assert len(found["train"]) == len(strict)
    names = [(row["meta"]["chosen"]["response_id"], row["meta"]["rejected"]["response_id"]) for row in found["train"]]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", PAIRED)
@given(content=judgements())
def test_a_pair_is_never_a_tie_nor_upside_down(name, content):
    rank = {one.response_id: one.rank for one in content.candidates}

    for row in rows(name, content)["train"]:
        better, worse = row["meta"]["chosen"]["response_id"], row["meta"]["rejected"]["response_id"]
        assert rank[worse] - rank[better] == row["meta"]["rank_distance"] > 0


@pytest.mark.parametrize("name", PAIRED)
@given(content=judgements())
def test_the_ideal_is_chosen_only_in_the_file_of_its_own(name, content):
    found = rows(name, content)

    assert all(row["meta"]["chosen"]["origin"] == "model" for row in found["train"])
    assert all(row["meta"]["chosen"]["origin"] == "person" for row in found["ideal"])
    assert all(row["chosen"][-1]["content"] == content.ideal for row in found["ideal"])


def test_four_responses_with_a_tie_give_five_pairs_with_their_margins():
    found = rows("trl-preference", four())["train"]

    margins = {
        (row["meta"]["chosen"]["rating"], row["meta"]["rejected"]["rating"]): (
            row["meta"]["rank_distance"],
            row["meta"]["rating_difference"],
        )
        for row in found
    }
    assert len(found) == 5
    assert margins == {(7, 5): (1, 2), (7, 2): (2, 5), (5, 2): (1, 3)}


def test_a_ranking_against_the_ratings_is_the_one_that_counts():
    content = judged([candidate("a", 3, 1), candidate("b", 6, 2)])

    [row] = rows("trl-preference", content)["train"]
    assert said(row["chosen"]) == ["What a says."]
    assert row["meta"]["rating_difference"] == -3


@pytest.mark.parametrize("name", PAIRED)
def test_all_bad_gives_no_pair_among_the_responses(name):
    content = judged([candidate("a", 2, 1), candidate("b", 1, 2)], all_bad=True)
    found = rows(name, content)

    assert found["train"] == []
    assert len(found["ideal"]) == 2


def test_responses_that_were_ranked_but_not_rated_give_pairs_without_a_rating():
    content = judged([candidate("a", None, 1), candidate("b", None, 2)], scale=None)
    [row] = rows("trl-preference", content)["train"]

    assert (row["meta"]["scale"], row["meta"]["rank_distance"], row["meta"]["rating_difference"]) == (0, 1, 0)
    assert rows("scored", content)["train"][0]["responses"][0]["rating"] == 0


@pytest.mark.parametrize(
    ("ranks", "all_bad", "labels"),
    [
        ((1, 2), False, {"a": True, "b": False}),
        ((2, 1, 3), False, {"a": None, "b": True, "c": False}),
        ((1, 1, 2), False, {"a": True, "b": True, "c": False}),
        ((1, 1), False, {"a": None, "b": None}),
        ((1, 2), True, {"a": False, "b": False}),
        ((1, None), False, {"a": None, "b": None}),
    ],
)
def test_responses_put_in_order_are_good_at_its_top_and_bad_at_its_end(ranks, all_bad, labels):
    content = judged(
        [candidate(text, None, rank) for text, rank in zip("abc", ranks, strict=False)], scale=None, all_bad=all_bad
    )
    found = {row["meta"]["response_id"]: row["label"] for row in rows("trl-unpaired", content)["train"]}
    assert found == {text: label for text, label in labels.items() if label is not None}


def test_explicit_and_implicit_prompts_hold_the_same_conversation():
    prompt = (
        Message("system", "Be brief."),
        Message("user", "One?"),
        Message("assistant", "1"),
        Message("user", "Two?"),
    )
    content = four(prompt=prompt)

    for explicit, implicit in zip(
        rows("trl-preference", content)["train"], rows("trl-preference-implicit", content)["train"], strict=True
    ):
        assert list(explicit) == ["prompt", "chosen", "rejected", "meta"]
        assert list(implicit) == ["chosen", "rejected", "meta"]
        assert said(explicit["prompt"]) == ["Be brief.", "One?", "1", "Two?"]
        assert implicit["chosen"] == explicit["prompt"] + explicit["chosen"]
        assert implicit["rejected"] == explicit["prompt"] + explicit["rejected"]
        assert [message["role"] for message in explicit["chosen"]] == ["assistant"]
        assert implicit["meta"] == explicit["meta"]


def test_the_completion_is_the_ideal():
    content = four(ideal="Air shrinks when it is cold.", ideal_start="r0-1")
    [row] = rows("trl-prompt-completion", demonstration(content))["train"]

    assert list(row) == ["prompt", "completion", "meta"]
    assert row["completion"] == [{"role": "assistant", "content": "Air shrinks when it is cold."}]
    assert row["meta"]["started_from"] == "r0-1"


@given(content=judgements())
def test_a_label_follows_from_the_rating_alone(content):
    expected = Counter(
        one.rating >= 6 for one in content.candidates if one.rating is not None and (one.rating >= 6 or one.rating <= 3)
    )

    assert Counter(row["label"] for row in rows("trl-unpaired", content)["train"]) == expected


def test_bounds_of_the_label_are_a_setting():
    content = four()

    def labels(**settings):
        return [(row["meta"]["rating"], row["label"]) for row in rows("trl-unpaired", content, **settings)["train"]]

    assert labels() == [(7, True), (2, False)]
    assert labels(true_from=5, false_to=1) == [(7, True), (5, True), (5, True)]
    assert labels(true_from=8) == [(2, False)]


@pytest.mark.parametrize(
    ("scale", "true_from", "false_to"),
    [(2, 2, 1), (3, 3, 1), (4, 4, 1), (5, 5, 2), (7, 6, 3), (10, 9, 4), (100, 86, 42)],
)
def test_other_scales_have_bounds_in_proportion(scale, true_from, false_to):
    labels = {rating: Settings().label(rating, scale) for rating in range(1, scale + 1)}

    assert min(rating for rating, label in labels.items() if label is True) == true_from
    assert max(rating for rating, label in labels.items() if label is False) == false_to


def test_a_scored_row_holds_the_whole_judgement():
    content = judged(
        [
            candidate("a", 4, 2, errors=("spelling",), comment="Two typos.", finish_reason="stop"),
            candidate("b", 6, 1, sampling=Sampling(temperature=1.0, seed=5), model=None),
            candidate("c", 4, 2, state="stopped"),
        ],
        ideal_start="b",
    )
    [row] = rows("scored", content)["train"]

    assert list(row) == [
        "prompt",
        "responses",
        "scale",
        "ranking",
        "all_bad",
        "ideal",
        "ideal_start",
        "rationale",
        "meta",
    ]
    assert row["ranking"] == [["b"], ["a", "c"]]
    assert row["responses"][0] == {
        "response_id": "a",
        "text": "What a says.",
        "model": "smollm2-135m",
        "sampling": '{"temperature":0.7,"top_p":null,"max_tokens":null,"seed":11}',
        "system_prompt": "",
        "state": "complete",
        "finish_reason": "stop",
        "rating": 4,
        "rank": 2,
        "errors": ["spelling"],
        "comment": "Two typos.",
    }
    assert (row["responses"][1]["model"], row["responses"][2]["state"]) == ("", "stopped")
    assert (row["scale"], row["all_bad"], row["ideal"], row["ideal_start"]) == (7, False, content.ideal, "b")


@pytest.mark.parametrize("name", [one.name for one in release_formats() if one.rows])
def test_every_row_says_where_it_comes_from_under_one_key(name):
    told = provenance(
        3, topic="tyres", review="corrected", revision=2, source={"id": 7, "tags": ["a"]}, submitted_at=NOON
    )
    content = four(3, provenance=told, turn=2, turns=4)
    accepted = find_formats()[name].accepts
    found = rows(name, content if isinstance(content, accepted) else demonstration(content))

    for row in [row for table in found.values() for row in table]:
        assert list(row)[-1] == "meta"
        expected = {
            "project": "general-chat",
            "kind": "rate_responses",
            "item_id": "item-3",
            "topic": "tyres",
            "submission_id": "submission-3",
            "revision": 2,
            "pseudonym": "trainer-3",
            "guidelines_version": 4,
            "form_version": 2,
            "review": "corrected",
            "active_ms": 61_000,
            "waiting_ms": 1_700,
            "submitted_at": "2026-11-22T12:00:00.000000Z",
            "source": '{"id":7,"tags":["a"]}',
        }
        assert {key: row["meta"][key] for key in expected} == expected


@given(passed=st.timedeltas(timedelta(days=-10_000), timedelta(days=10_000)), hours=st.integers(-12, 12))
def test_times_are_utc_and_of_one_length(passed, hours):
    moment = (NOON + passed).astimezone(timezone(timedelta(hours=hours)))
    content = four(provenance=provenance(submitted_at=moment))
    written = rows("scored", content)["train"][0]["meta"]["submitted_at"]

    assert len(written) == len("2026-11-22T12:00:00.000000Z")
    assert datetime.strptime(written, "%Y-%m-%dT%H:%M:%S.%f%z") == content.provenance.submitted_at.astimezone(UTC)


@given(content=judgements())
def test_no_value_is_ever_null(content):
    for form in release_formats():
        if isinstance(content, form.accepts):
            for row in [row for table in rows(form.name, content).values() for row in table]:
                assert not _nulls(row)


def _nulls(value):
    if isinstance(value, dict):
        return any(_nulls(one) for one in value.values())
    return any(_nulls(one) for one in value) if isinstance(value, list) else value is None
