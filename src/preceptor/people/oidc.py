"""Asking an identity provider who somebody is (OpenID Connect Core 1.0): the code flow, with PKCE, state and nonce."""

import asyncio
import secrets
import time
from typing import Any

import httpx
import msgspec
import structlog
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from preceptor.lib.errors import UnavailableError
from preceptor.lib.i18n import _
from preceptor.lib.sealing import SealBrokenError, Sealer
from preceptor.people.queries import UsedProvider
from preceptor.people.rules import Claims, issuer_is_safe

log = structlog.get_logger()

SECONDS = 10.0
REMEMBERED_SECONDS = 600.0
FLOW_SECONDS = 900
LEEWAY_SECONDS = 120
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signed by a key of the provider: neither by nobody, nor by the secret that we share with it."""


class ProviderGoneError(UnavailableError):
    """The provider does not answer, or not as it should."""

    title = _("The identity provider does not answer as it should. Please try again, or sign in another way.")
    code = "provider_gone"


class Flow(msgspec.Struct, frozen=True):
    """What a browser carries to the provider and back, sealed."""

    provider: str
    state: str
    nonce: str
    verifier: str
    next_path: str
    until: float


class Metadata(msgspec.Struct, frozen=True):
    """What a provider says about itself (OpenID Connect Discovery 1.0, section 3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    end_session_endpoint: str = ""
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)

    def addresses(self) -> tuple[str, ...]:
        """Every address in it that is there."""
        every = (
            self.authorization_endpoint,
            self.token_endpoint,
            self.jwks_uri,
            self.userinfo_endpoint,
            self.end_session_endpoint,
        )
        return tuple(one for one in every if one)


class Identities:
    """Speaks with identity providers. What one says about itself is remembered for ten minutes.

    Args:
        sealer: opens their secrets, and seals what a browser carries.
    """

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer
        self._known: dict[str, tuple[float, Metadata, dict[str, Any]]] = {}
        self._opened: httpx.AsyncClient | None = None

    @property
    def _http(self) -> httpx.AsyncClient:
        """Opened when it is first needed: reading the authorities' certificates takes a while, and few have any."""
        if self._opened is None:
            self._opened = httpx.AsyncClient(timeout=SECONDS, follow_redirects=False)
        return self._opened

    async def metadata(self, issuer: str) -> Metadata:
        """What a provider says about itself.

        Raises:
            ProviderGoneError: nothing, or nothing that makes sense.
        """
        return (await self._look(issuer))[0]

    async def _look(self, issuer: str, *, anew: bool = False) -> tuple[Metadata, dict[str, Any]]:
        known = self._known.get(issuer)
        if known is not None and known[0] > time.monotonic() and not anew:
            return known[1], known[2]
        try:
            async with asyncio.timeout(2 * SECONDS):
                answer = await self._http.get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
                answer.raise_for_status()
                metadata = msgspec.json.decode(answer.content, type=Metadata)
                if metadata.issuer != issuer or not all(issuer_is_safe_endpoint(one) for one in metadata.addresses()):
                    raise ProviderGoneError(detail=_("It calls itself by another name, or names unsafe addresses."))
                keys = (await self._http.get(metadata.jwks_uri)).raise_for_status().json()
        except (TimeoutError, httpx.HTTPError, msgspec.MsgspecError, ValueError) as error:
            log.warning("identity provider does not answer", issuer=issuer, reason=str(error))
            raise ProviderGoneError from error
        self._known[issuer] = (time.monotonic() + REMEMBERED_SECONDS, metadata, keys)
        return metadata, keys

    async def begin(self, provider: UsedProvider, *, back_to: str, next_path: str) -> tuple[str, str]:
        """Where to send the browser, and what it carries there and back.

        Raises:
            ProviderGoneError: the provider does not answer.
        """
        metadata = await self.metadata(provider.settings.issuer)
        flow = Flow(
            provider=provider.settings.slug,
            state=secrets.token_urlsafe(24),
            nonce=secrets.token_urlsafe(24),
            verifier=secrets.token_urlsafe(48),
            next_path=next_path,
            until=time.time() + FLOW_SECONDS,
        )
        async with self._client(provider, metadata, back_to) as client:
            address, _state = client.create_authorization_url(
                metadata.authorization_endpoint, state=flow.state, nonce=flow.nonce, code_verifier=flow.verifier
            )
        return str(address), self._sealer.seal(msgspec.json.encode(flow).decode()).decode()

    def flow(self, carried: str, *, provider: str, state: str) -> Flow | None:
        """What the browser carried, where it belongs to this answer of this provider; else None."""
        try:
            flow = msgspec.json.decode(self._sealer.open(carried.encode()), type=Flow)
        except (SealBrokenError, msgspec.MsgspecError):
            return None
        fits = flow.provider == provider and secrets.compare_digest(flow.state.encode(), state.encode())
        return flow if fits and flow.until > time.time() else None

    async def claims(self, provider: UsedProvider, flow: Flow, *, code: str, back_to: str) -> Claims:
        """Who came back, for the code they brought.

        Raises:
            ProviderGoneError: the provider does not take the code, or what it says does not hold.
        """
        issuer = provider.settings.issuer
        metadata, _keys = await self._look(issuer)
        try:
            async with asyncio.timeout(3 * SECONDS), self._client(provider, metadata, back_to) as client:
                token = await client.fetch_token(metadata.token_endpoint, code=code, code_verifier=flow.verifier)
                said = await self._verified(provider, token, nonce=flow.nonce)
                if metadata.userinfo_endpoint:
                    told = (await client.get(metadata.userinfo_endpoint)).raise_for_status().json()
                    if not isinstance(told, dict) or told.get("sub") != said["sub"]:
                        raise ProviderGoneError
                    said = told | said
        except (TimeoutError, httpx.HTTPError, OAuthError, JoseError, ValueError, KeyError, TypeError) as error:
            log.warning("identity provider's answer does not hold", issuer=issuer, reason=type(error).__name__)
            raise ProviderGoneError from error
        return _claims(said)

    def _client(self, provider: UsedProvider, metadata: Metadata, back_to: str) -> AsyncOAuth2Client:
        secret = self._sealer.open(provider.sealed_secret) if provider.sealed_secret else ""
        method = "client_secret_basic" if secret else "none"
        if secret and method not in metadata.token_endpoint_auth_methods_supported:
            method = "client_secret_post"
        return AsyncOAuth2Client(
            client_id=provider.settings.client_id,
            client_secret=secret or None,
            token_endpoint_auth_method=method,
            scope=provider.settings.scopes,
            redirect_uri=back_to,
            code_challenge_method="S256",
            timeout=SECONDS,
            follow_redirects=False,
        )

    async def _verified(self, provider: UsedProvider, token: dict[str, Any], *, nonce: str) -> dict[str, Any]:
        """The claims of an ID token, once signature, issuer, audience, time and nonce hold (Core, section 3.1.3.7)."""
        issuer, client_id = provider.settings.issuer, provider.settings.client_id
        raw = token["id_token"]
        _metadata, keys = await self._look(issuer)
        try:
            decoded = jwt.decode(raw, KeySet.import_key_set(keys), algorithms=ALGORITHMS)  # type: ignore[arg-type]
        except (JoseError, ValueError):
            # It may sign with a new key by now.
            _metadata, keys = await self._look(issuer, anew=True)
            decoded = jwt.decode(raw, KeySet.import_key_set(keys), algorithms=ALGORITHMS)  # type: ignore[arg-type]
        options = {
            "iss": {"essential": True, "value": issuer},
            "aud": {"essential": True, "value": client_id},
            "nonce": {"essential": True, "value": nonce},
            "exp": {"essential": True},
            "sub": {"essential": True},
        }
        parameters = {"nonce": nonce, "client_id": client_id, "access_token": token.get("access_token")}
        checked = CodeIDToken(decoded.claims, decoded.header, options=options, params=parameters)
        checked.validate(now=int(time.time()), leeway=LEEWAY_SECONDS)
        return dict(decoded.claims)

    async def close(self) -> None:
        """Let connections go."""
        if self._opened is not None:
            await self._opened.aclose()


def issuer_is_safe_endpoint(address: str) -> bool:
    """True for an address by HTTPS, or on this machine itself; unlike an issuer it may have a query."""
    return issuer_is_safe(address.partition("?")[0])


def _claims(said: dict[str, Any]) -> Claims:
    def text(name: str) -> str:
        value = said.get(name)
        return value if isinstance(value, str) else ""

    return Claims(
        subject=str(said["sub"])[:255],
        email=text("email"),
        # Some say it as a word.
        email_verified=said.get("email_verified") is True or said.get("email_verified") == "true",
        name=" ".join("".join(sign for sign in text("name") if sign.isprintable()).split())[:120],
        values=said,
    )
