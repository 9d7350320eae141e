"""A picture with 5,000 boxes on the workbench, in a real browser: how long a person waits for what they do."""

import asyncio
import io
import os
import random
import re
import shutil
import statistics
from typing import Any

import httpx
from PIL import Image, ImageDraw
from playwright.sync_api import Page, sync_playwright

from bench.figures import say
from bench.world import PORT, new_database, programs
from preceptor import migrations
from preceptor.kinds.pictures import Picture
from preceptor.kinds.registry import task_kinds
from preceptor.lib.db import Database
from preceptor.lib.embedded.postgres import throwaway_postgres
from preceptor.lib.money import Money
from preceptor.people.operations import add_person, add_team
from preceptor.people.rules import SYSTEM, Role
from preceptor.projects.operations import add_client_organisation, add_project
from preceptor.projects.rules import ProjectRules

BOXES = 5_000
WIDTH, HEIGHT = 4_000, 3_000
PASSWORD = "a password for the bench"
ROUNDS = 12
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

# From an input to the next frame the person sees, as browsers measure it. Source: W3C, Event Timing API. Letting a key
# go changes nothing on the page, so the next frame after it comes whenever something else changes: that is no wait.
WATCH = """
() => {
  window.waits = [];
  new PerformanceObserver((list) => {
    for (const one of list.getEntries())
      if (one.interactionId && one.name !== 'keyup') window.waits.push([one.interactionId, one.duration]);
  }).observe({ type: 'event', durationThreshold: 16 });
}
"""
FRAMES = """
() => new Promise((done) => {
  const times = [];
  const next = (now) => {
    times.push(now);
    if (times.length < 40) requestAnimationFrame(next);
    else done(times.slice(1).map((time, index) => time - times[index]));
  };
  requestAnimationFrame(next);
})
"""


def pictures() -> dict[str, float]:
    """Choosing, moving, naming, drawing and removing boxes, and zooming, among 5,000 on a picture of 12 megapixels."""
    path = os.environ.get("PRECEPTOR_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        raise SystemExit("There is no Chromium here; PRECEPTOR_CHROMIUM can name one.")
    with throwaway_postgres() as server:
        url = new_database(server, "pictures")
        migrations.upgrade(url)
        slug = asyncio.run(_people(url))
        with programs(url), sync_playwright() as playwright:
            _fill(slug)
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
            page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
            _open(page)
            waits, frames = _work(page)
            browser.close()
    for what, times in waits.items():
        say(f"  {what}: median {statistics.median(times):.0f} ms, longest {max(times):.0f} ms")
    every = sorted(one for times in waits.values() for one in times)
    return {
        # Machines are shared: single waits tell of their other guests, the middle of many tells of the page.
        "picture_interaction_ms": max(statistics.median(times) for times in waits.values()),
        "picture_interaction_longest_ms": every[-1 - len(every) // 50],
        "picture_frame_ms": statistics.median(frames),
    }


async def _people(url: str) -> str:
    db = Database(url, pool_size=1)
    async with db.write() as session:
        team_id = await add_team(session, actor=SYSTEM, name="Bench")
        client_id = await add_client_organisation(session, actor=SYSTEM, name="Bench")
    for role in (Role.MANAGER, Role.TRAINER):
        async with db.write() as session:
            await add_person(
                session,
                actor=SYSTEM,
                email=f"{role}@bench.example",
                name=role.title(),
                password=PASSWORD,
                roles=[role],
                team_ids=[team_id],
                client_ids=[],
            )
    async with db.write() as session:
        made = await add_project(
            session,
            actor=SYSTEM,
            client_id=client_id,
            title="Bench",
            kind=next(key for key, kind in task_kinds().items() if kind.accepts[:1] == (Picture,)),
            rate=Money(2500, "EUR"),
            guidelines="# Bench",
            rules=ProjectRules(),
            team_ids=[team_id],
        )
        await (await session.driver()).execute("UPDATE project SET state = 'open'")
    await db.close()
    return made.slug


def _fill(slug: str) -> None:
    """One item, by the API: the picture, and suggestions that the trainer accepts all at once."""
    chance = random.Random(7)
    picture = Image.new("RGB", (WIDTH, HEIGHT), (205, 200, 190))
    draw = ImageDraw.Draw(picture)
    suggestions = []
    for number in range(BOXES):
        x, y = chance.randrange(0, WIDTH - 60), chance.randrange(0, HEIGHT - 60)
        w, h = chance.randrange(15, 60), chance.randrange(15, 60)
        draw.ellipse((x, y, x + w, y + h), fill=(chance.randrange(90, 200), 90, 110))
        points = [[x, y], [x + w, y + h]]
        suggestions.append({"id": f"p{number}", "kind": "box", "label": "object", "points": points})
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=85)
    with httpx.Client(base_url=f"http://127.0.0.1:{PORT}", timeout=60) as client:
        client.get("/sign-in")
        client.headers["X-CSRF-Token"] = client.cookies["csrftoken"]
        signed = client.post("/api/v1/session", json={"email": "manager@bench.example", "password": PASSWORD})
        signed.raise_for_status()
        kept = client.post(f"/api/v1/projects/{slug}/assets", params={"name": "many.jpg"}, content=data.getvalue())
        kept.raise_for_status()
        item = {"content": {"file": kept.json(), "suggestions": suggestions}}
        client.post(f"/api/v1/projects/{slug}/items", json={"items": [item]}).raise_for_status()


def _open(page: Page) -> None:
    page.goto(f"http://127.0.0.1:{PORT}/sign-in")
    page.get_by_label("E-mail").fill("trainer@bench.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile("/work"))
    page.get_by_role("article").get_by_role("button", name="Start").click()
    page.wait_for_selector("boxes-field[data-ready]")
    read = page.get_by_role("button", name=re.compile("I have read"))
    if read.count():
        read.first.click()
    page.get_by_role("button", name="Accept all").click()
    page.wait_for_function(f"document.querySelector('boxes-field').value.shapes.length === {BOXES}")
    page.wait_for_timeout(3_000)  # until it is saved


def _work(page: Page) -> tuple[dict[str, list[float]], list[float]]:
    page.evaluate(WATCH)
    page.evaluate("document.querySelector('boxes-field .frame').scrollIntoView({ block: 'center' })")
    box = page.locator("boxes-field .stage").bounding_box()
    assert box is not None
    left, top, width, height = box["x"], box["y"], box["width"], box["height"]
    chance = random.Random(3)
    waits: dict[str, list[float]] = {}

    def measured(what: str) -> None:
        page.wait_for_timeout(250)
        found: list[Any] = page.evaluate("window.waits.splice(0)")
        longest: dict[int, float] = {}
        for interaction, duration in found:
            longest[interaction] = max(duration, longest.get(interaction, 0))
        # What is answered within a frame is not reported.
        waits.setdefault(what, []).extend(longest.values() or [16.0])

    for round_ in range(ROUNDS + 1):
        if round_ == 1:
            waits.clear()  # the first time round the scripts are still being compiled
        x, y = left + width * chance.uniform(0.2, 0.8), top + height * chance.uniform(0.2, 0.8)
        page.keyboard.press("v")
        measured("a tool")
        page.mouse.click(x, y)
        measured("choosing")
        page.keyboard.press("j")
        measured("the next one")
        page.keyboard.press("ArrowRight")
        measured("moving")
        page.keyboard.press("b")
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 40, y + 30, steps=4)
        page.mouse.up()
        measured("drawing")
        page.keyboard.press("Delete")
        measured("removing")
        page.keyboard.press("+")
        measured("zooming")
        page.keyboard.press("0")
        measured("the whole picture")
    page.keyboard.press("h")
    page.mouse.move(left + width / 2, top + height / 2)
    page.mouse.down()
    frames: list[float] = []
    for step in range(1, 4):
        page.mouse.move(left + width / 2 + step * 15, top + height / 2 + step * 10, steps=20)
        frames += page.evaluate(FRAMES)
    page.mouse.up()
    return waits, frames
