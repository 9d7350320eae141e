"""Small secrets encrypted where they are stored, each purpose under a key of its own."""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class SealBrokenError(Exception):
    """What was sealed was sealed under another secret of the installation, or for another purpose."""


class Sealer:
    """Encrypts under a key derived from the installation's secret (HKDF, RFC 5869; Fernet).

    Args:
        secret: the installation's secret.
        purpose: sets what is derived here apart from everything else that is derived from the same secret.
    """

    def __init__(self, secret: str, *, purpose: bytes) -> None:
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())
        self._fernet = Fernet(urlsafe_b64encode(derived))

    def seal(self, text: str) -> bytes:
        """The text as it is stored."""
        return self._fernet.encrypt(text.encode())

    def open(self, sealed: bytes) -> str:
        """The text that `seal` was given.

        Raises:
            SealBrokenError: it was sealed under another secret.
        """
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken:
            raise SealBrokenError from None
