from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from preceptor.kinds.content import Demonstration, JudgedResponses, Provenance
from preceptor.kinds.shown import IDEAL, ResponseShown, TurnShown
from preceptor.kinds.task import InvalidAnswerError
from preceptor.kinds.tasks.rate_responses.answer import Answer, TurnAnswer
from preceptor.kinds.tasks.rate_responses.item import ItemContent
from preceptor.kinds.tasks.rate_responses.kind import KIND
from preceptor.kinds.tasks.rate_responses.settings import Settings

ITEM = ItemContent(prompt="Why?")
SETTINGS = Settings(ideal="optional")
TURN = TurnShown("t", "Why?", tuple(ResponseShown(key, f"Because {key}.") for key in "abc"))
SAID = TurnAnswer("t", ratings={"a": 6, "b": 2, "c": 4})


def paths(*said, settings=SETTINGS, turns=(TURN,)):
    return sorted(problem.path for problem in KIND.validate_answer(settings, ITEM, turns, Answer(tuple(said))))


def codes(said, settings=SETTINGS, turn=TURN, **answer):
    return [question.code for question in KIND.questions(settings, ITEM, (turn,), Answer((said,), **answer))]


def state(name, text="Because"):
    """The turn with its last response in another state."""
    return replace(TURN, responses=(*TURN.responses[:2], ResponseShown("c", text, name)))


def test_a_plain_answer_passes():
    assert paths(SAID) == []
    assert codes(SAID) == []


@pytest.mark.parametrize(
    ("said", "settings", "wrong"),
    [
        (replace(SAID, ratings={"a": 6, "b": 2}), SETTINGS, ["turns.0.ratings.c"]),
        (replace(SAID, ratings={"a": 6, "b": 2, "c": 8}), SETTINGS, ["turns.0.ratings.c"]),
        (replace(SAID, ratings=SAID.ratings | {"z": 1}), SETTINGS, ["turns.0.ratings.z"]),
        (replace(SAID, errors={"z": ("other",)}), SETTINGS, ["turns.0.errors.z"]),
        (replace(SAID, errors={"a": ("other", "rude")}), SETTINGS, ["turns.0.errors.a.1"]),
        (replace(SAID, errors={"a": ("other", "other")}), SETTINGS, ["turns.0.errors.a"]),
        (replace(SAID, comments={"z": ""}), SETTINGS, ["turns.0.comments.z"]),
        (replace(SAID, comments={"a": "Good."}), replace(SETTINGS, comment="off"), ["turns.0.comments.a"]),
        (replace(SAID, comments={"a": " "}), replace(SETTINGS, comment="off"), []),
        (
            replace(SAID, comments={"a": "Good.", "b": " "}),
            replace(SETTINGS, comment="required"),
            ["turns.0.comments.b", "turns.0.comments.c"],
        ),
        (replace(SAID, ranking=(("a",), ("b", "c"))), SETTINGS, []),
        (replace(SAID, ranking=(("a",), ("b",))), SETTINGS, ["turns.0.ranking"]),
        (replace(SAID, ranking=(("a",), ("b", "c", "z"))), SETTINGS, ["turns.0.ranking.1.2"]),
        (replace(SAID, ranking=(("a",), ("b", "c"), ("a",))), SETTINGS, ["turns.0.ranking.2.0"]),
        (SAID, replace(SETTINGS, ideal="last_turn"), ["turns.0.ideal"]),
        (replace(SAID, ideal=" \n"), replace(SETTINGS, ideal="every_turn"), ["turns.0.ideal"]),
        (replace(SAID, ideal="So."), replace(SETTINGS, ideal="last_turn"), []),
        (replace(SAID, ideal="So."), replace(SETTINGS, ideal="off"), ["turns.0.ideal"]),
        (replace(SAID, ideal="So.", ideal_start="z"), SETTINGS, ["turns.0.ideal_start"]),
        (replace(SAID, continue_from="z"), SETTINGS, ["turns.0.continue_from"]),
        (replace(SAID, continue_from=IDEAL), SETTINGS, []),
        (SAID, replace(SETTINGS, min_turns=2, max_turns=2), ["turns"]),
    ],
)
def test_problems_name_the_place(said, settings, wrong):
    assert paths(said, settings=settings) == wrong


def test_every_problem_is_a_sentence():
    said = replace(SAID, ratings={"z": 3}, errors={"a": ("rude",)}, ranking=((),), continue_from="z")
    problems = KIND.validate_answer(replace(SETTINGS, comment="required"), ITEM, (TURN,), Answer((said,)))
    assert len(problems) > 6
    assert all(str(problem.message).endswith(".") for problem in problems)


@pytest.mark.parametrize(
    ("shown", "rated", "wrong"),
    [
        (state("complete"), False, ["turns.0.ratings.c"]),
        (state("stopped"), False, ["turns.0.ratings.c"]),
        (state("stopped", " "), False, []),
        (state("stopped", ""), True, []),
        (state("failed"), False, []),
        (state("failed"), True, []),
        (state("streaming"), True, ["turns.0.ratings.c"]),
        (state("pending", ""), False, ["turns.0.ratings.c"]),
    ],
)
def test_what_arrived_is_rated_and_nothing_else_need_be(shown, rated, wrong):
    ratings = {"a": 6, "b": 2} | ({"c": 3} if rated else {})
    assert paths(replace(SAID, ratings=ratings), turns=(shown,)) == wrong


def test_a_ranking_leaves_out_what_failed():
    said = replace(SAID, ratings={"a": 6, "b": 2}, ranking=(("a",), ("b",)))
    assert paths(said, turns=(state("failed"),)) == []
    assert paths(replace(said, ranking=(("a",), ("b",), ("c",))), turns=(state("failed"),)) == ["turns.0.ranking.2.0"]


def test_a_turn_without_any_response_needs_the_ideal_one():
    failed = replace(TURN, responses=tuple(ResponseShown(key, "", "failed") for key in "abc"))
    assert paths(TurnAnswer("t"), turns=(failed,)) == ["turns.0.ratings"]
    assert paths(TurnAnswer("t", ideal="So."), turns=(failed,)) == []


def conversation():
    second = TurnShown("u", "And then?", (ResponseShown("d", "Then."), ResponseShown("e", "Later.")))
    turns = (replace(TURN, continue_from="a", continued_with="Because a."), second)
    said = (replace(SAID, continue_from="a"), TurnAnswer("u", ratings={"d": 5, "e": 5}))
    return turns, said


def test_a_conversation_says_how_it_went_on():
    turns, (one, other) = conversation()
    assert paths(one, other, turns=turns) == []
    assert paths(replace(one, continue_from=None), other, turns=turns) == ["turns.0.continue_from"]
    assert paths(replace(one, continue_from="b"), other, turns=turns) == ["turns.0.continue_from"]
    assert paths(replace(one, continue_from="d"), other, turns=turns) == ["turns.0.continue_from"] * 2
    written = (replace(turns[0], continue_from=IDEAL, continued_with="So."), turns[1])
    assert paths(replace(one, continue_from=IDEAL), other, turns=written) == ["turns.0.ideal"]
    assert paths(replace(one, continue_from=IDEAL, ideal="So!"), other, turns=written) == []


def test_the_ideal_is_asked_for_where_the_form_says():
    turns, said = conversation()
    assert paths(*said, turns=turns, settings=replace(SETTINGS, ideal="last_turn")) == ["turns.1.ideal"]
    every = ["turns.0.ideal", "turns.1.ideal"]
    assert paths(*said, turns=turns, settings=replace(SETTINGS, ideal="every_turn")) == every


def test_turns_are_those_that_were_shown_in_order():
    turns, (one, other) = conversation()
    assert paths(one, turns=turns) == ["turns"]
    assert paths(other, one, turns=turns) == ["turns"]
    assert paths(one, one, turns=turns) == ["turns"]
    assert paths(one, other, replace(other, turn_id="x"), turns=turns) == ["turns.2.turn_id"]
    assert paths(turns=turns) == ["turns"]
    assert paths(turns=()) == ["turns"]


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        (replace(SAID, ratings=SAID.ratings | {"a": 7}, errors={"a": ("spelling",)}), ["top_rating_with_error:a"]),
        (replace(SAID, ratings=SAID.ratings | {"a": 7}, errors={"a": ()}), []),
        (replace(SAID, errors={"a": ("spelling",)}), []),
        (replace(SAID, ranking=(("a",), ("b",), ("c",))), ["ranking_against_ratings:b:c"]),
        (replace(SAID, ranking=(("a", "b", "c"),)), []),
        (replace(SAID, all_bad=True), ["all_bad_with_good_rating:a"]),
        (replace(SAID, ratings={"a": 5, "b": 2, "c": 1}, all_bad=True), []),
        (replace(SAID, ratings={"a": 1, "b": 1, "c": 1}), ["lowest_ratings_without_all_bad:t"]),
        (replace(SAID, ratings={"a": 1, "b": 1, "c": 1}, all_bad=True), []),
        (replace(SAID, ideal="Because a. "), ["ideal_same_as_response:a"]),
        (replace(SAID, ideal="Because a.", ideal_start="a"), ["ideal_unchanged:a"]),
        (replace(SAID, ideal="Because b.", ideal_start="a"), ["ideal_same_as_response:b"]),
        (replace(SAID, ideal="Because of b.", ideal_start="b"), []),
    ],
)
def test_slips_are_asked_about(said, asked):
    assert paths(said) == []
    assert codes(said) == asked


def test_the_same_text_rated_apart_is_asked_about():
    twice = replace(TURN, responses=(*TURN.responses[:2], ResponseShown("c", " Because a. ")))
    assert codes(SAID, turn=twice) == ["same_text_rated_apart:a:c"]
    assert codes(replace(SAID, ratings={"a": 4, "b": 2, "c": 4}), turn=twice) == []


def test_a_prompt_not_sent_is_asked_about():
    assert codes(SAID, next_prompt="And ") == ["prompt_not_sent:next_prompt"]


def test_questions_call_responses_by_the_place_this_person_saw_and_name_the_turn():
    turns, (one, other) = conversation()
    turned = (replace(turns[0], responses=turns[0].responses[::-1]), turns[1])
    one = replace(one, ratings=SAID.ratings | {"a": 7}, errors={"a": ("spelling",)})
    (question,) = KIND.questions(SETTINGS, ITEM, turned, Answer((one, other)))
    assert question.path == "turns.0.ratings.a"
    assert question.text.render("en").startswith("Turn 1: Response 3 has the top rating, 7, and the error “Spelling”.")
    assert "Ortografía" in question.text.render("es")


def test_texts_are_limited_and_hold_no_nul():
    def refused(raw):
        with pytest.raises(InvalidAnswerError) as error:
            KIND.decode_answer(raw)
        return [problem.path for problem in error.value.fields]

    assert refused({"turns": [{"turn_id": "t", "ideal": "x" * 65_537}]}) == ["turns.0.ideal"]
    assert refused({"turns": [{"turn_id": "t", "comments": {"a": "\0"}}]}) == ["turns.0.comments.a"]
    assert refused({"turns": [{"turn_id": "t", "rating": {}}]}) == ["turns.0.rating"]
    assert refused({"turns": [{"turn_id": "t"}] * 21}) == ["turns"]
    assert refused({"turns": [{"turn_id": "t", "ratings": {"a": 6.5}}]}) == ["turns.0.ratings"]
    assert refused({"next_prompt": "x" * 1_100_000}) == [""]
    assert KIND.decode_answer({"turns": [{"turn_id": "t", "ideal": "x" * 65_536}]})


# Whatever is shown and said

IDS = st.sampled_from("abcdef")
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)


@st.composite
def shown_turns(draw):
    turns = []
    for number in range(draw(st.integers(1, 3))):
        states = draw(st.lists(st.sampled_from(["complete", "stopped", "failed", "pending"]), max_size=5))
        responses = tuple(ResponseShown(f"{'abcdef'[place]}", draw(texts), state) for place, state in enumerate(states))
        turns.append(TurnShown(f"t{number}", "Why?", responses))
    return tuple(turns)


any_turn = st.builds(
    TurnAnswer,
    turn_id=st.sampled_from(["t0", "t1", "t2", "x"]),
    ratings=st.dictionaries(IDS, st.integers(1, 10)),
    errors=st.dictionaries(IDS, st.lists(st.sampled_from(["spelling", "rude"])).map(tuple)),
    comments=st.dictionaries(IDS, texts),
    ranking=st.none() | st.lists(st.lists(IDS).map(tuple)).map(tuple),
    all_bad=st.booleans(),
    ideal=st.none() | texts,
    ideal_start=st.none() | IDS,
    continue_from=st.none() | IDS | st.just(IDEAL),
)
any_settings = st.builds(
    Settings,
    comment=st.sampled_from(["off", "optional", "required"]),
    ideal=st.sampled_from(["last_turn", "every_turn", "optional", "off"]),
)
PROVENANCE = Provenance("p", "k", "i", "s", 1, "t", 1, 1, "accepted", 1, 2, 3, 4, datetime(2026, 11, 22, tzinfo=UTC))


@given(any_settings, shown_turns(), st.lists(any_turn, max_size=4))
def test_any_answer_gets_a_verdict_and_its_own_paths(settings, turns, said):
    answer = Answer(tuple(said))
    assert KIND.decode_answer(msgspec.json.encode(answer)) == answer
    for problem in KIND.validate_answer(settings, ITEM, turns, answer):
        assert problem.path.startswith("turns")
        assert ".." not in problem.path


@st.composite
def right_answers(draw):
    """Settings, turns and an answer that is right under them."""
    settings = draw(any_settings)
    turns = tuple(
        replace(
            turn, responses=tuple(replace(r, state="failed") if r.state == "pending" else r for r in turn.responses)
        )
        for turn in draw(shown_turns())
    )
    said = []
    for number, turn in enumerate(turns):
        arrived = [r.id for r in turn.responses if r.state != "failed" and r.text.strip()]
        ratings = {key: draw(st.integers(1, 7)) for key in arrived}
        ideal = "So." if settings.ideal != "off" else None
        choices = arrived + ([IDEAL] if ideal else [])
        if not choices:
            turns, said = turns[:number], said[:number]
            break
        said.append(
            TurnAnswer(
                turn.turn_id,
                ratings=ratings,
                errors={key: ("spelling",) for key in arrived if draw(st.booleans())},
                comments={} if settings.comment == "off" else dict.fromkeys(arrived, "Hm."),
                ranking=draw(st.none() | st.permutations(arrived).map(lambda keys: tuple((key,) for key in keys))),
                all_bad=draw(st.booleans()),
                ideal=ideal,
                ideal_start=draw(st.none() | st.sampled_from(arrived)) if arrived else None,
                continue_from=draw(st.sampled_from(choices)),
            )
        )
    return settings, turns, Answer(tuple(said))


@given(right_answers())
def test_a_right_answer_passes_and_gives_consistent_rows(case):
    settings, turns, answer = case
    if not turns:
        return
    assert KIND.validate_answer(settings, ITEM, turns, answer) == []
    codes_ = [question.code for question in KIND.questions(settings, ITEM, turns, answer)]
    # Ids of responses are unique across turns where they are real; here they are only within a turn.
    assert len(codes_) == len(set(codes_)) or len(turns) > 1
    rows = KIND.content_rows(settings, ITEM, turns, answer, PROVENANCE)
    for row in rows:
        said, shown = answer.turns[row.turn - 1], turns[row.turn - 1]
        assert row.prompt[-1].content == shown.prompt
        assert len(row.prompt) == 2 * row.turn - 1
        if isinstance(row, Demonstration):
            assert row.completion == said.ideal
            continue
        assert isinstance(row, JudgedResponses)
        rank = {candidate.response_id: candidate.rank for candidate in row.candidates}
        assert rank.keys() == said.ratings.keys()
        better = {(pair.chosen_id, pair.rejected_id) for pair in row.preferences}
        strict = {(a, b) for a in rank for b in rank if rank[a] < rank[b]}
        assert better == (set() if said.all_bad else strict)
        assert all(pair.margin >= 0 for pair in (*row.preferences, *row.ideal_preferences))


@given(right_answers(), st.data())
def test_a_right_answer_with_one_rating_missing_is_refused(case, data):
    settings, turns, answer = case
    rated = [index for index, turn in enumerate(answer.turns) if turn.ratings]
    if not rated:
        return
    index = data.draw(st.sampled_from(rated))
    turn = answer.turns[index]
    missing = data.draw(st.sampled_from(sorted(turn.ratings)))
    ratings = {key: value for key, value in turn.ratings.items() if key != missing}
    damaged = Answer((*answer.turns[:index], replace(turn, ratings=ratings), *answer.turns[index + 1 :]))
    found = [problem.path for problem in KIND.validate_answer(settings, ITEM, turns, damaged)]
    assert f"turns.{index}.ratings.{missing}" in found
