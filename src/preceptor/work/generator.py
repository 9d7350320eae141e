"""Generation outlives the browser: the process that took a prompt has the models answer it and keeps what they write.

Text goes to whoever follows the turn in this process as it comes, and to the database about every second. Any other
process follows the rows. A process promises to be alive (`keeper_until`); when it does not keep its promise, whoever
follows the turn next takes over and has the unfinished responses written anew.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import structlog

from preceptor.lib.clock import utc_now
from preceptor.lib.db import Database, Driver
from preceptor.lib.errors import ProblemError, UnavailableError
from preceptor.lib.ids import new_id
from preceptor.llms.asking import Asker, Final
from preceptor.llms.directory import Directory
from preceptor.llms.rules import merged_parameters
from preceptor.work.queries.prompts import Conversation, ResponseToAsk, conversation_of

log = structlog.get_logger()

FLUSH_SECONDS = 1.0
PROMISE = timedelta(seconds=8)
POLL_SECONDS = 0.4
OVER = frozenset({"complete", "stopped", "failed"})

KEEP = """
UPDATE turn SET keeper = %(me)s, keeper_until = %(until)s
WHERE id = %(turn)s AND state = 'asking' AND (keeper = %(me)s OR keeper_until IS NULL OR keeper_until < %(now)s)
RETURNING id
"""

# Only responses that are still being written are touched: one that was stopped elsewhere is not returned.
FLUSH = """
UPDATE response SET text = given.text, state = 'streaming', started_at = coalesce(started_at, %(now)s)
FROM unnest(%(ids)s::uuid[], %(texts)s::text[]) AS given (id, text)
WHERE response.id = given.id AND response.state IN ('pending', 'streaming')
RETURNING response.id
"""

FINISH = """
UPDATE response
SET state = %(state)s, text = %(text)s, error = %(error)s, finish_reason = %(reason)s, prompt_tokens = %(prompt)s,
    completion_tokens = %(completion)s, first_token_ms = %(first)s, latency_ms = %(latency)s, completed_at = %(now)s,
    parameters = %(parameters)s::jsonb, attempts = attempts + 1, started_at = coalesce(started_at, %(now)s)
WHERE id = %(id)s AND state IN ('pending', 'streaming')
"""

CLOSE = """
UPDATE turn SET state = 'complete', completed_at = %(now)s, keeper_until = NULL
WHERE id = %(turn)s AND NOT EXISTS (
    SELECT FROM response WHERE turn_id = %(turn)s AND state IN ('pending', 'streaming'))
RETURNING id
"""

PENDING = "SELECT id FROM response WHERE turn_id = %s AND state = 'pending'"

STATES = """
SELECT response.id, response.state, response.text, response.error, response.completion_tokens, turn.state,
       turn.keeper_until
FROM turn JOIN response ON response.turn_id = turn.id WHERE turn.id = %s ORDER BY response.position
"""


class Progress(msgspec.Struct, frozen=True):
    """What happened to a response. With `delta`, text was added; without, the rest says how it stands as a whole."""

    response_id: str
    delta: str | None = None
    state: str = "streaming"
    text: str = ""
    error: str | None = None
    tokens: int | None = None


class _Writing:
    """A response that is being written in this process."""

    def __init__(self, asked: ResponseToAsk) -> None:
        self.asked = asked
        self.text = ""
        self.state = "pending"
        self.error: str | None = None
        self.tokens: int | None = None
        self.task: asyncio.Task[None] | None = None

    @property
    def progress(self) -> Progress:
        return Progress(str(self.asked.id), None, self.state, self.text, self.error, self.tokens)


class _Asking:
    """A turn that is being asked in this process, and who follows it."""

    def __init__(self, conversation: Conversation) -> None:
        self.writings = {response.id: _Writing(response) for response in conversation.responses}
        self.followers: set[asyncio.Queue[Progress | None]] = set()
        self.task: asyncio.Task[None] | None = None

    def tell(self, progress: Progress | None) -> None:
        for follower in self.followers:
            follower.put_nowait(progress)


class Generator:
    """Has models answer turns. One per web process; close it at the end.

    Args:
        db: where turns and responses are.
        asker: asks the models.
        directory: finds them.
    """

    def __init__(self, db: Database, *, asker: Asker, directory: Directory) -> None:
        self._db = db
        self._asker = asker
        self._directory = directory
        self._me = new_id().hex
        self._askings: dict[UUID, _Asking] = {}

    async def start(self, turn_id: UUID) -> None:
        """Begin to have a turn answered here, unless it is being answered somewhere already."""
        asking = self._askings.get(turn_id)
        async with self._db.hot() as driver:
            if asking is not None:
                await self._adopt(driver, turn_id, asking)
                return
            if not await self._keep(driver, turn_id):
                return
            conversation = await conversation_of(driver, turn_id=turn_id)
        if turn_id in self._askings:
            return
        asking = self._askings[turn_id] = _Asking(conversation)
        asking.task = asyncio.create_task(self._run(turn_id, asking))

    async def _keep(self, driver: Driver, turn_id: UUID) -> bool:
        now = utc_now()
        values = {"me": self._me, "turn": turn_id, "now": now, "until": now + PROMISE}
        return await (await driver.execute(KEEP, values)).fetchone() is not None

    async def _run(self, turn_id: UUID, asking: _Asking) -> None:
        try:
            for writing in asking.writings.values():
                writing.task = asyncio.create_task(self._write(asking, writing))
            while not await self._closed(turn_id, asking):
                await self._flush(turn_id, asking)
                running = [one.task for one in asking.writings.values() if one.task and not one.task.done()]
                if running:
                    await asyncio.wait(running, timeout=FLUSH_SECONDS)
        except Exception:
            log.exception("generation failed", turn=str(turn_id))
        finally:
            for writing in asking.writings.values():
                if writing.task is not None:
                    writing.task.cancel()
            self._askings.pop(turn_id, None)
            asking.tell(None)

    async def _closed(self, turn_id: UUID, asking: _Asking) -> bool:
        """Close the turn once everything is written, unless a response is to be written again."""
        if any(writing.state not in OVER for writing in asking.writings.values()):
            return False
        async with self._db.hot() as driver:
            values = {"turn": turn_id, "now": utc_now()}
            if await (await driver.execute(CLOSE, values)).fetchone() is not None:
                return True
            await self._adopt(driver, turn_id, asking)
        return False

    async def _flush(self, turn_id: UUID, asking: _Asking) -> None:
        written = [one for one in asking.writings.values() if one.state not in OVER]
        values = {"ids": [one.asked.id for one in written], "texts": [one.text for one in written], "now": utc_now()}
        try:
            async with self._db.hot() as driver:
                kept = {row[0] for row in await (await driver.execute(FLUSH, values)).fetchall()}
                await self._keep(driver, turn_id)
                await self._adopt(driver, turn_id, asking)
        except UnavailableError:
            return  # the database is away; the text is here, and the next flush brings it
        for one in written:
            if one.asked.id not in kept and one.state not in OVER and one.task is not None:
                one.task.cancel()  # stopped in another process
                one.state = "stopped"
                asking.tell(one.progress)

    async def _adopt(self, driver: Driver, turn_id: UUID, asking: _Asking) -> None:
        """Write the responses again for which somebody has asked again."""
        rows = await (await driver.execute(PENDING, (turn_id,))).fetchall()
        again = {row[0] for row in rows if asking.writings[row[0]].state in OVER}
        if not again:
            return
        conversation = await conversation_of(driver, turn_id=turn_id)
        for response in conversation.responses:
            if response.id in again:
                writing = asking.writings[response.id] = _Writing(response)
                asking.tell(writing.progress)
                writing.task = asyncio.create_task(self._write(asking, writing))

    async def _write(self, asking: _Asking, writing: _Writing) -> None:
        started = time.monotonic()
        final: Final | None = None
        parameters: Mapping[str, Any] = writing.asked.parameters
        try:
            model = await self._directory.find(writing.asked.model)
            parameters = merged_parameters(model.parameters, writing.asked.parameters)
            stream = self._asker.stream(
                model=model, messages=writing.asked.messages, parameters=parameters, seed=writing.asked.seed
            )
            async with aclosing(stream) as parts:
                async for part in parts:
                    if isinstance(part, Final):
                        final = part
                        continue
                    writing.state = "streaming"
                    writing.text += part.delta
                    asking.tell(Progress(str(writing.asked.id), delta=part.delta))
            state, error = "complete", None
        except asyncio.CancelledError:
            if writing.state == "stopped":
                return
            raise
        except ProblemError as problem:
            state, error = "failed", problem.code
            log.warning("response failed", model=writing.asked.model, code=problem.code, why=_technical(problem))
        except Exception:
            state, error = "failed", "internal"
            log.exception("response failed", model=writing.asked.model)
        writing.tokens = final.completion_tokens if final else None
        await self._finish(writing, state=state, error=error, final=final, parameters=parameters, started=started)
        asking.tell(writing.progress)

    async def _finish(
        self,
        writing: _Writing,
        *,
        state: str,
        error: str | None,
        final: Final | None,
        parameters: Mapping[str, Any],
        started: float,
    ) -> None:
        values = {
            "id": writing.asked.id,
            "state": state,
            "text": writing.text,
            "error": error,
            "reason": final.finish_reason if final else None,
            "prompt": final.prompt_tokens if final else None,
            "completion": final.completion_tokens if final else None,
            "first": final.first_token_ms if final else None,
            "latency": final.latency_ms if final else round((time.monotonic() - started) * 1000),
            "now": utc_now(),
            "parameters": msgspec.json.encode(parameters).decode(),
        }
        while True:
            try:
                async with self._db.hot() as driver:
                    await driver.execute(FINISH, values)
                break
            except UnavailableError:  # keep it until the database is back
                await asyncio.sleep(FLUSH_SECONDS)
        writing.state, writing.error = state, error

    async def stopped(self, *, turn_id: UUID, response_id: UUID) -> None:
        """The row says that a response is stopped: stop writing it here, at once if it is written here."""
        asking = self._askings.get(turn_id)
        writing = asking.writings.get(response_id) if asking else None
        if asking is None or writing is None or writing.state in OVER:
            return
        writing.state = "stopped"
        if writing.task is not None:
            writing.task.cancel()
        async with self._db.hot() as driver:
            query = "UPDATE response SET text = %s WHERE id = %s AND state = 'stopped' AND length(text) < length(%s)"
            await driver.execute(query, (writing.text, response_id, writing.text))
        asking.tell(writing.progress)

    async def follow(self, turn_id: UUID) -> AsyncIterator[Progress]:
        """How a turn goes on, from where it stands now to its end; first how each response stands as a whole."""
        while True:
            asking = self._askings.get(turn_id)
            if asking is not None:
                async for progress in _followed(asking):
                    yield progress
            over, orphaned = False, False
            seen: dict[str, Progress] = {}
            while turn_id not in self._askings and not orphaned:
                states, over, orphaned = await self._states(turn_id)
                for state in states:
                    if seen.get(state.response_id) != state:
                        seen[state.response_id] = state
                        yield state
                if over:
                    return
                if not orphaned:
                    await asyncio.sleep(POLL_SECONDS)
            await self.start(turn_id)

    async def _states(self, turn_id: UUID) -> tuple[list[Progress], bool, bool]:
        async with self._db.hot() as driver:
            rows = await (await driver.execute(STATES, (turn_id,))).fetchall()
        if not rows:
            return [], True, False
        states = [Progress(str(row[0]), None, row[1], row[2], row[3], row[4]) for row in rows]
        keeper_until: datetime | None = rows[0][6]
        asking = rows[0][5] == "asking"
        return states, not asking, asking and (keeper_until is None or keeper_until < utc_now())

    async def close(self) -> None:
        """Stop generating here; what is unfinished is taken over by whoever follows it next."""
        for asking in list(self._askings.values()):
            if asking.task is not None:
                asking.task.cancel()
                with suppress(asyncio.CancelledError):
                    await asking.task


async def _followed(asking: _Asking) -> AsyncIterator[Progress]:
    follower: asyncio.Queue[Progress | None] = asyncio.Queue()
    asking.followers.add(follower)
    try:
        for writing in asking.writings.values():
            yield writing.progress
        while (progress := await follower.get()) is not None:
            yield progress
    finally:
        asking.followers.discard(follower)


def _technical(problem: ProblemError) -> str:
    return str(getattr(problem, "technical", "") or problem.title)
