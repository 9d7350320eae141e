"""Ids that are known from others."""

from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from preceptor.work.rules.order import given_response_id, given_turn_id


@given(st.uuids(), st.integers(0, 99))
def test_derived_ids_are_those_of_the_standard(item_id: UUID, index: int):
    assert given_turn_id(item_id) == str(uuid5(item_id, "given"))
    assert given_response_id(item_id, index) == str(uuid5(item_id, f"given {index}"))
