"""Files keep to a size that one can hold in the head, have names that say something, and know no particular machine."""

import re
from pathlib import Path

from tests.house.conftest import ROOT

MOST_LINES = 400
CODE = {".css", ".html", ".mjs", ".py", ".sql", ".ts"}
WRITTEN_ONCE = "src/preceptor/migrations/versions/"
"""A migration is never touched again once it has been applied somewhere."""
LONGER: dict[str, int] = {}
"""Files above the limit with the lines they may have. This list may only shrink, and so may its numbers."""

VAGUE = re.compile(r"(?:^|_)(?:utils?|utilities|helpers?|misc|common|commons|stuff)$")

MACHINE = {
    "a folder of somebody's machine": re.compile(r"(?<![\w.])/(?:home|Users)/(?!<|you\b|me\b|name\b|…)[a-z][\w.-]*/"),
    "a build folder": re.compile(r"(?<![\w.])/work/(?:main|shared|plan|\.\w+)\b"),
    "a package index": re.compile(r"--(?:extra-)?index-url|--find-links|--registry\b|^registry\s*=", re.MULTILINE),
    "a package's address": re.compile(r'"resolved"\s*:\s*"https?:'),
    "a private host": re.compile(r"https?://(?:10\.\d|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)[\d.]*"),
}
"""What must not stand in the repository: where something lies on one machine, and where one machine fetches packages."""

TEXT_SUFFIXES = CODE | {".cfg", ".ini", ".json", ".md", ".mako", ".po", ".sh", ".toml", ".txt", ".yaml", ".yml", ""}


def lines_of(path: Path) -> int:
    return path.read_bytes().count(b"\n")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_files_keep_to_400_lines(tracked):
    sizes = {name_of(path): lines_of(path) for path in tracked if path.suffix in CODE}
    grown = {name: lines for name, lines in sizes.items() if lines > LONGER.get(name, MOST_LINES)}
    grown = {name: lines for name, lines in grown.items() if not name.startswith(WRITTEN_ONCE)}
    assert not grown, f"more than {MOST_LINES} lines: split by noun: {grown}"


def test_the_list_of_longer_files_only_shrinks(tracked):
    known = {name_of(path): lines_of(path) for path in tracked}
    loose = {name: (known.get(name, 0), most) for name, most in LONGER.items() if known.get(name, 0) < most}
    assert not loose, (
        f"these have become shorter: take them from the list, or lower their number (now, listed): {loose}"
    )


def test_names_say_something(tracked):
    vague = [name_of(path) for path in tracked if any(VAGUE.search(Path(part).stem) for part in _parts(path))]
    assert not vague, f"name what is in it: {vague}"


def _parts(path: Path) -> list[str]:
    return [part for part in path.relative_to(ROOT).parts if path.suffix in CODE]


def test_no_machine_is_named(tracked):
    found = []
    for path in tracked:
        if path.suffix not in TEXT_SUFFIXES or path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [
            f"{name_of(path)}:{text[: match.start()].count(chr(10)) + 1}: {what}: {match[0]}"
            for what, pattern in MACHINE.items()
            for match in pattern.finditer(text)
        ]
    assert not found, "\n".join(found)


def test_nothing_is_put_off(tracked):
    """What is not done yet belongs into an issue, not into the code."""
    mark = re.compile(r"(?:#|//|\{#|/\*)\s*(?:TODO|FIXME|XXX|HACK)\b")
    found = [
        f"{name_of(path)}:{number}"
        for path in tracked
        if path.suffix in CODE and path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if mark.search(line)
    ]
    assert not found, found
