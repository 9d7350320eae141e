"""Collects the texts that people read and updates the catalogues of the languages named, or of all there are.

The house has one catalogue per language, `src/preceptor/locale/<language>/LC_MESSAGES/preceptor.po`; each kind and
field has its own below its folder, so that a plug-in brings its words along. Catalogues are read as they are: nothing
is compiled.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import IO

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "frontend"))
from extract import extract as extract_script_texts  # noqa: E402 (stands beside the build, not in a package)

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "preceptor"
FIRST_LANGUAGES = ("ca", "es")


def script_texts(
    stream: IO[bytes], keywords: object, comment_tags: object, options: object
) -> Iterator[tuple[int, str, str | tuple[str, str], list[str]]]:
    """The texts of a script, as Babel wants to be given them."""
    return extract_script_texts(stream, keywords, comment_tags, options)


METHODS = {".py": "python", ".html": "jinja2.ext:babel_extract", ".ts": script_texts}
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "t": None,
    "tn": (1, 2),
}
NOISE = tuple(
    f'"{name}'.encode() for name in ("POT-", "PO-", "Last-T", "Language-Team", "Report-", "Generated-", "Project-Id")
)
JINJA = {"extensions": "jinja2.ext.i18n,jinja2.ext.loopcontrols", "newstyle_gettext": "true", "silent": "false"}


def domains() -> Iterator[tuple[str, Path]]:
    """Name and folder of each part of the house with words of its own; the house itself comes last."""
    for group in ("kinds/fields", "kinds/tasks"):
        for folder in sorted((PACKAGE / group).glob("*/")):
            if (folder / "__init__.py").exists():
                yield folder.name, folder
    yield "preceptor", PACKAGE


def collect(folder: Path, *, without: list[Path]) -> Catalog:
    """All texts in the sources below `folder`, but for those below the folders `without`."""
    catalog = Catalog(project="Preceptor", charset="utf-8", fuzzy=False)
    for path in sorted(folder.rglob("*")):
        if path.suffix not in METHODS or "static" in path.relative_to(PACKAGE).parts:
            continue
        if any(other in path.parents for other in without):
            continue
        options = JINJA if path.suffix == ".html" else {}
        method = METHODS[path.suffix]
        found = extract_from_file(method, path, keywords=KEYWORDS, comment_tags=["i18n:"], options=options)
        for line, message, comments, _context in found:
            catalog.add(message, locations=[(str(path.relative_to(PACKAGE)), line)], auto_comments=comments)
    return catalog


def update(path: Path, language: str, template: Catalog) -> int:
    """Bring one catalogue up to date; gives the number of texts that are still to be translated."""
    catalog = Catalog(locale=language, project="Preceptor", charset="utf-8", fuzzy=False)
    if path.exists():
        with path.open("rb") as stream:
            catalog = read_po(stream, locale=language)
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.header_comment = f"# Preceptor in {catalog.locale.english_name}."
    stream = BytesIO()
    write_po(stream, catalog, width=120, sort_output=True, include_lineno=False)
    # Without the times of the tool's runs, a catalogue changes only when its texts do.
    lines = [line for line in stream.getvalue().splitlines() if not line.startswith(NOISE)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\n".join(lines) + b"\n")
    return sum(1 for message in catalog if message.id and not all(_forms(message.string)))


def _forms(text: object) -> tuple[str, ...]:
    return tuple(text) if isinstance(text, (tuple, list)) else (str(text or ""),)


def main() -> None:
    """Update every catalogue."""
    there = {path.name for path in PACKAGE.rglob("locale/*") if path.is_dir()}
    languages = sys.argv[1:] or sorted(there | set(FIRST_LANGUAGES))
    done: list[Path] = []
    for name, folder in domains():
        parts, done = done, [*done, folder]
        template = collect(folder, without=parts)
        if not len(template):
            continue
        for language in languages:
            missing = update(folder / "locale" / language / "LC_MESSAGES" / f"{name}.po", language, template)
            print(f"{name:<16} {language}  {len(template):>4} texts, {missing} to be translated")


if __name__ == "__main__":
    main()
