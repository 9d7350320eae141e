"""No order of events leaves a minute unpaid, or lets anybody be kept from work without a person, reason, notice, appeal."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from sqlalchemy import text

from preceptor.datasets.operations import erase_person
from preceptor.hiring.operations import (
    CaseClosedError,
    NobodyDecidesError,
    OwnCaseError,
    appeal_case,
    tell_of_due_cases,
    withdraw_case,
)
from preceptor.hiring.queries import my_cases, standing_of
from preceptor.hiring.rules import IMMEDIATE, CaseReason, CaseRecord, CaseState, Measure, RecordKind
from preceptor.lib.clock import utc_now
from preceptor.lib.errors import InvalidError, ProblemError
from preceptor.lib.money import Money
from preceptor.people.rules import SYSTEM, MissingPermissionError, Permission
from preceptor.quality.queries import most_back_pay_of
from preceptor.work.operations.expiring import expire_due
from tests.books import faults
from tests.cases.conftest import WORDS, Court
from tests.work.conftest import answer_to

TEN_MINUTES = 600_000
EARNED = 600
"""Cents for ten minutes at 36 EUR an hour."""

MEASURES = {
    "warn": {"measure": Measure.WARNING, "lasts_days": None},
    "restrict": {"measure": Measure.RESTRICTION, "lasts_days": None},
    "suspend": {"measure": Measure.SUSPENSION, "lasts_days": 20},
    "suspend at once": {
        "measure": Measure.SUSPENSION,
        "lasts_days": 20,
        "reason": CaseReason.SAFETY,
        "immediate": True,
    },
    "remove": {"measure": Measure.REMOVAL, "lasts_days": None},
    "remove at once": {"measure": Measure.REMOVAL, "lasts_days": None, "reason": CaseReason.FRAUD, "immediate": True},
}
STEPS = [
    *MEASURES,
    "appeal",
    "uphold",
    "overturn",
    "withdraw",
    "claim",
    "submit",
    "expire",
    "wait 1",
    "wait 8",
    "wait 15",
]


class Life(Court):
    """One person's way through measures and work, with what they are owed counted beside it."""

    async def begin(self) -> None:
        """A new person in the same world."""
        self.trainer = await self.bench.trainer(self.world)
        self.handed = await self.bench.hand_in(self.world, trainer=self.trainer)
        self.open_task: tuple[UUID, object] | None = None
        self.owed = await self.earned()
        self.erased = False

    async def earned(self) -> int:
        """What stands in their account, in cents."""
        async with self.db.read() as session:
            account = f"person:{self.trainer.person_id}"
            return await session.scalar(
                text(
                    "SELECT coalesce(sum(CASE WHEN credit = :account THEN amount_minor ELSE -amount_minor END), 0)::bigint "
                    "FROM ledger_entry WHERE :account IN (credit, debit)"
                ),
                {"account": account},
            )

    async def do(self, step: str) -> None:
        """One thing that may happen; what is not possible then is refused and changes nothing."""
        self.now = utc_now()
        if step in MEASURES:
            changes = dict(MEASURES[step])
            if changes["measure"] is Measure.RESTRICTION:
                changes["project_id"] = self.world.terms.id
            await self.open(records=(CaseRecord(RecordKind.SUBMISSION, self.handed.submission_id),), **changes)
        elif step.startswith("wait"):
            await self.let_pass(int(step.split()[1]))
        elif step in {"appeal", "uphold", "overturn", "withdraw"}:
            await self.about_last_case(step)
        elif step == "claim":
            await self.claim()
        elif step in {"submit", "expire"} and self.open_task is not None:
            await self.end(step)

    async def let_pass(self, days: int) -> None:
        """Let days pass: everything that was dated is that much older."""
        async with self.db.write() as session:
            driver = await session.driver()
            await driver.execute("ALTER TABLE due_process_case DISABLE TRIGGER refuse_change")
            columns = ("announced_at", "effective_at", "appealed_at", "appeal_due_at", "decided_at", "withdrawn_at")
            changes = ", ".join(f"{one} = {one} - %(by)s" for one in columns)
            values = {"by": timedelta(days=days), "person": self.trainer.person_id}
            await driver.execute(f"UPDATE due_process_case SET {changes} WHERE person_id = %(person)s", values)
            await driver.execute("ALTER TABLE due_process_case ENABLE TRIGGER refuse_change")
            await driver.execute(
                "UPDATE person SET removed_at = removed_at - %(by)s, removed_until = removed_until - %(by)s "
                "WHERE id = %(person)s",
                values,
            )
        async with self.db.write() as session:
            await tell_of_due_cases(session, now=self.now)

    async def about_last_case(self, step: str) -> None:
        async with self.db.read() as session:
            cases = await my_cases(session, actor=self.trainer, now=self.now)
        if not cases:
            return
        case = cases[0]
        try:
            if step == "appeal":
                async with self.db.write() as session:
                    await appeal_case(
                        session,
                        actor=self.trainer,
                        case_id=case.id,
                        words=WORDS,
                        within=timedelta(days=14),
                        now=self.now,
                    )
            elif step == "withdraw":
                async with self.db.write() as session:
                    await withdraw_case(session, actor=self.manager, case_id=case.id, words=WORDS, now=self.now)
            elif step == "uphold":
                await self.decide(case.id, "upheld")
            else:
                self.owed += await self.overturn(case.id)
        except CaseClosedError:
            return

    async def overturn(self, case_id: UUID) -> int:
        """Pay back ten euros, or as much as it may be: nothing, where it has not bound them yet. Answers the cents."""
        async with self.db.read() as session:
            case = await self.case(case_id)
            most = (await most_back_pay_of(session, case=case, now=self.now)).most
        limit = most["EUR"].amount if most else 0
        assert (limit > 0) == (case.bound_ms > 0)
        with pytest.raises((InvalidError, CaseClosedError)):
            await self.decide(case_id, "overturned", back_pay=Money(limit + 1, "EUR"))
        paid = min(limit, 1_000)
        await self.decide(case_id, "overturned", back_pay=Money(paid, "EUR"))
        return paid

    async def claim(self) -> None:
        self.bench.desk.admissions.forget(self.trainer.person_id)  # a process remembers for half a minute
        seen = await self.seen_as(self.trainer)
        async with self.db.read() as session:
            found = await standing_of(session, person_id=seen.person_id, project_id=self.world.terms.id, now=self.now)
        if self.open_task is not None or not seen.may(Permission.WORK_DO):
            return
        try:
            view, _fresh = await self.bench.desk.claim(
                actor=self.trainer, slug=self.world.terms.slug, prefetch=False, now=self.now
            )
        except ProblemError:
            view = None
        assert found.may_work or view is None, "somebody who is kept from work was handed some"
        if view is None:
            return
        self.open_task = (view.id, view)
        async with self.db.write() as session:
            await session.execute(
                text("UPDATE assignment SET active_ms = :ms, beat_at = now() + interval '1 hour' WHERE id = :id"),
                {"ms": TEN_MINUTES, "id": view.id},
            )

    async def end(self, step: str) -> None:
        """Hand in, or let the lease run out: both are paid, whatever was decided meanwhile."""
        assert self.open_task is not None
        assignment_id, view = self.open_task
        seen = await self.seen_as(self.trainer)
        if step == "submit" and seen.may(Permission.WORK_DO):
            receipt, _fresh = await self.bench.desk.submit(
                actor=self.trainer, assignment_id=assignment_id, key=uuid4(), content=answer_to(view), confirmed=()
            )
            assert receipt.submission_id is not None
        else:
            async with self.db.write() as session:
                await session.execute(
                    text("UPDATE assignment SET lease_until = now() - interval '1 day' WHERE id = :id"),
                    {"id": assignment_id},
                )
            async with self.db.hot() as driver, driver.transaction():
                await expire_due(driver, now=utc_now())
        self.owed += EARNED
        self.open_task = None

    async def check(self) -> None:
        """What must hold after every step."""
        self.now = utc_now()
        assert await self.earned() == pytest.approx(self.owed, abs=3), "a minute is unpaid, or paid twice"
        assert await faults(self.db) == []
        async with self.db.read() as session:
            cases = await my_cases(session, actor=self.trainer, now=self.now)
            found = await standing_of(
                session, person_id=self.trainer.person_id, project_id=self.world.terms.id, now=self.now
            )
        binding = [case for case in cases if case.binding is not None]
        assert found.may_work == (not binding)
        for case in binding:
            whole = await self.case(case.id)
            assert whole.opened_by not in {SYSTEM.person_id, self.trainer.person_id}
            assert whole.opened_by_name
            assert whole.reason in CaseReason
            assert self.erased or whole.words[0].text == WORDS
            assert whole.records
            noticed = whole.effective_at - whole.announced_at >= timedelta(days=14)
            assert noticed or whole.reason in IMMEDIATE
            assert "appeal" in whole.may or whole.appealed_at is not None
            if whole.appealed_at is not None and whole.decided_at is None:
                assert whole.state is CaseState.APPEALED
                assert whole.appeal_due_at > self.now
        removed = any(case.measure is Measure.REMOVAL for case in binding)
        assert (await self.seen_as(self.trainer)).removed == removed

    async def refuse_without_a_person(self) -> None:
        """The system, the person themself and whoever lacks the right can decide nothing."""
        for actor in (SYSTEM, self.trainer, self.operator):
            with pytest.raises((NobodyDecidesError, OwnCaseError, MissingPermissionError)):
                await self.open(actor=actor, measure=Measure.REMOVAL, lasts_days=None)


@pytest.fixture
async def life(db, bench, make_world) -> Life:
    """A world with enough work."""
    made = Life(db, bench, await make_world(items=400))
    await made.set_up()
    return made


# No shrinking: each step is a handful of transactions, and the steps that failed stand in the note.
@settings(
    max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate)
)
@given(data=st.data())
async def test_no_order_of_events_breaks_a_promise(life, data):
    steps = data.draw(st.lists(st.sampled_from(STEPS), min_size=3, max_size=8))
    note(f"steps: {steps}")
    await life.begin()
    for step in steps:
        await life.do(step)
        await life.check()
    if life.open_task is not None:
        await life.do("expire")
        await life.check()
    await life.refuse_without_a_person()
    async with life.db.write() as session:
        await session.execute(
            text("UPDATE person SET email = pseudonym || '@example.org' WHERE id = :id"), {"id": life.trainer.person_id}
        )
        await erase_person(session, person_id=life.trainer.person_id, with_texts=True, now=life.now)
    life.erased = True
    await life.check()


async def test_work_under_way_at_a_removal_is_handed_in_and_paid_and_work_goes_on_once_overturned(life):
    await life.begin()
    before = life.owed
    for step in ("claim", "remove at once", "claim", "submit"):
        await life.do(step)
        await life.check()
    assert life.owed == before + EARNED
    await life.do("claim")
    assert life.open_task is None, "nothing new while the removal binds"
    for step in ("wait 1", "appeal", "wait 15", "claim", "submit", "overturn", "claim", "expire"):
        await life.do(step)
        await life.check()
    assert life.owed == before + 3 * EARNED + 1_000
