"""Claims, in group commit: people who press Start in the same moment are served by one statement."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from preceptor.lib.db import Batcher, Database, Driver
from preceptor.lib.errors import ProblemError
from preceptor.people.rules import Actor
from preceptor.projects.rules import ProjectTerms, Purpose
from preceptor.work.operations.claiming import Claimant, HeldAssignment, NewAssignment, Queue, check_claim
from preceptor.work.operations.leasing import take_up_left
from preceptor.work.operations.sittings import take_part
from preceptor.work.rules.admission import Admission


class Claim(msgspec.Struct, frozen=True):
    """Somebody who wants the next slot of a project, at a time. `admission` None: they may take every lane."""

    actor: Actor
    terms: ProjectTerms
    prefetch: bool
    now: datetime
    admission: Admission | None = None


class Claims:
    """The claims of one process, in group commit: those that come together are one statement per project and line."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._queue = Queue()
        self._batcher: Batcher[Claim, NewAssignment | HeldAssignment | None] = Batcher(self._write, limit=16)

    async def claim(self, claim: Claim) -> NewAssignment | HeldAssignment | None:
        """As `Queue.claim`, then what they had left; of an exam, the next part of one's open sitting."""
        check_claim(claim.actor, claim.terms)
        if claim.terms.purpose is Purpose.EXAM:
            async with self._db.hot() as driver:
                return await take_part(
                    driver,
                    actor=claim.actor,
                    terms=claim.terms,
                    admission=claim.admission or Admission.to_everything(claim.terms, at=claim.now),
                    prefetch=claim.prefetch,
                    now=claim.now,
                )
        found = await self._batcher.put(claim)
        return await self._take_up(claim) if found is None and not claim.prefetch else found

    async def _take_up(self, claim: Claim) -> HeldAssignment | None:
        admission = claim.admission or Admission.to_everything(claim.terms, at=claim.now)
        async with self._db.hot() as driver, driver.transaction():
            left = await take_up_left(driver, actor=claim.actor, terms=claim.terms, admission=admission, now=claim.now)
        return None if left is None else HeldAssignment(left, "active")

    def passed_over(self, terms: ProjectTerms, admission: Admission) -> bool:
        """True where the project has open slots, as far as is known, in lanes that the admission leaves out."""
        if terms.purpose is Purpose.EXAM:
            return admission.watches
        return self._queue.passed_over(terms.id, admission)

    async def _write(self, claims: Sequence[Claim]) -> list[NewAssignment | HeldAssignment | Exception | None]:
        groups: dict[tuple[UUID, bool], list[Claim]] = {}
        for claim in claims:
            groups.setdefault((claim.terms.id, claim.prefetch), []).append(claim)
        found: dict[int, NewAssignment] = {}
        async with self._db.hot() as driver:
            for together in groups.values():
                if len(together) > 1:
                    found |= await self._together(driver, together)
            return [found.get(id(claim)) or await self._alone(driver, claim) for claim in claims]

    async def _together(self, driver: Driver, claims: Sequence[Claim]) -> dict[int, NewAssignment]:
        first = {claim.actor.person_id: claim for claim in reversed(claims)}
        one = claims[0]
        everything = Admission.to_everything(one.terms, at=one.now)
        claimants = [Claimant(claim.actor, claim.admission or everything) for claim in first.values()]
        taken = await self._queue.claim_together(
            driver, claimants=claimants, terms=one.terms, prefetch=one.prefetch, now=one.now
        )
        return {id(first[person]): assignment for person, assignment in taken.items()}

    async def _alone(self, driver: Driver, claim: Claim) -> NewAssignment | HeldAssignment | Exception | None:
        try:
            return await self._queue.claim(
                driver,
                actor=claim.actor,
                terms=claim.terms,
                admission=claim.admission,
                prefetch=claim.prefetch,
                now=claim.now,
            )
        except ProblemError as problem:
            return problem
