"""What seals the keys of code apps and the secrets of identity providers."""

from preceptor.lib.sealing import Sealer
from preceptor.lib.settings import Settings, secret_key


def code_sealer(settings: Settings) -> Sealer:
    """What seals the keys of apps that show codes. It reads a file: call it in a thread where others wait."""
    return Sealer(secret_key(settings), purpose=b"preceptor: keys of code apps")


def provider_sealer(settings: Settings) -> Sealer:
    """What seals the secrets of identity providers, and what a browser carries to one and back; likewise."""
    return Sealer(secret_key(settings), purpose=b"preceptor: secrets of identity providers")
