"""The worker program, assembled: jobs, what follows events, and what is due."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

import msgspec
import structlog

from preceptor import flow
from preceptor.datasets.jobs import forget_downloads, forget_uploads
from preceptor.datasets.operations import erase_due
from preceptor.hiring.operations import (
    close_due_offers,
    fill_waiting_lists,
    lapse_unanswered,
    leave_ended,
    sweep_applications,
    tell_of_due_cases,
    tell_of_expiry,
)
from preceptor.lib.clock import utc_now
from preceptor.lib.db import Database
from preceptor.lib.embedded.model import read_model_address
from preceptor.lib.errors import UnavailableError
from preceptor.lib.heartbeats import beat
from preceptor.lib.jobs import Jobs
from preceptor.lib.logs import set_up_logs
from preceptor.lib.settings import Settings
from preceptor.llms.asking import Asker
from preceptor.llms.directory import Directory, embedded_run_file
from preceptor.llms.jobs import check_health
from preceptor.llms.operations import register_embedded
from preceptor.people import SYSTEM
from preceptor.people.operations import sweep_sign_ins
from preceptor.people.postman import Postman, mail_outbox
from preceptor.projects.courier import Courier, webhook_poster, webhook_sealer
from preceptor.projects.operations.deliveries import sweep_deliveries
from preceptor.quality.operations import accept_unreviewed, expire_holds, expire_reviews
from preceptor.work.operations.expiring import book_lingering, expire_due
from preceptor.work.operations.forecasting import write_forecasts
from preceptor.work.operations.sittings import hand_in_due
from preceptor.work.operations.top_ups import top_up_months
from preceptor.work.operations.waiting import tell_who_waited

log = structlog.get_logger()

EVENTS_AT_ONCE = 1_000


class Duty(msgspec.Struct, frozen=True):
    """Something that is done again and again.

    `run` answers how much it found; while there is a full load it is called again at once.
    """

    name: str
    every_seconds: float
    run: Callable[[], Awaitable[int]]


async def run(settings: Settings) -> None:
    """Work until told to stop by SIGINT or SIGTERM."""
    set_up_logs(settings)
    jobs = Jobs(settings.database_url)
    db = Database(settings.database_url, pool_size=4, after_events=flow.deferring(jobs), label="preceptor-worker")
    flow.jobs_of(db, jobs, settings)
    courier = Courier(db, poster=webhook_poster(settings), sealer=webhook_sealer(settings))
    postman = Postman(db, outbox=mail_outbox(settings), settings=settings)
    asker = Asker()
    directory = Directory(db, settings)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stopping.set)
    await register_own_model(db, settings)
    async with jobs.app.open_async():
        tasks = [
            asyncio.create_task(_repeat(duty, stopping))
            for duty in duties(db, jobs, settings, asker=asker, directory=directory, courier=courier, postman=postman)
        ]
        tasks.append(asyncio.create_task(_do_jobs(jobs)))
        log.info("worker ready", pid=os.getpid())
        await stopping.wait()
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
    await courier.close()
    await asker.close()
    await db.close()


async def register_own_model(db: Database, settings: Settings) -> None:
    """Make the model that this installation serves itself known, where it serves one."""
    address = read_model_address(embedded_run_file(settings.home))
    if address is not None:
        async with db.write() as session:
            await register_embedded(session, actor=SYSTEM, model_name=address.model, practice=address.practice)


async def _do_jobs(jobs: Jobs) -> None:
    """Do jobs until cancelled; then what is still under way after a moment is put back to be begun again."""
    await jobs.app.run_worker_async(install_signal_handlers=False, concurrency=2, shutdown_graceful_timeout=3)


def duties(
    db: Database,
    jobs: Jobs,
    settings: Settings,
    *,
    asker: Asker,
    directory: Directory,
    courier: Courier,
    postman: Postman,
) -> list[Duty]:
    """Everything the worker does again and again."""

    async def say_alive() -> int:
        async with db.write() as session:
            await beat(session, name="worker", now=utc_now())
        return 0

    async def look_at_models() -> int:
        await check_health(db, directory=directory, asker=asker)
        return 0

    async def expire() -> int:
        async with db.hot() as driver, driver.transaction():
            return await expire_due(driver, now=utc_now())

    async def book() -> int:
        async with db.hot() as driver, driver.transaction():
            return await book_lingering(driver, now=utc_now())

    async def fold() -> int:
        # A batch that was not full has caught up: what comes meanwhile is read in one go at the next turn.
        return int(await flow.fold_events(db, limit=EVENTS_AT_ONCE) == EVENTS_AT_ONCE)

    async def top_up() -> int:
        async with db.write() as session:
            return await top_up_months(session, now=utc_now())

    return [
        Duty("leases", 3, expire),
        Duty("time after leases", 900, book),
        Duty("heartbeat", 5, say_alive),
        Duty("models", 10, look_at_models),
        Duty("events", 0.5, fold),
        Duty("reviews", 15, _writing(db, expire_reviews)),
        Duty("grading and disputes", 15, _writing(db, expire_holds)),
        Duty("sittings", 60, _writing(db, hand_in_due)),
        Duty("unreviewed", 60, _writing(db, accept_unreviewed)),
        Duty("stalled jobs", 10, jobs.take_up_stalled),
        Duty("due offers", 60, _writing(db, close_due_offers)),
        Duty("unanswered offers", 300, _writing(db, lapse_unanswered)),
        Duty("ended engagements", 300, _writing(db, leave_ended)),
        Duty("certificates that end", 3_600, _writing(db, partial(tell_of_expiry, notice=settings.renewal_time))),
        Duty("forecasts of work", 900, _writing(db, write_forecasts)),
        Duty("waiting lists", 60, _writing(db, fill_waiting_lists)),
        Duty("applications", 900, _writing(db, sweep_applications)),
        Duty("sign-ins", 300, _writing(db, sweep_sign_ins)),
        Duty("erasures", 300, _writing(db, erase_due)),
        Duty("old copies of data", 3_600, lambda: forget_downloads(db, settings)),
        Duty("old uploads", 3_600, lambda: forget_uploads(db, settings)),
        Duty("cases", 60, _writing(db, tell_of_due_cases)),
        Duty("work that opened", 60, _writing(db, partial(tell_who_waited, daily_minutes=settings.daily_minutes))),
        Duty("top-ups", 3_600, top_up),
        Duty("webhooks", 1, lambda: courier.send_due(now=utc_now())),
        Duty("mails", 2, lambda: postman.send_due(now=utc_now())),
        Duty("old webhooks", 3_600, _writing(db, sweep_deliveries)),
    ]


def _writing(db: Database, operation: Callable[..., Awaitable[int | None]]) -> Callable[[], Awaitable[int]]:
    """An operation that wants nothing but a transaction and the time, as a duty."""

    async def run() -> int:
        async with db.write() as session:
            return await operation(session, now=utc_now()) or 0

    return run


async def _repeat(duty: Duty, stopping: asyncio.Event) -> None:
    while not stopping.is_set():
        found = 0
        try:
            found = await duty.run()
        except UnavailableError as error:
            log.warning("duty waits", duty=duty.name, reason=str(error))
        except Exception:
            log.exception("duty failed", duty=duty.name)
        if not found:
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), duty.every_seconds)
