"""The documentation as texts."""

import functools
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


@functools.cache
def documents() -> dict[str, str]:
    """Every page of the documentation by its path from the root."""
    pages = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")]
    pages += sorted(DOCS.rglob("*.md"))
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in pages if path.exists()}


@functools.cache
def code_words() -> frozenset[str]:
    """Everything that stands between backticks anywhere."""
    return frozenset(word for text in documents().values() for word in re.findall(r"`([^`\n]+)`", text))


@pytest.fixture(scope="session")
def words() -> frozenset[str]:
    """Everything that stands between backticks anywhere."""
    return code_words()


def table_rows(text: str, heading: str) -> list[list[str]]:
    """The cells of the tables below a heading, up to the next heading of any level."""
    section = text.split(f"\n{heading}\n", maxsplit=1)[1]
    section = re.split(r"\n#+ ", section, maxsplit=1)[0]
    rows = [line.strip().strip("|").split(" | ") for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows if not set("".join(row)) <= set("-: |")]


def section_of(text: str, heading: str) -> str:
    """What stands below a heading, up to the next one of the same level."""
    level = heading.split(" ", maxsplit=1)[0]
    return text.split(f"\n{heading}\n", maxsplit=1)[1].split(f"\n{level} ", maxsplit=1)[0]
