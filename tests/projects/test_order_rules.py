"""Invoices add up to what counts, whatever came in which order."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preceptor.lib.money import Money
from preceptor.projects.rules import (
    OrderCounts,
    OrderTerms,
    OrderUnit,
    SourceChange,
    amount_for,
    bill,
    order_problems,
    overlap,
)

sources = st.sampled_from([f"item:{number}" for number in range(8)])
quantities = st.integers(0, 10_000_000)
counts_now = st.dictionaries(sources, quantities, max_size=8)
prices = st.integers(1, 500_000)


@pytest.mark.parametrize("unit", list(OrderUnit))
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(price=prices, history=st.lists(counts_now, min_size=1, max_size=10))
def test_all_invoices_together_are_what_counts(unit, price, history):
    money, charged, quantity, total = Money(price, "EUR"), Counter(), 0, 0
    most = 1 if unit is OrderUnit.ITEM else 10_000_000
    for moment in history:
        due = {source: min(amount, most) for source, amount in moment.items()}
        changes = [
            SourceChange(source, due.get(source, 0) - charged[source])
            for source in sorted(due.keys() | charged.keys())
            if due.get(source, 0) != charged[source]
        ]
        lines = bill(price=money, unit=unit, before=quantity, changes=changes)
        assert len(lines) <= 2
        for line in lines:
            assert line.quantity == sum(one.quantity for one in line.sources)
            assert (line.kind == "charge") == (line.quantity > 0)
            assert line.amount * line.quantity >= 0
            for one in line.sources:
                charged[one.source] += one.quantity
        quantity += sum(line.quantity for line in lines)
        total += sum(line.amount for line in lines)
        assert quantity == sum(due.values())
        assert total == amount_for(money, unit, quantity)
        assert {source: amount for source, amount in charged.items() if amount} == {
            source: amount for source, amount in due.items() if amount
        }


def test_an_hour_and_a_half_costs_one_and_a_half_prices():
    assert amount_for(Money(4_001, "EUR"), OrderUnit.HOUR, 5_400_000) == 6_002  # 6001.5, to the even one
    assert amount_for(Money(120, "JPY"), OrderUnit.ITEM, 7) == 840


def terms(begins, ends=None, **given):
    return OrderTerms(
        unit=given.pop("unit", OrderUnit.ITEM),
        price=Money(given.pop("price", 120), "EUR"),
        begins=date(2026, 1, begins),
        ends=None if ends is None else date(2026, 1, ends),
        **given,
    )


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [((1, 5), (6, 9), False), ((1, 5), (5, 9), True), ((1, None), (9, None), True), ((1, 3), (4, None), False)],
)
def test_days_in_common(one, other, meet):
    assert overlap(terms(*one), terms(*other)) is meet
    assert overlap(terms(*other), terms(*one)) is meet


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"price": 0}, "price"),
        ({"ends": 1, "begins": 2}, "ends"),
        ({"items_wanted": 0}, "items_wanted"),
        ({"unit": OrderUnit.HOUR, "items_wanted": 5}, "items_wanted"),
        ({"unit": OrderUnit.HOUR, "counts": OrderCounts.DELIVERY}, "counts"),
        ({"note": "x" * 2_001}, "note"),
    ],
)
def test_terms_that_will_not_do(given, path):
    assert [one.path for one in order_problems(terms(**{"begins": 1, **given}))] == [path]
