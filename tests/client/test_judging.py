"""The simulated trainer's rules, held against the real form."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from preceptor.cli.smoke_judging import ideal_from, improved, judge, turn_answer
from preceptor.client.documents import Response, Turn
from preceptor.kinds.registry import task_kinds
from preceptor.kinds.shown import ResponseShown, TurnShown

KIND = task_kinds()["rate_responses"]
FORM = KIND.default_settings()
SETTINGS = msgspec.to_builtins(FORM)
GOOD = "The tide is the rise and fall of the sea, which the moon pulls. It comes twice a day. " * 2
KEPT = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
TEXTS = st.lists(st.text(KEPT, max_size=80) | st.sampled_from([GOOD, "", "No.", "a b c " * 30]), min_size=2, max_size=6)


def turn(texts, states=()):
    responses = [
        Response(id=f"r{place}", state=states[place] if states else "complete", text=text, error=None, tokens=1)
        for place, text in enumerate(texts)
    ]
    return Turn(id="t", position=0, prompt="What makes the tide?", state="complete", shared=True, responses=responses)


def test_longer_and_nearer_is_better_and_short_or_repeated_is_tagged():
    said = judge(turn([GOOD, "", "No.", "so it is " * 30]), settings=SETTINGS)
    assert said.best == "r0"
    assert said.ratings["r0"] > said.ratings["r3"] > said.ratings["r1"] == 1
    assert said.ranking[0] == ["r0"]
    assert said.errors["r1"] == said.errors["r2"] == ["instructions_not_followed"]
    assert "repetition" in said.errors["r3"]


def test_what_failed_is_not_judged():
    said = judge(turn([GOOD, ""], states=["complete", "failed"]), settings=SETTINGS)
    assert (list(said.ratings), said.ranking) == (["r0"], [["r0"]])


def test_nothing_usable_is_all_bad():
    said = judge(turn(["", ""]), settings=SETTINGS)
    assert (said.all_bad, said.best, said.ranking) == (True, None, None)


@given(TEXTS)
def test_every_judgement_is_a_valid_answer_without_questions_on_it(texts):
    asked = turn(texts)
    said = judge(asked, settings=SETTINGS)
    best = next((one.text for one in asked.responses if one.id == said.best), "")
    content = {"turns": [turn_answer(asked, said, continue_from=None, ideal=ideal_from(best))]}
    shown = TurnShown(
        turn_id="t",
        prompt=asked.prompt,
        responses=tuple(ResponseShown(id=one.id, text=one.text, state=one.state) for one in asked.responses),
    )
    answer = KIND.decode_answer(msgspec.json.encode(content))
    item = KIND.open_item()
    assert KIND.validate_answer(FORM, item, [shown], answer) == []
    assert KIND.questions(FORM, item, [shown], answer) == []


def test_the_ideal_is_an_edited_response():
    assert ideal_from("It is so. It was so. And it wi") == "It is so. It was so."
    assert ideal_from("A.\nA.\nB.") == "A.\nB."
    assert ideal_from("It is so.") not in {"", "It is so."}
    assert ideal_from("   ")


def test_an_improvement_touches_the_last_ideal_alone():
    before = {"turns": [{"turn_id": "a", "ideal": None}, {"turn_id": "b", "ideal": "Yes. "}]}
    after = improved(before)
    assert after["turns"][0] == before["turns"][0]
    assert after["turns"][1]["ideal"].startswith("Yes.\n\n")
