"""Claiming, as the queue grows.

Each measure is taken beside the same one in a small project, claim by claim in turns, so that what else the machine
does weighs on both alike.
"""

import asyncio
import statistics
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import cycle, islice

import psycopg

from bench.figures import say
from bench.world import Trainer, World, make_world
from preceptor.lib.clock import utc_now
from preceptor.lib.db import Database, Driver
from preceptor.lib.embedded.postgres import Throwaway, throwaway_postgres
from preceptor.people.rules import Actor, Permission, Role
from preceptor.work.operations.claiming import Claimant, NewAssignment, Queue
from preceptor.work.rules.admission import Admission

SETTINGS = {"shared_buffers": "512MB", "max_wal_size": "8GB"}
CLAIMS = 400
WARM = 40
TOGETHER = 16

FINISH = """
WITH done AS (UPDATE assignment SET state = 'submitted' WHERE id = ANY(%(ids)s) RETURNING item_id, n)
UPDATE slot SET state = 'done' FROM done WHERE slot.item_id = done.item_id AND slot.n = done.n
"""


def claim() -> dict[str, float]:
    """The median of claiming: many items, most of them done, many done by this person, an old snapshot held."""
    with throwaway_postgres(durable=True, settings=SETTINGS) as server:
        large = make_world(server, "large", items=1_000_000, trainers=400, text="")
        many = asyncio.run(growth(_small(server, 1), large, "1,000,000 items"))
        answer(large, large.trainers, 900_000)
        done = asyncio.run(growth(_small(server, 2), large, "900,000 of them done"))
        thrice = make_world(server, "thrice", items=100_000, trainers=2, wanted=3, text="")
        answer(thrice, thrice.trainers[:1], 20_000)
        alone = thrice._replace(trainers=thrice.trainers[:1])
        own = asyncio.run(growth(_small(server, 3), alone, "20,000 done by the same person at three answers each"))
        old = make_world(server, "old", items=100_000, trainers=400, text="")
        with psycopg.connect(old.url) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.execute("SELECT count(*) FROM slot")
            asyncio.run(claim_many(old, 20_000))
            snapshot = asyncio.run(growth(_small(server, 4), old, "a snapshot held while 20,000 were claimed"))
    return {
        "claim_growth": many,
        "claim_growth_done": done,
        "claim_growth_own": own,
        "claim_growth_snapshot": snapshot,
    }


def _small(server: Throwaway, number: int) -> World:
    return make_world(server, f"small_{number}", items=1_000, trainers=400, text="")


class Claimer:
    """Claims one after the other in a project, and hands each in so that the next can be claimed."""

    def __init__(self, world: World) -> None:
        self.db = Database(world.url, pool_size=2)
        self.queue = Queue()
        self.terms = world.terms
        self.actors = cycle([_actor(trainer, world) for trainer in world.trainers])

    async def once(self) -> float:
        """Seconds that one claim took."""
        async with self.db.hot() as driver:
            began = time.perf_counter()
            found = await self.queue.claim(driver, actor=next(self.actors), terms=self.terms, now=_later())
            took = time.perf_counter() - began
            assert isinstance(found, NewAssignment), found
            await self.finish(driver, [found])
        return took

    async def together(self) -> int:
        """Claims of several people in one statement; answers how many got something."""
        now = _later()
        async with self.db.hot() as driver:
            everything = Admission.to_everything(self.terms, at=now)
            claimants = [Claimant(actor, everything) for actor in islice(self.actors, TOGETHER)]
            found = await self.queue.claim_together(driver, claimants=claimants, terms=self.terms, now=now)
            await self.finish(driver, list(found.values()))
        return len(found)

    async def finish(self, driver: Driver, taken: Sequence[NewAssignment]) -> None:
        """Hand in, as far as the queue is concerned."""
        await driver.execute(FINISH, {"ids": [one.id for one in taken]})


def _actor(trainer: Trainer, world: World) -> Actor:
    return Actor(
        person_id=trainer.id,
        name="",
        roles=frozenset({Role.TRAINER}),
        permissions=frozenset({Permission.WORK_DO}),
        team_ids=world.terms.team_ids,
    )


async def growth(small: World, large: World, words: str) -> float:
    """How many times as long claiming takes at the median in `large`."""
    claimers = [Claimer(small), Claimer(large)]
    times: list[list[float]] = [[], []]
    for _number in range(WARM + CLAIMS):
        for claimer, taken in zip(claimers, times, strict=True):
            taken.append(await claimer.once())
    for claimer in claimers:
        await claimer.db.close()
    base, grown = (statistics.median(taken[WARM:]) for taken in times)
    say(f"{words}: {grown * 1e3:.2f} ms; with 1,000 items: {base * 1e3:.2f} ms")
    return grown / base


async def claim_many(world: World, count: int) -> None:
    """Have so many items claimed and handed in."""
    claimer = Claimer(world)
    done = 0
    while done < count:
        done += await claimer.together()
    await claimer.db.close()


ANSWER = """
WITH chosen AS MATERIALIZED (
    SELECT item_id, n, row_number() OVER (ORDER BY place) AS number FROM slot
    WHERE state = 'open' AND n = 1 ORDER BY place LIMIT %(count)s
), made AS (
    INSERT INTO assignment (id, item_id, n, project_id, trainer_id, state, form_version, guidelines_version, rate_minor,
                            currency, lease_until, claimed_at)
    SELECT uuidv7(), item_id, n, %(project)s, (%(trainers)s::uuid[])[1 + number %% %(people)s], 'submitted', 1,
           1, 2500, 'EUR', now(), now()
    FROM chosen ORDER BY number RETURNING id, item_id, n
)
UPDATE slot SET state = 'done', assignment_id = made.id FROM made WHERE slot.item_id = made.item_id AND slot.n = made.n
"""


def answer(world: World, trainers: Sequence[Trainer], count: int) -> None:
    """Have the first items of the queue answered once, by these people in turns."""
    values = {
        "count": count,
        "project": world.terms.id,
        "trainers": [trainer.id for trainer in trainers],
        "people": len(trainers),
    }
    with psycopg.connect(world.url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")  # the rows are right: no check is needed for each
        connection.execute(ANSWER, values)
        connection.execute("VACUUM ANALYZE slot")
        connection.execute("ANALYZE assignment")
        connection.execute("CHECKPOINT")


def _later() -> datetime:
    return utc_now() + timedelta(hours=1)
