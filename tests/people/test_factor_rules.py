"""Codes, recovery codes, who needs a second factor, and what a browser is: without a database."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.people.rules import (
    BadRolesError,
    Role,
    device_kind,
    is_held,
    network_of,
    new_code_secret,
    new_recovery_codes,
    parse_roles,
    recovery_digest,
    relying_party,
    right_step,
)

NOW = datetime(2026, 11, 22, 12, 0, 10, tzinfo=UTC)
STEP = int(NOW.timestamp()) // 30
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.mark.parametrize(("drift", "fine"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_off_by_one_step(drift, fine):
    code = pyotp.TOTP(SECRET).generate_otp(STEP + drift)
    assert right_step(SECRET, code, now=NOW, after=0) == (STEP + drift if fine else None)


def test_no_code_is_taken_twice_nor_an_older_one():
    code, older = (pyotp.TOTP(SECRET).generate_otp(one) for one in (STEP, STEP - 1))
    assert right_step(SECRET, code, now=NOW, after=STEP) is None
    assert right_step(SECRET, older, now=NOW, after=STEP) is None
    assert right_step(SECRET, code, now=NOW, after=STEP - 1) == STEP


@given(st.text(max_size=12))
def test_noise_is_no_code(code):
    right = {pyotp.TOTP(SECRET).generate_otp(one) for one in (STEP - 1, STEP, STEP + 1)}
    if "".join(code.split()) not in right:
        assert right_step(SECRET, code, now=NOW, after=0) is None


def test_the_example_of_the_rfc():
    """RFC 6238, appendix B, for SHA-1: 94287082 at 59 s, of which we show six digits."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert right_step(secret, "287 082", now=datetime.fromtimestamp(59, UTC), after=0) == 1


def test_secrets_are_long_and_differ():
    assert len({new_code_secret() for _ in range(50)}) == 50
    assert len(new_code_secret()) == 32


def test_recovery_codes_are_ten_and_read_as_typed():
    codes = new_recovery_codes()
    assert len(set(codes)) == 10
    assert recovery_digest(codes[0]) == recovery_digest(f"  {codes[0].upper().replace('-', ' ')} ")
    assert recovery_digest(codes[0]) != recovery_digest(codes[1])


@pytest.mark.parametrize(
    ("roles", "has_factor", "strong", "held"),
    [
        ({Role.MANAGER}, False, False, True),
        ({Role.MANAGER}, True, False, False),
        ({Role.MANAGER}, False, True, False),
        ({Role.TRAINER}, False, False, False),
        ({Role.TRAINER, Role.OPERATOR}, False, False, True),
    ],
)
def test_who_is_held(roles, has_factor, strong, held):
    required = {Role.MANAGER, Role.OPERATOR}
    assert is_held(roles=roles, required=required, has_factor=has_factor, strong=strong) is held
    assert not is_held(roles=roles, required=(), has_factor=has_factor, strong=strong)


def test_roles_of_a_setting():
    assert parse_roles(" manager, operator ") == {Role.MANAGER, Role.OPERATOR}
    assert parse_roles("") == frozenset()
    with pytest.raises(BadRolesError, match="boss"):
        parse_roles("manager,boss")


@pytest.mark.parametrize(
    ("base", "party", "origin"),
    [
        ("https://p.example.org", "p.example.org", "https://p.example.org"),
        ("https://p.example.org:443/", "p.example.org", "https://p.example.org"),
        ("https://p.example.org:8443", "p.example.org", "https://p.example.org:8443"),
        ("http://127.0.0.1:8080", "localhost", "http://localhost:8080"),
        ("http://[::1]:8080", "localhost", "http://localhost:8080"),
    ],
)
def test_whom_passkeys_are_for(base, party, origin):
    assert (relying_party(base).id, relying_party(base).origin) == (party, origin)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2::5", "2001:db8:1::/48"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_networks(address, network):
    assert network_of(address) == network


def test_a_new_version_is_the_same_kind_of_device():
    old = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
    assert device_kind(old) == device_kind(old.replace("130", "131")) == "Firefox/Linux"
    assert device_kind("curl/8.1") == "curl"
    assert device_kind("") == ""


def test_drift_is_thirty_seconds_each_way():
    code = pyotp.TOTP(SECRET).at(NOW)
    assert right_step(SECRET, code, now=NOW + timedelta(seconds=30), after=0) == STEP
    assert right_step(SECRET, code, now=NOW + timedelta(seconds=60), after=0) is None
