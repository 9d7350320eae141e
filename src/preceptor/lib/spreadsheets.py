"""Separated values that people open in a spreadsheet, without texts that it would run as formulas.

Source: OWASP, "CSV Injection", https://owasp.org/www-community/attacks/CSV_Injection. Fullwidth signs are taken for the
others where text is entered in East Asian languages.
"""

import csv
import re
from collections.abc import Iterable
from io import StringIO

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What the text of a cell may not begin with, not even after spaces."""

_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)*(e[+-]?[0-9]+)?", re.IGNORECASE)


def harmless(text: str, *, numbers: bool = False) -> str:
    """A text that no spreadsheet takes for a formula: with an apostrophe before it where it would.

    Args:
        text: of a cell.
        numbers: whether plain numbers stay as they are, which run nothing but lose a plus sign before them.

    >>> [harmless(text, numbers=True) for text in ("=1+1", "＝1+1", "-3.5", "- no")]
    ["'=1+1", "'＝1+1", '-3.5', "'- no"]
    """
    if not text.lstrip(" ").startswith(FORMULAS) or (numbers and _NUMBER.fullmatch(text)):
        return text
    return f"'{text}"


def harmless_cells(cells: Iterable[object], *, numbers: bool = False) -> list[object]:
    """Cells of any type, `harmless` where they are texts."""
    return [harmless(cell, numbers=numbers) if isinstance(cell, str) else cell for cell in cells]


def separated_line(cells: Iterable[object], *, numbers: bool = False) -> str:
    """One line, with commas. What is no text is written as it is."""
    stream = StringIO()
    csv.writer(stream).writerow(harmless_cells(cells, numbers=numbers))
    return stream.getvalue()
