# ruff: noqa: INP001 (a script beside the build, not a package)
"""Writes build/gallery/index.html: every part of lib/ui on one page, to look at it.

    .venv/bin/python frontend/gallery.py          (after `node frontend/build.mjs`)

The page is made from the same macros and the same stylesheet as the product, so that what it shows is what people get.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "preceptor"
TARGET = ROOT / "build" / "gallery"


def environment() -> Environment:
    """A Jinja environment with what the macros ask for, in English and with canned formats."""
    env = Environment(
        loader=FileSystemLoader([PACKAGE, Path(__file__).parent]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    env.globals["_"] = str
    files = json.loads((PACKAGE / "static" / "manifest.json").read_text())["files"]
    env.globals["asset"] = lambda name: f"../../src/preceptor/static/{files[name]}"
    env.filters["datetime"] = lambda value, form: f"{value:%-d %b %Y, %H:%M}{' UTC' if form == 'long' else ''}"
    env.filters["date"] = lambda value: f"{value:%-d %b %Y}"
    env.filters["ago"] = lambda value: f"{value:%-d} days ago"
    env.filters["money"] = lambda value: f"€{value / 100:,.2f}"
    env.filters["duration"] = lambda value: f"{value // 60_000} min"
    return env


def main() -> None:
    """Render the page."""
    TARGET.mkdir(parents=True, exist_ok=True)
    page = environment().get_template("gallery.html").render(now=datetime(2026, 11, 22, 12, 41, tzinfo=UTC))
    (TARGET / "index.html").write_text(page)


if __name__ == "__main__":
    main()
