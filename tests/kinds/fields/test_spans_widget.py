"""Marking words by mouse, by touch and by keyboard."""

import pytest

pytestmark = pytest.mark.browser

LABELS = [
    {"key": "person", "label": {"en": "Person"}, "shortcut": "p"},
    {"key": "place", "label": {"en": "Place"}, "shortcut": "l"},
]
SETTINGS = {"labels": LABELS, "whole_words": True, "overlap": True}
# The emoji takes two UTF-16 units and one code point.
TEXTS = [
    {"key": "0", "name": "User", "text": "👩‍🔬 Who was Ada Lovelace of London?"},
    {"key": "1", "name": "Assistant", "text": "A mathematician.\nShe lived in London."},
]


def marked(page):
    """The words that are marked, cut out as Python does, with their labels."""
    texts = {one["key"]: one["text"] for one in TEXTS}
    return [(texts[span["text"]][span["start"] : span["end"]], span["label"]) for span in page.evaluate("field.value")]


def drag(page, words):
    """Choose words with the mouse, from the middle of the first word to the middle of the last."""
    box = page.evaluate(
        """(words) => {
            for (const holder of document.querySelectorAll("spans-text .words")) {
                const at = holder.textContent.indexOf(words);
                if (at < 0) continue;
                const place = (index) => {
                    const walker = document.createTreeWalker(holder, NodeFilter.SHOW_TEXT);
                    let passed = 0;
                    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                        if (passed + node.length > index) {
                            const range = document.createRange();
                            range.setStart(node, index - passed);
                            range.setEnd(node, index - passed + 1);
                            const box = range.getBoundingClientRect();
                            return [box.x, box.y + box.height / 2, box.width];
                        }
                        passed += node.length;
                    }
                };
                return [place(at + 1), place(at + words.length - 2)];
            }
        }""",
        words,
    )
    (x1, y1, _width), (x2, y2, width) = box
    page.mouse.move(x1 + 1, y1)
    page.mouse.down()
    page.mouse.move((x1 + x2) / 2, y1)
    page.mouse.move(x2 + width - 1, y2)
    page.mouse.up()
    page.evaluate("new Promise((done) => setTimeout(() => field.updateComplete.then(done), 30))")


def test_words_and_then_a_label(open_field):
    page = open_field("spans", settings=SETTINGS, value=[], texts=TEXTS, label="Names")
    drag(page, "Ada Lovelace")
    page.get_by_text("“Ada Lovelace”: choose a label.").wait_for()
    page.get_by_role("toolbar").get_by_role("button", name="Person").click()
    assert marked(page) == [("Ada Lovelace", "person")]
    page.get_by_role("listitem").filter(has_text="Ada Lovelace").wait_for()


def test_a_label_that_stays_down_marks_at_once_and_marks_overlap(open_field):
    page = open_field("spans", settings=SETTINGS, value=[], texts=TEXTS)
    page.get_by_role("button", name="Place").click()
    drag(page, "Lovelace of London")
    page.get_by_role("button", name="Place", exact=True).click()
    page.get_by_role("button", name="Person").click()
    drag(page, "Ada Lovelace")
    assert marked(page) == [("Ada Lovelace", "person"), ("Lovelace of London", "place")]
    assert page.locator("spans-text mark mark").count() == 1


def test_marks_give_way_where_they_may_not_overlap(open_field):
    settings = {**SETTINGS, "overlap": False}
    page = open_field("spans", settings=settings, value=[], texts=TEXTS)
    page.get_by_role("button", name="Place").click()
    drag(page, "Lovelace of London")
    drag(page, "Ada Lovelace")
    assert marked(page) == [("Ada Lovelace", "place")]


@pytest.mark.parametrize(("whole", "words"), [(True, "London"), (False, "ondo")])
def test_marks_snap_to_words_only_where_wished(open_field, whole, words):
    page = open_field("spans", settings={**SETTINGS, "whole_words": whole}, value=[], texts=TEXTS[1:])
    drag(page, "London")
    page.get_by_role("button", name="Place").click()
    assert marked(page) == [(words, "place")]


def test_a_mark_is_changed_and_removed_from_the_text(open_field):
    value = [{"text": "1", "start": 30, "end": 36, "label": "person"}]
    page = open_field("spans", settings=SETTINGS, value=value, texts=TEXTS)
    page.locator("spans-text mark").click()
    page.get_by_role("toolbar").get_by_role("button", name="Place").click()
    assert marked(page) == [("London", "place")]
    page.locator("spans-text mark").click()
    page.get_by_role("button", name="Remove the mark", exact=True).click()
    assert marked(page) == []


def test_everything_works_from_the_keyboard(open_field):
    page = open_field("spans", settings=SETTINGS, value=[], texts=TEXTS)
    words = page.locator("spans-text .words").first
    words.focus()
    assert words.get_attribute("role") == "application"
    for _word in range(4):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    assert page.locator("spans-text .held").first.inner_text() == "Ada Lovelace"
    page.keyboard.press("p")
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")  # several labels: on to them
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert marked(page) == [("Ada Lovelace", "person"), ("London", "place")]
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    assert "marked as Place" in page.locator("spans-text [role=status]").first.inner_text()
    page.keyboard.press("Delete")
    assert marked(page) == [("Ada Lovelace", "person")]


def test_a_selection_by_touch_is_marked_with_a_tap(open_field):
    page = open_field("spans", phone=True, settings=SETTINGS, value=[], texts=TEXTS)
    page.evaluate(
        """() => {
            const words = document.querySelectorAll("spans-text .words")[1];
            const node = document.createTreeWalker(words, NodeFilter.SHOW_TEXT).nextNode();
            getSelection().setBaseAndExtent(node, node.data.indexOf("London") + 1, node, node.data.indexOf("London") + 4);
        }"""
    )
    page.get_by_text("“London”: choose a label.").wait_for()
    page.get_by_role("toolbar").get_by_role("button", name="Place").tap()
    assert marked(page) == [("London", "place")]
    widths = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert widths[0] <= widths[1]


def test_hostile_text_stays_text(open_field):
    texts = [{"key": "0", "name": "<b>User</b>", "text": "<img src=x onerror=alert(1)> & more"}]
    value = [
        {"text": "0", "start": 0, "end": 4, "label": "person"},
        {"text": "0", "start": 5, "end": 9999, "label": "x"},
    ]
    page = open_field("spans", settings=SETTINGS, value=value, texts=texts, readonly=True)
    assert page.locator("spans-text .words").inner_text().startswith("<img")
    assert page.locator("spans-text img").count() == 0
