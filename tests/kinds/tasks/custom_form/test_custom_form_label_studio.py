"""Labelling configurations of Label Studio as forms."""

import pytest

from preceptor.kinds.registry import task_kind
from preceptor.kinds.task import InvalidSettingsError
from preceptor.kinds.tasks.custom_form.settings import Condition, ShownData

KIND = task_kind("custom_form")
ALL = """
<View>
  <Style>.x { color: red }</Style>
  <Header value="The mail"/>
  <Labels name="ner" toName="mail" granularity="word">
    <Label value="Person" hotkey="p" background="red"/><Label value="Org &amp; Co" alias="org"/>
  </Labels>
  <Text name="mail" value="$body"/>
  <Markdown name="md" value="$notes"/>
  <HyperText name="html" value="$page"/>
  <Header value="How does it sound?"/>
  <Choices name="tone" toName="mail" choice="single" required="true">
    <Choice value="Kind" selected="true"/><Choice value="Rude" alias="rude_one"/>
  </Choices>
  <TextArea name="why" toName="mail" visibleWhen="choice-selected" whenTagName="tone" whenChoiceValue="Rude"/>
  <Taxonomy name="topic" toName="mail" leafsOnly="true">
    <Choice value="Animal"><Choice value="Cat"/><Choice value="Dog"/></Choice><Choice value="Plant"/>
  </Taxonomy>
  <Rating name="stars" toName="mail" maxRating="4"/>
  <Number name="count" toName="mail" min="0" max="9" step="0.5" defaultValue="2"/>
  <DateTime name="day" toName="mail" only="date" min="2020-01-01"/>
  <Pairwise name="better" toName="mail,md" leftChoice="left"/>
  <List name="answers" value="$answers"/>
  <Ranker name="order" toName="answers"/>
  <Image name="photo" value="$photo"/>
  <RectangleLabels name="boxes" toName="photo"><Label value="Cat"/></RectangleLabels>
  <PolygonLabels name="outlines" toName="photo"><Label value="Roof top"/></PolygonLabels>
  <Audio name="sound" value="$sound"/>
  <Choices name="dynamic" toName="mail" value="$options"/>
</View>
"""


def read(text):
    found = KIND.read_settings(text)
    assert KIND.validate_settings(found.settings) == []
    return {form.key: form for form in found.settings.fields}, found


def test_every_tag_asked_for_becomes_a_question():
    questions, _found = read(ALL)
    assert {key: form.field for key, form in questions.items()} == {
        "ner": "spans",
        "tone": "choice",
        "why": "text",
        "topic": "choice",
        "stars": "rating",
        "count": "number",
        "day": "date",
        "better": "choice",
        "order": "ranking",
        "boxes": "boxes",
        "outlines": "boxes",
    }
    assert questions["tone"].label == {"en": "How does it sound?"}
    assert questions["tone"].required
    assert questions["tone"].default == ["kind"]
    assert questions["why"].conditions == (Condition("tone", "includes", "rude_one"),)
    assert [one["key"] for one in questions["ner"].settings["labels"]] == ["person", "org"]
    assert questions["ner"].settings["whole_words"]
    assert questions["ner"].about == ("body",)
    tree = questions["topic"].settings
    assert [one["key"] for one in tree["options"][0]["options"]] == ["cat", "dog"]
    assert (tree["multiple"], tree["groups"]) == (True, False)
    assert questions["stars"].settings["points"] == 4
    assert (questions["count"].settings["step"], questions["count"].default) == (0.5, 2)
    assert questions["day"].settings == {"earliest": "2020-01-01", "latest": None, "time": False}
    assert [one["key"] for one in questions["better"].settings["options"]] == ["body", "notes"]
    assert questions["boxes"].settings["kinds"] == ["box"]
    assert questions["outlines"].settings["labels"] == [{"key": "Roof top", "label": {"en": "Roof top"}}]


def test_what_is_shown_keeps_its_columns_titles_and_order():
    _questions, found = read(ALL)
    assert found.settings.shown == (
        ShownData("body", {}, "plain"),
        ShownData("notes", {}, "markdown"),
        ShownData("page", {}, "markdown"),
    )
    title = KIND.read_settings(
        '<View><Header value="Read"/><Text name="t" value="$t"/><Rating name="r" toName="t"/></View>'
    )
    assert title.settings.shown == (ShownData("t", {"en": "Read"}, "plain"),)


def test_what_cannot_be_carried_over_is_named():
    _questions, found = read(ALL)
    told = "\n".join(map(str, found.left_out))
    for tag in ("<Audio sound>", "<Choices dynamic>", "<HyperText html>", "<List answers>", "<Image photo>"):
        assert tag in told
    assert len(found.left_out) == 5


def test_small_things_that_get_lost_are_named_too():
    _questions, found = read(
        """<View><Text name="t" value="$t"/><View visibleWhen="region-selected">
        <Choices name="c" toName="t"><Choice value="A" hotkey="ctrl+a"/><Choice value="B" hotkey="b"/></Choices></View>
        <TextArea name="w" toName="t" perRegion="true" visibleWhen="choice-selected" whenTagName="c" whenChoiceValue="C"/>
        <Repeater on="$all"><Rating name="r" toName="t"/></Repeater>
        <Labels name="l" toName="t"><Label value="X" hotkey="F2"/></Labels></View>"""
    )
    told = [str(one) for one in found.left_out]
    assert told == [
        "<View>: visibleWhen is not carried over.",
        "<Choice A>: the key ctrl+a is not carried over.",
        "<TextArea w>: “C” is not carried over as a condition.",
        "<TextArea w>: perRegion is not carried over.",
        "<Repeater>: what is in it is asked once, and not again for each thing it names.",
        "<Label X>: the key F2 is not carried over.",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<View>", "not XML"),
        ("<View/>", "no question"),
        ("<View><Audio name='a' value='$a'/></View>", "<Audio a> is left out"),
        ('<!DOCTYPE v [<!ENTITY a "aaaa">]><View><Header value="&a;"/></View>', "entities"),
        ('<!DOCTYPE v SYSTEM "file:///etc/passwd"><View/>', "entities"),
        ("<View>" * 60 + "</View>" * 60, "too large"),
        ("<View>" + "<Header value='x'/>" * 6_000 + "</View>", "too large"),
    ],
)
def test_what_is_no_configuration_is_refused_in_words(text, told):
    with pytest.raises(InvalidSettingsError) as refused:
        KIND.read_settings(text)
    assert told in str(refused.value)


def test_names_that_clash_are_told_apart():
    questions, _found = read(
        '<View><Text name="t" value="$t"/><Rating name="A b" toName="t"/><Rating name="a-b" toName="t"/>'
        '<Choices name="c" toName="t"><Choice value="Ja!"/><Choice value="ja?"/><Choice value="好"/></Choices></View>'
    )
    assert list(questions) == ["a_b", "a_b_2", "c"]
    assert [one["key"] for one in questions["c"].settings["options"]] == ["ja", "ja_2", "x"]


def test_the_samples_are_read(data):
    configs = sorted((data / "label_studio").glob("*/label_config.xml"))
    assert len(configs) == 3
    asked = {
        path.parent.name: [form.field for form in KIND.read_settings(path.read_text()).settings.fields]
        for path in configs
    }
    assert asked == {
        "test_export_coco": ["boxes", "boxes", "boxes"],
        "test_export_json_min": ["boxes"],
        "test_export_yolo": ["boxes"],
    }
