"""Who asks: a session cookie or a bearer token, looked up at most once in thirty seconds per process."""

import time
from collections.abc import Awaitable, Callable
from enum import StrEnum
from hashlib import sha256
from typing import Any, Protocol
from uuid import UUID

import msgspec
from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

SESSION_COOKIE = "session"
CACHE_SECONDS = 30.0
CACHE_ENTRIES = 20_000
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods of HTTP by which nothing is changed."""


class CredentialKind(StrEnum):
    """How somebody shows who they are."""

    SESSION = "session"
    TOKEN = "token"  # noqa: S105 (the word, not a secret)


class Credential(msgspec.Struct, frozen=True):
    """What was shown: its kind and the SHA-256 of the secret, which is all that is ever stored or compared."""

    kind: CredentialKind
    digest: bytes


class SignedInUser(Protocol):
    """What this layer needs to know of a user."""

    @property
    def person_id(self) -> UUID:
        """Their id."""

    @property
    def language(self) -> str:
        """Their language, or empty where the browser decides."""

    @property
    def is_held(self) -> bool:
        """There is something that they have to do before anything else."""


Loader = Callable[[Credential, str], Awaitable[SignedInUser | None]]


def credential_of(secret: str, kind: CredentialKind) -> Credential:
    """The credential of a secret."""
    return Credential(kind, sha256(secret.encode()).digest())


class Authentication:
    """Finds the user of each request with the loader it was given, and remembers the answer for thirty seconds.

    Args:
        loader: finds the user of a credential that came from an address; None where it is unknown, expired or revoked.
            Whoever is held is not remembered: no short way is open to them, and they are let go at once.
    """

    def __init__(self, loader: Loader) -> None:
        self._loader = loader
        self._cache: dict[Credential, tuple[float, SignedInUser]] = {}

    def forget(self, person_id: UUID) -> None:
        """Ask the loader again for everything this person has shown (after signing out, new rights, removal)."""
        self._cache = {key: entry for key, entry in self._cache.items() if entry[1].person_id != person_id}

    def known(self, credential: Credential) -> SignedInUser | None:
        """The user of a credential that was looked up lately."""
        entry = self._cache.get(credential)
        return entry[1] if entry is not None and entry[0] > time.monotonic() else None

    async def user_of(self, credential: Credential, address: str = "", *, anew: bool = False) -> SignedInUser | None:
        """The user of a credential, from the cache or the loader; with `anew` from the loader in any case."""
        known = None if anew else self.known(credential)
        if known is not None:
            return known
        now = time.monotonic()
        user = await self._loader(credential, address)
        if user is None or user.is_held:
            self._cache.pop(credential, None)
            return user
        if len(self._cache) >= CACHE_ENTRIES:
            self._cache.clear()
        self._cache[credential] = (now + CACHE_SECONDS, user)
        return user


def authenticated(app: ASGIApp) -> ASGIApp:
    """The ASGI layer that sets `scope["user"]` and `scope["auth"]`, by its state's `authentication`.

    What was remembered is good enough to look, and for the short way of the workbench. Whoever changes something is
    looked up anew: another process may have signed them out, or taken rights of theirs, a moment ago.
    """

    async def authenticate(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP:
            credential = shown_credential(ASGIConnection(scope))
            scope["auth"] = credential
            scope["user"] = None
            if credential:
                authentication: Authentication = scope["litestar_app"].state.authentication
                client = scope.get("client")
                changes = scope["method"] not in SAFE_METHODS
                address = client[0] if client else ""
                scope["user"] = await authentication.user_of(credential, address, anew=changes)
        await app(scope, receive, send)

    return authenticate


def shown_credential(connection: ASGIConnection[Any, Any, Any, Any]) -> Credential | None:
    """The bearer token, else the session cookie of a request, if there is one."""
    header = connection.headers.get("authorization", "")
    scheme, _, secret = header.partition(" ")
    if scheme.lower() == "bearer" and secret:
        return credential_of(secret.strip(), CredentialKind.TOKEN)
    cookie = connection.cookies.get(SESSION_COOKIE)
    return credential_of(cookie, CredentialKind.SESSION) if cookie else None
