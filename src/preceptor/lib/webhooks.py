"""Signing what is sent to other programs, by the Standard Webhooks convention.

Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md, symmetric
signatures (`v1`).
"""

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import datetime

SECRET_PREFIX = "whsec_"  # noqa: S105 (how secrets begin, not one of them)
SECRET_BYTES = 32
"""Of randomness in a secret; the convention asks for 24 to 64."""


def new_secret() -> str:
    """A secret that both sides share: `whsec_` and 32 random bytes in Base64."""
    return SECRET_PREFIX + b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def sign(secret: str, *, message_id: str, at: datetime, body: bytes) -> str:
    """The signature of one message under one secret: `v1,` and the HMAC-SHA256 of `id.timestamp.body` in Base64.

    Args:
        secret: as `new_secret` makes them.
        message_id: without a full stop, so that nothing can move from one part to the next.
        at: when it is sent; whole seconds count.
        body: the bytes that are sent.
    """
    key = b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = b".".join((message_id.encode(), str(int(at.timestamp())).encode(), body))
    return "v1," + b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def signed_headers(keys: Sequence[str], *, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers of a message, signed under each of `keys`: while a secret is being changed there are two."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(sign(key, message_id=message_id, at=at, body=body) for key in keys),
    }
