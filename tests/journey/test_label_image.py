"""Labelling a picture as people do it: a manager adds a blood smear, a trainer marks cells, a reviewer accepts."""

import json
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from preceptor.lib.ids import new_id
from tests.journey.steps import (
    expect_accepted,
    expect_saved,
    hand_in,
    look,
    make_project,
    open_project,
    sign_in,
    start_review,
    start_work,
    try_out,
)

pytestmark = [pytest.mark.browser, pytest.mark.kill]

CELLS = {"WBC": (260, 177, 491, 376), "RBC": (78, 336, 184, 435)}
"""Two of the cells in the picture, as its own annotation has them."""


def name_things(page: Page, slug: str) -> None:
    """Two labels instead of the one that is there, polygons too, and two classes of the whole picture."""
    page.goto(f"/projects/{slug}/settings")
    page.get_by_label("Polygons").check()
    for row, (key, words) in enumerate((("RBC", "Red cell"), ("WBC", "White cell"))):
        if row:
            page.get_by_role("button", name="Add a label").click()
        page.locator("#label-rows tbody input[name$='.key']").nth(row).fill(key)
        page.locator("#label-rows tbody input[name$='.label.en']").nth(row).fill(words)
        page.locator("#label-rows tbody input[name$='.label.es']").nth(row).fill("")
    for row, key in enumerate(("sharp", "blurred")):
        page.get_by_role("button", name="Add a class").click()
        page.locator("#class-rows tbody input[name$='.key']").nth(row).fill(key)
    look(page)
    page.get_by_role("main").get_by_role("button", name="Save").click()
    page.wait_for_load_state("networkidle")
    page.goto(f"/projects/{slug}/settings")
    expect(page.locator("#label-rows tbody input[name$='.key']")).to_have_count(2)


def add_picture(page: Page, slug: str, picture: Path) -> None:
    page.goto(f"/projects/{slug}/items/new")
    page.get_by_label("Pictures", exact=True).set_input_files(picture)
    look(page)
    page.get_by_role("main").get_by_role("button", name="Add items").click()
    expect(page.get_by_text("1 item was added")).to_be_visible()
    page.goto(f"/projects/{slug}/items")
    page.get_by_role("table").get_by_role("link").first.click()
    expect(page.get_by_role("img", name=picture.name)).to_be_visible()
    expect(page.locator("main figure img").first).to_have_js_property("naturalWidth", 640)
    look(page)


def shown(page: Page) -> None:
    """The picture is there, not its error."""
    expect(page.locator("boxes-field[data-ready]")).to_be_visible(timeout=30_000)
    expect(page.locator("boxes-field .failed")).to_have_count(0)
    page.locator("boxes-field .frame").scroll_into_view_if_needed()


def on_screen(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a pixel of the picture is in the window, while the whole picture is shown."""
    box = page.locator("boxes-field .stage").bounding_box()
    scale = min(box["width"] / 640, box["height"] / 480)
    left = box["x"] + (box["width"] - 640 * scale) / 2
    top = box["y"] + (box["height"] - 480 * scale) / 2
    return left + x * scale, top + y * scale


class Fingers:
    """One or two fingers on a page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.session = page.context.new_cdp_session(page)

    def _send(self, kind: str, points: list[tuple[float, float]]) -> None:
        touches = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})
        self.page.wait_for_timeout(25)

    def drag(self, *paths: tuple[tuple[float, float], tuple[float, float]]) -> None:
        """Each finger from one place to another, all at once."""
        self._send("touchStart", [start for start, _end in paths])
        for step in range(1, 9):
            self._send(
                "touchMove", [(a[0] + (b[0] - a[0]) * step / 8, a[1] + (b[1] - a[1]) * step / 8) for a, b in paths]
            )
        self._send("touchEnd", [])
        self.page.wait_for_timeout(400)  # nobody taps elsewhere sooner


def draw_box(page: Page, edges: tuple[float, float, float, float], *, phone: bool) -> None:
    start, end = on_screen(page, *edges[:2]), on_screen(page, *edges[2:])
    if phone:
        Fingers(page).drag((start, end))
        return
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=6)
    page.mouse.up()


def marked(page: Page) -> dict:
    return page.evaluate("document.querySelector('label-image-widget').value")


def boxes_of(value: dict) -> dict[str, tuple[float, ...]]:
    return {
        shape["label"]: tuple(number for point in shape["points"] for number in point)
        for shape in value["shapes"]
        if shape["kind"] == "box"
    }


def close_to(found: tuple[float, ...], wanted: tuple[float, ...], most: float) -> bool:
    return max(abs(a - b) for a, b in zip(found, wanted, strict=True)) <= most


def mark(page: Page, *, phone: bool) -> None:
    """A white and a red cell as boxes, a polygon, and what the picture shows; by mouse and keys, or with fingers."""
    shown(page)
    draw_box(page, CELLS["WBC"], phone=phone)
    expect(page.locator("boxes-list li.shape")).to_have_count(1)
    if phone:
        page.get_by_role("button", name="White cell").first.tap()
    else:
        page.keyboard.press("2")
    expect(page.locator("boxes-list li.shape.chosen")).to_contain_text("White cell")
    if not phone:
        page.keyboard.press("Escape")
        page.keyboard.press("1")
        page.keyboard.press("b")
    else:
        page.locator("boxes-list li.shape .name").tap()  # nothing is chosen any more
        page.get_by_role("button", name="Red cell").first.tap()
        page.locator("boxes-field .frame").scroll_into_view_if_needed()
    draw_box(page, CELLS["RBC"], phone=phone)
    expect(page.locator("boxes-list li.shape")).to_have_count(2)
    found = boxes_of(marked(page))
    assert set(found) == {"WBC", "RBC"}
    assert close_to(found["WBC"], CELLS["WBC"], 3), found
    assert close_to(found["RBC"], CELLS["RBC"], 3), found


def add_polygon(page: Page, *, phone: bool) -> None:
    if phone:
        page.get_by_role("button", name="Polygon").tap()
        page.locator("boxes-field .frame").scroll_into_view_if_needed()
        for corner in ((400, 30), (480, 40), (460, 110)):
            page.touchscreen.tap(*on_screen(page, *corner))
            page.wait_for_timeout(350)
        page.get_by_role("button", name="Close", exact=True).tap()
    else:
        page.keyboard.press("Escape")
        page.keyboard.press("l")
        for corner in ((400, 30), (480, 40), (460, 110), (410, 100)):
            page.mouse.click(*on_screen(page, *corner), delay=20)
            page.wait_for_timeout(350)
        page.keyboard.press("Backspace")
        page.keyboard.press("Enter")
    expect(page.locator("boxes-list li.shape")).to_have_count(3)
    (polygon,) = [shape for shape in marked(page)["shapes"] if shape["kind"] == "polygon"]
    assert len(polygon["points"]) == 3


def move_around(page: Page, *, phone: bool) -> None:
    """Zoom in and back, and nudge a box; nothing else changes."""
    before = marked(page)
    zoom = page.locator("boxes-field .percent")
    fitting = zoom.inner_text()
    if phone:
        middle = on_screen(page, 320, 240)
        left, right = (middle[0] - 30, middle[1]), (middle[0] + 30, middle[1])
        Fingers(page).drag((left, (left[0] - 60, left[1])), (right, (right[0] + 60, right[1])))
    else:
        page.keyboard.press("+")
    expect(zoom).not_to_have_text(fitting)
    assert marked(page) == before
    zoom.click()
    expect(zoom).to_have_text(fitting)
    if not phone:
        page.locator("boxes-field .stage").focus()
        page.keyboard.press("k")
        chosen = page.locator("boxes-list li.chosen").get_attribute("data-shape")
        page.keyboard.press("ArrowRight")
        moved = {shape["id"]: shape["points"] for shape in marked(page)["shapes"]}
        still = {shape["id"]: shape["points"] for shape in before["shapes"]}
        assert moved[chosen][0][0] == pytest.approx(still[chosen][0][0] + 1, abs=0.02)
        page.keyboard.press("Control+z")
        expect_saved(page)


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_from_the_picture_to_the_released_boxes(browser, house, data, phone):
    title = f"Cells {new_id().hex[-6:]}"
    picture = data / "images" / "bccd_voc" / "BloodImage_00000.jpg"
    manager = sign_in(browser, house, "manager", phone=phone)
    slug = make_project(manager, title, kind="label_image")
    name_things(manager, slug)
    add_picture(manager, slug, picture)
    open_project(manager, slug)
    shown(try_out(manager, slug, "label-image-widget").page)

    trainer = sign_in(browser, house, "trainer", phone=phone)
    assignment = start_work(trainer, title)
    mark(trainer, phone=phone)
    add_polygon(trainer, phone=phone)
    move_around(trainer, phone=phone)
    trainer.locator(".submit").click()  # the class is still to be chosen
    expect(trainer.get_by_text("Say what the picture shows: choose one.").first).to_be_visible()
    trainer.get_by_role("radio", name="sharp").check()
    expect_saved(trainer)
    look(trainer)
    said = marked(trainer)
    trainer.reload()
    shown(trainer)
    assert marked(trainer) == said
    hand_in(trainer)

    reviewer = sign_in(browser, house, "reviewer", phone=phone)
    start_review(reviewer, slug)
    shown(reviewer)
    assert boxes_of(marked(reviewer)) == boxes_of(said)
    expect(reviewer.locator("boxes-list li.shape")).to_have_count(3)
    look(reviewer)
    reviewer.get_by_role("button", name=re.compile("^Accept")).first.click()
    expect_accepted(trainer, assignment)

    manager.goto(f"/projects/{slug}/releases")
    manager.get_by_role("link", name="Freeze a release").first.click()
    manager.get_by_role("main").get_by_role("button", name=re.compile("Freeze")).first.click()
    manager.wait_for_url(re.compile(r"/releases/\d+"))
    link = manager.get_by_role("link", name="Download coco/coco.zip")
    expect(link).to_be_visible(timeout=60_000)
    with manager.expect_download() as download:
        link.click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert archive.read(f"images/{picture.name}") == picture.read_bytes()
        document = json.loads(archive.read("annotations/instances.json"))
    names = {one["id"]: one["name"] for one in document["categories"]}
    assert [names[1], names[2]] == ["RBC", "WBC"]
    assert document["images"][0]["classes"] == ["sharp"]
    assert len(document["annotations"]) == 3
    for one in document["annotations"]:
        if not one["segmentation"]:
            x, y, width, height = one["bbox"]
            assert close_to((x, y, x + width, y + height), CELLS[names[one["category_id"]]], 3)
