"""What a start of the demo asks before anything of the house is loaded; it therefore needs nothing of it itself."""

from pathlib import Path

import msgspec

from preceptor.lib.settings import Settings

EXAMPLE_NAME = "Aurora Work (demo)"
EXAMPLE_IBAN = "DE89370400440532013000"
"""An account that registries of IBANs give as an example; nobody holds it."""


def with_payer(settings: Settings) -> Settings:
    """The settings with somebody who pays: the operator's own, else an example."""
    if settings.payer_name or settings.payer_iban:
        return settings
    return msgspec.structs.replace(settings, payer_name=EXAMPLE_NAME, payer_iban=EXAMPLE_IBAN)


def unfinished(settings: Settings) -> Path:
    """A file that is there while an empty database is being filled, and stays where that was broken off."""
    return settings.home / "demo-unfinished"
