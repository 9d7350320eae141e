"""The review desk in a real browser: its requests go to the real application, in this process."""

import os
import re
import shutil
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

import preceptor
from tests.frontend.conftest import FLAGS

pytestmark = pytest.mark.browser

STATIC = Path(preceptor.__file__).parent / "static"
ORIGIN = "http://localhost"
"""A browser takes it for safe, as it does an address with HTTPS."""
SETTLED = 1_000
"""Milliseconds after which a key may decide."""


@pytest.fixture
async def browser():
    """A browser of this test's own."""
    path = os.environ.get("PRECEPTOR_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        pytest.skip("no Chromium here")
    if not (STATIC / "manifest.json").exists():
        pytest.skip("the frontend is not built here (make frontend)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
def open_page(browser):
    """`await open_page(client, path)`: the page that this signed-in client sees."""

    async def open_(client, path, *, phone=False):
        context = await browser.new_context(
            viewport={"width": 390, "height": 844} if phone else {"width": 1280, "height": 900},
            has_touch=phone,
            is_mobile=phone,
        )

        async def answer(route):
            request = route.request
            headers = {name: request.headers[name] for name in ("content-type", "accept") if name in request.headers}
            found = await client.request(
                request.method, request.url.removeprefix(ORIGIN), content=request.post_data_buffer, headers=headers
            )
            kept = {
                name: value
                for name, value in found.headers.items()
                if name not in {"content-encoding", "content-length"}
            }
            await route.fulfill(status=found.status_code, headers=kept, body=found.content)

        await context.route("**/*", answer)
        page = await context.new_page()
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.set_default_timeout(15_000)
        await page.goto(f"{ORIGIN}{path}")
        return page

    return open_


@pytest.fixture
async def mine(as_role):
    """A client of a reviewer."""
    return await as_role("reviewer")


@pytest.fixture
async def waiting(bench, make_world):
    """Three answers that wait, of one trainer."""
    world = await make_world(items=3)
    trainer = await bench.trainer(world)
    return [await bench.hand_in(world, trainer=trainer) for _ in range(3)]


async def settle(page):
    await page.wait_for_selector("rate-turn")
    await page.wait_for_timeout(SETTLED)


async def states(bench, waiting):
    return [await bench.state_of(handed) for handed in waiting]


async def test_keys_decide_and_the_next_answer_is_there_at_once(bench, waiting, mine, open_page):
    page = await open_page(mine, f"/reviews/{await bench.claim(mine.actor)}")
    await page.wait_for_selector("rate-turn")
    await page.keyboard.press("a")
    assert await states(bench, waiting) == ["submitted"] * 3, "a key meant for the page before decides nothing"
    await settle(page)
    first = page.url
    await page.keyboard.press("a")
    await page.wait_for_url(lambda url: url != first)
    await settle(page)
    assert await states(bench, waiting) == ["accepted", "submitted", "submitted"]
    second = page.url
    await page.keyboard.press("r")
    await page.wait_for_selector("#review-refusal[open]")
    await page.keyboard.press("3")
    await page.fill("#refusal-note", "Say why.")
    await page.keyboard.press("Control+Enter")
    await page.wait_for_url(lambda url: url != second)
    await settle(page)
    assert await states(bench, waiting) == ["accepted", "returned", "submitted"]
    await page.keyboard.press("x")
    await page.keyboard.press("4")
    await page.fill("#refusal-note", "About something else.")
    await page.click("#review-refusal button:has-text('Reject')")
    await page.wait_for_url(re.compile(r"/reviews$"))
    assert await states(bench, waiting) == ["accepted", "returned", "rejected"]
    reviews = await bench.reviews()
    assert [(review.reason, review.note) for review in reviews] == [
        (None, ""),
        ("ideal", "Say why."),
        ("off_topic", "About something else."),
    ]
    assert "Nothing waits" in await page.inner_text("main")
    assert page.faults == []


async def test_a_correction_is_kept_undone_and_sent(bench, waiting, mine, open_page):
    page = await open_page(mine, f"/reviews/{await bench.claim(mine.actor)}")
    await settle(page)
    await page.keyboard.press("c")
    await page.keyboard.press("7")
    await page.fill("rate-ideal textarea", "Cold air shrinks.")
    await page.keyboard.press("Escape")
    await page.reload()
    await page.wait_for_selector("rate-ideal textarea")
    assert await page.input_value("rate-ideal textarea") == "Cold air shrinks.", "it is kept on this device"
    await settle(page)
    await page.fill("rate-ideal textarea", "")
    await page.keyboard.press("Control+Enter")
    await page.wait_for_selector(".flashes:has-text('Write the ideal response.')")
    await page.keyboard.press("Escape")
    await page.keyboard.press("Control+z")
    assert await page.input_value("rate-ideal textarea") == "Cold air shrinks."
    await page.keyboard.press("Escape")
    await page.wait_for_selector("#review-discard[open]")
    await page.keyboard.press("Enter")
    before = page.url
    await page.click("text=Accept with correction")
    await page.wait_for_url(lambda url: url != before)
    assert await states(bench, waiting) == ["accepted", "submitted", "submitted"]
    assert [one.origin for one in await bench.revisions(waiting[0])] == ["first", "review"]
    assert page.faults == []


async def test_a_verdict_that_comes_too_late_says_so(bench, waiting, mine, open_page):
    review_id = await bench.claim(mine.actor)
    page = await open_page(mine, f"/reviews/{review_id}")
    await settle(page)
    await bench.decide(mine.actor, review_id, "reject")
    await page.keyboard.press("a")
    await page.wait_for_selector("#review-end[open]")
    assert "Another verdict" in await page.inner_text("#review-end")
    await page.click("text=Look again")
    await page.wait_for_selector("text=Verdict")
    assert await page.locator("review-desk .act").count() == 0
    assert page.faults == []


async def test_whoever_lost_a_review_meanwhile_is_told_before_they_go_on(bench, waiting, mine, open_page, db):
    review_id = await bench.claim(mine.actor)
    page = await open_page(mine, f"/reviews/{review_id}")
    other = await bench.person("reviewer")
    async with db.hot() as driver:
        await driver.execute("UPDATE review SET reviewer_id = %s WHERE id = %s", (other.person_id, review_id))
    await page.wait_for_selector("#review-end[open]")
    said = await page.inner_text("#review-end")
    assert "This cannot be decided here any more" in said
    assert "A colleague is looking at this answer" in said
    assert page.faults == []


async def test_whoever_comes_back_after_the_hold_ran_out_goes_on_without_a_word(bench, waiting, mine, open_page, db):
    review_id = await bench.claim(mine.actor)
    page = await open_page(mine, f"/reviews/{review_id}")

    async def beat(act="document.dispatchEvent(new Event('visibilitychange'))"):
        async with page.expect_response(re.compile("/beat$")) as beaten:
            await page.evaluate(act)
        return (await beaten.value).status

    assert await beat("null") == 200
    async with db.hot() as driver:
        await driver.execute("UPDATE review SET state = 'open', reviewer_id = NULL WHERE id = %s", (review_id,))
    assert await beat() == 409, "nobody has touched anything"
    assert await page.locator("dialog[open]").count() == 0
    await page.keyboard.press("ArrowDown")
    assert await beat() == 200
    (review,) = [one for one in await bench.reviews() if one.id == review_id]
    assert (review.state, review.reviewer_id) == ("claimed", mine.actor.person_id)
    assert page.faults == []


async def fits(page):
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
    for button in await page.locator("review-desk .act button:visible").all():
        box = await button.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390


async def test_a_phone_is_wide_enough(bench, waiting, mine, open_page):
    page = await open_page(mine, f"/reviews/{await bench.claim(mine.actor)}", phone=True)
    await settle(page)
    await fits(page)
    await page.click("review-desk .act button:has-text('Correct')")
    await page.wait_for_selector("review-desk .act >> text=Cancel")
    await fits(page)
    await page.click("text=Cancel")
    before = page.url
    await page.click("review-desk .act button:has-text('Accept')")
    await page.wait_for_url(lambda url: url != before)
    assert page.faults == []


async def test_axe_finds_nothing_serious(bench, waiting, mine, open_page):
    from axe_core_python.async_playwright import Axe

    page = await open_page(mine, f"/reviews/{await bench.claim(mine.actor)}")
    await settle(page)
    for step in ("", "r", "c"):
        if step:
            await page.keyboard.press(step)
            await page.wait_for_timeout(300)
        found = (await Axe().run(page))["violations"]
        assert [one["id"] for one in found if one["impact"] in {"serious", "critical"}] == [], step
        await page.keyboard.press("Escape")
    await page.goto(f"{ORIGIN}/reviews")
    assert (await Axe().run(page))["violations"] == []
