"""Forged requests: whoever is signed in by a cookie must also show that the request came from our own page."""

import secrets
from hmac import compare_digest

from litestar.connection import Request
from litestar.datastructures import Cookie, MutableScopeHeaders
from litestar.enums import RequestEncodingType, ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from preceptor.lib.errors import ForbiddenError
from preceptor.lib.i18n import _
from preceptor.lib.web.authentication import Credential, CredentialKind

COOKIE = "csrftoken"
HEADER = "x-csrf-token"
FIELD = "csrf_token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class ForgedRequestError(ForbiddenError):
    """The request does not carry the token of our own pages."""

    title = _("This form has grown too old, or did not come from our page. Load the page again and repeat.")
    code = "csrf"


class CsrfMiddleware:
    """Double-submit tokens: the cookie `csrftoken` must come back in `X-CSRF-Token` or the field `csrf_token`.

    Bearer tokens are exempt: no other site can make a browser send one. The token of the request stands in
    `scope["state"]["csrf_token"]` for templates.
    """

    def __init__(self, app: ASGIApp, *, secure: bool = False) -> None:
        self.app = app
        self.secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check an unsafe request; hand out a token where the browser has none.

        Raises:
            ForgedRequestError: the token is missing or is not the cookie's.
        """
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        credential = scope.get("auth")
        if isinstance(credential, Credential) and credential.kind is CredentialKind.TOKEN:
            await self.app(scope, receive, send)
            return
        request: Request[object, object, object] = Request(scope, receive)  # type: ignore[type-var]
        cookie = request.cookies.get(COOKIE, "")
        token = cookie or secrets.token_urlsafe(32)
        scope["state"]["csrf_token"] = token
        if scope["method"] not in SAFE_METHODS:
            shown = request.headers.get(HEADER, "")
            if not shown and request.content_type[0] in {
                RequestEncodingType.URL_ENCODED,
                RequestEncodingType.MULTI_PART,
            }:
                shown = str((await request.form()).get(FIELD, ""))
            if not cookie or not compare_digest(shown.encode(), cookie.encode()):
                raise ForgedRequestError
        await self.app(scope, receive, send if cookie else self._with_cookie(send, token))

    def _with_cookie(self, send: Send, token: str) -> Send:
        async def wrapped(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableScopeHeaders.from_message(message)
                if not headers.get("cache-control", "").startswith("public"):
                    cookie = Cookie(COOKIE, value=token, samesite="lax", secure=self.secure, path="/")
                    headers.add("set-cookie", cookie.to_header(header=""))
            await send(message)

        return wrapped
