"""Servers to ask: the practice model, and one that sends byte for byte what a test wants."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing

import pytest

from preceptor.lib.embedded.model import ModelAddress
from preceptor.lib.embedded.practice import practice_server
from preceptor.lib.ids import new_id
from preceptor.llms.asking import Asker, Chunk, Final
from preceptor.llms.keys import Key, Vault
from preceptor.llms.queries import EndpointToAsk, ModelToAsk

STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
END = b"data: [DONE]\n\n"


def event(text: str | None = None, *, reason: str | None = None) -> bytes:
    """One event of a stream."""
    choice = {"index": 0, "delta": {} if text is None else {"content": text}, "finish_reason": reason}
    document = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return b"data: " + json.dumps(document).encode() + b"\n\n"


def plain(status: int, body: bytes | dict, *, kind: str = "application/json", more: bytes = b"") -> bytes:
    """A whole answer."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\nConnection: close\r\n"
    return head.encode() + more + b"\r\n" + content


class Script:
    """What a server sends, and what it was sent."""

    def __init__(self) -> None:
        self.answers: list[list[bytes | float]] = []
        """Per connection: bytes to send and seconds to wait; the last one is for all that follow."""
        self.requests: list[dict] = []
        self.heads: list[bytes] = []
        self.port = 0
        self.left = asyncio.Event()
        """Set when somebody went away while there was more to send."""

    def model(self, *, key: str | None = None, timeout: int = 5, context: int = 2048, slots: int = 4) -> ModelToAsk:
        """How to ask this server."""
        return model_at(
            f"http://127.0.0.1:{self.port}/v1", "some/model", key=key, timeout=timeout, context=context, slots=slots
        )

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        number = len(self.heads)
        try:
            self.heads.append(await reader.readuntil(b"\r\n\r\n"))
            fields = dict(line.lower().split(b": ", 1) for line in self.heads[-1].split(b"\r\n")[1:] if line)
            if length := int(fields.get(b"content-length", 0)):
                self.requests.append(json.loads(await reader.readexactly(length)))
            for part in self.answers[min(number, len(self.answers) - 1)]:
                if isinstance(part, bytes):
                    writer.write(part)
                    await writer.drain()
                else:
                    await self._wait(reader, part)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.left.set()
        finally:
            writer.close()

    async def _wait(self, reader: asyncio.StreamReader, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await reader.read()
        except TimeoutError:
            return
        raise ConnectionResetError


def model_at(
    url: str, name: str, *, key: str | None = None, timeout: int = 5, context: int = 2048, slots: int = 4
) -> ModelToAsk:
    """How to ask a model that stands in no database."""
    endpoint = EndpointToAsk(
        id=new_id(), base_url=url, key=Key(key) if key else None, timeout_seconds=timeout, concurrency=slots
    )
    return ModelToAsk(
        slug="m", model_name=name, context_tokens=context, parameters={}, practice=False, endpoint=endpoint
    )


async def answer_of(asker: Asker, model: ModelToAsk, prompt: str = "Why?", **options) -> tuple[str, Final | None]:
    """The whole answer and how it ended."""
    parts: list[str] = []
    final = None
    messages = [{"role": "user", "content": prompt}]
    parameters = options.pop("parameters", {})
    async with aclosing(asker.stream(model=model, messages=messages, parameters=parameters, **options)) as stream:
        async for part in stream:
            assert final is None, "nothing comes after the end"
            if isinstance(part, Chunk):
                parts.append(part.delta)
            else:
                final = part
    return "".join(parts), final


@pytest.fixture(scope="session")
def practice() -> Iterator[ModelAddress]:
    """The practice model's server."""
    with practice_server() as address:
        yield address


@pytest.fixture
def vault() -> Vault:
    """What encrypts keys."""
    return Vault("a secret for tests")


@pytest.fixture
async def asker() -> AsyncIterator[Asker]:
    """Whoever asks."""
    asker = Asker()
    yield asker
    await asker.close()


@pytest.fixture
async def script() -> AsyncIterator[Script]:
    """A server whose every byte is said by the test."""
    script = Script()
    server = await asyncio.start_server(script.serve, "127.0.0.1", 0)
    script.port = server.sockets[0].getsockname()[1]
    yield script
    server.close()
    await server.wait_closed()
