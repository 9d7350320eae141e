"""Somebody's own data to be read: nothing they wrote is markup, nothing is lost, and machines' forms become people's."""

import html
import re
from datetime import UTC, date, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from preceptor.datasets.queries.own_data import all_own_data
from preceptor.datasets.writing.readable_data import MOST_OPEN, NAMES, readable_row, readable_section
from preceptor.lib.db import Base
from preceptor.lib.i18n import speaking

CHAT = UUID(int=7)
plain = st.none() | st.booleans() | st.integers() | st.text(max_size=20)
nested = st.recursive(
    plain,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=9,
)


def words_of(row, **projects):
    return html.unescape(re.sub(r"<[^>]+>", "|", readable_row(row, projects=projects.get("projects", {}))))


def test_money_lengths_projects_and_days_are_in_words():
    row = {
        "id": UUID(int=1),
        "project_id": CHAT,
        "amount_minor": 1_750,
        "currency": "EUR",
        "active_ms": 125_000,
        "ms": 4_000,
        "held": True,
        "day": date(2026, 11, 3),
        "at": datetime(2026, 11, 3, 9, tzinfo=UTC),
        "note": "",
    }
    found = words_of(row, projects={CHAT: "<Chat>"})
    for part in (
        "Project||<Chat>",
        "Amount||€17.50",
        "Active||2 min",
        "Time||4 s",
        "Held back||yes",
        "Day||2026-11-03",
    ):
        assert f"|{part}|" in found, part
    assert "When||2026-11-03 09:00:00 UTC" in found
    assert "Note" not in found, "what is empty is left out"
    assert str(CHAT) in found, "rows can still be told apart"
    assert "|amount minor 1750|" in words_of({"amount_minor": 1_750, "currency": None})


def test_fields_have_names_in_the_readers_language():
    row = {"rate_minor": 2_500, "currency": "EUR", "effective_from": date(2026, 12, 2), "odd_column": "x"}
    with speaking("ca"):
        found = words_of(row)
    assert [part in found for part in ("Tarifa||25,00", "Moneda||EUR", "|odd column x|")] == [True] * 3
    columns = {column.name for own in all_own_data()[0] for column in Base.metadata.tables[own.table].columns}
    known = columns | {one.removesuffix(end) for one in columns for end in ("_minor", "_ms")}
    assert set(NAMES) <= known, "each name is of something that is kept"


def test_what_is_nested_has_a_line_for_each_value():
    found = words_of(
        {"content": {"text": "one\ntwo", "marks": [{"from": 1, "to": 2}, {"from": 3}], "tags": ["a", "b"]}}
    )
    wanted = "text:\n  one\n  two\nmarks:\n  – from: 1\n    to: 2\n  – from: 3\ntags: a, b"
    assert wanted in found


def test_long_tables_are_folded():
    assert "<details open>" in readable_section("Your time", MOST_OPEN)
    assert "<details>" in readable_section("Your time", MOST_OPEN + 1)
    assert "<details>" in readable_section("Events", 1, is_folded=True)


@given(st.dictionaries(st.text(max_size=12), nested, max_size=5))
def test_nothing_that_somebody_wrote_is_markup(row):
    marked = {**row, "text": "<script>alert('x')</script>", "<b>": "name"}
    page = readable_row(marked, projects={})
    ours = {f"{end}{name}" for end in ("", "/") for name in ("article", "dl", "dt", "dd", "h3", "p")}
    assert set(re.findall(r"<(/?\w+)", page)) <= ours
    assert "alert(&#x27;x&#x27;)" in page
