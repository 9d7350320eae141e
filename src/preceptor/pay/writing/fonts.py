"""Fonts for PDF: one for most scripts comes along; another can be set; what neither writes is spelled in Latin."""

import tempfile
from functools import cache
from pathlib import Path

import pymupdf_fonts
from fontTools.ttLib import TTFont
from text_unidecode import unidecode

from preceptor.lib.errors import ConflictError
from preceptor.lib.i18n import _

REGULAR, BOLD = "figo", "figbo"
"""FiraGO (SIL Open Font License): Latin, Cyrillic, Greek, Arabic, Hebrew, Devanagari, Thai, Georgian."""


class FontUnreadableError(ConflictError):
    """The font that was set cannot be read."""

    title = _("The font for PDF that an operator has set (PRECEPTOR_PDF_FONT) cannot be read.")
    code = "font_unreadable"


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="preceptor-fonts-")


@cache
def font_file(name: str) -> Path:
    """One of the fonts that come along, as a file; it is written once for each process."""
    path = Path(_folder().name) / f"{name}.ttf"
    path.write_bytes(pymupdf_fonts.myfont(name))
    return path


@cache
def letters_of(path: Path) -> frozenset[int]:
    """Code points that a font has a shape for.

    Raises:
        FontUnreadableError: it is no font.
    """
    try:
        with path.open("rb") as file, TTFont(file, fontNumber=0) as font:
            return frozenset(font.getBestCmap() or {})
    except Exception as error:  # fontTools raises whatever the file makes it stumble over
        raise FontUnreadableError from error


def writable(text: str, *paths: Path) -> str:
    """The text with what no font has a shape for spelled in Latin letters."""
    known = frozenset[int]().union(*(letters_of(path) for path in paths))
    return "".join(letter if ord(letter) in known else unidecode(letter).strip("\n") or "?" for letter in text)
