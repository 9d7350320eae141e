"""Simulated trainers, in a process of their own that costs little: bare sockets, requests put together beforehand.

    python -m bench.load PORT SLUG SECONDS PART < tokens

prints one JSON object: what was done, how long it took, and what was lost. `PART` is `loop` or `drafts`.
"""

import asyncio
import json
import sys
import time
from functools import partial
from typing import cast
from uuid import UUID, uuid4

import msgspec
import uvloop

SENTENCE = "Cold air takes up less room, so the pressure in the tyre falls by about 0.1 bar for each 10 degrees. "


class ResponsePart(msgspec.Struct):
    """A response."""

    id: str


class TurnPart(msgspec.Struct):
    """A turn."""

    id: str
    prompt: str
    responses: list[ResponsePart]


class Task(msgspec.Struct):
    """What a trainer needs to know of an assignment."""

    id: UUID
    turns: list[TurnPart]


TASK = msgspec.json.Decoder(Task)


class LostError(Exception):
    """A request that was not answered as it should be."""


class Connection(asyncio.Protocol):
    """One keep-alive connection, without what streams cost."""

    def __init__(self, token: str) -> None:
        self._headers = f"Host: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
        self._transport: asyncio.Transport | None = None
        self._got = b""
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what is written to."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Wait for a whole answer."""
        self._got += data
        end = self._got.find(b"\r\n\r\n")
        if end < 0 or self._answer is None:
            return
        place = self._got.lower().find(b"content-length: ", 0, end + 2)
        length = int(self._got[place + 16 : self._got.find(b"\r", place)]) if place >= 0 else 0
        if len(self._got) < end + 4 + length:
            return
        answer, self._answer = self._answer, None
        status, body, self._got = int(self._got[9:12]), self._got[end + 4 :], b""
        answer.set_result((status, body))

    def connection_lost(self, error: Exception | None) -> None:
        """Whoever waits waits in vain."""
        if self._answer is not None:
            self._answer.set_exception(LostError(f"connection lost: {error}"))

    async def ask(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        """Send a request; answers status and body."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        head = f"{method} /api/v1{path} HTTP/1.1\r\n{self._headers}Content-Length: {len(body)}\r\n\r\n"
        self._transport.write(head.encode() + body)
        return await self._answer


class Tally(msgspec.Struct):
    """What one run did."""

    loops: int = 0
    drafts: int = 0
    lost: int = 0
    seconds: float = 0
    claims: list[float] = []
    submits: list[float] = []
    drafted: list[float] = []
    answered: dict[str, str] = {}
    """Assignments handed in, and the last draft text saved in each."""
    complaints: list[str] = []


def draft_of(task: Task, number: int) -> bytes:
    """A draft of about 1.5 kB."""
    turn = task.turns[0]
    ratings = {response.id: 3 for response in turn.responses[:number]}
    text = f"Version {number}. " + SENTENCE * 8
    content = {"turns": [{"turn_id": turn.id, "prompt": turn.prompt, "ratings": ratings, "ideal": text}]}
    return msgspec.json.encode({"version": number, "content": content})


def answer_of(task: Task) -> bytes:
    """An answer of about 2 kB."""
    turn = task.turns[0]
    ids = [response.id for response in turn.responses]
    part = {
        "turn_id": turn.id,
        "prompt": turn.prompt,
        "ratings": {one: 6 - place for place, one in enumerate(ids)},
        "errors": {ids[1]: ["spelling"], ids[2]: ["factual_inaccuracy", "grammar"]},
        "comments": {ids[0]: SENTENCE, ids[2]: SENTENCE * 2},
        "ideal": "As a person would put it: " + SENTENCE * 9,
    }
    return msgspec.json.encode({"key": str(uuid4()), "version": 3, "content": {"turns": [part]}})


async def loop(connection: Connection, slug: str, tally: Tally, until: float) -> None:
    """One trainer's work: claim, three drafts, hand in, until the time is over."""
    while time.perf_counter() < until:
        began = time.perf_counter()
        status, body = await connection.ask("POST", f"/projects/{slug}/claim", b"{}")
        if status not in {200, 201}:
            raise LostError(f"claim {status} {body[:200]!r}")
        tally.claims.append(time.perf_counter() - began)
        task = TASK.decode(body)
        for number in (1, 2, 3):
            began = time.perf_counter()
            status, body = await connection.ask("PUT", f"/assignments/{task.id}/draft", draft_of(task, number))
            if status != 200:
                raise LostError(f"draft {status} {body[:200]!r}")
            tally.drafted.append(time.perf_counter() - began)
        began = time.perf_counter()
        status, body = await connection.ask("POST", f"/assignments/{task.id}/submit", answer_of(task))
        if status != 201:
            raise LostError(f"submit {status} {body[:300]!r}")
        tally.submits.append(time.perf_counter() - began)
        tally.answered[str(task.id)] = "Version 3. "
        tally.loops += 1


async def drafts(connection: Connection, slug: str, tally: Tally, until: float) -> None:
    """One trainer typing: one draft after the other of one task."""
    status, body = await connection.ask("POST", f"/projects/{slug}/claim", b"{}")
    if status not in {200, 201}:
        raise LostError(f"claim {status} {body[:200]!r}")
    task = TASK.decode(body)
    filler = msgspec.json.decode(draft_of(task, 4))
    number = 0
    while time.perf_counter() < until:
        number += 1
        filler["version"] = number
        began = time.perf_counter()
        status, body = await connection.ask("PUT", f"/assignments/{task.id}/draft", msgspec.json.encode(filler))
        if status != 200:
            raise LostError(f"draft {status} {body[:200]!r}")
        tally.drafted.append(time.perf_counter() - began)
        tally.drafts += 1
    tally.answered[str(task.id)] = str(number)


def _same(connection: Connection) -> Connection:
    return connection


async def main() -> None:
    """Run as many trainers as there are tokens, after a second in which everybody connects and warms up."""
    port, slug, seconds, part = int(sys.argv[1]), sys.argv[2], float(sys.argv[3]), sys.argv[4]
    tokens = sys.stdin.read().split()
    tally = Tally()
    work = {"loop": loop, "drafts": drafts}[part]
    connections = [Connection(token) for token in tokens]
    for connection in connections:
        await asyncio.get_running_loop().create_connection(partial(_same, connection), "127.0.0.1", port)
        await connection.ask("GET", "/me", b"")
    began = time.perf_counter()
    until = began + seconds
    done = await asyncio.gather(
        *(work(connection, slug, tally, until) for connection in connections), return_exceptions=True
    )
    tally.seconds = time.perf_counter() - began
    for result in done:
        if isinstance(result, BaseException):
            tally.lost += 1
            tally.complaints.append(f"{type(result).__name__}: {result}")
    print(json.dumps(msgspec.to_builtins(tally)))


if __name__ == "__main__":
    uvloop.run(main())
