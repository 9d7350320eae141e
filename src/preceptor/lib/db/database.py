"""Sessions: one type for reading, one for writing, and bare connections for the hot path."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import psycopg
import psycopg_pool
from psycopg.types.json import set_json_dumps, set_json_loads
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from preceptor.lib.db import events as event_log
from preceptor.lib.errors import InvalidError, UnavailableError
from preceptor.lib.events import Event
from preceptor.lib.i18n import _

set_json_dumps(msgspec.json.encode)
set_json_loads(msgspec.json.decode)

Driver = psycopg.AsyncConnection[Any]
"""A psycopg connection: what the hot path and bulk statements use directly."""

HOT_OPTIONS = "-c jit=off -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off"
"""Hot statements find a few rows by their keys. A plan that was prepared while a table was small must still be right
when it has a million rows, so plans that read whole tables are ruled out from the start."""

AfterEvents = Callable[["WriteSession", Sequence[Event]], Awaitable[None]]


class DatabaseGoneError(UnavailableError):
    """The database does not answer."""

    title = _("The database does not answer just now. Nothing is lost; please try again in a moment.")
    code = "database_gone"


class UnkeepableValueError(InvalidError):
    """A value that no column can hold or be compared with: a NUL character in a text, a number far too large."""

    title = _("This holds a value that cannot be kept or looked for, such as a NUL character.")
    code = "unkeepable_value"


class DatabaseFullError(UnavailableError):
    """PostgreSQL has no room left."""

    title = _(
        "The disk of the database is full, so nothing can be saved just now. Keep this page open; tell an operator."
    )
    code = "database_full"


class ReadSession(AsyncSession):
    """A session that can only read: PostgreSQL itself refuses writes on its connection."""

    async def driver(self) -> Driver:
        """The psycopg connection below, inside the same transaction."""
        connection = await self.connection()
        raw = await connection.get_raw_connection()
        driver = raw.driver_connection
        assert isinstance(driver, psycopg.AsyncConnection)
        return driver


class WriteSession(ReadSession):
    """A session whose changes are committed together when the request or job ends well, and not at all otherwise."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.emitted: list[Event] = []

    def emit(self, event: Event) -> None:
        """Write down that something happened; it is kept only if the transaction commits."""
        self.emitted.append(event)


class Database:
    """The doors to one PostgreSQL database.

    Args:
        url: `postgresql://…`.
        pool_size: connections of each of the three pools (read, write, hot).
        after_events: called with the events of a transaction just before it commits, on its own session (that is
            where jobs are deferred).
        label: shown as `application_name` in PostgreSQL's own views.
    """

    def __init__(
        self, url: str, *, pool_size: int = 8, after_events: AfterEvents | None = None, label: str = "preceptor"
    ) -> None:
        self.url = url
        self._after_events = after_events
        self._engine = self._make_engine(url, pool_size, label, "-c jit=off")
        self._read_engine = self._make_engine(
            url, pool_size, label, "-c jit=off -c default_transaction_read_only=on"
        ).execution_options(isolation_level="AUTOCOMMIT")
        self._weeding: asyncio.Task[None] | None = None
        self._hot = psycopg_pool.AsyncConnectionPool(
            url,
            min_size=0,
            max_size=pool_size,
            open=False,
            timeout=30,
            kwargs={
                "autocommit": True,
                "application_name": f"{label}-hot",
                "options": HOT_OPTIONS,
                "prepare_threshold": 2,
            },
        )

    @staticmethod
    def _make_engine(url: str, pool_size: int, label: str, options: str) -> AsyncEngine:
        parsed = make_url(url).set(drivername="postgresql+psycopg")
        return create_async_engine(
            parsed,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=20,
            pool_pre_ping=False,
            connect_args={"application_name": label, "options": options, "connect_timeout": 10, "prepare_threshold": 2},
        )

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadSession]:
        """A session for one page or answer. Each statement sees the newest state.

        Raises:
            DatabaseGoneError: PostgreSQL does not answer.
        """
        with _database_errors():
            async with ReadSession(self._read_engine, expire_on_commit=False) as session:
                yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[WriteSession]:
        """A transaction: committed when the block ends well, rolled back when it raises.

        Raises:
            DatabaseGoneError: PostgreSQL does not answer.
        """
        with _database_errors():
            async with WriteSession(self._engine, expire_on_commit=False) as session, session.begin():
                yield session
                if session.emitted:
                    await session.flush()
                    emitted, session.emitted = session.emitted, []
                    await event_log.append(await session.driver(), emitted)
                    if self._after_events is not None:
                        await self._after_events(session, emitted)

    @asynccontextmanager
    async def hot(self) -> AsyncIterator[Driver]:
        """A bare psycopg connection in autocommit, for statements that run thousands of times a minute.

        Raises:
            DatabaseGoneError: PostgreSQL does not answer.
        """
        with _database_errors():
            if self._hot.closed:
                await self._hot.open(wait=False)
            try:
                async with self._hot.connection() as connection:
                    yield connection
            except (psycopg.OperationalError, psycopg.InterfaceError):
                # Where one connection was lost, the others were too: find them before somebody is handed one.
                if self._weeding is None or self._weeding.done():
                    self._weeding = asyncio.create_task(self._hot.check())
                raise

    async def close(self) -> None:
        """Give every connection back."""
        await self._engine.dispose()
        await self._read_engine.dispose()
        if not self._hot.closed:
            await self._hot.close()


class _database_errors:  # noqa: N801 (reads as a statement)
    """Turn a lost connection, and values that PostgreSQL refuses, into answers that a person can act on."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        if isinstance(getattr(error, "orig", error), psycopg.errors.DiskFull):
            raise DatabaseFullError from error
        lost = (InterfaceError, OperationalError, psycopg.OperationalError, psycopg_pool.PoolTimeout)
        if error is not None and isinstance(error, lost):
            raise DatabaseGoneError from error
        if error is not None and isinstance(error, (DataError, psycopg.DataError)):
            raise UnkeepableValueError from error
