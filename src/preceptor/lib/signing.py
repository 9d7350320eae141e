"""Short texts that come back from outside unchanged: signed, not encrypted."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hmac import compare_digest
from hmac import digest as mac

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAC_BYTES = 18
"""Of HMAC-SHA-256, cut (RFC 2104, section 5): 144 bits, 24 signs."""


class BadSignatureError(Exception):
    """The text was not signed here, or for another purpose, or was changed."""


class Signer:
    """Signs under a key derived from the installation's secret (HKDF, RFC 5869; HMAC-SHA-256).

    Args:
        secret: the installation's secret.
        purpose: sets what is signed here apart from everything else.
    """

    def __init__(self, secret: str, *, purpose: bytes) -> None:
        self._key = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())

    def sign(self, text: str) -> str:
        """The text with its signature, in signs that addresses and cookies may hold."""
        raw = text.encode()
        return urlsafe_b64encode(mac(self._key, raw, "sha256")[:MAC_BYTES] + raw).decode().rstrip("=")

    def read(self, signed: str) -> str:
        """The text that `sign` was given.

        Raises:
            BadSignatureError: it was not signed here.
        """
        try:
            raw = urlsafe_b64decode(signed.encode() + b"=" * (-len(signed) % 4))
            text = raw[MAC_BYTES:].decode()
        except ValueError as error:
            raise BadSignatureError from error
        if not compare_digest(mac(self._key, raw[MAC_BYTES:], "sha256")[:MAC_BYTES], raw[:MAC_BYTES]):
            raise BadSignatureError
        return text
