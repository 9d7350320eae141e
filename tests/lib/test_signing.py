"""Signed texts come back as they were, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.lib.signing import BadSignatureError, Signer

SIGNER = Signer("a secret", purpose=b"tests")


@given(st.text())
def test_what_was_signed_is_read(text):
    signed = SIGNER.sign(text)
    assert SIGNER.read(signed) == text
    assert all(sign.isalnum() or sign in "-_" for sign in signed)


@pytest.mark.parametrize("signer", [Signer("a secret", purpose=b"others"), Signer("another", purpose=b"tests")])
def test_another_purpose_or_secret_reads_nothing(signer):
    with pytest.raises(BadSignatureError):
        signer.read(SIGNER.sign("text"))


@given(st.text(), st.data())
def test_one_changed_sign_is_found(text, data):
    signed = SIGNER.sign(text)
    place = data.draw(st.integers(0, len(signed) - 2))  # the last sign may hold bits that mean nothing
    other = data.draw(st.sampled_from("ABCxyz019-_").filter(lambda sign: sign != signed[place]))
    with pytest.raises(BadSignatureError):
        SIGNER.read(signed[:place] + other + signed[place + 1 :])


@given(st.text())
def test_noise_is_refused(text):
    with pytest.raises(BadSignatureError):
        SIGNER.read(text)
