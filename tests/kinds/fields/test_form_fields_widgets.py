"""Choice, number, yes or no, and date as people fill them in, on a wide page and on a phone."""

import msgspec
import pytest

from preceptor.kinds.registry import fields

pytestmark = pytest.mark.browser

BOTH = pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
TREE = {
    "options": [
        {
            "key": "animal",
            "label": {"en": "Animal"},
            "shortcut": None,
            "options": [
                {"key": "cat", "label": {"en": "Cat"}, "shortcut": "c", "options": []},
                {"key": "dog", "label": {"en": "Dog"}, "shortcut": "d", "options": []},
            ],
        },
        {"key": "plant", "label": {"en": "<b>Plant</b>"}, "shortcut": "p", "options": []},
    ],
    "multiple": True,
    "groups": False,
    "layout": "list",
}


def last(page):
    return page.evaluate("changes.at(-1)")


@BOTH
def test_several_are_chosen_in_the_order_of_the_form(open_field, phone):
    page = open_field("choice", phone=phone, settings=TREE, label="What is it?")
    page.get_by_label("<b>Plant</b>").check()
    page.get_by_label("Cat").check()
    assert last(page) == ["cat", "plant"]
    assert page.get_by_role("group", name="What is it?").get_by_role("checkbox").count() == 3
    page.keyboard.press("d")
    assert last(page) == ["cat", "dog", "plant"]
    page.keyboard.press("Delete")
    assert last(page) is None


def test_one_is_chosen_from_a_menu_and_taken_back(open_field):
    options = [{"key": key, "label": {"en": key.upper()}, "shortcut": None, "options": []} for key in "abc"]
    settings = {"options": options, "multiple": False, "groups": False, "layout": "menu"}
    page = open_field("choice", settings=settings, label="Which?")
    page.get_by_label("Which?").select_option("b")
    assert last(page) == ["b"]
    page.get_by_label("Which?").select_option("")
    assert last(page) is None


def test_many_options_can_be_searched(open_field):
    options = [{"key": f"k{n}", "label": {"en": f"Thing {n}"}, "shortcut": None, "options": []} for n in range(30)]
    page = open_field("choice", settings={**TREE, "options": options, "multiple": False})
    page.get_by_role("searchbox").fill("thing 2")
    assert page.get_by_role("radio").count() == 11
    page.get_by_label("Thing 29").check()
    assert last(page) == ["k29"]


@BOTH
def test_numbers_come_and_go(open_field, phone):
    settings = {"least": 0, "most": 10, "step": 0.5, "unit": {"en": "km"}}
    page = open_field("number", phone=phone, settings=settings, label="How far?")
    page.get_by_label("How far?").press_sequentially("2.50")
    assert last(page) == 2.5
    assert page.get_by_label("How far?").input_value() == "2.50"
    page.get_by_label("How far?").fill("")
    assert last(page) is None


@BOTH
def test_yes_and_no_and_neither(open_field, phone):
    settings = {"yes": {"en": "Yes"}, "no": {"en": "No"}}
    page = open_field("boolean", phone=phone, settings=settings, label="Is it so?")
    group = page.get_by_role("radiogroup", name="Is it so?")
    group.get_by_role("radio", name="No").check(force=True)
    assert last(page) is False
    page.keyboard.press("ArrowLeft")
    assert last(page) is True
    page.keyboard.press("Backspace")
    assert last(page) is None


@BOTH
@pytest.mark.parametrize(("time", "value"), [(False, "2026-11-22"), (True, "2026-11-22T14:30")])
def test_days_come_and_go(open_field, phone, time, value):
    settings = {"earliest": None, "latest": "2026-12-31", "time": time}
    page = open_field("date", phone=phone, settings=settings, label="When?")
    page.get_by_label("When?").fill(value)
    assert last(page) == value
    page.get_by_label("When?").fill("")
    assert last(page) is None


@pytest.mark.parametrize("key", ["choice", "number", "boolean", "date", "rating", "tags", "text", "spans", "ranking"])
def test_every_field_keeps_the_promises_of_a_form(open_field, key):
    """It takes a form's properties, shows the value it is given, and says nothing by itself."""
    field = fields()[key]
    sample = field.sample()
    page = open_field(
        key,
        settings=msgspec.to_builtins(sample.settings),
        value=msgspec.to_builtins(sample.value),
        label="The question",
        silent=True,
        readonly=True,
        things=[{"id": one, "name": one} for one in sample.options],
        texts=[{"key": name, "name": name, "text": text} for name, text in sample.texts.items()],
    )
    assert page.evaluate("changes") == []
    assert page.evaluate("field.getBoundingClientRect().height") > 10
