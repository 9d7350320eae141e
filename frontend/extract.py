# ruff: noqa: INP001 (beside the build, not a package)
"""Finds the texts of TypeScript files for gettext: a Babel extraction method.

Babel's own JavaScript extractor loses calls with values inside template literals, where ours mostly
stand. Our calls are simple by convention (a test holds it): `t("…")` and `tn("…", "…")` with the texts written out, so
that a pattern finds them all.

    .venv/bin/python frontend/extract.py        lists file, line and text
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

TEXT = r'"(?:[^"\\\n]|\\.)*"'
CALL = re.compile(rf"(?<![\w.$])(?:t\(\s*(?P<text>{TEXT})|tn\(\s*(?P<one>{TEXT})\s*,\s*(?P<many>{TEXT}))")
COMMENT = re.compile(r"//\s*(i18n:.*)$")

Found = tuple[int, str, str | tuple[str, str], list[str]]


def extract(fileobj: IO[bytes], _keywords: object, _comment_tags: object, _options: object) -> Iterator[Found]:
    """Line, function, message (a pair where there is a plural) and comments of every call, in order."""
    source = fileobj.read().decode()
    lines = source.splitlines()
    for call in CALL.finditer(source):
        line = source.count("\n", 0, call.start()) + 1
        before = COMMENT.search(lines[line - 2]) if line > 1 else None
        comments = [before.group(1)] if before else []
        if call["text"]:
            yield line, "gettext", json.loads(call["text"]), comments
        else:
            yield line, "ngettext", (json.loads(call["one"]), json.loads(call["many"])), comments


def main() -> None:
    """List everything there is."""
    package = Path(__file__).parent.parent / "src" / "preceptor"
    for path in sorted(package.rglob("*.ts")):
        with path.open("rb") as stream:
            for line, _function, message, _comments in extract(stream, None, None, None):
                print(f"{path.relative_to(package)}:{line}: {message}")  # noqa: T201 (a command's output)


if __name__ == "__main__":
    main()
