"""What people do with a project of any task kind, step by step in a real browser: what the kinds' journeys share."""

import json
import re
from pathlib import Path

import axe_core_python
from playwright.sync_api import Browser, Locator, Page, expect

from tests.frontend.conftest import PHONE, WIDE

AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text()
SERIOUS = ["serious", "critical"]
LOOK = """async (serious) => {
    axe.configure({ noHtml: true }); // it would write down every element it looks at
    const result = await axe.run(document, { resultTypes: ["violations"], selectors: false, elementRef: true });
    const found = result.violations.filter((one) => serious.includes(one.impact)).flatMap((one) =>
        one.nodes.map((node) => `${one.impact} ${one.id}: ${node.element.outerHTML.slice(0, 200)}`));
    return [found, [document.documentElement.scrollWidth, document.documentElement.clientWidth]];
}"""


def sign_in(browser: Browser, house, role: str, *, phone: bool) -> Page:
    context = browser.new_context(
        viewport=PHONE if phone else WIDE,
        has_touch=phone,
        is_mobile=phone,
        accept_downloads=True,
        reduced_motion="reduce",
        base_url=f"http://127.0.0.1:{house.port}",
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(f"{role}@demo.example")
    page.get_by_label("Password").fill("preceptor demo")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(r"/(work|reviews|projects|client|models|figures)"))
    return page


def look(page: Page) -> None:
    """No serious fault for axe, and nothing that scrolls sideways."""
    page.wait_for_timeout(50)  # what moves ends at once, since journeys ask for reduced motion
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found, widths = page.evaluate(LOOK, SERIOUS)
    assert found == [], f"{page.url}: {found}"
    assert widths[0] <= widths[1], f"{page.url} scrolls sideways"


def choose(radio: Locator) -> None:
    """Press the words around a radio button, which is too small or too hidden to be pressed itself, once they stand still."""
    radio.locator("xpath=ancestor::label[1]").click()
    expect(radio).to_be_checked()


def press(page: Page, button: Locator) -> None:
    """Press a button, and say yes where it asks first."""
    asks = button.evaluate("one => Boolean(one.dataset.confirm || one.form?.dataset.confirm)")
    button.click()
    if asks:
        page.get_by_role("dialog").get_by_role("button").last.click()


def speak(page: Page, language: str) -> None:
    """Choose the language of one's own pages."""
    page.goto("/account")
    page.locator("select[name=language]").select_option(language)
    page.locator("form:has(select[name=language]) button").last.click()
    expect(page.locator("html")).to_have_attribute("lang", language)


def make_project(page: Page, title: str, *, kind: str) -> str:
    """By its form, with guidelines; answers its address."""
    page.goto(f"/projects/new?kind={kind}")
    look(page)
    page.get_by_label("Title").fill(title)
    page.get_by_label("Hourly rate").fill("24")
    page.get_by_label("Writers EN").check()
    page.get_by_role("button", name="Make the project").click()
    page.wait_for_url(re.compile(r"/projects/(?!new)"))
    slug = re.search(r"/projects/([a-z0-9-]+)", page.url).group(1)
    page.goto(f"/projects/{slug}/guidelines")
    page.get_by_role("textbox", name=re.compile("Guidelines|Text|Markdown")).first.fill("# Take your time")
    page.get_by_role("button", name=re.compile("Save|Publish")).first.click()
    page.wait_for_load_state("networkidle")
    page.goto(f"/projects/{slug}/settings")
    look(page)
    return slug


def import_rows(page: Page, slug: str, rows: list[dict], *, form: str = "") -> None:
    """Hand in a file of JSON lines by the page, in the format of this name if one is given, and add what is in it."""
    page.goto(f"/projects/{slug}/imports/new")
    file = {"name": "rows.jsonl", "mimeType": "application/jsonl", "buffer": "\n".join(map(json.dumps, rows)).encode()}
    page.get_by_label("File", exact=True).set_input_files(file)
    if form:
        page.get_by_label("Format", exact=True).select_option(form)
    page.get_by_role("button", name="Check the file").click()
    add = page.get_by_role("button", name=re.compile(f"Add {len(rows)} item"))
    expect(add).to_be_visible(timeout=60_000)
    look(page)
    add.click()
    expect(page.get_by_role("link", name="To the items").first).to_be_visible(timeout=60_000)
    page.goto(f"/projects/{slug}/items")
    expect(page.get_by_role("table").get_by_role("row")).to_have_count(len(rows) + 1)
    look(page)


def open_project(page: Page, slug: str) -> None:
    page.goto(f"/projects/{slug}/state")
    press(page, page.get_by_role("button", name=re.compile("^Open")).first)
    expect(page.get_by_text(re.compile("^open$", re.IGNORECASE)).first).to_be_visible()


def try_out(page: Page, slug: str, widget: str) -> Locator:
    """The kind's sample on the try-out; answers its widget."""
    page.goto(f"/projects/{slug}/try")
    found = page.locator(widget)
    expect(found).to_be_visible()
    look(page)
    return found


def start_work(page: Page, title: str) -> str:
    """Take a task of the project; answers the assignment's id."""
    page.goto("/work")
    page.get_by_role("article").filter(has_text=title).get_by_role("button", name="Start").click()
    page.wait_for_url(re.compile("/work/assignments/"))
    acknowledge = page.get_by_role("button", name=re.compile("I have read"))
    if acknowledge.count() and acknowledge.first.is_visible():
        acknowledge.first.click()
    return re.search(r"/assignments/([0-9a-f-]+)", page.url).group(1)


def expect_saved(page: Page) -> None:
    expect(page.locator(".save")).to_contain_text("saved", timeout=10_000)


def hand_in(page: Page) -> None:
    """Submit, and see the receipt."""
    page.locator(".submit").click()
    receipt = page.get_by_role("dialog", name="Submitted")
    expect(receipt).to_be_visible()
    expect(receipt).to_contain_text(re.compile(r"[€$]|USD"))


def start_review(page: Page, slug: str) -> None:
    page.goto(f"/reviews?project={slug}")
    waiting = page.get_by_role("table").get_by_role("link").first
    for _look in range(30):  # the worker samples within a second
        if waiting.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    look(page)
    page.get_by_role("button", name="Start reviewing").click()
    page.wait_for_url(re.compile("/reviews/[0-9a-f-]{36}"))


def expect_accepted(page: Page, assignment: str) -> None:
    page.goto(f"/my-work/{assignment}")
    accepted = page.get_by_text(re.compile("accepted", re.IGNORECASE))
    for _look in range(30):  # the reviewer's click may still be under way
        if accepted.count():
            break
        page.wait_for_timeout(300)
        page.reload()
    expect(accepted.first).to_be_visible()
    look(page)


def release_rows(page: Page, slug: str, file: str, *, form: str = "") -> list[dict]:
    """Freeze a release, in the format of this name if one is given, and download one of its files of JSON lines."""
    page.goto(f"/projects/{slug}/releases")
    page.get_by_role("link", name="Freeze a release").first.click()
    if form:
        page.locator(f"input[name=formats][value={form}]").check()
    page.get_by_role("main").get_by_role("button", name=re.compile("Freeze")).first.click()
    page.wait_for_url(re.compile(r"/releases/\d+"))
    link = page.get_by_role("link", name=f"Download {file}")
    expect(link).to_be_visible(timeout=60_000)
    look(page)
    # By its address: what stands beside a link on a phone may still move.
    taken = page.request.get(link.get_attribute("href"))
    assert taken.status == 200, taken.text()
    return [json.loads(line) for line in taken.text().splitlines()]
