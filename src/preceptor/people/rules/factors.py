"""Second factors: who needs one, which codes are right, and for which address passkeys are."""

import hmac
import ipaddress
import secrets
from collections.abc import Collection
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlsplit

import msgspec
import pyotp

from preceptor.people.rules.access import Role

STEP_SECONDS = 30
DRIFT_STEPS = 1
"""How far a phone's clock may be off, in steps either way (RFC 6238, section 5.2)."""
RECOVERY_CODES = 10
RECOVERY_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that look alike."""
ISSUER = "Preceptor"


class BadRolesError(Exception):
    """A list of roles that cannot be read; the message says which part of it."""


def parse_roles(text: str) -> frozenset[Role]:
    """Roles such as `manager,operator`, with commas or blanks.

    Raises:
        BadRolesError: one of them is none.
    """
    found = set()
    for part in text.replace(",", " ").split():
        try:
            found.add(Role(part))
        except ValueError:
            raise BadRolesError(f"“{part}” is no role: {', '.join(Role)}") from None
    return frozenset(found)


def is_held(*, roles: Collection[Role], required: Collection[Role], has_factor: bool, strong: bool) -> bool:
    """True for whoever has to set up a second factor before anything else.

    Args:
        roles: theirs.
        required: those that need one.
        has_factor: they have one.
        strong: they have shown two things to sign in, if not here, then at their organisation's provider.
    """
    return bool(set(roles) & set(required)) and not (has_factor or strong)


def right_step(secret: str, code: str, *, now: datetime, after: int) -> int | None:
    """The step whose code this is, within the drift; None: it is wrong, or its step is not after the last one taken.

    Source: RFC 6238; section 5.2 asks that no code is taken twice.
    """
    given = "".join(code.split())
    current = int(now.timestamp()) // STEP_SECONDS
    app = pyotp.TOTP(secret, interval=STEP_SECONDS)
    found = None
    for step in range(current - DRIFT_STEPS, current + DRIFT_STEPS + 1):
        if hmac.compare_digest(app.generate_otp(step).encode(), given.encode()) and step > after:
            found = step
    return found


def new_code_secret() -> str:
    """A key for an app that shows codes: 160 bits in Base32 (RFC 4226, section 4)."""
    return pyotp.random_base32(32)


def code_address(secret: str, email: str) -> str:
    """What the picture says that an app takes a picture of."""
    return pyotp.TOTP(secret, interval=STEP_SECONDS).provisioning_uri(name=email, issuer_name=ISSUER)


def new_recovery_codes() -> list[str]:
    """Codes for paper, such as `f7k2-9xma-qh3d-8wpc`: 79 random bits each."""
    return ["-".join(_group() for _ in range(4)) for _ in range(RECOVERY_CODES)]


def _group() -> str:
    return "".join(secrets.choice(RECOVERY_SIGNS) for _ in range(4))


def recovery_digest(code: str) -> bytes:
    """What is kept of a recovery code, however it was typed."""
    plain = "".join(sign for sign in code.lower() if sign.isalnum())
    return sha256(b"recovery:" + plain.encode()).digest()


class RelyingParty(msgspec.Struct, frozen=True):
    """Whom passkeys are for: a name that they are bound to, and the one origin that may ask for them."""

    id: str
    origin: str


def relying_party(base_url: str) -> RelyingParty:
    """Whom passkeys of an installation at this address are for.

    A passkey is bound to a name, never to a number (WebAuthn, section 5.1.2): on the machine itself it is `localhost`.
    """
    parts = urlsplit(base_url)
    host = parts.hostname or "localhost"
    try:
        if ipaddress.ip_address(host).is_loopback:
            host = "localhost"
    except ValueError:
        pass
    standard = {"http": 80, "https": 443}.get(parts.scheme)
    port = "" if parts.port in {None, standard} else f":{parts.port}"
    return RelyingParty(id=host, origin=f"{parts.scheme}://{host}{port}")
