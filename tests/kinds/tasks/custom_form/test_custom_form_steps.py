"""Solutions judged step by step: asked under a form of one's own, imported judged, and released for TRL."""

import msgspec
import pytest

from preceptor.datasets.formats import find_formats
from preceptor.datasets.formats.trl_stepwise import understand
from preceptor.kinds.content import Message
from preceptor.kinds.outcomes import JudgedSteps
from preceptor.kinds.registry import task_kind
from preceptor.kinds.task import InvalidItemError
from preceptor.kinds.tasks.custom_form.answer import Answer
from preceptor.kinds.tasks.custom_form.item import ItemContent
from tests.kinds.test_contract import PROVENANCE

KIND = task_kind("custom_form")
ROW = {"prompt": "What is 17 × 3 + 1?", "completions": ["17 × 3 = 51", "51 + 1 = 53"], "labels": [True, False]}
CONTENT = understand(ROW, 1).content
SETTINGS = KIND.settings_from_content([CONTENT])
ITEM = KIND.item_from_content(CONTENT)


def wrong(values):
    return [one.path for one in KIND.validate_answer(SETTINGS, ITEM, (), Answer(values=values))]


def test_steps_that_come_judged_go_out_judged():
    assert (ITEM.prompt, ITEM.steps) == (ROW["prompt"], tuple(ROW["completions"]))
    (given,) = KIND.answers_from_content(SETTINGS, ITEM, (), CONTENT)
    form, judged = KIND.content_rows(SETTINGS, ITEM, (), given.answer, PROVENANCE)
    assert form.data["steps"] == ROW["completions"]
    assert judged == JudgedSteps((Message("user", ROW["prompt"]),), ITEM.steps, (True, False), PROVENANCE)
    stepwise = find_formats()["trl-stepwise"]
    ((_table, row),) = stepwise.rows(judged, stepwise.settings())
    written = msgspec.to_builtins(row)
    assert {name: written[name] for name in ROW} == {
        **ROW,
        "completions": (*ROW["completions"],),
        "labels": (True, False),
    }


def test_every_step_is_asked_about():
    assert wrong({"right": {"step-1": True, "step-2": False}}) == []
    assert wrong({"right": {"step-1": True}}) == ["values.right.step-2"]
    assert wrong({"right": {"step-1": True, "step-2": True, "step-3": True}}) == ["values.right.step-3"]
    (only,) = KIND.content_rows(SETTINGS, ITEM, (), Answer(values={"right": {"step-1": True}}), PROVENANCE)
    assert not isinstance(only, JudgedSteps)


def test_steps_that_nobody_has_judged_are_to_be_judged():
    content = understand({key: ROW[key] for key in ("prompt", "completions")}, 1).content
    assert KIND.answers_from_content(SETTINGS, KIND.item_from_content(content), (), content) == []
    with pytest.raises(InvalidItemError):
        KIND.parse_item_content(msgspec.json.encode(ItemContent(prompt="x", steps=("a", " "))))


def test_a_correction_names_the_step():
    before, after = ({"right": {"step-1": True, "step-2": right}} for right in (True, False))
    (change,) = KIND.changes(SETTINGS, (), Answer(values=before), Answer(values=after))
    assert str(change.label) == "Step 2: Is this step right?"
