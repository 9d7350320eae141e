"""Posting to addresses that people outside have named, without becoming their way into our own network.

A name is looked up once per request. If any of its addresses is not a public one the request is refused, and else it
goes to the very addresses that were looked at, so that an answer which changes in between (DNS rebinding) makes no
difference. The certificate is checked against the name all the same. Redirects are not followed, proxies of the
environment not used.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from enum import StrEnum
from typing import Any

import httpcore
import httpx

from preceptor.lib.i18n import LazyText, _
from preceptor.lib.networks import Network, is_allowed, may_reach

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

SECONDS = 15.0
"""For one request, from looking the name up to the head of the answer."""
BODY_SECONDS = 2.0
MAX_BODY_BYTES = 64 * 1024
"""For the rest of the answer; its status counts whatever comes after."""
MAX_ADDRESS = 2_000
MAX_PORT = 65_535
PORTS = {"http": 80, "https": 443}
LOOKUPS_AT_ONCE = 16


class PostFailure(StrEnum):
    """Why no answer came."""

    UNKNOWN_NAME = "unknown_name"
    PRIVATE_ADDRESS = "private_address"
    NOT_ENCRYPTED = "not_encrypted"
    NO_CONNECTION = "no_connection"
    BAD_CERTIFICATE = "bad_certificate"
    TIMED_OUT = "timed_out"
    BROKEN_ANSWER = "broken_answer"


FAILURE_NAMES: dict[PostFailure, LazyText] = {
    PostFailure.UNKNOWN_NAME: _("No machine has this name."),
    PostFailure.PRIVATE_ADDRESS: _("The address lies in a private network. An operator can allow it."),
    PostFailure.NOT_ENCRYPTED: _("Only https is used outside of private networks."),
    PostFailure.NO_CONNECTION: _("Nobody answers at this address."),
    PostFailure.BAD_CERTIFICATE: _(
        "No trusted connection could be made: the certificate is missing, has expired or is for another name."
    ),
    PostFailure.TIMED_OUT: _("No answer came in time."),
    PostFailure.BROKEN_ANSWER: _("The answer was no HTTP, or broke off."),
}


class PostFailedError(Exception):
    """No answer came; `failure` says why."""

    def __init__(self, failure: PostFailure) -> None:
        self.failure = failure
        super().__init__(failure.value)


def address_problem(address: str, allowed: Sequence[Network] = ()) -> LazyText | None:
    """What is wrong with an address as far as can be told without looking its name up; None where nothing is."""
    url = _parsed(address)
    if url is None:
        return _("Give an address such as https://example.org/hooks.")
    if url.userinfo:
        return _("Leave name and password out of the address: what is sent is signed.")
    if url.fragment:
        return _("Leave out what stands after the “#”: it is never sent.")
    failure = _refusal(url, allowed)
    return FAILURE_NAMES[failure] if failure else None


def _parsed(address: str) -> httpx.URL | None:
    if len(address) > MAX_ADDRESS or not address.isprintable() or " " in address:
        return None
    try:
        url = httpx.URL(address)
    except (httpx.InvalidURL, ValueError):
        return None
    port = PORTS.get(url.scheme, 0) if url.port is None else url.port
    return url if url.scheme in PORTS and url.host and 0 < port <= MAX_PORT else None


def _refusal(url: httpx.URL, allowed: Sequence[Network]) -> PostFailure | None:
    """Why a request would be refused for sure; names are not looked up."""
    host = url.host.rstrip(".").lower()
    within = bool(allowed)
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        reachable = within or not (host == "localhost" or host.endswith(".localhost"))
    else:
        reachable, within = may_reach(literal, allowed), is_allowed(literal, allowed)
    if not reachable:
        return PostFailure.PRIVATE_ADDRESS
    return PostFailure.NOT_ENCRYPTED if url.scheme == "http" and not within else None


class Poster:
    """Sends bodies by POST and answers the status.

    Args:
        allowed: networks that may be reached though they are private, without encryption too.
        seconds: from looking the name up to the head of the answer.
        resolve: looks a name up; the system's own way where None.
        trust: whose certificates are believed; the usual authorities where None (`SSL_CERT_FILE` names others).
    """

    def __init__(
        self,
        *,
        allowed: Sequence[Network] = (),
        seconds: float = SECONDS,
        resolve: Resolve | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._allowed = allowed
        self._seconds = seconds
        self._trust = trust or httpx.create_ssl_context()
        # Names that nobody answers for hold a thread until the system gives up: those are not everybody's threads.
        self._threads = ThreadPoolExecutor(LOOKUPS_AT_ONCE, thread_name_prefix="lookup")
        self._resolve = resolve or self._look_up

    async def post(self, address: str, *, headers: Mapping[str, str], body: bytes) -> int:
        """Send one request and answer the status of what came back, whatever it is.

        Raises:
            PostFailedError: nothing came back, or the address may not be reached.
        """
        try:
            async with asyncio.timeout(self._seconds) as limit:
                return await self._post(httpx.URL(address), headers, body, limit)
        except (TimeoutError, httpcore.TimeoutException):
            raise PostFailedError(PostFailure.TIMED_OUT) from None
        except httpcore.ConnectError as error:
            failure = PostFailure.BAD_CERTIFICATE if _is_about_tls(error) else PostFailure.NO_CONNECTION
            raise PostFailedError(failure) from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise PostFailedError(PostFailure.BROKEN_ANSWER) from error

    async def _post(self, url: httpx.URL, headers: Mapping[str, str], body: bytes, limit: asyncio.Timeout) -> int:
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        guard = _Guard(self._reachable, encrypted=url.scheme == "https")
        sent = {"host": url.netloc.decode("ascii"), "content-length": str(len(body)), **headers}
        async with (
            httpcore.AsyncConnectionPool(
                ssl_context=self._trust, max_connections=1, max_keepalive_connections=0, network_backend=guard
            ) as pool,
            pool.stream("POST", target, headers=list(sent.items()), content=body) as response,
        ):
            limit.reschedule(None)
            await _read_some(response)
            return response.status

    async def _reachable(self, host: str, port: int, *, encrypted: bool) -> list[str]:
        try:
            found = [ipaddress.ip_address(one) for one in await self._resolve(host, port)]
        except (OSError, ValueError) as error:
            raise PostFailedError(PostFailure.UNKNOWN_NAME) from error
        if not found:
            raise PostFailedError(PostFailure.UNKNOWN_NAME)
        if not all(may_reach(one, self._allowed) for one in found):
            raise PostFailedError(PostFailure.PRIVATE_ADDRESS)
        if not encrypted and not all(is_allowed(one, self._allowed) for one in found):
            raise PostFailedError(PostFailure.NOT_ENCRYPTED)
        return [str(one) for one in found]

    async def _look_up(self, host: str, port: int) -> list[str]:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(
            self._threads, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        )
        return list(dict.fromkeys(str(one[4][0]) for one in found))

    def close(self) -> None:
        """Let the threads go; what is still being looked up is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _is_about_tls(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, ssl.SSLError):
        error = error.__cause__ or error.__context__
    return error is not None


async def _read_some(response: httpcore.Response) -> None:
    """Take a short answer whole, so that a polite program is not cut off; its status is known already."""
    taken = 0
    with suppress(TimeoutError, httpcore.NetworkError, httpcore.ProtocolError):
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in response.aiter_stream():
                taken += len(chunk)
                if taken > MAX_BODY_BYTES:
                    return


class _Guard(httpcore.AsyncNetworkBackend):
    """Connects to addresses that were looked at, and to nothing else."""

    def __init__(self, reachable: Callable[..., Awaitable[list[str]]], *, encrypted: bool) -> None:
        self._reachable = reachable
        self._encrypted = encrypted
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 (the base class's own)
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first of the name's addresses that takes one."""
        problem: httpcore.ConnectError | None = None
        for address in await self._reachable(host, port, encrypted=self._encrypted):
            try:
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except httpcore.ConnectError as error:
                problem = error
        raise problem or httpcore.ConnectError
