"""Private data with a form of its own: found where it is, and not found where it is not."""

from timeit import repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.lib.text.private_data import find_private_data


def found(text: str) -> list[tuple[str, str]]:
    return [(one.kind, text[one.start : one.end]) for one in find_private_data(text)]


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("Write to ana.lópez+news@correo.example.es.", "email", "ana.lópez+news@correo.example.es"),
        ("<a_b%c@sub.example.org>", "email", "a_b%c@sub.example.org"),
        ("Call +34 600 123 456!", "phone", "+34 600 123 456"),
        ("tel:+44 (0)20 7946 0958", "phone", "+44 (0)20 7946 0958"),
        ("0049 30 901820 please", "phone", "0049 30 901820"),
        ("Ruf 030/901820-12 an", "phone", "030/901820-12"),
        ("appelle le 06 12 34 56 78 ou", "phone", "06 12 34 56 78"),
        ("(212) 555-0187 is mine", "phone", "(212) 555-0187"),
        ("1-212-555-0187", "phone", "1-212-555-0187"),
        ("IBAN DE89 3704 0044 0532 0130 00.", "iban", "DE89 3704 0044 0532 0130 00"),
        ("es9121000418450200051332", "iban", "es9121000418450200051332"),
        ("card 4111 1111 1111 1111, cvc", "card", "4111 1111 1111 1111"),
        ("378282246310005", "card", "378282246310005"),
        ("at 2001:db8::1: no", "ip_address", "2001:db8::1"),
        ("from 203.0.113.77:", "ip_address", "203.0.113.77"),
        ("at 2001:db8::8a2e:370:7334 today", "ip_address", "2001:db8::8a2e:370:7334"),
        ("see https://leo:s3cret@example.org/x?y=1.", "credentials", "https://leo:s3cret@example.org/x?y=1"),
        ("(https://example.org/a?token=abc123)", "credentials", "https://example.org/a?token=abc123"),
        ("postgresql://app:pw@db.example/main", "credentials", "postgresql://app:pw@db.example/main"),
        ("key sk-abcdefghijklmnopqrstuvwx", "credentials", "sk-abcdefghijklmnopqrstuvwx"),
        ("AKIAIOSFODNN7EXAMPLE", "credentials", "AKIAIOSFODNN7EXAMPLE"),
    ],
)
def test_it_is_found_whole(text, kind, words):
    assert found(text) == [(kind, words)]


@pytest.mark.parametrize(
    "text",
    [
        "On 01.02.2024 at 12:30:45, or 2024-02-01.",
        "It costs 1,234,567.89 or 12 345 678 in all.",
        "order 4111 1111 1111 1112",
        "0000 0000 0000 0000",
        "GB29NWBK60161331926818",
        "call std::vector and A::B, not 127.0.0.1 or ::1",
        "999.1.2.3",
        "me@home, @handle, a @ b.c",
        "https://example.org/a?page=2#top",
        "pi is 3.14159265358979",
        "room 0815, line 42",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text):
    assert found(text) == []


def test_several_in_one_text_do_not_overlap_and_stand_in_order():
    text = "Ana: ana@example.org, +34 600 123 456, http://u:p@203.0.113.7/ and 4111-1111-1111-1111."
    assert [kind for kind, _words in found(text)] == ["email", "phone", "credentials", "card"]


PIECES = st.lists(
    st.one_of(
        st.text(max_size=12),
        st.sampled_from(
            ["a@b.example", "+34 600 123 456", "4111111111111111", "203.0.113.7", "https://a:b@c.d", "::", "DE89"]
        ),
    ),
    max_size=8,
)


@given(PIECES)
def test_places_are_within_the_text_apart_and_in_order(pieces):
    text = "".join(pieces)
    stretches = find_private_data(text)
    edges = [edge for one in stretches for edge in (one.start, one.end)]
    assert edges == sorted(edges)
    assert all(0 <= one.start < one.end <= len(text) for one in stretches)


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "a.",
        "1",
        "1 ",
        "+12345678",
        "a@",
        "://a",
        "a://a:b@c ",
        "DE89",
        "(",
        ":",
        "a:",
        "0-",
        "sk-",
        "eyJa.",
        "é@-.",
    ],
)
def test_hostile_texts_cost_no_more_than_their_length(piece):
    def seconds(length):
        text = (piece * length)[:length]
        return min(repeat(lambda: find_private_data(text), number=1, repeat=3))

    assert seconds(60_000) < 1.5
