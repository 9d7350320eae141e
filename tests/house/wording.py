"""Finds words that a person would read and no translator would: in templates and in the scripts' `html` templates."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import jinja2
from jinja2 import nodes

HOLE = "\ue000"
"""Stands where an expression was."""
SPOKEN = frozenset(
    {"alt", "aria-label", "aria-description", "aria-placeholder", "content", "label", "placeholder", "title"}
)
SILENT = frozenset({"code", "kbd", "script", "style", "svg"})
NO_END = frozenset({"br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
SAME_EVERYWHERE = re.compile(
    r"Preceptor|Prece|ptor|[\w.]+@[\w.]+\.example|&\w+;|\bmin\b|\b(?:kB|MB|GB|ms|SHA-256)\b|\b(?:Shift|Ctrl|Alt|Enter|Esc|Tab)\b"
)
"""Names, addresses, units and keys of the keyboard."""
SENTENCE = re.compile(r"^[A-Z][a-z’]+(?:[ ,.:;!?…’'(){}%\w-]|$)")
"""What an untranslated text inside an expression looks like."""

TRANSLATING = frozenset({"_", "gettext", "ngettext"})
ENVIRONMENT = jinja2.Environment(
    autoescape=True, extensions=["jinja2.ext.i18n", "jinja2.ext.loopcontrols"], trim_blocks=True, lstrip_blocks=True
)
ENVIRONMENT.install_gettext_callables(str, lambda one, _many, _count: one, newstyle=True)

_JINJA = re.compile(
    r"\{#.*?#\}|\{%-?\s*trans\b.*?endtrans\s*-?%\}|\{%\s*block \w+_(?:class|attributes)\s*%\}.*?\{%\s*endblock"
    r"|\{%-?\s*macro _(?:id|state)\b.*?\{%-?\s*endmacro|\{%.*?%\}|\{\{.*?\}\}",
    re.DOTALL,
)
"""What is not text: remarks, translated passages, blocks and macros of attributes, statements and expressions."""
_LETTER = re.compile(r"[^\W\d_]")


class Finder(HTMLParser):
    """Collects text that people would see or hear, with its line."""

    def __init__(self, first_line: int = 1) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[tuple[int, str]] = []
        self._first_line = first_line
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            spoken = name in SPOKEN and not (name == "content" and tag == "meta")
            if spoken and value:
                self._note(value)
        if tag in SILENT and tag not in NO_END:
            self._silent.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._silent and self._silent[-1] == tag:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._note(data)

    def _note(self, text: str) -> None:
        said = SAME_EVERYWHERE.sub("", text.replace(HOLE, " "))
        if _LETTER.search(said):
            above = text[: len(text) - len(text.lstrip(f"{HOLE} \n"))].count("\n")
            line = self._first_line + self.getpos()[0] - 1 + above
            self.found.append((line, " ".join(text.replace(HOLE, "…").split())))


def untranslated_in_template(path: Path) -> Iterator[tuple[int, str]]:
    """Line and text of what stands in a template without passing gettext."""
    source = path.read_text(encoding="utf-8")
    finder = Finder()
    finder.feed(_JINJA.sub(_hole, source))
    finder.close()
    yield from finder.found
    yield from _in_expressions(ENVIRONMENT.parse(source))


def _hole(found: re.Match[str]) -> str:
    """Nothing for what prints nothing; lines keep their numbers."""
    return (HOLE if found[0].startswith("{{") else "") + "\n" * found[0].count("\n")


def _in_expressions(tree: nodes.Node) -> Iterator[tuple[int, str]]:
    """Texts given to macros and set as values that do not pass gettext."""
    for child in tree.iter_child_nodes():
        if isinstance(child, nodes.Call) and isinstance(child.node, nodes.Name) and child.node.name in TRANSLATING:
            continue
        if isinstance(child, nodes.Const) and _is_said(child.value):
            yield child.lineno, child.value
        yield from _in_expressions(child)


def _is_said(value: object) -> bool:
    return isinstance(value, str) and bool(SENTENCE.match(value) and _LETTER.search(SAME_EVERYWHERE.sub("", value)))


def untranslated_in_script(path: Path) -> Iterator[tuple[int, str]]:
    """Line and text of what stands in a script's `html` templates without passing `t()`."""
    source = path.read_text(encoding="utf-8")
    for start, text in html_templates(source):
        finder = Finder(source.count("\n", 0, start) + 1)
        finder.feed(text)
        finder.close()
        yield from finder.found


def html_templates(source: str) -> list[tuple[int, str]]:
    """Every `html` template of a script with a hole for each `${…}`; those inside others are listed on their own."""
    found: list[tuple[int, str]] = []
    _code(source, 0, found, until=None)
    return sorted(found)


def _code(source: str, at: int, found: list[tuple[int, str]], *, until: str | None) -> int:
    """Read code from `at` to the closing brace `until` (else to the end); answers the place behind it."""
    depth = 0
    while at < len(source):
        sign = source[at]
        if source.startswith("//", at) and source[at - 1] != ":":
            at = source.find("\n", at) if "\n" in source[at:] else len(source)
        elif source.startswith("/*", at):
            at = source.index("*/", at) + 2
        elif sign in "\"'":
            at = _string(source, at)
        elif sign == "`":
            at = _template(source, at, found)
        elif sign == "/" and re.search(r"(?:[=(,:[!&|?{;]|\breturn|=>)\s*$", source[max(0, at - 20) : at]):
            at = _pattern(source, at)
        elif until and sign == "{":
            depth, at = depth + 1, at + 1
        elif until and sign == "}":
            if depth == 0:
                return at + 1
            depth, at = depth - 1, at + 1
        else:
            at += 1
    return at


def _string(source: str, at: int) -> int:
    quote, at = source[at], at + 1
    while source[at] != quote:
        at += 2 if source[at] == "\\" else 1
    return at + 1


def _pattern(source: str, at: int) -> int:
    at, in_set = at + 1, False
    while source[at] != "/" or in_set:
        if source[at] == "\\":
            at += 1
        elif source[at] in "[]":
            in_set = source[at] == "["
        at += 1
    return at + 1


def _template(source: str, at: int, found: list[tuple[int, str]]) -> int:
    is_html, start, at = bool(re.search(r"\b(?:html|svg)$", source[max(0, at - 8) : at])), at + 1, at + 1
    text = ""
    while source[at] != "`":
        if source[at] == "\\":
            text, at = text + source[at : at + 2], at + 2
        elif source.startswith("${", at):
            behind = _code(source, at + 2, found, until="}")
            text, at = text + HOLE + "\n" * source.count("\n", at, behind), behind
        else:
            text, at = text + source[at], at + 1
    if is_html:
        found.append((start, text))
    return at + 1
