"""Signatures by the Standard Webhooks convention, held against the convention's own library and against our client."""

from base64 import b64decode
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from preceptor.client import ForgedWebhookError, verify
from preceptor.lib.clock import utc_now
from preceptor.lib.webhooks import SECRET_BYTES, new_secret, sign, signed_headers

IDS = st.from_regex(r"msg_[0-9a-f]{32}", fullmatch=True)
BODIES = st.dictionaries(st.text(), st.one_of(st.text(), st.integers(-(2**53), 2**53), st.none())).map(
    lambda value: __import__("json").dumps(value, ensure_ascii=False).encode("utf-8", "replace")
)


@given(message_id=IDS, body=BODIES, ago=st.integers(-200, 200), old=st.booleans())
def test_everybody_agrees_on_what_was_signed(message_id, body, ago, old):
    secret, other = new_secret(), new_secret()
    headers = signed_headers(
        [other, secret] if old else [secret], message_id=message_id, at=utc_now() + timedelta(seconds=ago), body=body
    )
    assert Webhook(secret).verify(body, headers) == verify(headers, body, secret)
    stranger = new_secret()
    with pytest.raises(WebhookVerificationError):
        Webhook(stranger).verify(body, headers)
    with pytest.raises(ForgedWebhookError):
        verify(headers, body, stranger)


@given(message_id=IDS, body=BODIES)
def test_what_the_library_signs_our_client_takes(message_id, body):
    secret, at = new_secret(), utc_now()
    signature = Webhook(secret).sign(message_id, at, body.decode())
    assert signature == sign(secret, message_id=message_id, at=at, body=body)
    headers = {"Webhook-Id": message_id, "Webhook-Timestamp": str(int(at.timestamp())), "Webhook-Signature": signature}
    verify(headers, body, secret)


@given(st.data())
def test_one_changed_byte_is_one_too_many(data):
    secret, body = new_secret(), b'{"type": "webhook.test", "data": {}}'
    headers = signed_headers([secret], message_id="msg_1", at=utc_now(), body=body)
    place = data.draw(st.integers(0, len(body) - 1))
    forged = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
    with pytest.raises(ForgedWebhookError):
        verify(headers, forged, secret)


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "msg_2"},
        {"webhook-timestamp": "1"},
        {"webhook-timestamp": "99999999999999999999"},
        {"webhook-timestamp": "soon"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,é"},
        {"webhook-signature": "v2,AAAA v1a,BBBB"},
    ],
    ids=str,
)
def test_forged_headers(change):
    secret, body = new_secret(), b"{}"
    headers = signed_headers([secret], message_id="msg_1", at=utc_now(), body=body)
    verify(headers, body, secret)
    with pytest.raises(ForgedWebhookError):
        verify({**headers, **change}, body, secret)
    with pytest.raises(ForgedWebhookError):
        verify({name: value for name, value in headers.items() if name not in change}, body, secret)


def test_an_old_message_is_not_taken_again():
    secret, body = new_secret(), b"{}"
    for minutes in (-6, 6):
        headers = signed_headers([secret], message_id="msg_1", at=utc_now() + timedelta(minutes=minutes), body=body)
        with pytest.raises(ForgedWebhookError):
            verify(headers, body, secret)


def test_the_convention_s_own_example():
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    at = datetime.fromtimestamp(1614265330, UTC)
    signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert sign(secret, message_id="msg_p5jXN8AQM9LWM0D4loKWxJek", at=at, body=body) == signature


def test_secrets_are_long_and_all_different():
    made = {new_secret() for _one in range(100)}
    assert len(made) == 100
    assert {len(b64decode(secret.removeprefix("whsec_"))) for secret in made} == {SECRET_BYTES}
