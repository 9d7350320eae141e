"""Where people want their money, encrypted where it is stored."""

import msgspec

from preceptor.lib.errors import UnavailableError
from preceptor.lib.i18n import _
from preceptor.lib.sealing import SealBrokenError, Sealer
from preceptor.lib.settings import Settings, secret_key
from preceptor.pay.rules import Destination

PURPOSE = b"preceptor: payout methods"


class DestinationUnreadableError(UnavailableError):
    """It was encrypted under another secret of the installation."""

    title = _(
        "Where this money goes cannot be read, because the installation's secret has changed. "
        "Put the secret back, or have people enter it again."
    )
    code = "destination_unreadable"


def payout_sealer(settings: Settings) -> Sealer:
    """What encrypts where money goes. It reads a file: call it in a thread where others wait."""
    return Sealer(secret_key(settings), purpose=PURPOSE)


def seal_destination(sealer: Sealer, destination: Destination) -> bytes:
    """A destination as it is stored."""
    return sealer.seal(msgspec.json.encode(destination).decode())


def open_destination(sealer: Sealer, sealed: bytes) -> Destination:
    """The destination that was sealed.

    Raises:
        DestinationUnreadableError: it was sealed under another secret.
    """
    try:
        return msgspec.json.decode(sealer.open(sealed), type=Destination)
    except SealBrokenError:
        raise DestinationUnreadableError from None
