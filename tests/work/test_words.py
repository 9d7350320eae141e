"""Everything that a column may hold and a page shows has a name."""

import re

import pytest

from preceptor.work.rules.words import ORIGIN_NAMES, ORIGIN_NAMES_TO_OTHERS, STATE_NAMES, STATE_NAMES_TO_OTHERS
from preceptor.work.tables import Assignment, Submission


@pytest.mark.parametrize(
    ("table", "column", "names"),
    [
        (Submission, "origin", ORIGIN_NAMES),
        (Submission, "origin", ORIGIN_NAMES_TO_OTHERS),
        (Assignment, "state", STATE_NAMES),
        (Assignment, "state", STATE_NAMES_TO_OTHERS),
    ],
)
def test_every_value_has_a_name(table, column, names):
    (allowed,) = [
        re.findall(r"'(\w+)'", str(one.sqltext))
        for one in table.__table__.constraints
        if str(getattr(one, "sqltext", "")).startswith(f"{column} IN")
    ]
    assert set(allowed) == set(names)
