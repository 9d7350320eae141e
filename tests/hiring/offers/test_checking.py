"""What somebody pastes to learn whether it is genuine."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.hiring.rules.checking import MOST_NUMBERS, read_pasted

BASE = "https://work.example.org"


@pytest.mark.parametrize(
    ("text", "numbers", "elsewhere"),
    [
        ("0142", [142], []),
        ("#7", [7], []),
        ("/offers/0142", [142], []),
        ("https://work.example.org/offers/0142/apply", [142], []),
        ("Hi! Offer 0142 pays 17.00 USD. See https://work.example.org/offers/0142", [142], []),
        ("Offer 0142: https://work.example.org.evil.example/offers/0142", [142], ["work.example.org.evil.example"]),
        ("https://work.example.org@evil.example/offers/0142", [], ["evil.example"]),
        ("http://work.example.org:8080/offers/1", [], ["work.example.org"]),
        ("pay 50 EUR to www.evil.example", [], ["www.evil.example"]),
        ("https://[bad/offers/1", [], ["https://[bad/offers/1"]),
        ("", [], []),
        ("number ٣٤٥٦", [3456], []),
    ],
)
def test_numbers_and_foreign_links_are_found(text, numbers, elsewhere):
    found = read_pasted(text, base_url=BASE)
    assert (found.numbers, found.elsewhere) == (numbers, elsewhere)


@given(st.text(max_size=300))
def test_nothing_that_is_pasted_breaks_it(text):
    found = read_pasted(text, base_url=BASE)
    assert len(found.numbers) <= MOST_NUMBERS
    assert all(0 <= number < 10**9 for number in found.numbers)
