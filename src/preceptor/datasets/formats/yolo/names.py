"""Names of YOLO's classes: `classes.txt`, a line each, or `names` in `data.yaml`.

Of YAML only what such a file holds is understood: a list in brackets or of dashes, or numbers with names.
"""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from preceptor.datasets.readers.archives import Archive
from preceptor.datasets.readers.rows import BadRowError
from preceptor.lib.i18n import _

LISTS = ("classes.txt", "obj.names", "labels.txt")
_YAML = (".yaml", ".yml")
_FLOW = re.compile(r"""\s*(?:(\d+)\s*:\s*)?("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^,\]\}]+?)\s*(?:,|$)""")
_ITEM = re.compile(r"\s*(?:-|(\d+)\s*:)\s+(.+?)\s*(?:\s#.*)?$")


def names_in(archive: Archive) -> dict[int, str]:
    """Names by number.

    Raises:
        BadRowError: there is no file of names, or it cannot be read.
    """
    for name in archive.names(*_YAML):
        if found := from_yaml(archive.text(name)):
            return found
    for name in archive.names(".txt", ".names"):
        if PurePosixPath(name).name in LISTS:
            lines = [line.strip() for line in archive.text(name).splitlines()]
            return {number: line[:200] for number, line in enumerate(lines) if line}
    message = _("There is no classes.txt, and no data.yaml with names: add one that names the classes.")
    raise BadRowError("no_names", message)


def from_yaml(text: str) -> dict[int, str]:
    """Names by number; empty where there are none."""
    lines = text.splitlines()
    for place, line in enumerate(lines):
        if not line.startswith("names:"):
            continue
        rest = line.removeprefix("names:").strip()
        if rest[:1] in {"[", "{"}:
            # A list in brackets may go on over several lines.
            whole = " ".join([rest, *(one.strip() for one in lines[place + 1 :])])
            end = whole.find("]" if rest[0] == "[" else "}")
            return _numbered([(one[0], one[1]) for one in _FLOW.findall(whole[1:end])])
        found = []
        for one in lines[place + 1 :]:
            match = _ITEM.match(one)
            if not match:
                if one.strip() and not one.strip().startswith("#"):
                    break
                continue
            found.append((match[1] or "", match[2]))
        return _numbered(found)
    return {}


def _numbered(found: Sequence[tuple[str, str]]) -> dict[int, str]:
    return {int(number) if number else place: _bare(text) for place, (number, text) in enumerate(found) if text.strip()}


def _bare(text: str) -> str:
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] == "'":
        text = text[1:-1].replace("''", "'")
    elif len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return text[:200]


def quoted(text: str) -> str:
    """A name as YAML reads it back, whatever is in it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
