"""The short way for the few addresses that make up most of the traffic.

A request that is plainly in order (a known credential, JSON of a fitting size and shape) is answered here, without the
framework's layers. Everything else (no credential yet, a body too large or of another shape) goes to the framework
untouched, so that each rule is written once: what is refused is refused there. Both ways call the same function for an
address and give the same answer; only the cost differs, by about half.
"""

import gzip
import time
from collections.abc import Awaitable, Callable, Iterable
from hmac import compare_digest
from typing import Any

import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from preceptor.lib.i18n import choose_language, set_language
from preceptor.lib.web.authentication import (
    SESSION_COOKIE,
    Authentication,
    Credential,
    CredentialKind,
    SignedInUser,
    credential_of,
)
from preceptor.lib.web.csrf import COOKIE as CSRF_COOKIE
from preceptor.lib.web.csrf import HEADER as CSRF_HEADER
from preceptor.lib.web.headers import wishes_of
from preceptor.lib.web.metrics import RequestMetrics
from preceptor.lib.web.problems import MEDIA_TYPE, problem_document

MOST_BYTES = 256 * 1024
"""Larger bodies take the long way."""

COMPRESSED_FROM = 1_000
"""Bytes of an answer from which on it is compressed, as everywhere."""

Answer = Callable[[Any, Any, Any], Awaitable[tuple[int, object]]]
"""Takes the user, the variable part of the path and the body; gives the status and what is encoded as JSON."""


class Route(msgspec.Struct, frozen=True):
    """An address that may take the short way.

    Attributes:
        method: of HTTP.
        path: as the framework has it, with one variable as its last segment but one: `/tasks/{task_id:uuid}/draft`.
        parse: makes the variable part a value, or raises `ValueError`.
        body: type of the body.
        answer: what the framework's handler calls as well.
    """

    method: str
    path: str
    parse: Callable[[str], Any]
    body: Any
    answer: Answer


class Express:
    """Answers what is plainly in order, and hands everything else on.

    Args:
        app: the framework.
        authentication: knows who has shown a credential lately.
        routes: the addresses.
        headers: those of every answer, as the framework sets them.
    """

    def __init__(
        self, app: ASGIApp, *, authentication: Authentication, routes: Iterable[Route], headers: dict[str, str]
    ) -> None:
        self._app = app
        self._authentication = authentication
        self._headers = [(name.encode(), value.encode()) for name, value in headers.items()]
        self._routes = {
            (route.method, *_fixed(route.path)): (route, msgspec.json.Decoder(route.body)) for route in routes
        }
        self._metrics = RequestMetrics(app)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        front, _, last = scope["path"].rpartition("/")
        front, _, variable = front.rpartition("/")
        found = self._routes.get((scope["method"], front, last))
        if found is None:
            await self._app(scope, receive, send)
            return
        route, decoder = found
        headers = dict(scope["headers"])
        user = self._user_of(headers)
        if user is None or not _fits(headers):
            await self._app(scope, receive, send)
            return
        body = await _read(receive)
        try:
            value, content = route.parse(variable), decoder.decode(body)
        except (ValueError, msgspec.MsgspecError, RecursionError):  # the framework says what is wrong with it
            await self._app(scope, _again(body, receive), send)
            return
        wishes = (user.language,) if user.language else _wishes(headers)
        set_language(choose_language(wishes))
        media_type = b"application/json"
        try:
            status, answer = await route.answer(user, value, content)
            told = msgspec.json.encode(answer)
        except Exception as error:  # noqa: BLE001 (as the framework's own last resort)
            status, told = problem_document(error, path=scope["path"], method=route.method)
            media_type = MEDIA_TYPE.encode()
        self._metrics.count(route.method, route.path, status, time.perf_counter() - began)
        head = [*self._headers, (b"content-type", media_type)]
        if len(told) >= COMPRESSED_FROM and b"gzip" in headers.get(b"accept-encoding", b""):
            told = gzip.compress(told, compresslevel=5)
            head += [(b"content-encoding", b"gzip"), (b"vary", b"accept-encoding")]
        head.append((b"content-length", str(len(told)).encode()))
        await send({"type": "http.response.start", "status": status, "headers": head})
        await send({"type": "http.response.body", "body": told, "more_body": False})

    def _user_of(self, headers: dict[bytes, bytes]) -> SignedInUser | None:
        """Who asks, where that is known already and the request is surely their own."""
        credential = _credential(headers)
        return None if credential is None else self._authentication.known(credential)


def _fixed(path: str) -> tuple[str, str]:
    """What stands before and after the variable part."""
    front, last = path.rsplit("/", 1)
    return front.rsplit("/", 1)[0], last


def _credential(headers: dict[bytes, bytes]) -> Credential | None:
    shown = headers.get(b"authorization", b"")
    if shown:
        secret = shown[7:].strip() if shown[:7].lower() == b"bearer " else b""
        return credential_of(secret.decode("latin-1"), CredentialKind.TOKEN) if secret else None
    cookies = dict(
        pair.strip().split("=", 1) for pair in headers.get(b"cookie", b"").decode("latin-1").split(";") if "=" in pair
    )
    session, forgery = cookies.get(SESSION_COOKIE), cookies.get(CSRF_COOKIE)
    sent = headers.get(CSRF_HEADER.encode(), b"")
    if not session or not forgery or not compare_digest(sent, forgery.encode("latin-1")):
        return None
    return credential_of(session, CredentialKind.SESSION)


def _fits(headers: dict[bytes, bytes]) -> bool:
    length = headers.get(b"content-length", b"")
    return (
        length.isdigit()
        and len(length) <= len(str(MOST_BYTES))
        and int(length) <= MOST_BYTES
        and headers.get(b"content-type", b"").startswith(b"application/json")
        and b"content-encoding" not in headers
    )


def _wishes(headers: dict[bytes, bytes]) -> tuple[str, ...]:
    cookies, accepted = headers.get(b"cookie", b""), headers.get(b"accept-language", b"")
    return wishes_of(cookies.decode("latin-1"), accepted.decode("latin-1"))


async def _read(receive: Receive) -> bytes:
    body = b""
    more = True
    while more:
        message: Any = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _again(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives a body that was read already once more."""
    rest: list[Any] = [{"type": "http.request", "body": body, "more_body": False}]

    async def once_more() -> Any:
        return rest.pop() if rest else await receive()

    return once_more
