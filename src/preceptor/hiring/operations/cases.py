"""Due process: announcing a measure, appealing, deciding, taking it back. Only people can; metrics and jobs cannot."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from preceptor.hiring.events import (
    AppealDecided,
    CaseAnnounced,
    CaseAppealed,
    CaseWithdrawn,
    TransferAnswered,
)
from preceptor.hiring.operations.case_notices import (
    tell_of_announcement,
    tell_of_appeal,
    tell_of_decision,
    tell_of_withdrawal,
)
from preceptor.hiring.queries import NoSuchCaseError, facts_of
from preceptor.hiring.rules import (
    MAX_WORDS,
    MIN_WORDS,
    WARNING_LASTS_DAYS,
    CaseState,
    Measure,
    NewCase,
    Outcome,
    bound_for,
    case_problems,
    comes_into_force,
    next_span,
    state_of,
)
from preceptor.hiring.tables import CaseRecordRow, CaseText, DueProcessCase
from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError, FieldProblem, ForbiddenError, InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.ids import new_id
from preceptor.lib.money import Money
from preceptor.pay.operations import Moved, move
from preceptor.pay.rules import ADJUSTMENTS, EntryKind, person_account
from preceptor.people.operations import join_offered_team, set_removal
from preceptor.people.queries import access_person, list_teams
from preceptor.people.rules import Actor, Permission

MAX_TOGETHER = 500
"""People who can be told of the end of work at once."""


class NobodyDecidesError(ForbiddenError):
    """Only a person with a name can do this: no job, no command, no rule."""

    title = _("Only a person with a name can do this.")
    code = "nobody_decides"


class OwnCaseError(ForbiddenError):
    """Nobody opens or decides a case about themselves, and nobody decides the appeal against what they announced."""

    title = _("Somebody else has to decide this: it is about you, or you announced it.")
    code = "own_case"


class CaseClosedError(ConflictError):
    """The case has been decided, withdrawn or answered already."""

    title = _("This has been done already, or the case is closed.")
    code = "case_closed"


def _require_person(actor: Actor) -> None:
    if not actor.person_id.int:
        raise NobodyDecidesError


def _checked_words(words: str, *, path: str = "words") -> str:
    cleaned = words.strip()
    if not MIN_WORDS <= len(cleaned) <= MAX_WORDS:
        message = _("Write between {least} and {most} characters.").format(least=MIN_WORDS, most=MAX_WORDS)
        raise InvalidError(fields=[FieldProblem(path, message)])
    return cleaned


async def announce_case(
    session: WriteSession, *, actor: Actor, case: NewCase, notice: timedelta, now: datetime
) -> UUID:
    """Announce a measure to the person concerned, and answer the case's id.

    For callers that have made sure that the records are this person's: `quality.operations.open_case`.

    Raises:
        NobodyDecidesError: the actor is no person.
        MissingPermissionError: the actor may not open cases.
        OwnCaseError: it is about the actor.
        NoSuchPersonError: no such person.
        InvalidError: what is missing, by field.
    """
    return (await _announce(session, actor=actor, cases=[case], notice=notice, now=now))[0]


async def end_work(
    session: WriteSession, *, actor: Actor, cases: Sequence[NewCase], notice: timedelta, now: datetime
) -> list[UUID]:
    """Announce the end of work, or that a certification is missing, to many together. All or none are told.

    Raises:
        NobodyDecidesError: the actor is no person.
        MissingPermissionError: the actor may not open cases.
        OwnCaseError: one is about the actor.
        NoSuchPersonError: no such person.
        InvalidError: what is missing, by field; nobody, or too many.
    """
    if not 1 <= len(cases) <= MAX_TOGETHER:
        message = _("Choose between one and {count} people.").format(count=MAX_TOGETHER)
        raise InvalidError(fields=[FieldProblem("person_ids", message)])
    return await _announce(session, actor=actor, cases=cases, notice=notice, now=now)


async def _announce(
    session: WriteSession, *, actor: Actor, cases: Sequence[NewCase], notice: timedelta, now: datetime
) -> list[UUID]:
    _require_person(actor)
    actor.require(Permission.CASE_OPEN)
    teams = {team.id for team in await list_teams(session, actor=actor)}
    batch_id = new_id() if len(cases) > 1 else None
    made = []
    for case in cases:
        if case.person_id == actor.person_id:
            raise OwnCaseError
        problems = case_problems(case)
        if case.transfer_team_id is not None and case.transfer_team_id not in teams:
            problems.append(FieldProblem("transfer_team_id", _("There is no such team.")))
        if problems:
            raise InvalidError(fields=problems)
        await access_person(session, actor=actor, person_id=case.person_id)
        row = DueProcessCase(
            person_id=case.person_id,
            measure=case.measure.value,
            scope=case.scope.value,
            project_id=case.project_id,
            reason=case.reason.value,
            opened_by=actor.person_id,
            announced_at=now,
            effective_at=comes_into_force(case, now=now, notice=notice),
            lasts_days=case.lasts_days or (WARNING_LASTS_DAYS if case.measure is Measure.WARNING else None),
            batch_id=batch_id,
            transfer_team_id=case.transfer_team_id,
            no_transfer=case.no_transfer.strip(),
        )
        session.add(row)
        await session.flush()
        session.add_all(
            [
                CaseRecordRow(case_id=row.id, kind=one.kind.value, record_id=one.id)
                for one in dict.fromkeys(case.records)
            ]
        )
        session.add(
            CaseText(case_id=row.id, kind="reason", author_id=actor.person_id, text=case.words.strip(), created_at=now)
        )
        await set_removal_of(session, row.person_id, now=now)
        await tell_of_announcement(session, row)
        session.emit(
            CaseAnnounced(
                actor_id=actor.person_id,
                subject_id=row.id,
                project_id=row.project_id,
                person_id=row.person_id,
                measure=row.measure,
                reason=row.reason,
            )
        )
        made.append(row.id)
    return made


async def _locked(session: WriteSession, case_id: UUID) -> DueProcessCase:
    row = await session.get(DueProcessCase, case_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NoSuchCaseError
    return row


async def appeal_case(
    session: WriteSession, *, actor: Actor, case_id: UUID, words: str, within: timedelta, now: datetime
) -> None:
    """Appeal against a measure: once, by the person concerned, at any time after it was announced.

    Raises:
        NoSuchCaseError: it is not about the actor.
        CaseClosedError: it was appealed or withdrawn already.
        InvalidError: no words, or too many.
    """
    row = await _locked(session, case_id)
    if row.person_id != actor.person_id:
        raise NoSuchCaseError
    if row.appealed_at is not None or row.withdrawn_at is not None:
        raise CaseClosedError
    text = _checked_words(words)
    row.appealed_at = now
    row.appeal_due_at = now + within
    session.add(CaseText(case_id=row.id, kind="appeal", author_id=actor.person_id, text=text, created_at=now))
    await session.flush()
    await set_removal_of(session, row.person_id, now=now)
    await tell_of_appeal(session, row)
    session.emit(
        CaseAppealed(actor_id=actor.person_id, subject_id=row.id, project_id=row.project_id, person_id=row.person_id)
    )


async def decide_appeal(
    session: WriteSession,
    *,
    actor: Actor,
    case_id: UUID,
    outcome: Outcome,
    words: str,
    back_pay: Money | None = None,
    now: datetime,
) -> None:
    """Decide an appeal. What the person lost by a measure that is overturned is paid back, by the decider's figure.

    For callers that also give back what was taken for the records of the case: `quality.operations.decide_case`.

    Args:
        session: the transaction.
        actor: who decides: neither the person concerned nor whoever announced the measure.
        case_id: the case.
        outcome: upheld or overturned.
        words: why.
        back_pay: for lost work, where a measure that had come into force is overturned; nothing is an amount too.
        now: the moment.

    Raises:
        NobodyDecidesError: the actor is no person.
        MissingPermissionError: the actor may not decide appeals.
        NoSuchCaseError: no such case.
        OwnCaseError: the actor is concerned, or announced it.
        CaseClosedError: there is no open appeal.
        InvalidError: no words; back pay is missing, or makes no sense here.
    """
    _require_person(actor)
    actor.require(Permission.CASE_DECIDE)
    row = await _locked(session, case_id)
    if actor.person_id in {row.person_id, row.opened_by}:
        raise OwnCaseError
    before = facts_of(row)
    if state_of(before, now) is not CaseState.APPEALED:
        raise CaseClosedError
    text = _checked_words(words)
    if outcome is Outcome.OVERTURNED:
        _check_back_pay(back_pay, needed=bool(bound_for(before, now)))
    elif back_pay is not None:
        raise InvalidError(fields=[FieldProblem("back_pay", _("Only a measure that is overturned is paid back."))])
    row.outcome = outcome.value
    row.decided_by = actor.person_id
    row.decided_at = now
    if back_pay is not None:
        row.back_pay_minor = back_pay.amount
        row.back_pay_currency = back_pay.currency
    session.add(CaseText(case_id=row.id, kind="decision", author_id=actor.person_id, text=text, created_at=now))
    await session.flush()
    if back_pay is not None and back_pay.amount:
        paid = Moved(
            debit=ADJUSTMENTS,
            credit=person_account(row.person_id),
            money=back_pay,
            source=f"case:{row.id}",
            kind=EntryKind.ADJUSTMENT,
            memo="back pay",
            actor_id=actor.person_id,
        )
        await move(await session.driver(), paid, now=now)
    await set_removal_of(session, row.person_id, now=now)
    await tell_of_decision(session, row)
    session.emit(
        AppealDecided(
            actor_id=actor.person_id,
            subject_id=row.id,
            project_id=row.project_id,
            person_id=row.person_id,
            outcome=outcome.value,
        )
    )


def _check_back_pay(back_pay: Money | None, *, needed: bool) -> None:
    if needed and back_pay is None:
        message = _("Say what is paid for the work that was lost, also where that is nothing.")
        raise InvalidError(fields=[FieldProblem("back_pay", message)])
    if back_pay is not None and back_pay.amount < 0:
        raise InvalidError(fields=[FieldProblem("back_pay", _("This cannot be less than nothing."))])


async def withdraw_case(session: WriteSession, *, actor: Actor, case_id: UUID, words: str, now: datetime) -> None:
    """Take a measure back before its appeal is decided; from now on it binds nobody.

    Raises:
        NobodyDecidesError: the actor is no person.
        MissingPermissionError: the actor may not open cases.
        NoSuchCaseError: no such case.
        OwnCaseError: it is about the actor.
        CaseClosedError: it was decided or withdrawn already.
        InvalidError: no words.
    """
    _require_person(actor)
    actor.require(Permission.CASE_OPEN)
    row = await _locked(session, case_id)
    if row.person_id == actor.person_id:
        raise OwnCaseError
    await _withdraw(session, actor=actor, row=row, kind="withdrawal", text=_checked_words(words), now=now)
    await tell_of_withdrawal(session, row)


async def _withdraw(
    session: WriteSession, *, actor: Actor, row: DueProcessCase, kind: str, text: str, now: datetime
) -> None:
    if row.outcome is not None or row.withdrawn_at is not None:
        raise CaseClosedError
    row.withdrawn_by = actor.person_id
    row.withdrawn_at = now
    session.add(CaseText(case_id=row.id, kind=kind, author_id=actor.person_id, text=text, created_at=now))
    await session.flush()
    await set_removal_of(session, row.person_id, now=now)
    session.emit(
        CaseWithdrawn(actor_id=actor.person_id, subject_id=row.id, project_id=row.project_id, person_id=row.person_id)
    )


async def answer_transfer(session: WriteSession, *, actor: Actor, case_id: UUID, accepted: bool, now: datetime) -> None:
    """Answer the offer of another team. Accepted before the measure binds, it takes the measure's place.

    Raises:
        NoSuchCaseError: it is not about the actor, or offers no team.
        CaseClosedError: it was answered, or the case is over or in force already.
    """
    row = await _locked(session, case_id)
    if row.person_id != actor.person_id or row.transfer_team_id is None:
        raise NoSuchCaseError
    ended = state_of(facts_of(row), now) in {CaseState.OVERTURNED, CaseState.WITHDRAWN, CaseState.ENDED}
    if row.transfer_answer is not None or ended or (accepted and row.effective_at <= now):
        raise CaseClosedError
    row.transfer_answer = "accepted" if accepted else "declined"
    row.transfer_answered_at = now
    if accepted:
        await join_offered_team(session, actor=actor, person_id=row.person_id, team_id=row.transfer_team_id)
        text = str(_("The transfer to another team was accepted."))
        await _withdraw(session, actor=actor, row=row, kind="transfer", text=text, now=now)
    session.emit(
        TransferAnswered(
            actor_id=actor.person_id,
            subject_id=row.id,
            project_id=row.project_id,
            person_id=row.person_id,
            accepted=accepted,
        )
    )


async def set_removal_of(session: WriteSession, person_id: UUID, *, now: datetime) -> None:
    """Write down from when and until when a removal binds somebody: what the door reads when they sign in."""
    removal = DueProcessCase.measure == Measure.REMOVAL.value
    rows = await session.scalars(select(DueProcessCase).where(DueProcessCase.person_id == person_id, removal))
    span = next_span([facts_of(row) for row in rows], now)
    await set_removal(
        session, person_id=person_id, since=span.since if span else None, until=span.until if span else None
    )
