"""Work for later: jobs kept in the same PostgreSQL, deferred in the transaction that wants them."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import procrastinate
import procrastinate.exceptions
from procrastinate.schema import SchemaManager

from preceptor.lib.db import Driver

JobFunction = Callable[..., Awaitable[None]]


def queue_schema() -> str:
    """The SQL that makes the job queue's tables."""
    return str(SchemaManager.get_schema())


class Jobs:
    """The jobs of this program, by name.

    Args:
        url: the database the queue lives in.
    """

    def __init__(self, url: str) -> None:
        self.app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url, min_size=1, max_size=4))

    def add(self, name: str, function: JobFunction, *, tries: int = 5) -> None:
        """Make `function` known as the job `name`; it is tried again with growing pauses when it raises."""
        retry = procrastinate.RetryStrategy(max_attempts=tries, exponential_wait=2)
        self.app.task(name=name, retry=retry)(function)

    async def take_up_stalled(self) -> int:
        """Let jobs be done again whose worker has shown no sign of life for half a minute. Answers how many."""
        stalled = list(await self.app.job_manager.get_stalled_jobs())
        for job in stalled:
            # Another worker may have been faster.
            with suppress(procrastinate.exceptions.ConnectorException):
                await self.app.job_manager.retry_job(job)
        return len(stalled)

    async def defer(self, driver: Driver, name: str, **arguments: Any) -> None:
        """Ask for a job inside the transaction of `driver`: if that is rolled back, the job was never asked for."""
        task = self.app.tasks[name]
        await task.configure(connection=driver).defer_async(**arguments)
