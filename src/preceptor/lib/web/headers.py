"""Headers that keep hostile text harmless in the browser, a nonce for the one inline script, and the language."""

import secrets
from functools import lru_cache
from urllib.parse import parse_qs

from litestar.datastructures import Cookie, Headers, MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from preceptor.lib.i18n import catalogues, choose_language, set_language

LANGUAGE_COOKIE = "language"
YEAR = 31_536_000
MOST_PARTS = 50
"""Parts of a query that are looked at for a language."""


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
        for_program = scope["path"].startswith("/api/")
        nonce = "" if for_program else secrets.token_urlsafe(16)
        scope["state"]["nonce"] = nonce
        wished = getattr(scope.get("user"), "language", "")
        asked = Headers.from_scope(scope)
        wishes = (wished,) if wished else wishes_of(asked.get("cookie", ""), asked.get("accept-language", ""))
        linked = language_of_link(scope["query_string"])
        set_language(linked or choose_language(wishes))

        if for_program:  # what they carry is set where the API is put together
            await self.app(scope, receive, send)
            return

        async def wrapped(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableScopeHeaders.from_message(message)
                if "content-security-policy" not in headers:  # a file that somebody uploaded comes with a stricter one
                    headers["content-security-policy"] = (
                        f"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' "
                        "data: blob:; font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; "
                        "form-action 'self'; frame-ancestors 'none'"
                    )
                headers["x-content-type-options"] = "nosniff"
                headers["referrer-policy"] = "same-origin"
                headers["cross-origin-opener-policy"] = "same-origin"
                headers["permissions-policy"] = "camera=(), microphone=(), geolocation=()"
                if "cache-control" not in headers:
                    headers["cache-control"] = "no-store"
                if linked:
                    kept = Cookie(LANGUAGE_COOKIE, value=linked, path="/", samesite="lax", max_age=YEAR)
                    headers.add("set-cookie", kept.to_header(header=""))
            await send(message)

        await self.app(scope, receive, wrapped)


def language_of_link(query: bytes) -> str:
    """The language that a link asks for with `?lang=ca`, where there is one of that name; else nothing."""
    if b"lang=" not in query:
        return ""
    if query.count(b"&") >= MOST_PARTS:
        return ""
    wished = parse_qs(query.decode("latin-1")).get("lang", [""])[-1]
    return wished if wished in catalogues.languages() else ""


@lru_cache(maxsize=1_000)
def wishes_of(cookies: str, accepted: str) -> tuple[str, ...]:
    """Languages a browser wants, most wanted first: that of the cookie `language`, then `Accept-Language`.

    Source: RFC 9110, section 12.5.4.
    """
    wishes: list[tuple[float, str]] = []
    for part in accepted[:500].split(","):
        tag, _, parameter = part.strip().partition(";q=")
        try:
            weight = float(parameter) if parameter else 1.0
        except ValueError:
            continue
        if tag and tag != "*" and tag.replace("-", "").isalnum():
            wishes.append((-weight, tag))
    chosen = [pair.partition("=")[2].strip() for pair in cookies.split(";") if pair.strip().startswith("language=")]
    return (*chosen, *(tag for _weight, tag in sorted(wishes, key=lambda wish: wish[0])))
