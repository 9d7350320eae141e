"""Asks language models: at most so many at a time per endpoint, with time-outs, in pieces as they come."""

import asyncio
import importlib
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Mapping
from contextlib import aclosing, asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import msgspec

from preceptor.lib.i18n import _
from preceptor.llms.asking.failures import (
    ModelCutOffError,
    ModelGarbageError,
    ModelProblemError,
    ModelRefusedError,
    ModelTimeoutError,
    PromptTooLongError,
)
from preceptor.llms.queries import EndpointToAsk, ModelToAsk
from preceptor.llms.rules import TextJoiner, fewest_tokens

if TYPE_CHECKING:
    import openai

    from preceptor.llms.asking.exchange import Exchange, Messages

MAX_TEXT = 200_000
"""Characters of one answer; the rest is not asked for any more."""
PAUSE_SECONDS = 60
"""Longest silence in the midst of an answer, where the endpoint's time-out is not shorter."""
ANSWER_SECONDS = 1_800
"""Longest answer, from the question on."""
RETRY_SECONDS = 0.3
"""Pause before the one repetition where no connection came about."""
LIST_SECONDS = 10
EPILOGUE_SECONDS = 5
"""How long to wait for token counts once the answer is whole."""

PROTOCOL = "preceptor.llms.asking.exchange"

Result = TypeVar("Result")


class Chunk(msgspec.Struct, frozen=True):
    """The next part of an answer's text."""

    delta: str


class Final(msgspec.Struct, frozen=True):
    """How an answer ended. Comes last, and only where it ended in good order."""

    finish_reason: str
    """As the server says: `stop`, `length`, `content_filter` …"""
    prompt_tokens: int | None
    completion_tokens: int | None
    first_token_ms: int | None
    """From the question to the first text; None where no text came."""
    latency_ms: int
    """From the question to the end. Waiting for a free place at the endpoint is not in it."""


class _Line:
    """The client of one endpoint, its places, and who uses it."""

    def __init__(self, endpoint: EndpointToAsk, client: "openai.AsyncOpenAI", places: int) -> None:
        self.endpoint = endpoint
        self.client = client
        self.places = asyncio.Semaphore(places)
        self.users = 0
        self.outdated = False
        self.counts_tokens = True
        """False once the server has refused to be asked for token counts."""


class Asker:
    """Asks models for answers. One per process; close it at the end.

    Args:
        processes: how many processes share each endpoint's concurrency.
    """

    def __init__(self, *, processes: int = 1) -> None:
        self._processes = processes
        self._lines: dict[UUID, _Line] = {}
        self._opening = asyncio.Lock()

    async def stream(
        self, *, model: ModelToAsk, messages: "Messages", parameters: Mapping[str, Any], seed: int | None = None
    ) -> AsyncGenerator[Chunk | Final]:
        """Ask a model; yields its text as it is written and, last, how it ended.

        Use it inside `contextlib.aclosing`: leaving that block, or cancelling the task, ends the request at once and
        the server stops writing. A failed connection is tried once more; nothing is repeated after that.

        Args:
            model: from `Directory.find`.
            messages: the whole conversation as `{role, content}`, system prompt first, the prompt last.
            parameters: sent exactly so (`rules.merged_parameters` of the model's own and the project's).
            seed: makes the answer repeatable where the server can.

        Raises:
            PromptTooLongError: the conversation does not fit.
            ModelDownError, ModelBusyError, ModelRefusedError: nothing was answered.
            ModelTimeoutError, ModelCutOffError, ModelGarbageError: at any time, also after text was yielded.
        """
        least = fewest_tokens(message["content"] for message in messages)
        if least >= model.context_tokens:
            raise PromptTooLongError(
                f"at least {least} tokens, {model.context_tokens} fit",
                detail=_("It has at least {least} tokens; {most} fit.").format(least=least, most=model.context_tokens),
            )
        async with self._place(model.endpoint) as line:
            exchange = await self._ask(line, model=model, messages=messages, parameters=parameters, seed=seed)
            try:
                async with aclosing(_read(exchange, patience=model.endpoint.timeout_seconds)) as parts:
                    async for part in parts:
                        yield part
            finally:
                await exchange.close()

    async def list_served(self, endpoint: EndpointToAsk) -> list[str]:
        """Names of the models an endpoint says it serves, within ten seconds.

        Raises:
            ModelProblemError: it does not answer, or answers something else.
        """
        async with self._using(endpoint) as line:
            protocol = await _protocol()
            listing = protocol.list_served(line.client, endpoint=endpoint)
            return await _in_time(listing, min(LIST_SECONDS, endpoint.timeout_seconds), "no list of models")

    async def close(self) -> None:
        """Close every connection."""
        lines, self._lines = list(self._lines.values()), {}
        for line in lines:
            await line.client.close()

    async def _ask(
        self, line: _Line, *, model: ModelToAsk, messages: "Messages", parameters: Mapping[str, Any], seed: int | None
    ) -> "Exchange":
        protocol = await _protocol()
        until = time.monotonic() + model.endpoint.timeout_seconds
        tries = 0
        while True:
            tries += 1
            counted = line.counts_tokens
            sending = protocol.send(
                line.client,
                endpoint=model.endpoint,
                model_name=model.model_name,
                messages=messages,
                parameters=parameters,
                seed=seed,
                counted=counted,
            )
            try:
                return await _in_time(sending, until - time.monotonic(), "no answer")
            except ModelRefusedError as error:
                if not counted or "stream_options" not in error.technical:
                    raise
                line.counts_tokens = False
            except ModelProblemError as error:
                if not error.never_arrived or tries > 1:
                    raise
                await asyncio.sleep(RETRY_SECONDS)

    @asynccontextmanager
    async def _place(self, endpoint: EndpointToAsk) -> AsyncIterator[_Line]:
        async with self._using(endpoint) as line, line.places:
            yield line

    @asynccontextmanager
    async def _using(self, endpoint: EndpointToAsk) -> AsyncIterator[_Line]:
        line = await self._line(endpoint)
        line.users += 1
        try:
            yield line
        finally:
            line.users -= 1
            if line.outdated and not line.users:
                await line.client.close()

    async def _line(self, endpoint: EndpointToAsk) -> _Line:
        async with self._opening:
            line = self._lines.get(endpoint.id)
            if line is not None and line.endpoint == endpoint:
                return line
            protocol = await _protocol()
            client = await asyncio.to_thread(protocol.open_client, endpoint)  # reads certificates
            places = max(1, -(-endpoint.concurrency // self._processes))
            self._lines[endpoint.id] = fresh = _Line(endpoint, client, places)
            if line is not None:
                line.outdated = True
                if not line.users:
                    await line.client.close()
            return fresh


async def _protocol() -> Any:
    """The module that speaks the protocol; loaded off the event loop when it is first needed."""
    return sys.modules.get(PROTOCOL) or await asyncio.to_thread(importlib.import_module, PROTOCOL)


async def _in_time(awaitable: Awaitable[Result], seconds: float, what: str) -> Result:
    try:
        async with asyncio.timeout(seconds):
            return await awaitable
    except TimeoutError:
        raise ModelTimeoutError(f"{what} within {seconds:.0f} s") from None


async def _read(exchange: "Exchange", *, patience: float) -> AsyncGenerator[Chunk | Final]:
    joiner = TextJoiner()
    length, chunks = 0, 0
    reason: str | None = None
    first_at: float | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    until = exchange.sent_at + ANSWER_SECONDS
    while True:
        if not chunks:
            wait = patience - (time.monotonic() - exchange.sent_at)
        else:
            wait = min(patience, PAUSE_SECONDS if reason is None else EPILOGUE_SECONDS)
        try:
            piece = await _in_time(exchange.next(), wait, "no first word" if not chunks else "no next word")
        except ModelProblemError:
            # The answer is whole; only the server's epilogue is missing.
            if reason is None:
                raise
            piece = None
        if piece is None:
            break
        chunks += 1
        if time.monotonic() > until:
            raise ModelTimeoutError(f"no end within {ANSWER_SECONDS} s")
        reason = piece.finish_reason or reason
        prompt_tokens = piece.prompt_tokens if piece.prompt_tokens is not None else prompt_tokens
        completion_tokens = piece.completion_tokens if piece.completion_tokens is not None else completion_tokens
        if text := joiner.add(piece.text)[: MAX_TEXT - length]:
            first_at = first_at or time.monotonic()
            length += len(text)
            yield Chunk(text)
        if length >= MAX_TEXT:
            reason = "length"
            break
    if reason is None:
        raise ModelCutOffError("the stream ended without a finish reason") if chunks else ModelGarbageError("no answer")
    yield Final(
        finish_reason=reason,
        prompt_tokens=prompt_tokens,
        completion_tokens=completion_tokens,
        first_token_ms=None if first_at is None else round((first_at - exchange.sent_at) * 1000),
        latency_ms=round((time.monotonic() - exchange.sent_at) * 1000),
    )
