"""Comparing words whatever their case and accents: `catala` finds `català`, and `intelligent` finds `intel·ligent`.

The same in Python and in PostgreSQL. The extension `unaccent` would do it there, and is not in every server.
"""

import re
import unicodedata
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column

MARKS = "\u0300-\u036f\u00b7"
"""Marks that stand over or under letters, and the Catalan point between two l."""


def folded(text: str) -> str:
    """The text without marks and in small letters."""
    return re.sub(f"[{MARKS}]", "", unicodedata.normalize("NFKD", text)).lower()


def folded_in_sql(column: ColumnElement[Any] | Any) -> ColumnElement[str]:
    """The same of a column, as an expression."""
    apart = func.normalize(column, literal_column("NFKD"))
    return func.lower(func.regexp_replace(apart, f"[{MARKS}]", "", "g"))
