"""Keys of endpoints: encrypted where they are stored, hidden wherever they could be printed."""

from preceptor.lib.errors import UnavailableError
from preceptor.lib.i18n import _
from preceptor.lib.sealing import SealBrokenError, Sealer
from preceptor.lib.settings import Settings, secret_key

PURPOSE = b"preceptor: keys of endpoints"


class Key:
    """The key of an endpoint. Printing it, or anything that holds it, shows nothing of it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The key itself, for the header of a request and for nothing else."""
        return self._value

    def hidden_in(self, text: str) -> str:
        """`text` with every occurrence of the key blacked out."""
        return text.replace(self._value, "•••")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and other._value == self._value

    def __hash__(self) -> int:
        return hash((Key, self._value))

    def __repr__(self) -> str:
        return "Key(•••)"


class KeyUnreadableError(UnavailableError):
    """A stored key was encrypted under another secret of the installation."""

    title = _("The key of this endpoint cannot be read, because the installation's secret has changed. Enter it again.")
    code = "key_unreadable"


class Vault:
    """Encrypts keys under a key of its own, derived from the installation's secret.

    Args:
        secret: the installation's secret.
    """

    def __init__(self, secret: str) -> None:
        self._sealer = Sealer(secret, purpose=PURPOSE)

    @classmethod
    def of(cls, settings: Settings) -> "Vault":
        """The vault of an installation."""
        return cls(secret_key(settings))

    def seal(self, key: Key) -> bytes:
        """The key as it is stored."""
        return self._sealer.seal(key.reveal())

    def open(self, sealed: bytes) -> Key:
        """The key that `seal` was given.

        Raises:
            KeyUnreadableError: it was sealed under another secret.
        """
        try:
            return Key(self._sealer.open(sealed))
        except SealBrokenError:
            raise KeyUnreadableError from None
