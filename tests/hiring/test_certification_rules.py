"""What a certification asks and how long it lasts, without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.hiring.rules import (
    CertificateState,
    CertificationNeed,
    certificate_state,
    certification_problems,
    certification_slug,
    expiry,
    leads_in_circle,
)
from preceptor.lib.ids import new_id

NOW = datetime(2026, 11, 1, tzinfo=UTC)
A, B, C = (new_id() for _ in range(3))


@given(st.integers(0, 5), st.integers(1, 5))
def test_a_need_is_met_from_its_level_on(held, wanted):
    assert CertificationNeed(A, wanted).is_met_by({A: held}) is (held >= wanted)


def test_other_certifications_meet_nothing():
    assert not CertificationNeed(A, 2).is_met_by({B: 5, C: 5})
    assert not CertificationNeed(A).is_met_by({})


@pytest.mark.parametrize(
    ("expires_in", "revoked", "state"),
    [
        (None, False, CertificateState.VALID),
        (1, False, CertificateState.VALID),
        (0, False, CertificateState.EXPIRED),
        (-1, False, CertificateState.EXPIRED),
        (1, True, CertificateState.REVOKED),
        (-1, True, CertificateState.REVOKED),
    ],
)
def test_a_certificate_is_over_at_the_moment_it_expires(expires_in, revoked, state):
    expires_at = None if expires_in is None else NOW + timedelta(seconds=expires_in)
    revoked_at = NOW - timedelta(days=1) if revoked else None
    assert certificate_state(expires_at=expires_at, revoked_at=revoked_at, now=NOW) is state


def test_expiry():
    assert expiry(granted_at=NOW, valid_days=None) is None
    assert expiry(granted_at=NOW, valid_days=365) == NOW + timedelta(days=365)


def test_circles_are_found_and_diamonds_are_not():
    assert leads_in_circle(A, [B], {B: {C}, C: {A}})
    assert leads_in_circle(A, [A], {})
    assert not leads_in_circle(A, [B, C], {B: {C}, C: set()})
    assert not leads_in_circle(A, [B], {B: {C}, C: {B}})


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 121},
        {"name": "a\nb"},
        {"description": "x" * 4001},
        {"description": "a\0b"},
        {"language": "Catalan"},
        {"skill": "x" * 81},
        {"valid_days": 0},
        {"valid_days": 4000},
    ],
)
def test_texts_and_numbers_out_of_bounds(wrong):
    fine = {"name": "Català", "description": "", "language": "ca", "skill": "", "valid_days": None}
    assert not list(certification_problems(**fine))
    assert [problem.path for problem in certification_problems(**(fine | wrong))] == list(wrong)


def test_slugs():
    assert certification_slug("Català: escriptura II") == "catala-escriptura-ii"
    assert certification_slug("日本語") == "certification"
