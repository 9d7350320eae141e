"""Admissions as one process remembers them: who may take which lanes, worked out once and kept for half a minute."""

import time
from collections import OrderedDict
from datetime import datetime
from uuid import UUID

import msgspec

from preceptor.lib.db import Database
from preceptor.lib.money import Money
from preceptor.pay.rules import PriceVersion
from preceptor.people.rules import DAILY_MINUTES, Actor
from preceptor.projects.rules import ProjectTerms
from preceptor.work.queries.admission import admission_of, quick_admission_of
from preceptor.work.rules.admission import Admission

KEPT_SECONDS = 30.0
FRESH_SECONDS = 1.0
MOST_PEOPLE = 20_000


class _Kept(msgspec.Struct):
    """An admission, whom it was made for, and when."""

    admission: Admission
    rate: Money
    prices: tuple[PriceVersion, ...]
    version: int
    time_zone: str
    made_at: float


class Admissions:
    """Admissions of one process.

    Whatever they say, content that was announced is handed out only to people who have said yes to it at that very
    moment: the statement that claims looks again.

    Args:
        db: the database.
        daily_minutes: with content of one category, where a project does not say.
    """

    def __init__(self, db: Database, *, daily_minutes: int = DAILY_MINUTES) -> None:
        self._db = db
        self._daily_minutes = daily_minutes
        self._several: set[UUID] = set()
        """Projects with more lanes than the one without a name: a quick look does not do there."""
        self._kept: OrderedDict[UUID, dict[UUID, _Kept]] = OrderedDict()

    async def of(self, *, actor: Actor, terms: ProjectTerms, now: datetime, fresh: bool = False) -> Admission:
        """Which lanes of a project the actor may take, at most 30 seconds old; `fresh`: at most one."""
        kept = self._kept.get(actor.person_id, {}).get(terms.id)
        most = FRESH_SECONDS if fresh else KEPT_SECONDS
        if (
            kept is not None
            and (kept.admission.is_looked_up or not fresh)
            and time.monotonic() - kept.made_at < most
            and kept.version == actor.version
            and kept.time_zone == actor.time_zone
            and kept.rate == terms.rate
            and kept.prices == terms.prices
            and (kept.admission.pay.valid_until is None or now < kept.admission.pay.valid_until)
            and kept.admission.rules == terms.rules
        ):
            return kept.admission
        began = time.monotonic()
        if fresh:
            self._several.add(terms.id)
        admission = None if terms.id in self._several else await self._quick(actor, terms, now)
        if admission is None:
            async with self._db.read() as session:
                admission = await admission_of(
                    session, actor=actor, terms=terms, now=now, daily_minutes=self._daily_minutes
                )
        theirs = self._kept.setdefault(actor.person_id, {})
        theirs[terms.id] = _Kept(admission, terms.rate, terms.prices, actor.version, actor.time_zone, began)
        self._kept.move_to_end(actor.person_id)
        if len(self._kept) > MOST_PEOPLE:
            self._kept.popitem(last=False)
        return admission

    async def _quick(self, actor: Actor, terms: ProjectTerms, now: datetime) -> Admission | None:
        async with self._db.hot() as driver:
            return await quick_admission_of(driver, actor=actor, terms=terms, now=now)

    def forget(self, person_id: UUID) -> None:
        """Look again at once: what somebody may take has changed."""
        self._kept.pop(person_id, None)

    def moved_on(self, person_id: UUID, project_id: UUID) -> None:
        """Somebody took or ended a task: look again where that may change what they can take next."""
        kept = self._kept.get(person_id, {}).get(project_id)
        if kept is not None and kept.admission.watches:
            # Content of one category is counted over all projects.
            self.forget(person_id)
