"""Headers that keep hostile text harmless in the browser, a nonce for the one inline script, and the language."""

import secrets

from litestar.datastructures import Headers, MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from preceptor.lib.i18n import choose_language, set_language


class SecurityHeaders:
    """Sets a strict content security policy and its relatives, and chooses the language of the answer.

    `scope["state"]["nonce"]` is what the page's import map carries.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope["state"]["nonce"] = nonce
        user = scope.get("user")
        wished = getattr(user, "language", "")
        set_language(
            choose_language([wished] if wished else _accepted(Headers.from_scope(scope).get("accept-language", "")))
        )

        async def wrapped(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableScopeHeaders.from_message(message)
                headers["content-security-policy"] = (
                    f"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; "
                    "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
                    "frame-ancestors 'none'"
                )
                headers["x-content-type-options"] = "nosniff"
                headers["referrer-policy"] = "same-origin"
                headers["cross-origin-opener-policy"] = "same-origin"
                headers["permissions-policy"] = "camera=(), microphone=(), geolocation=()"
                if "cache-control" not in headers:
                    headers["cache-control"] = "no-store"
            await send(message)

        await self.app(scope, receive, wrapped)


def _accepted(header: str) -> list[str]:
    """Languages of an `Accept-Language` header, most wanted first (RFC 9110, section 12.5.4)."""
    wishes: list[tuple[float, str]] = []
    for part in header[:500].split(","):
        tag, _, parameter = part.strip().partition(";q=")
        try:
            weight = float(parameter) if parameter else 1.0
        except ValueError:
            continue
        if tag and tag != "*" and tag.replace("-", "").isalnum():
            wishes.append((-weight, tag))
    return [tag for _weight, tag in sorted(wishes, key=lambda wish: wish[0])]
