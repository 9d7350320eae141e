"""One request to one server over the `openai` client: the only module that speaks the protocol.

It loads that client (15 MB, half a second), so it is itself loaded only when a model is asked for the first time.
"""

import ipaddress
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import httpx2
import msgspec
import openai
from openai.types.chat import ChatCompletionChunk
from openai.types.chat.chat_completion_chunk import Choice, ChoiceDelta

from preceptor.llms.asking.explaining import failure_of
from preceptor.llms.asking.failures import ModelGarbageError
from preceptor.llms.queries import EndpointToAsk
from preceptor.llms.rules import clean_text

Messages = Sequence[Mapping[str, str]]

CONNECT_SECONDS = 10.0
MAX_BYTES = 64_000_000
"""Of one HTTP answer: a token of four letters comes wrapped in some 300 bytes."""
MAX_LINE = 4_000_000
"""Bytes without a line's end."""

# What the client would otherwise take from our environment and show to strangers.
NOT_SENT = {"OpenAI-Organization": openai.Omit(), "OpenAI-Project": openai.Omit()}


class Piece(msgspec.Struct, frozen=True):
    """What one event of the stream brought."""

    text: str = ""
    finish_reason: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


def open_client(endpoint: EndpointToAsk) -> openai.AsyncOpenAI:
    """A client of one endpoint. It neither retries nor follows redirects, and stops at answers without end."""
    timeout = httpx2.Timeout(None, connect=min(CONNECT_SECONDS, endpoint.timeout_seconds))
    return openai.AsyncOpenAI(
        api_key=endpoint.key.reveal() if endpoint.key is not None else "none",
        base_url=endpoint.base_url,
        max_retries=0,
        timeout=timeout,
        http_client=httpx2.AsyncClient(
            timeout=timeout,
            follow_redirects=False,
            # A proxy from the environment leads away from our own machine.
            trust_env=not _is_here(endpoint.base_url),
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=20, keepalive_expiry=30),
            headers={"Accept-Encoding": "identity"},
            event_hooks={"response": [_bound]},
        ),
    )


def _is_here(base_url: str) -> bool:
    host = urlsplit(base_url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def _bound(response: httpx2.Response) -> None:
    if response.headers.get("content-encoding", "identity") != "identity":
        raise ModelGarbageError("the answer is compressed, though we asked for it not to be")
    assert isinstance(response.stream, httpx2.AsyncByteStream)
    response.stream = _Bounded(response.stream)


class _Bounded(httpx2.AsyncByteStream):
    """Bytes up to a limit."""

    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        total = line = 0
        async for data in self._stream:
            total += len(data)
            line = len(data) - end - 1 if (end := data.rfind(b"\n")) >= 0 else line + len(data)
            if total > MAX_BYTES or line > MAX_LINE:
                raise ModelGarbageError("an answer without end")
            yield data

    async def aclose(self) -> None:
        """Close what is below."""
        await self._stream.aclose()


class Exchange:
    """A question that was sent, and its answer as it arrives. Close it in any case."""

    def __init__(
        self, stream: openai.AsyncStream[ChatCompletionChunk], *, endpoint: EndpointToAsk, sent_at: float
    ) -> None:
        self._stream = stream
        self._events = aiter(stream)
        self._endpoint = endpoint
        self._answering = False
        self.sent_at = sent_at
        """`time.monotonic()` when the question was sent."""

    async def next(self) -> Piece | None:
        """The next piece; None when the server has closed the stream in good order.

        Raises:
            ModelProblemError: the answer broke off, or is none.
        """
        try:
            event: object = await anext(self._events)
        except StopAsyncIteration:
            return None
        except Exception as error:  # noqa: BLE001 (the client may stumble over anything that a server sends)
            raise failure_of(error, endpoint=self._endpoint, answering=self._answering) from None
        piece = _piece(event)
        self._answering = self._answering or bool(piece.text)
        return piece

    async def close(self) -> None:
        """End the HTTP request: the server stops writing."""
        await self._stream.close()


def _piece(chunk: object) -> Piece:
    # The client builds its objects without checking, so nothing in them can be relied upon.
    choices = getattr(chunk, "choices", None)
    choice = choices[0] if isinstance(choices, list) and choices else None
    delta = getattr(choice, "delta", None)
    if (
        not isinstance(chunk, ChatCompletionChunk)
        or not isinstance(choices, list | None)
        or not isinstance(choice, Choice | None)
        or not isinstance(delta, ChoiceDelta | None)
    ):
        raise ModelGarbageError("an event that is no part of a chat completion")
    prompt = getattr(chunk.usage, "prompt_tokens", None)
    completion = getattr(chunk.usage, "completion_tokens", None)
    text = getattr(delta, "content", None) or getattr(delta, "refusal", None) or ""
    reason = getattr(choice, "finish_reason", None)
    if not isinstance(text, str) or not isinstance(reason, str | None):
        raise ModelGarbageError("an event whose text is no text")
    return Piece(
        text=text,
        finish_reason=clean_text(reason)[:40] if reason else None,
        prompt_tokens=prompt if isinstance(prompt, int) else None,
        completion_tokens=completion if isinstance(completion, int) else None,
    )


async def send(
    client: openai.AsyncOpenAI,
    *,
    endpoint: EndpointToAsk,
    model_name: str,
    messages: Messages,
    parameters: Mapping[str, Any],
    seed: int | None,
    counted: bool,
) -> Exchange:
    """Ask for a streamed chat completion.

    Args:
        client: from `open_client`.
        endpoint: what that was opened for.
        model_name: the endpoint's name for the model.
        messages: `{role, content}`, oldest first.
        parameters: sent as they are, those in `extra` beside the others.
        seed: sent where it is given.
        counted: ask for token counts at the end.

    Raises:
        ModelProblemError: no answer begins.
    """
    body: dict[str, Any] = {name: value for name, value in parameters.items() if name != "extra"}
    body |= parameters.get("extra", {})
    if seed is not None:
        body["seed"] = seed
    if counted:
        body["stream_options"] = {"include_usage": True}
    plain: list[Any] = [{"role": m["role"], "content": clean_text(m["content"])} for m in messages]
    sent_at = time.monotonic()
    try:
        stream = await client.chat.completions.create(
            model=model_name, messages=plain, stream=True, extra_body=body, extra_headers=_headers(endpoint)
        )
    except (openai.OpenAIError, httpx2.HTTPError) as error:
        raise failure_of(error, endpoint=endpoint, answering=False) from None
    kind = stream.response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in {"text/html", "application/json", "application/xhtml+xml"}:
        await stream.close()
        raise ModelGarbageError(f"the answer is {kind} where text/event-stream was asked for")
    return Exchange(stream, endpoint=endpoint, sent_at=sent_at)


async def list_served(client: openai.AsyncOpenAI, *, endpoint: EndpointToAsk) -> list[str]:
    """Names of the models that the server says it serves.

    Raises:
        ModelProblemError: it does not answer, or not with a list of models.
    """
    options: Any = {"headers": _headers(endpoint)}
    try:
        answer = await client.get("/models", cast_to=httpx2.Response, options=options)
    except (openai.OpenAIError, httpx2.HTTPError) as error:
        raise failure_of(error, endpoint=endpoint, answering=False) from None
    try:
        entries = msgspec.json.decode(answer.content)["data"]
        return [entry["id"] for entry in entries if isinstance(entry["id"], str)]
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError, TypeError):
        kind = answer.headers.get("content-type", "")[:60] or "something else"
        raise ModelGarbageError(f"/models answers with {kind} that is no list of models") from None


def _headers(endpoint: EndpointToAsk) -> dict[str, Any]:
    return {**NOT_SENT, **({} if endpoint.key is not None else {"Authorization": openai.Omit()})}
