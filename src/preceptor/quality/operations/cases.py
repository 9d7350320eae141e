"""Cases with the records they rest on: opening one, and deciding its appeal with all that is given back."""

from datetime import datetime, timedelta
from uuid import UUID

from preceptor.hiring.operations import announce_case
from preceptor.hiring.operations import decide_appeal as decide_appeal_alone
from preceptor.hiring.queries import access_case
from preceptor.hiring.rules import NewCase, Outcome
from preceptor.lib.db import WriteSession
from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.money import Money
from preceptor.pay.operations import overturn
from preceptor.pay.rules import time_source
from preceptor.people.rules import Actor, Permission
from preceptor.quality.operations.holding import lock_subject
from preceptor.quality.queries.back_pay import most_back_pay_of
from preceptor.quality.queries.case_records import foreign_records, times_of_records
from preceptor.quality.rules.back_pay import back_pay_problems


async def open_case(session: WriteSession, *, actor: Actor, case: NewCase, notice: timedelta, now: datetime) -> UUID:
    """Announce a measure to somebody, resting on records of theirs, and answer the case's id.

    Raises:
        NobodyDecidesError: the actor is no person.
        MissingPermissionError: the actor may not open cases.
        OwnCaseError: it is about the actor.
        NoSuchPersonError: no such person.
        InvalidError: what is missing, by field; a record that is not there or somebody else's.
    """
    actor.require(Permission.CASE_OPEN)
    if await foreign_records(session, person_id=case.person_id, records=case.records):
        message = _("One of the records is not there, or is not this person’s.")
        raise InvalidError(fields=[FieldProblem("records", message)])
    return await announce_case(session, actor=actor, case=case, notice=notice, now=now)


async def decide_case(
    session: WriteSession,
    *,
    actor: Actor,
    case_id: UUID,
    outcome: Outcome,
    words: str,
    back_pay: Money | None = None,
    now: datetime,
) -> int:
    """Decide an appeal. Overturned, what was taken back for the records of the case is paid after all.

    What is paid for lost work is the decider's figure, up to what the person could have earned, less what another case
    has paid back for the same time: `rules.back_pay`.

    Answers how many entries of the ledger stand again.

    Raises:
        NobodyDecidesError: the actor is no person.
        MissingPermissionError: the actor may not decide appeals.
        NoSuchCaseError: no such case.
        OwnCaseError: the actor is concerned, or announced it.
        CaseClosedError: there is no open appeal.
        InvalidError: no words; back pay is missing, is more than can have been lost, or makes no sense here.
    """
    actor.require(Permission.CASE_DECIDE)
    before = await access_case(session, actor=actor, case_id=case_id, now=now)
    # Two cases of one person that are decided at once: the second finds what the first has paid back.
    await lock_subject(session, subject_id=before.person_id)
    limit = await most_back_pay_of(session, case=before, now=now)
    await decide_appeal_alone(
        session, actor=actor, case_id=case_id, outcome=outcome, words=words, back_pay=back_pay, now=now
    )
    if outcome is not Outcome.OVERTURNED:
        return 0
    bound = timedelta(milliseconds=before.bound_ms)
    if problems := back_pay_problems(back_pay, most=limit.most, bound=bound, paid=bool(limit.paid)):
        raise InvalidError(fields=problems)
    driver = await session.driver()
    again = 0
    for entry_id in await times_of_records(session, person_id=before.person_id, records=before.records):
        reason = str(_("The case that took it back was overturned."))
        again += (
            await overturn(driver, source=time_source(entry_id), reason=reason, now=now, actor_id=actor.person_id)
        ) is not None
    return again
