"""Takes the README's pictures: a demo house is started, somebody works in it, and Chromium looks on.

    make screenshots
    .venv/bin/python tools/screenshots.py --url http://127.0.0.1:8080 --only workbench

Without `--url` a demo of its own runs in a temporary folder. Pictures are written to `docs/screenshots/` as
`<scene>-<desktop|phone>-<light|dark>.png`, with a palette of 256 colours so that they stay small.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import browser as chromium
import palette
from begun import BEGUN, FORM
from onlooker import DESKTOP, Person, Scene, demo, settled
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "screenshots"
PILOT = "winter-pilot"
"""The demo's project in which work has been done and reviewed."""
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars"]
PATIENCE = 600.0
"""Seconds that a small model on two cores may take for four answers."""

IDEAL = (
    "Let the wax harden, then scrape off what you can with a blunt knife. Lay blotting paper above and below the stain "
    "and go over it with a warm iron; change the paper until no more wax comes. Wash the cloth as its label says."
)


def work(chrome: Browser, url: str) -> tuple[Person, str, Callable[[Page], None]]:
    """The list of work."""
    return Person(chrome, url, "trainer"), "/work", settled


def workbench(chrome: Browser, url: str) -> tuple[Person, str, Callable[[Page], None]]:
    """A task in the middle of it: four responses, rated, errors ticked, the ideal one begun."""
    trainer = Person(chrome, url, "trainer")
    task = trainer.call("POST", "/projects/everyday-questions/claim", {})
    trainer.call("POST", "/projects/everyday-questions/guidelines/acknowledge", {"version": 1})
    until = time.monotonic() + PATIENCE
    while any(response["state"] in {"pending", "streaming"} for response in responses_of(task)):
        assert time.monotonic() < until, "the models take too long"
        time.sleep(1)
        task = trainer.call("GET", f"/assignments/{task['id']}")
    worked = [5_000 * step for step in range(60)]
    trainer.call("POST", f"/assignments/{task['id']}/beat", {"inputs": worked, "foreground": True})
    shown = responses_of(task)
    ratings = dict(zip((one["id"] for one in shown), (5, 2, 6, 3), strict=False))
    errors = {shown[1]["id"]: ["factual_inaccuracy", "repetition"], shown[3]["id"]: ["instructions_not_followed"]}
    turn = task["turns"][0]  # type: ignore[index]
    answer = {"turns": [{"turn_id": turn["id"], "ratings": ratings, "errors": errors, "ideal": IDEAL}]}
    version = (task["draft"] or {"version": 0})["version"] + 1  # type: ignore[index]
    trainer.call("PUT", f"/assignments/{task['id']}/draft", {"version": version, "content": answer})

    def ready(page: Page) -> None:
        page.wait_for_selector("preceptor-workbench rating-field")
        settled(page)

    return trainer, f"/work/assignments/{task['id']}", ready


def ideal(chrome: Browser, url: str) -> tuple[Person, str, Callable[[Page], None]]:
    """The same task, further down: the ranking and the ideal response."""
    trainer, path, ready = workbench(chrome, url)

    def scrolled(page: Page) -> None:
        ready(page)
        page.locator("rate-ideal").scroll_into_view_if_needed()
        page.evaluate("scrollTo(0, document.body.scrollHeight)")

    return trainer, path, scrolled


MESSAGES = (
    "What could I cook with three ripe bananas?",
    "I have just remembered that my oven is broken. What now?",
    "Then I would rather have something savoury.",
)


def conversation(chrome: Browser, url: str) -> tuple[Person, str, Callable[[Page], None]]:
    """A conversation led to a brief, on the second of two branches."""
    manager, trainer = Person(chrome, url, "manager"), Person(chrome, url, "trainer")
    slug = _kitchen(manager)
    trainer.call("POST", f"/projects/{slug}/guidelines/acknowledge", {"version": 1})
    task = trainer.call("POST", f"/projects/{slug}/claim", {})
    first = _said(trainer, task, MESSAGES[0])
    on = {"parent": first["id"], "continue_from": first["responses"][0]["id"]}
    turns = [first, _said(trainer, task, MESSAGES[1], **on), _said(trainer, task, MESSAGES[2], **on)]
    said = [
        {"turn_id": turn["id"], "ratings": {turn["responses"][0]["id"]: rating}, "tags": {}}
        for turn, rating in zip(turns, (5, 3, 4), strict=True)
    ]
    said[2]["tags"] = {turns[2]["responses"][0]["id"]: ["forgot_earlier_turns"]}
    answer = {"turns": said, "end": turns[2]["id"]}
    trainer.call("PUT", f"/assignments/{task['id']}/draft", {"version": 1, "content": answer})

    def ready(page: Page) -> None:
        page.wait_for_selector("converse-widget .branches")
        settled(page)
        outline = page.locator("converse-widget .outline > summary")
        if page.viewport_size == DESKTOP:
            outline.click()
        page.locator("converse-widget .branches").scroll_into_view_if_needed()

    return trainer, f"/work/assignments/{task['id']}", ready


def _kitchen(manager: Person) -> str:
    """A project in which conversations are led, with one item; answers its address."""
    steps = ["Ask for something to cook.", "Change your mind.", "See whether it keeps up."]
    item = {"brief": "Ask for a recipe, then change your mind.", "content": {"steps": steps, "level": 2}}
    settings = {"positions": [{"max_tokens": 110, "temperature": 0.4}], "each": {"tags": CONVERSATION_TAGS}}
    return _opened(manager, title="A change of mind", kind="converse", settings=settings, item=item)


def _opened(manager: Person, *, title: str, kind: str, settings: dict[str, Any], item: dict[str, Any]) -> str:
    """An open project with one item; answers its address."""
    clients, teams = manager.call("GET", "/clients"), manager.call("GET", "/teams")
    made = manager.call(
        "POST",
        "/projects",
        {
            "title": title,
            "client_id": clients["clients"][0]["id"],  # type: ignore[index]
            "kind": kind,
            "rate_per_hour": {"amount": 2400, "currency": "EUR"},
            "settings": settings,
            "guidelines": "# Take your time",
            "team_ids": [team["id"] for team in teams["teams"]],  # type: ignore[attr-defined]
        },
    )
    manager.call("POST", f"/projects/{made['slug']}/items", {"items": [item]})
    manager.call("POST", f"/projects/{made['slug']}/open", {})
    return str(made["slug"])


def _begun(
    title: str,
    kind: str,
    content: dict[str, Any],
    answer: Callable[[list[str]], dict[str, Any]],
    scroll_to: str,
    press: str = "",
) -> Scene:
    """A scene: a task of another kind with a draft; `answer` is given the ids of what the item brought, in order.

    `press`: a key that shows more of it.
    """

    def scene(chrome: Browser, url: str) -> tuple[Person, str, Callable[[Page], None]]:
        manager, trainer = Person(chrome, url, "manager"), Person(chrome, url, "trainer")
        slug = _opened(
            manager, title=title, kind=kind, settings=OTHER_SETTINGS.get(kind, {}), item={"content": content}
        )
        trainer.call("POST", f"/projects/{slug}/guidelines/acknowledge", {"version": 1})
        task = trainer.call("POST", f"/projects/{slug}/claim", {})
        given = content.get("responses") or content.get("candidates") or []
        shown = {one["text"]: one["id"] for one in responses_of(task)} if task["turns"] else {}
        draft = answer([shown[one["text"]] for one in given])
        trainer.call("PUT", f"/assignments/{task['id']}/draft", {"version": 1, "content": draft})

        def ready(page: Page) -> None:
            page.wait_for_selector(scroll_to)
            settled(page)
            if press:
                page.keyboard.press(press)
                settled(page)
            page.locator(scroll_to).first.scroll_into_view_if_needed()

        return trainer, f"/work/assignments/{task['id']}", ready

    return scene


OTHER_SETTINGS: dict[str, dict[str, Any]] = {
    "write_response": {"outline": "optional", "min_words": 20, "max_words": 150},
    "continue_text": {"candidates": 0, "positions": []},
    "custom_form": FORM,
}


def form_builder(chrome: Browser, url: str) -> tuple[Person, str, Callable[[Page], None]]:
    """The form of a project while it is put together, with its preview."""
    manager = Person(chrome, url, "manager")
    item = {"content": BEGUN["form"]["content"]}
    slug = _opened(manager, title="Letters", kind="custom_form", settings=FORM, item=item)

    def ready(page: Page) -> None:
        page.wait_for_selector("custom-form-preview custom-form-question", state="attached")
        page.locator("custom-form-builder .question-card .name").nth(2).click()
        settled(page)
        page.evaluate("document.querySelector('custom-form-builder .cards').scrollIntoView(); scrollBy(0, -150)")

    return manager, f"/projects/{slug}/settings", ready


CONVERSATION_TAGS = [{"key": "forgot_earlier_turns", "label": {"en": "Forgot earlier turns"}, "shortcut": "e"}]


def _said(trainer: Person, task: dict[str, object], prompt: str, **on: str) -> dict[str, Any]:
    """A message sent, and the turn with what the model wrote."""
    body = {"key": str(uuid4()), "prompt": prompt, **on}
    turn = trainer.call("POST", f"/assignments/{task['id']}/turns", body)
    until = time.monotonic() + PATIENCE
    while True:
        assert time.monotonic() < until, "the models take too long"
        turns = trainer.call("GET", f"/assignments/{task['id']}")["turns"]
        found: dict[str, Any] = next(one for one in turns if one["id"] == turn["id"])  # type: ignore[attr-defined]
        if found["state"] == "complete":
            return found
        time.sleep(1)


def responses_of(task: dict[str, object]) -> list[dict[str, str]]:
    """The responses of a task's first turn, in the order shown."""
    return list(task["turns"][0]["responses"])  # type: ignore[index]


def review(chrome: Browser, url: str) -> tuple[Person, str, Callable[[Page], None]]:
    """A review under way."""
    reviewer = Person(chrome, url, "reviewer")
    claimed = reviewer.call("POST", "/reviews/claim", {})
    return reviewer, f"/reviews/{claimed['id']}", settled


def project(chrome: Browser, url: str) -> tuple[Person, str, Callable[[Page], None]]:
    """A project at a glance."""
    return Person(chrome, url, "manager"), f"/projects/{PILOT}", settled


def release(chrome: Browser, url: str) -> tuple[Person, str, Callable[[Page], None]]:
    """A release and its files."""
    manager = Person(chrome, url, "manager")
    made = manager.call("POST", f"/projects/{PILOT}/releases", {"licence": "CC-BY-4.0", "languages": ["en"]})
    while made["state"] != "done":
        assert made["state"] != "failed", made["error"]
        time.sleep(0.5)
        made = manager.call("GET", f"/releases/{made['id']}")
    return manager, f"/projects/{PILOT}/releases/{made['number']}", settled


SEEN = {
    "car": ("vehicle", (52, 448), (288, 572)),
    "other": ("vehicle", (615, 536), (876, 674)),
    "adult": ("pedestrian", (398, 455), (445, 605)),
    "child": ("pedestrian", (448, 480), (490, 596)),
    "light": ("traffic_light", (333, 178), (367, 258)),
}
"""What somebody has drawn on the demo's first picture so far."""


def labelling(chrome: Browser, url: str) -> tuple[Person, str, Callable[[Page], None]]:
    """A picture with some boxes on it."""
    trainer = Person(chrome, url, "trainer")
    trainer.call("POST", "/projects/street-scenes/guidelines/acknowledge", {"version": 1})
    task = trainer.call("POST", "/projects/street-scenes/claim", {})
    shapes = [
        {"id": key, "kind": "box", "label": label, "points": [first, last]}
        for key, (label, first, last) in SEEN.items()
    ]
    version = (task["draft"] or {"version": 0})["version"] + 1  # type: ignore[index]
    content = {"shapes": shapes, "classes": [], "rejected": []}
    trainer.call("PUT", f"/assignments/{task['id']}/draft", {"version": version, "content": content})

    def ready(page: Page) -> None:
        page.wait_for_selector("boxes-field[data-ready]")
        settled(page)

    return trainer, f"/work/assignments/{task['id']}", ready


def offers(chrome: Browser, url: str) -> tuple[Person, str, Callable[[Page], None]]:
    """What strangers see of the offers."""
    return Person(chrome, url, "client"), "/offers", settled


def earnings(chrome: Browser, url: str) -> tuple[Person, str, Callable[[Page], None]]:
    """What somebody has earned."""
    return Person(chrome, url, "trainer"), "/earnings", settled


SCENES: dict[str, Scene] = {
    "work": work,
    "workbench": workbench,
    "ideal": ideal,
    "conversation": conversation,
    **{name: _begun(**said) for name, said in BEGUN.items()},
    "labelling": labelling,
    "form-builder": form_builder,
    "review": review,
    "project": project,
    "release": release,
    "offers": offers,
    "earnings": earnings,
}


def take(chrome: Browser, url: str, only: list[str]) -> None:
    """Take every picture of the scenes wanted."""
    OUT.mkdir(parents=True, exist_ok=True)
    painter = chrome.new_page()
    for name, scene in SCENES.items():
        if only and name not in only:
            continue
        person, path, ready = scene(chrome, url)
        for phone in (False, True):
            for dark in (False, True):
                with person.looking(phone=phone, dark=dark) as page:
                    page.goto(path)
                    ready(page)
                    raw = page.screenshot()
                target = OUT / f"{name}-{'phone' if phone else 'desktop'}-{'dark' if dark else 'light'}.png"
                target.write_bytes(palette.reduced(painter, raw))
                print(f"{target.relative_to(ROOT)}  {len(raw) / 1000:.0f} → {target.stat().st_size / 1000:.0f} kB")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", help="a demo that runs already")
    parser.add_argument("--only", action="append", default=[], choices=sorted(SCENES), help="this scene alone")
    parser.add_argument("--practice", action="store_true", help="use the practice model")
    options = parser.parse_args()
    path = chromium.find(ROOT / ".venv")
    if path is None:
        sys.exit("No Chromium here: tools/bootstrap browser")
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=path, args=FLAGS)
        if options.url:
            take(chrome, options.url.rstrip("/"), options.only)
        else:
            with demo(practice=options.practice) as url:
                take(chrome, url, options.only)
        chrome.close()


if __name__ == "__main__":
    main()
