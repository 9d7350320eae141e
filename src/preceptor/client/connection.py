"""Requests to one installation as one person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import httpx
import msgspec

from preceptor.client.problems import PreceptorProblem, PreceptorUnreachableError, problem_of

API = "/api/v1"
CSRF_COOKIE = "csrftoken"
CSRF_HEADER = "X-CSRF-Token"

T = TypeVar("T")


class Connection:
    """Sends requests, decodes answers and turns errors into exceptions.

    Args:
        http: asks the installation; its `base_url` is the installation's address.
    """

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    def get(self, path: str, *, answer: type[T], query: Mapping[str, str | None] | None = None) -> T:
        """Fetch something. What is None in `query` is left out.

        Raises:
            PreceptorProblem: the installation says no.
            PreceptorUnreachableError: it says nothing.
        """
        params = {name: value for name, value in (query or {}).items() if value is not None}
        return _decoded(self._send("GET", path, params=params), answer)

    def send(self, method: str, path: str, *, body: object, answer: type[T]) -> T:
        """Change something by a JSON body.

        Raises:
            PreceptorProblem: the installation says no.
            PreceptorUnreachableError: it says nothing.
        """
        content = msgspec.json.encode(body)
        response = self._send(method, path, content=content, headers={"content-type": "application/json"})
        return _decoded(response, answer)

    def send_bytes(self, path: str, *, query: Mapping[str, str], content: bytes, answer: type[T]) -> T:
        """Hand in a file as it is.

        Raises:
            PreceptorProblem: the installation says no.
            PreceptorUnreachableError: it says nothing.
        """
        headers = {"content-type": "application/octet-stream"}
        response = self._send("POST", path, params=dict(query), content=content, headers=headers)
        return _decoded(response, answer)

    @contextmanager
    def stream(self, path: str) -> Iterator[httpx.Response]:
        """Fetch something piece by piece. Each piece may take as long as it wants to begin.

        Raises:
            PreceptorProblem: the installation says no.
            PreceptorUnreachableError: it says nothing, or the stream breaks off.
        """
        try:
            with self.http.stream("GET", API + path) as response:
                if response.is_error:
                    response.read()
                    raise problem_of(response)
                yield response
        except httpx.TransportError as error:
            raise _unreachable(self.http, error) from error

    def _send(self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **rest: Any) -> httpx.Response:
        token = self.http.cookies.get(CSRF_COOKIE)
        guarded = {**(headers or {}), **({CSRF_HEADER: token} if token else {})}
        try:
            response = self.http.request(method, API + path, headers=guarded, **rest)
        except httpx.TransportError as error:
            raise _unreachable(self.http, error) from error
        if not response.is_success:
            raise problem_of(response)
        return response


def _decoded(response: httpx.Response, answer: type[T]) -> T:
    try:
        return msgspec.json.decode(response.content or b"null", type=answer)
    except msgspec.DecodeError as error:
        document = {
            "code": "unexpected_answer",
            "title": f"{response.url} answers something else.",
            "detail": str(error),
        }
        raise PreceptorProblem(status=response.status_code, document=document) from error


def _unreachable(http: httpx.Client, error: httpx.TransportError) -> PreceptorUnreachableError:
    return PreceptorUnreachableError(f"{http.base_url} does not answer: {str(error) or type(error).__name__}")
