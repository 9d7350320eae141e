"""Each promise names its tests, and those exist."""

import re

import pytest

from tests.docs.conftest import DOCS, ROOT, table_rows

TEXT = (DOCS / "promises.md").read_text(encoding="utf-8")
ROWS = table_rows(TEXT, "## Each promise, and what holds it")[1:]
NAMED = re.compile(r"\]\(\.\./(tests/[\w/]+\.py)\): ((?:`test_\w+`(?:, )?)+)")


def test_all_ten_are_there():
    assert [row[0] for row in ROWS] == [str(number) for number in range(1, 11)]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_a_promise_names_tests_that_exist(row):
    found = NAMED.findall(row[3])
    assert found, "no test is named"
    for path, names in found:
        source = (ROOT / path).read_text(encoding="utf-8")
        missing = [name for name in re.findall(r"test_\w+", names) if f"def {name}(" not in source]
        assert not missing, f"{path} has no {missing}"
