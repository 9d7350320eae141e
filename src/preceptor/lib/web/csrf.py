"""Forged requests: whoever is signed in by a cookie must also show that the request came from our own page."""

import secrets
from hmac import compare_digest

from litestar.connection import Request
from litestar.datastructures import Cookie, MutableScopeHeaders
from litestar.enums import RequestEncodingType, ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from preceptor.lib.errors import ForbiddenError, TooLargeError
from preceptor.lib.i18n import _
from preceptor.lib.web.authentication import SAFE_METHODS, Credential, CredentialKind

COOKIE = "csrftoken"
HEADER = "x-csrf-token"
FIELD = "csrf_token"


class ForgedRequestError(ForbiddenError):
    """The request does not carry the token of our own pages."""

    title = _("This form has grown too old, or did not come from our page. Load the page again and repeat.")
    code = "csrf"


class LargeFormError(TooLargeError):
    """A large form, or one with a large file, sent without the page's script."""

    title = _("Without scripts, a form can carry up to {count} MB. Switch scripts on, or use the API.")
    code = "large_form"


class CsrfMiddleware:
    """Double-submit tokens: the cookie `csrftoken` must come back in `X-CSRF-Token` or the field `csrf_token`.

    Bearer tokens are exempt: no other site can make a browser send one. The token of the request stands in
    `scope["state"]["csrf_token"]` for templates.

    Args:
        app: what is guarded.
        secure: send the cookie over HTTPS only.
        max_form_bytes: a form is only searched for the field up to this size, wherever it goes. A page's script sends
            the header with larger ones, so that nobody can make us take in a file before we know who it comes from.
        exempt: beginnings of paths whose links carry a signature of ours, and where nobody is asked who they are.
    """

    def __init__(
        self, app: ASGIApp, *, secure: bool = False, max_form_bytes: int = 2_000_000, exempt: tuple[str, ...] = ()
    ) -> None:
        self.app = app
        self.exempt = exempt
        self.secure = secure
        self.max_form_bytes = max_form_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check an unsafe request; hand out a token where the browser has none.

        Raises:
            ForgedRequestError: the token is missing or is not the cookie's.
            LargeFormError: a form is larger than it may be without the header.
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
        if scope["method"] not in SAFE_METHODS and not scope["path"].startswith(self.exempt):
            shown = request.headers.get(HEADER, "")
            if not cookie:
                raise ForgedRequestError
            if not shown and request.content_type[0] in {
                RequestEncodingType.URL_ENCODED,
                RequestEncodingType.MULTI_PART,
            }:
                self._check_size(request.headers.get("content-length", ""))
                form = await request.form()
                shown = str(form.get(FIELD, ""))
                if not compare_digest(shown.encode(), cookie.encode()):
                    await form.close()
            if not compare_digest(shown.encode(), cookie.encode()):
                raise ForgedRequestError
        await self.app(scope, receive, send if cookie else self._with_cookie(send, token))

    def _check_size(self, length: str) -> None:
        if not length.isdecimal() or int(length) > self.max_form_bytes:
            raise LargeFormError(LargeFormError.title.format(count=self.max_form_bytes // 1_000_000))

    def _with_cookie(self, send: Send, token: str) -> Send:
        async def wrapped(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableScopeHeaders.from_message(message)
                if not headers.get("cache-control", "").startswith("public"):
                    cookie = Cookie(COOKIE, value=token, samesite="lax", secure=self.secure, path="/")
                    headers.add("set-cookie", cookie.to_header(header=""))
            await send(message)

        return wrapped
