"""Which price for each task holds: whatever was set in what order, for every moment; and which change pays less."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from preceptor.pay.rules import PriceVersion, lowers_price, price_in_force
from tests.pay.test_rate_rules import patient

START = datetime(2026, 11, 1, tzinfo=UTC)
minors = st.none() | st.integers(1, 900)
days = st.integers(-30, 30)


def version(number, minor, day):
    return PriceVersion(UUID(int=number), minor, START + timedelta(days=day))


drawn = st.lists(st.tuples(minors, days), max_size=8).map(
    lambda rows: [version(number, *row) for number, row in enumerate(rows, start=1)]
)


@patient
@given(drawn, minors, days, st.randoms())
def test_the_newest_that_has_begun_holds_and_of_one_day_the_one_written_last(versions, own, day, random):
    at = START + timedelta(days=day)
    begun = [one for one in versions if one.valid_from <= at]
    expected = max(begun, key=lambda one: (one.valid_from, one.id)).minor if begun else own
    later = min((one.valid_from for one in versions if one.valid_from > at), default=None)
    random.shuffle(versions)
    assert price_in_force(versions, own=own, at=at) == (expected, later)


@patient
@given(drawn, minors, minors, days)
def test_less_is_what_earns_less_at_its_beginning(versions, own, minor, day):
    new = version(99, minor, day)
    before, _later = price_in_force(versions, own=own, at=new.valid_from)
    after, _later = price_in_force([*versions, new], own=own, at=new.valid_from)
    assert after == minor
    assert lowers_price(versions, new, own=own) == ((before or 0) > (after or 0))
    assert lowers_price([*versions, new], new, own=own) == lowers_price(versions, new, own=own)
