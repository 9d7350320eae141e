"""Answers to a form of one's own: what is missing, what agrees, what is released."""

import msgspec
import pytest

from preceptor.datasets.formats.flat import flat_values
from preceptor.kinds.content import Conversation, JudgedResponses, Message
from preceptor.kinds.given import FieldValue, PlainText, Record, RecordAnswer
from preceptor.kinds.outcomes import FilledForm
from preceptor.kinds.pictures import LabelledPicture, Picture, PictureFile
from preceptor.kinds.registry import task_kind
from preceptor.kinds.shown import NextTurn, ResponseShown, TurnShown
from preceptor.kinds.task import InvalidItemError
from preceptor.kinds.tasks.custom_form.answer import Answer
from preceptor.kinds.tasks.custom_form.item import ItemContent
from preceptor.kinds.tasks.custom_form.settings import Condition, FormField, Settings, ShownData
from tests.kinds.test_contract import PROVENANCE

KIND = task_kind("custom_form")
SAMPLE = KIND.sample()
PICTURE = PictureFile(sha256="0" * 64, name="cat.jpg", media_type="image/jpeg", width=100, height=80)


def question(key, kind="text", **more):
    return FormField(key=key, field=kind, label={"en": f"About {key}"}, **more)


def problems(settings, answer, item=None, turns=()):
    return [one.path for one in KIND.validate_answer(settings, item or ItemContent(), turns, Answer(values=answer))]


def with_values(**change):
    return {**SAMPLE.answer.values, **change}


def sample_problems(**change):
    return problems(SAMPLE.settings, with_values(**change), SAMPLE.item, SAMPLE.turns)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"clear": {"1": True}}, "values.clear.2"),
        ({"helpful": {"r1": 4}}, "values.helpful.r2"),
        ({"helpful": {"r1": 4, "r2": 6}}, "values.helpful.r2"),
        ({"helpful": {"r1": 4, "r2": "bad"}}, "values.helpful.r2"),
        ({"helpful": {"r1": 4, "r2": 1, "r9": 1}}, "values.helpful.r9"),
        ({"no_such": {"item": 1}}, "values.no_such.item"),
        ({"order": {"item": [["r1"]]}}, "values.order.item"),
        (
            {"names": {"item": [{"text": "prompt", "start": 0, "end": 3, "label": "person"}]}},
            "values.names.item.0.text",
        ),
        (
            {"names": {"item": [{"text": "notice", "start": 0, "end": 999, "label": "person"}]}},
            "values.names.item.0.end",
        ),
        ({"wrong": {"r1": None, "r2": ["facts"]}}, "values.wrong.r1"),
    ],
)
def test_what_is_missing_or_wrong_is_named_where_it_is(change, path):
    assert sample_problems(**change) == [path]


def test_what_a_condition_hides_is_not_asked_and_not_released():
    values = with_values(helpful={"r1": 5, "r2": 1})
    assert problems(SAMPLE.settings, values, SAMPLE.item, SAMPLE.turns) == []
    (form, _judged) = KIND.content_rows(SAMPLE.settings, SAMPLE.item, SAMPLE.turns, Answer(values=values), PROVENANCE)
    assert [(one.on, one.value) for one in form.values if one.field == "wrong"] == [("r2", {"choices": ["facts"]})]


def test_a_default_counts_until_it_is_taken_away():
    settings = Settings(fields=(question("sure", "boolean", required=True, default=True),))
    assert problems(settings, {}) == []
    assert problems(settings, {"sure": {"item": None}}) == ["values.sure.item"]
    (form,) = KIND.content_rows(settings, ItemContent(), (), Answer(), PROVENANCE)
    assert [one.value for one in form.values] == [{"choices": ["yes"]}]


def test_blank_text_is_no_answer():
    settings = Settings(fields=(question("why", required=True),))
    assert problems(settings, {"why": {"item": " \n"}}) == ["values.why.item"]


def test_models_are_waited_for():
    settings = Settings(fields=(question("why", scope="response"),), responses=2)
    item = ItemContent(prompt="Hello?")
    assert problems(settings, {}, item) == ["values"]
    writing = TurnShown("t", "Hello?", (ResponseShown("a", "", state="streaming"), ResponseShown("b", "Yes.")))
    assert problems(settings, {"why": {"b": "Fine."}}, item, (writing,)) == ["values"]
    failed = TurnShown("t", "Hello?", (ResponseShown("a", "", state="failed"), ResponseShown("b", "Yes.")))
    assert problems(settings, {"why": {"b": "Fine."}}, item, (failed,)) == []


def test_models_are_asked_once_and_only_where_the_form_says_so():
    asking = Settings(fields=(question("why"),), responses=3)
    assert len(KIND.positions(asking, ItemContent(prompt="Hello?"))) == 3
    assert KIND.positions(asking, SAMPLE.item) == ()  # it brought its responses along
    assert KIND.positions(Settings(fields=(question("why"),)), ItemContent(prompt="Hello?")) == ()
    item = ItemContent(prompt="Hello?")

    def refused(settings, turns, prompt):
        return bool(KIND.check_turn(settings, item, turns, NextTurn(prompt=prompt)))

    assert not refused(asking, (), "Hello?")
    assert refused(asking, (), "Something else")
    assert refused(asking, (TurnShown("t", "Hello?"),), "Hello?")
    assert refused(Settings(fields=(question("why"),)), (), "Hello?")


def test_a_system_message_of_the_item_goes_before_the_forms():
    settings = Settings(fields=(question("why"),), responses=1)
    own = ItemContent(prompt="Hi", messages=(Message("system", "Rhyme."),))
    (position,) = KIND.positions(settings, own)
    assert position.system_prompt is None
    other = msgspec.structs.replace(position, system_prompt="Be brief.")
    sent = KIND.messages(ItemContent(prompt="Hi"), (), prompt="Hi", position=other)
    assert [one.role for one in sent] == ["system", "user"]


def test_only_what_the_form_shows_reaches_the_person():
    shown = KIND.item_shown_in(SAMPLE.settings, SAMPLE.item)
    assert shown["data"] == {"notice": SAMPLE.item.data["notice"]}
    assert "not shown" not in msgspec.json.encode(shown).decode()
    everything = KIND.item_shown_in(Settings(fields=(question("why"),)), SAMPLE.item)
    assert set(everything["data"]) == {"notice", "internal"}


def test_items_come_from_records_conversations_texts_and_pictures():
    record = Record(data={"prompt": "Hi", "text": "A", "n": 3}, key="k", source={"batch": 1})
    made = KIND.item_from_content(record)
    assert (made.prompt, made.data, made.key, made.source) == ("Hi", {"text": "A", "n": 3}, "k", {"batch": 1})
    assert KIND.item_from_content(PlainText("A text")).data == {"text": "A text"}
    assert KIND.item_from_content(Picture(file=PICTURE)).picture == PICTURE
    said = KIND.item_from_content(Conversation(messages=(Message("user", "Hi"),)))
    assert said.prompt == "Hi"
    with pytest.raises(InvalidItemError) as refused:
        KIND.parse_item_content({"data": {"messages": "taken"}})
    assert [one.path for one in refused.value.fields] == ["data.messages"]


def test_a_changed_answer_is_told_in_the_words_of_the_form():
    after = Answer(values=with_values(helpful={"r1": 5, "r2": 1}, why={"item": "The second contradicts the sign."}))
    changes = KIND.changes(SAMPLE.settings, SAMPLE.turns, SAMPLE.answer, after)
    told = [(str(one.label), one.before, one.after) for one in changes]
    assert told[0] == ("Response 1: How helpful is it?", "4", "5")
    assert told[1] == ("Response 1: What is wrong?", "The tone", "")
    assert changes[2].segments


def test_agreement_is_told_question_by_question():
    measures = KIND.agreement(SAMPLE.settings, [[SAMPLE.answer, SAMPLE.changed_answer]])
    assert [one.key.split("_")[0] for one in measures] == [
        "names",
        "clear",
        "helpful",
        "wrong",
        "minutes",
        "order",
        "why",
    ]
    assert str(measures[0].title).startswith("Mark the names: ")


def test_what_one_person_was_not_asked_takes_no_part_in_agreement():
    settings = Settings(
        fields=(question("stars", "rating"), question("why", "choice", conditions=(Condition("stars", "below", 3),)))
    )
    low = Answer(values={"stars": {"item": 1}, "why": {"item": ["no"]}})
    high = Answer(values={"stars": {"item": 7}, "why": {"item": ["no"]}})
    stars, why = KIND.agreement(settings, [[low, high]])
    assert (stars.pairs, why.pairs) == (1, 0)


def test_judged_responses_give_preferences():
    _form, judged = KIND.content_rows(SAMPLE.settings, SAMPLE.item, SAMPLE.turns, SAMPLE.answer, PROVENANCE)
    assert isinstance(judged, JudgedResponses)
    assert [(pair.chosen_id, pair.rejected_id, pair.margin) for pair in judged.preferences] == [("r1", "r2", 3.0)]
    assert judged.scale == 5
    assert [one.content for one in judged.prompt][-1] == SAMPLE.item.prompt


def test_shapes_are_released_with_their_picture():
    boxes = {"labels": [{"key": "cat", "label": {"en": "Cat"}}]}
    settings = Settings(fields=(question("where", "boxes", settings=boxes, required=True),))
    item = ItemContent(picture=PICTURE)
    shape = {"id": "a", "kind": "box", "label": "cat", "points": [[1, 2], [30, 40]]}
    assert problems(settings, {"where": {"item": [shape]}}, item) == []
    beyond = {**shape, "points": [[1, 2], [300, 40]]}
    assert problems(settings, {"where": {"item": [beyond]}}, item) == ["values.where.item.0.points"]
    answer = Answer(values={"where": {"item": [shape]}})
    form, drawn = KIND.content_rows(settings, item, (), answer, PROVENANCE)
    assert isinstance(form, FilledForm)
    assert isinstance(drawn, LabelledPicture)
    assert (drawn.file, drawn.labels, len(drawn.shapes)) == (PICTURE, ("cat",), 1)
    assert KIND.item_files(item) == (PICTURE,)


def test_answers_given_elsewhere_are_read_by_keys_and_by_words_and_the_rest_is_kept():
    settings = KIND.decode_settings(
        msgspec.json.encode(
            Settings(fields=(question("kind", "choice"), question("note"), question("stars", "rating")))
        )
    )
    said = RecordAnswer(
        worker="ann",
        values=(
            FieldValue("kind", "text", "choices", {"choices": ["Partly"]}),
            FieldValue("note", "text", "textarea", {"text": ["One.", "Two."]}),
            FieldValue("stars", "text", "rating", {"rating": "five"}),
            FieldValue("gone", "text", "choices", {"choices": ["x"]}),
        ),
        source={"lead_time": 3},
    )
    record = Record(data={"text": "A"}, answers=(said,))
    item = KIND.item_from_content(record)
    (found,) = KIND.answers_from_content(settings, item, (), record)
    assert found.worker == "ann"
    assert found.answer.values == {"kind": {"item": ["partly"]}, "note": {"item": "One.\n\nTwo."}}
    assert found.answer.source["lead_time"] == 3
    assert [one["field"] for one in found.answer.source["other_values"]] == ["stars", "gone"]
    (form,) = KIND.content_rows(settings, item, (), found.answer, PROVENANCE)
    assert form.answer_source == found.answer.source


def test_trainers_bring_no_source():
    settings = Settings(fields=(question("why"),))
    assert [one.path for one in KIND.validate_answer(settings, ItemContent(), (), Answer(source={"a": 1}))] == [
        "source"
    ]


def test_an_example_shows_what_the_form_is_about():
    columns = Settings(fields=(question("why"),), shown=(ShownData("notice"),))
    item, turns = KIND.example(columns)
    assert set(item.data) == {"notice"}
    assert turns == ()
    item, turns = KIND.example(SAMPLE.settings)
    assert len(turns[0].responses) == len(item.responses) == 2
    assert KIND.validate_item(item) == []


def test_a_spreadsheet_has_a_cell_per_question_and_loses_nothing():
    form, *_rest = KIND.content_rows(SAMPLE.settings, SAMPLE.item, SAMPLE.turns, SAMPLE.answer, PROVENANCE)
    cells = flat_values(form)
    assert msgspec.json.decode(cells["helpful"]) == {"r1": 4, "r2": 1}
    assert msgspec.json.decode(cells["clear"]) == {"1": "no", "2": "yes"}
    assert [one["text"] for one in msgspec.json.decode(cells["names"])] == ["Lisbon", "Ms Duarte"]
    assert cells["why"] == "The second contradicts the notice."
    assert cells["data.notice"] == SAMPLE.item.data["notice"]
