"""No text of anybody's becomes a formula in whoever's spreadsheet."""

import csv
import re
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.lib.spreadsheets import FORMULAS, harmless, separated_line

SIGNS = "=+-@\t\r\n＝＋－＠"


@pytest.mark.parametrize("sign", list(SIGNS))
def test_what_begins_like_a_formula_begins_with_an_apostrophe(sign):
    for text in (f"{sign}cmd|' /C calc'!A0", f"  {sign}SUM(A1)", sign):
        assert harmless(text) == harmless(text, numbers=True) == f"'{text}"
    assert harmless(f"a{sign}") == f"a{sign}"


def test_plain_numbers_stay_where_they_may():
    for number in ("-3", "+34600123456", "-1.5", "-1,234.5", "-2e10"):
        assert harmless(number, numbers=True) == number
        assert harmless(number) == f"'{number}"
    for text in ("-inf", "-nan", "-1_0", "-", "-1-1", "－3", "-3\n", "-１"):
        assert harmless(text, numbers=True) == f"'{text}"


@given(cells=st.lists(st.text(alphabet=SIGNS + " a1,\"';", max_size=8), min_size=1), numbers=st.booleans())
def test_every_cell_is_there_again_and_none_runs(cells, numbers):
    [read] = csv.reader(StringIO(separated_line(cells, numbers=numbers), newline=""))
    assert [cell.removeprefix("'") for cell in read] == [cell.removeprefix("'") for cell in cells]
    for cell in read:
        assert not cell.lstrip(" ").startswith(FORMULAS) or re.fullmatch(r"[+-]1(,?1)*", cell)


def test_what_is_no_text_is_written_as_it_is():
    assert separated_line([-3, None, True, -1.5, "-3"]) == "-3,,True,-1.5,'-3\r\n"
