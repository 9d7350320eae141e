"""Comma-separated values that no spreadsheet takes for formulas."""

import csv
from collections.abc import Iterable
from io import StringIO

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula (OWASP, CSV injection). Ours: never for numbers."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULAS) else text


def separated_line(cells: Iterable[object]) -> str:
    """One line. Texts from people are made harmless; what is no text is written as it is."""
    stream = StringIO()
    csv.writer(stream).writerow([harmless(cell) if isinstance(cell, str) else cell for cell in cells])
    return stream.getvalue()
