"""Group commit: many small writes wait for each other a moment and go to the database as one statement."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Payload = TypeVar("Payload")
Answer = TypeVar("Answer")

Write = Callable[[Sequence[Payload]], Awaitable[Sequence[Answer | Exception]]]

GATHER_SECONDS = 0.001
"""What a busy batcher waits between two batches: those answered just now are about to send their next."""


class Batcher(Generic[Payload, Answer]):
    """Collects payloads and writes those that have gathered while the last batch was under way.

    An idle batcher writes at once, a busy one writes whatever came in meanwhile and in a moment after. Whoever called
    `put` is answered when the statement that holds their payload has been committed.

    Args:
        write: writes a batch durably and returns one answer per payload, in order; an answer may be an exception,
            which is raised for that payload alone. If the call itself raises, every payload is tried alone, so that
            one bad payload never costs the others theirs.
        limit: payloads in one batch.
    """

    def __init__(self, write: Write[Payload, Answer], *, limit: int = 256) -> None:
        self._write = write
        self._limit = limit
        self._waiting: list[tuple[Payload, asyncio.Future[Answer]]] = []
        self._task: asyncio.Task[None] | None = None

    async def put(self, payload: Payload) -> Answer:
        """Hand over a payload and wait until it is durable.

        Raises:
            Exception: whatever `write` answered or raised for this payload.
        """
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((payload, future))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._drain())
        return await future

    async def _drain(self) -> None:
        busy = False
        while self._waiting:
            if busy:
                await asyncio.sleep(GATHER_SECONDS)
            batch, self._waiting = self._waiting[: self._limit], self._waiting[self._limit :]
            busy = len(batch) > 1
            try:
                answers = await self._write([payload for payload, _ in batch])
            except Exception as error:  # noqa: BLE001 (whatever it was, it belongs to the callers)
                if len(batch) == 1:
                    _answer(batch[0][1], error)
                else:
                    await self._one_by_one(batch)
            else:
                for (_, future), answer in zip(batch, answers, strict=True):
                    _answer(future, answer)

    async def _one_by_one(self, batch: Sequence[tuple[Payload, asyncio.Future[Answer]]]) -> None:
        for payload, future in batch:
            try:
                answers = await self._write([payload])
            except Exception as error:  # noqa: BLE001 (it belongs to this caller)
                _answer(future, error)
            else:
                _answer(future, answers[0])


def _answer(future: asyncio.Future[Answer], answer: Answer | Exception) -> None:
    if future.done():  # the caller has gone away; what they handed over is written all the same
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)
