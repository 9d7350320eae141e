"""What is released as Label Studio's JSON comes in again as the same answers, whatever was asked about whatever."""

import json
import tempfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preceptor.datasets.formats.interface import NoSettings
from preceptor.datasets.formats.label_studio.reading import understand
from preceptor.datasets.formats.label_studio.writing import open_tasks
from preceptor.kinds.content import GivenResponse, Message
from preceptor.kinds.outcomes import FilledForm
from preceptor.kinds.registry import fields, task_kind
from preceptor.kinds.shown import ResponseShown, TurnShown
from preceptor.kinds.task import InvalidItemError
from preceptor.kinds.tasks.custom_form.answer import Answer
from preceptor.kinds.tasks.custom_form.asking import situation_of
from preceptor.kinds.tasks.custom_form.item import ItemContent
from preceptor.kinds.tasks.custom_form.settings import FormField, Settings, completed
from tests.kinds.test_contract import PROVENANCE

KIND = task_kind("custom_form")
PLAIN = [key for key, one in fields().items() if not one.needs]
SCOPES = ("item", "turn", "response", "step")
ITEM = ItemContent(
    prompt="Which is it?",
    messages=(Message("user", "There are two."), Message("assistant", "Then choose.")),
    responses=(GivenResponse("The first.", model="lab-1"), GivenResponse("The second.")),
    steps=("There are two.", "The first is it."),
    data={"notice": "Choose one of two.", "number": 7},
    source={"batch": 3},
)
MARKS = {"labels": [{"key": "word", "label": {"en": "Word"}}]}


def turns_of(prefix):
    shown = tuple(ResponseShown(f"{prefix}-{n}", one.text, model=one.model) for n, one in enumerate(ITEM.responses))
    return (TurnShown(f"{prefix}-turn", ITEM.prompt, shown),)


TURNS = turns_of("old")


@st.composite
def forms(draw):
    """A form of any plain fields in any scopes, an order of responses and marked words, filled in here and there."""
    asked = []
    for number, (key, scope) in enumerate(
        draw(st.lists(st.tuples(st.sampled_from(PLAIN), st.sampled_from(SCOPES)), min_size=1, max_size=5))
    ):
        given_settings = msgspec.to_builtins(fields()[key].sample().settings)
        asked.append(FormField(key=f"q{number}", field=key, label={"en": "?"}, scope=scope, settings=given_settings))
    asked.append(
        FormField(key="order", field="ranking", label={"en": "?"}, scope=draw(st.sampled_from(["item", "turn"])))
    )
    asked.append(
        FormField(key="marks", field="spans", label={"en": "?"}, scope=draw(st.sampled_from(SCOPES)), settings=MARKS)
    )
    made = Settings(fields=tuple(completed(one) for one in asked))
    situation = situation_of(made, ITEM, TURNS, Answer())
    values: dict = {}
    for one in situation.asked:
        for target in situation.targets(one):
            value = draw(st.none() | values_of(one, situation.subject(one, target)))
            if value is not None:
                values.setdefault(one.form.key, {})[target] = msgspec.to_builtins(value)
    return made, Answer(values=values)


def values_of(one, subject):
    if one.form.field == "ranking":
        return st.permutations(subject.things).map(lambda found: [[thing] for thing in found])
    if one.form.field == "spans":
        marks = [{"text": key, "start": 0, "end": 3, "label": "word"} for key in subject.texts]
        return st.lists(st.sampled_from(marks), min_size=1, unique_by=lambda mark: mark["text"])
    sample = one.field.sample()
    return st.sampled_from([sample.value, sample.changed]).filter(lambda value: not one.field.is_blank(value))


def written(made, item, turns, answer):
    (form, *_rest) = KIND.content_rows(made, item, turns, answer, PROVENANCE)
    assert isinstance(form, FilledForm)
    with tempfile.TemporaryDirectory() as folder:
        sink = open_tasks(Path(folder), NoSettings(), Path)
        sink.add(form)
        (file,) = sink.finish()
        (task,) = json.loads((Path(folder) / file.path).read_text())
    return task


@settings(max_examples=150, deadline=None)
@given(filled=forms())
def test_what_is_released_comes_in_again(filled):
    made, answer = filled
    assert KIND.validate_settings(made) == []
    task = written(made, ITEM, TURNS, answer)
    record = understand(task, 1).content
    item = KIND.item_from_content(record)
    assert (item.prompt, item.messages, item.responses, item.steps) == (
        ITEM.prompt,
        ITEM.messages,
        ITEM.responses,
        ITEM.steps,
    )
    assert item.data == ITEM.data
    turns = turns_of("new")
    (again,) = KIND.answers_from_content(made, item, turns, record)
    assert again.worker == PROVENANCE.trainer
    assert "other_values" not in again.answer.source
    here = json.loads(json.dumps(answer.values).replace('"old-', '"new-'))
    assert told(again.answer.values) == told(here)
    # And out once more: the same task, but for the responses' ids.
    second = written(made, item, turns, Answer(values=again.answer.values))
    assert json.loads(json.dumps(second).replace('"new-', '"old-'))["data"] == task["data"]
    results = json.loads(json.dumps(second["annotations"][0]["result"]).replace('"new-', '"old-'))
    assert sorted(map(json.dumps, results)) == sorted(map(json.dumps, task["annotations"][0]["result"]))


def told(values):
    """Without the order of marks, which says nothing."""
    plain = json.loads(json.dumps(values))
    if "marks" in plain:
        plain["marks"] = {target: sorted(map(json.dumps, marks)) for target, marks in plain["marks"].items()}
    return plain


def test_a_column_that_only_looks_like_a_conversation_is_refused_in_words():
    record = understand({"data": {"messages": "no list", "text": "x"}, "annotations": []}, 1).content
    with pytest.raises(InvalidItemError) as refused:
        KIND.item_from_content(record)
    assert [one.path for one in refused.value.fields] == ["data.messages"]
