"""Cases are opened and decided by people, with notice, records and an appeal; the database holds to it."""

import inspect
import pkgutil
from datetime import timedelta
from importlib import import_module
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

import preceptor
from preceptor import worker
from preceptor.flow import FOLLOWS
from preceptor.hiring.operations import (
    CaseClosedError,
    NobodyDecidesError,
    OwnCaseError,
    announce_case,
    answer_transfer,
    appeal_case,
    end_work,
    tell_of_due_cases,
    withdraw_case,
)
from preceptor.hiring.queries import CasesWanted, NoSuchCaseError, count_appeals, list_cases, my_cases, standing_of
from preceptor.hiring.rules import CaseReason, CaseRecord, CaseState, Measure, RecordKind
from preceptor.lib.errors import InvalidError
from preceptor.lib.money import Money
from preceptor.pay.operations import reverse
from preceptor.pay.queries import balances
from preceptor.pay.rules import time_source
from preceptor.people.operations import add_team
from preceptor.people.rules import SYSTEM, MissingPermissionError, Permission
from preceptor.people.tables import Membership
from preceptor.quality.operations import NotReviewingError
from preceptor.work.tables import TimeEntry
from tests.cases.conftest import WORDS, Court

APPEAL = "My answers followed the brief; please read the second one again."


async def appeal(court: Court, case_id: UUID, **changes) -> None:
    async with court.db.write() as session:
        values = {"actor": court.trainer, "words": APPEAL, "within": timedelta(days=14), "now": court.now} | changes
        await appeal_case(session, case_id=case_id, **values)


async def standing(court: Court):
    async with court.db.read() as session:
        return await standing_of(
            session, person_id=court.trainer.person_id, project_id=court.world.terms.id, now=court.now
        )


async def test_the_person_concerned_reads_everything(court):
    case_id = await court.open()
    seen = await court.case(case_id)
    assert (seen.measure, seen.state, seen.opened_by_name) == ("suspension", "announced", court.manager.name)
    assert [one.text for one in seen.words] == [WORDS]
    assert seen.records == [CaseRecord(RecordKind.SUBMISSION, court.handed.submission_id)]
    assert seen.may == {"appeal", "attach"}
    assert await court.notices(court.trainer) == ["case.announced"]
    async with court.db.read() as session:
        assert [one.id for one in await my_cases(session, actor=court.trainer, now=court.now)] == [case_id]
    stranger = await court.bench.person("trainer")
    with pytest.raises(NoSuchCaseError):
        await court.case(case_id, actor=stranger)


async def test_a_measure_binds_after_its_notice_only(court):
    await court.open()
    assert (await standing(court)).may_work
    court.wait(14)
    found = await standing(court)
    assert not found.may_work
    assert found.until == court.now + timedelta(days=30)
    court.wait(30)
    assert (await standing(court)).may_work


@pytest.mark.parametrize("who", ["SYSTEM", "trainer", "operator"])
async def test_only_a_manager_opens_a_case(court, who):
    actor = SYSTEM if who == "SYSTEM" else getattr(court, who)
    with pytest.raises((NobodyDecidesError, MissingPermissionError)):
        await court.open(actor=actor)


async def test_nobody_opens_a_case_about_themselves(court):
    court.trainer = court.manager
    with pytest.raises(OwnCaseError):
        await court.open(
            records=(),
            reason=CaseReason.NOT_CERTIFIED,
            measure=Measure.REMOVAL,
            lasts_days=None,
            no_transfer="No other team speaks it.",
        )


async def test_records_are_the_persons_own(court):
    stranger = await court.bench.hand_in(court.world)
    for record in (stranger.submission_id, uuid4()):
        with pytest.raises(InvalidError):
            await court.open(records=(CaseRecord(RecordKind.SUBMISSION, record),))


async def test_an_appeal_is_decided_by_somebody_else(court):
    case_id = await court.open()
    await appeal(court, case_id)
    assert await court.notices(court.other) == ["case.appealed"]
    assert await court.notices(court.manager) == []
    for who in (court.manager, court.trainer, SYSTEM):
        with pytest.raises((OwnCaseError, MissingPermissionError, NobodyDecidesError)):
            await court.decide(case_id, "upheld", actor=who)
    with pytest.raises(CaseClosedError):
        await appeal(court, case_id)
    await court.decide(case_id, "upheld", actor=court.operator)
    seen = await court.case(case_id)
    assert (seen.state, seen.decided_by_name) == (CaseState.UPHELD, court.operator.name)
    assert [one.kind for one in seen.words] == ["reason", "appeal", "decision"]
    with pytest.raises(CaseClosedError):
        await court.decide(case_id, "overturned", actor=court.other, back_pay=Money(0, "EUR"))


async def test_only_the_person_concerned_appeals_and_says_why(court):
    case_id = await court.open()
    with pytest.raises(NoSuchCaseError):
        await appeal(court, case_id, actor=court.other)
    with pytest.raises(InvalidError):
        await appeal(court, case_id, words="no")


async def test_an_overdue_appeal_lifts_the_measure_and_is_seen(court):
    case_id = await court.open(reason=CaseReason.FRAUD, immediate=True)
    assert not (await standing(court)).may_work
    await appeal(court, case_id)
    court.wait(13.9)
    assert not (await standing(court)).may_work
    court.wait(0.1)
    assert (await standing(court)).may_work
    async with court.db.read() as session:
        assert await count_appeals(session, actor=court.operator, now=court.now) == (1, 1)
        found = await list_cases(session, actor=court.operator, now=court.now, wanted=CasesWanted.OVERDUE)
        assert [one.id for one in found.rows] == [case_id]
        assert found.rows[0].overdue
    for _again in range(2):
        async with court.db.write() as session:
            await tell_of_due_cases(session, now=court.now)
    assert await court.notices(court.operator) == ["case.appealed", "case.overdue"]
    assert (await court.notices(court.trainer)).count("case.overdue") == 1
    await court.decide(case_id, "upheld")
    assert not (await standing(court)).may_work


async def test_overturned_pays_back_and_puts_reversed_entries_back(court):
    async with court.db.write() as session:
        await (await session.driver()).execute(
            "INSERT INTO ledger_entry (id, debit, credit, amount_minor, currency, source) "
            "SELECT gen_random_uuid(), 'project:' || project_id, 'person:' || person_id, 700, 'EUR', 'time:' || id "
            "FROM time_entry WHERE NOT EXISTS (SELECT FROM ledger_entry WHERE source = 'time:' || time_entry.id)"
        )
    async with court.db.read() as session:
        earned = await balances(session, actor=court.trainer)
        entry_id = await session.scalar(select(TimeEntry.id).where(TimeEntry.person_id == court.trainer.person_id))
    case_id = await court.open(reason=CaseReason.FRAUD, immediate=True)
    async with court.db.write() as session:
        await reverse(await session.driver(), source=time_source(entry_id), reason="fraud", now=court.now)
    court.wait(2)
    await appeal(court, case_id)
    with pytest.raises(InvalidError):
        await court.decide(case_id, "overturned")
    with pytest.raises(InvalidError):
        await court.decide(case_id, "upheld", back_pay=Money(100, "EUR"))
    assert await court.decide(case_id, "overturned", back_pay=Money(12_34, "EUR")) == 1
    async with court.db.read() as session:
        now = await balances(session, actor=court.trainer)
    assert sum(one.amount for one in now) == sum(one.amount for one in earned) + 12_34
    assert (await court.case(case_id)).back_pay == Money(12_34, "EUR")
    assert (await standing(court)).may_work


async def test_a_removal_leaves_what_is_theirs(court):
    await court.open(measure=Measure.REMOVAL, reason=CaseReason.SAFETY, immediate=True, lasts_days=None)
    seen = await court.seen_as(court.trainer)
    assert seen.removed
    assert seen.permissions == {Permission.WORK_DO}, "for a day, what is under way can be handed in"
    court.wait(1)
    seen = await court.seen_as(court.trainer)
    assert (seen.permissions, seen.roles) == (frozenset(), frozenset())
    async with court.db.read() as session:
        (found,) = await my_cases(session, actor=seen, now=court.now)
    await appeal(court, found.id, actor=seen)
    await court.decide(found.id, "overturned", back_pay=Money(0, "EUR"))
    assert not (await court.seen_as(court.trainer)).removed


async def test_a_suspended_reviewer_gets_no_new_reviews_and_finishes_what_they_hold(court):
    reviewer = await court.bench.person("reviewer")
    held = await court.bench.claim(reviewer)
    assert held is not None
    await court.bench.hand_in(court.world)
    async with court.db.write() as session:
        await announce_case(
            session,
            actor=court.manager,
            case=court.new(person_id=reviewer.person_id, reason=CaseReason.SAFETY, immediate=True),
            notice=timedelta(days=14),
            now=court.now,
        )
    assert await court.bench.claim(reviewer) == held, "what they hold stays theirs"
    await court.bench.decide(reviewer, held, "accept")
    with pytest.raises(NotReviewingError):
        await court.bench.claim(reviewer)


async def test_withdrawing_ends_it(court):
    case_id = await court.open(measure=Measure.REMOVAL, lasts_days=None)
    async with court.db.write() as session:
        await withdraw_case(session, actor=court.other, case_id=case_id, words="I was wrong about this.", now=court.now)
    court.wait(20)
    assert (await standing(court)).may_work
    assert not (await court.seen_as(court.trainer)).removed
    assert (await court.notices(court.trainer))[-1] == "case.withdrawn"
    with pytest.raises(CaseClosedError):
        await appeal(court, case_id)


async def test_the_end_of_work_is_announced_together_with_a_transfer_offered_first(court):
    colleague = await court.bench.trainer(court.world)
    async with court.db.write() as session:
        team_id = await add_team(session, actor=SYSTEM, name="Elsewhere")
        cases = [
            court.new(
                person_id=one.person_id,
                measure=Measure.REMOVAL,
                reason=CaseReason.END_OF_WORK,
                lasts_days=None,
                records=(),
                transfer_team_id=team_id,
            )
            for one in (court.trainer, colleague)
        ]
        made = await end_work(session, actor=court.manager, cases=cases, notice=timedelta(days=14), now=court.now)
    async with court.db.write() as session:
        await answer_transfer(session, actor=court.trainer, case_id=made[0], accepted=True, now=court.now)
        await answer_transfer(session, actor=colleague, case_id=made[1], accepted=False, now=court.now)
    court.wait(15)
    assert (await court.case(made[0])).state is CaseState.WITHDRAWN
    assert not (await court.seen_as(court.trainer)).removed
    assert (await court.seen_as(colleague)).removed
    async with court.db.read() as session:
        assert await session.get(Membership, (team_id, court.trainer.person_id)) is not None
    assert (await court.case(made[1], actor=colleague)).transfer.answer == "declined"


REFUSED = {
    "nobody announced it": "opened_by = '00000000-0000-0000-0000-000000000000'",
    "announced by themselves": "opened_by = person_id",
    "no notice": "effective_at = announced_at",
    "another reason": "reason = 'low_score'",
    "decided by whoever announced it": "appealed_at = now(), appeal_due_at = now(), outcome = 'upheld', "
    "decided_at = now(), decided_by = opened_by",
    "decided without an appeal": "outcome = 'upheld', decided_at = now(), decided_by = (SELECT id FROM person WHERE "
    "id NOT IN (opened_by, person_id) LIMIT 1)",
}


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED)
async def test_the_database_refuses(court, change):
    case_id = await court.open()
    async with court.db.write() as session:
        await session.execute(text("ALTER TABLE due_process_case DISABLE TRIGGER refuse_change"))
        with pytest.raises(IntegrityError):
            await session.execute(text(f"UPDATE due_process_case SET {change} WHERE id = :id"), {"id": case_id})
        await session.rollback()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE due_process_case SET reason = 'conduct'",
        "UPDATE due_process_case SET effective_at = effective_at + interval '1 day'",
        "DELETE FROM due_process_case",
        "DELETE FROM case_record",
        "UPDATE case_text SET text = 'something else'",
        "DELETE FROM case_text",
    ],
)
async def test_what_was_announced_stays(court, statement):
    await court.open()
    with pytest.raises(IntegrityError):
        async with court.db.write() as session:
            await session.execute(text(statement))


def test_no_job_and_no_duty_opens_or_decides_a_case():
    """What runs without a person never names the operations that open or decide; and they refuse the system."""
    deciding = ("open_case", "announce_case", "end_work", "decide_case", "decide_appeal", "withdraw_case")
    unattended = [worker, *(import_module(follow.job.__module__) for follow in FOLLOWS if follow.job)]
    names = [found.name for found in pkgutil.walk_packages(preceptor.__path__, "preceptor.")]
    endings = (".jobs", ".case_duties", ".generator", ".courier", ".exporting", ".importing")
    unattended += [import_module(name) for name in names if name.endswith(endings)]
    assert len(unattended) > 8
    for module in unattended:
        source = inspect.getsource(module)
        assert not [name for name in deciding if name in source], module.__name__
