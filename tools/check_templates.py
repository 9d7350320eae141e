"""Checks every template: it parses, it refers only to floors below its own, and nothing in it breaks the page's rules.

The rules: no inline scripts or styles (the Content-Security-Policy forbids them), and no `|safe` but after `|json`,
which escapes what could end a script: the text may be a stranger's. A percent sign in a text that is translated is
written twice: a page with a single one cannot be shown.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import jinja2
from jinja2 import nodes

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "preceptor"
FLOORS = ["lib", "kinds", "web"]
"""Floors that have templates, from the bottom."""
SHARED_PAGES = re.compile(r"^web/[^/]+\.html$")
FORBIDDEN = {
    r"(?<!json )\|\s*safe\b": "“|safe”: Markdown needs none, and for scripts there is “|json |safe”",
    r"<style[\s>]": "a style element: the Content-Security-Policy forbids it",
    r"\sstyle\s*=": "a style attribute: the Content-Security-Policy forbids it",
    r"\son[a-z]+\s*=": "an event attribute: the Content-Security-Policy forbids it",
    r"javascript:": "a javascript: address",
    r"<script(?![^>]*(?:\ssrc=|type=\"(?:application/(?:ld\+)?json|importmap)\"))": "an inline script",
}

TRANSLATING = frozenset({"_", "gettext", "ngettext"})
FILLED_IN = re.compile(r"%%|%\(\w+\)[sd]")


def problems(path: Path, environment: jinja2.Environment) -> Iterator[str]:
    """What is wrong with one template."""
    source = path.read_text(encoding="utf-8")
    name = path.relative_to(PACKAGE).as_posix()
    try:
        tree = environment.parse(source, name=name)
    except jinja2.TemplateSyntaxError as error:
        yield f"{error.lineno}: {error.message}"
        return
    for node in tree.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
        if isinstance(node.template, nodes.Const):
            for target in [node.template.value] if isinstance(node.template.value, str) else node.template.value:
                if why := _wrong_reference(name, target):
                    yield f"{node.lineno}: refers to {target}: {why}"
    yield from _single_percents(tree)
    code = _blanked(r"\{#.*?#\}", source)
    markup = _blanked(r"\{%.*?%\}|\{\{.*?\}\}", code)
    for pattern, what in FORBIDDEN.items():
        for found in re.finditer(pattern, code if "safe" in pattern else markup):
            yield f"{source[: found.start()].count(chr(10)) + 1}: {what}"


def _single_percents(tree: nodes.Template) -> Iterator[str]:
    for call in tree.find_all(nodes.Call):
        if not isinstance(call.node, nodes.Name) or call.node.name not in TRANSLATING:
            continue
        for one in call.args:
            if isinstance(one, nodes.Const) and "%" in FILLED_IN.sub("", str(one.value)):
                yield f"{call.lineno}: a single % in “{str(one.value)[:60]}”: write %%"


def _blanked(pattern: str, text: str) -> str:
    """`text` with blanks where `pattern` was, so that lines keep their numbers."""
    return re.sub(pattern, lambda found: re.sub(r"[^\n]", " ", found[0]), text, flags=re.DOTALL)


def _wrong_reference(name: str, target: str) -> str:
    if not (PACKAGE / target).exists():
        return "there is no such template"
    here, there = name.split("/", maxsplit=1)[0], target.split("/", maxsplit=1)[0]
    if FLOORS.index(there) > FLOORS.index(here):
        return f"{here} is below {there}"
    if here == there == "web" and not SHARED_PAGES.match(target) and name.split("/")[1] != target.split("/")[1]:
        return "one audience's pages do not lean on another's"
    if here == there == "kinds" and name.split("/")[1:3] != target.split("/")[1:3] and target.count("/") > 1:
        return "one kind does not lean on another"
    return ""


def main() -> None:
    """Check them all; exit code 1 when something is wrong."""
    environment = jinja2.Environment(
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.loopcontrols"],
    )
    templates = [path for path in sorted(PACKAGE.rglob("*.html")) if (PACKAGE / "static") not in path.parents]
    wrong = [f"{path.relative_to(PACKAGE)}:{text}" for path in templates for text in problems(path, environment)]
    print("\n".join(wrong) if wrong else f"{len(templates)} templates: all well")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
