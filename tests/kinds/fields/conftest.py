"""A field's widget by itself in a real browser: the built files, no server."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

from tests.frontend.conftest import FLAGS, PHONE, STATIC, WIDE, chromium_path

ORIGIN = "http://fields.example"
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".json": "application/json"}
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Field</title><link rel="stylesheet" href="{style}"><script type="importmap">{imports}</script>
<script type="application/json" id="messages">{{}}</script></head><body><main><h1>Field</h1><div id="place"></div></main>
<script type="module">
const properties = {properties};
const module = await import("@preceptor/fields/{key}");
const element = Object.assign(document.createElement(module.tag), properties);
window.changes = [];
element.addEventListener("field-changed", (event) => {{ window.changes.push(event.detail); element.value = event.detail; }});
document.getElementById("place").append(element);
window.field = element;
</script></body></html>"""

FieldOpener = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for the tests of a module."""
    path = chromium_path()
    if not path or not (STATIC / "manifest.json").exists():
        pytest.skip("no Chromium here, or the frontend is not built")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def open_field(browser: Browser) -> Iterator[FieldOpener]:
    """`open_field("spans", settings=…, value=…)` shows the field; `page.evaluate("changes")` is what it said."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []
    manifest = json.loads((STATIC / "manifest.json").read_text())

    def serve(route: Route, page_text: str) -> None:
        name = route.request.url.removeprefix(f"{ORIGIN}/")
        if not name:
            route.fulfill(body=page_text, content_type="text/html")
            return
        path = STATIC / name.removeprefix("static/")
        route.fulfill(body=path.read_bytes(), content_type=TYPES.get(path.suffix, "application/octet-stream"))

    def open_(key: str, *, phone: bool = False, dark: bool = False, **properties: Any) -> Page:
        context = browser.new_context(
            viewport=PHONE if phone else WIDE,
            has_touch=phone,
            is_mobile=phone,
            color_scheme="dark" if dark else "light",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(8_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        text = PAGE.format(
            style=f"/static/{manifest['files']['app.css']}",
            imports=json.dumps({"imports": {name: f"/static/{file}" for name, file in manifest["imports"].items()}}),
            properties=json.dumps(properties).replace("<", "\\u003c"),
            key=key,
        )
        page.route(f"{ORIGIN}/**", lambda route: serve(route, text))
        page.goto(f"{ORIGIN}/")
        page.wait_for_function("window.field?.updateComplete")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert faults == []
