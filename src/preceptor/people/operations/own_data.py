"""What people ask about their own data: a copy, a correction, to be erased; and keeping track of it."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import literal, select, tuple_

from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError, NotFoundError
from preceptor.lib.i18n import _
from preceptor.people.events import (
    CorrectionAnswered,
    CorrectionAsked,
    DataAsked,
    ErasureAsked,
    ErasureWithdrawn,
)
from preceptor.people.operations.notices import Told, notify
from preceptor.people.operations.sign_in import confirm_password
from preceptor.people.rules import MAX_WISH, MIN_WISH, Actor, Permission
from preceptor.people.tables import CorrectionRequest, DataDownload, ErasureRequest, Person

OPEN_WISHES = 5
"""Corrections that one person may have waiting."""


class DownloadWaitsError(ConflictError):
    """A copy is being made already."""

    title = _("A copy of your data is being made already. You are told when it is there.")
    code = "download_waits"


class NoSuchCorrectionError(NotFoundError):
    """There is no such wish, or it was answered."""

    title = _("There is nothing to answer here any more.")
    code = "no_such_correction"


class ErasureWaitsError(ConflictError):
    """They asked to be erased already."""

    title = _("You have asked to be erased already. You can still change your mind.")
    code = "erasure_waits"


class NoErasureError(ConflictError):
    """Nothing waits that could be taken back."""

    title = _("Nothing waits that could be taken back.")
    code = "no_erasure"


async def ask_download(session: WriteSession, *, actor: Actor) -> UUID:
    """Ask for a copy of everything that is kept about the actor. A job makes it; they are told when it is there.

    Raises:
        DownloadWaitsError: one is being made already.
    """
    waiting = select(DataDownload.id).where(DataDownload.person_id == actor.person_id, DataDownload.state == "waiting")
    await session.get_one(Person, actor.person_id, with_for_update=True)  # who asks twice at once waits here
    if await session.scalar(waiting) is not None:
        raise DownloadWaitsError
    row = DataDownload(person_id=actor.person_id)
    session.add(row)
    await session.flush()
    session.emit(DataAsked(actor_id=actor.person_id, subject_id=row.id))
    return row.id


async def finish_download(
    session: WriteSession, *, download_id: UUID, file_key: str, size: int, keep: timedelta, now: datetime
) -> None:
    """Write down that a copy is there, and tell its person."""
    row = await session.get_one(DataDownload, download_id, with_for_update=True)
    row.state, row.file_key, row.bytes = "done", file_key, size
    row.finished_at, row.expires_at = now, now + keep

    def told() -> Told:
        body = _("It holds everything that is kept about you. The link works for you alone, until it expires.")
        return Told(subject=str(_("The copy of your data is there")), body=str(body))

    await notify(session, person_id=row.person_id, kind="data.ready", text=told, link="/account/data")


async def fail_download(session: WriteSession, *, download_id: UUID, now: datetime) -> None:
    """Write down that a copy could not be made; it can be asked for again."""
    row = await session.get_one(DataDownload, download_id, with_for_update=True)
    row.state, row.finished_at = "failed", now


async def expire_downloads(session: WriteSession, *, now: datetime, limit: int = 100) -> list[str]:
    """Mark copies as expired; answers the keys of their files, which the caller deletes."""
    rows = await session.scalars(
        select(DataDownload)
        .where(DataDownload.state == "done", DataDownload.expires_at <= now)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    keys = []
    for row in rows:
        keys.append(row.file_key)
        row.state, row.file_key = "expired", ""
    return keys


async def ask_correction(session: WriteSession, *, actor: Actor, wish: str) -> UUID:
    """Ask for something to be put right that one cannot change oneself. A person answers.

    Raises:
        InvalidError: too short, too long, or too many wait already.
    """
    text = wish.strip()
    if not MIN_WISH <= len(text) <= MAX_WISH:
        message = _("Write between {least} and {most} characters.").format(least=MIN_WISH, most=MAX_WISH)
        raise InvalidError(fields=[FieldProblem("wish", message)])
    waiting = select(CorrectionRequest.id).where(
        CorrectionRequest.person_id == actor.person_id, CorrectionRequest.state == "open"
    )
    if len(list(await session.scalars(waiting))) >= OPEN_WISHES:
        message = _("{count} of your wishes wait for an answer. Please wait for one of them.").format(count=OPEN_WISHES)
        raise InvalidError(fields=[FieldProblem("wish", message)])
    row = CorrectionRequest(person_id=actor.person_id, wish=text)
    session.add(row)
    await session.flush()
    session.emit(CorrectionAsked(actor_id=actor.person_id, subject_id=row.id))
    return row.id


async def answer_correction(
    session: WriteSession, *, actor: Actor, correction_id: UUID, done: bool, answer: str, now: datetime
) -> None:
    """Say that something was put right, or why not. The person is told.

    Raises:
        MissingPermissionError: the actor may not answer.
        NoSuchCorrectionError: there is none, or it was answered.
        InvalidError: declined without a reason, or too long.
    """
    actor.require(Permission.CORRECTION_DECIDE)
    row = await session.get(CorrectionRequest, correction_id, with_for_update=True)
    if row is None or row.state != "open":
        raise NoSuchCorrectionError
    text = answer.strip()
    if not done and not text:
        raise InvalidError(fields=[FieldProblem("answer", _("Say why it is not changed."))])
    if len(text) > MAX_WISH:
        message = _("Use at most {count} characters.").format(count=MAX_WISH)
        raise InvalidError(fields=[FieldProblem("answer", message)])
    row.state = "done" if done else "declined"
    row.answer, row.answered_by, row.answered_at = text, actor.person_id, now
    await session.flush()

    def told() -> Told:
        subject = _("Your data was put right") if done else _("Your wish for a correction was answered")
        return Told(subject=str(subject), body=text or str(_("It was changed as you asked.")))

    await notify(session, person_id=row.person_id, kind="data.corrected", text=told, link="/account/data")
    session.emit(CorrectionAnswered(actor_id=actor.person_id, subject_id=row.id, done=done))


async def ask_erasure(
    session: WriteSession,
    *,
    actor: Actor,
    password: str,
    with_texts: bool,
    wait: timedelta,
    address: str,
    attempts: int,
    now: datetime,
) -> datetime:
    """Ask to be erased, confirmed by the password; answers when it is done. Until then they can change their mind.

    Whoever calls this counts a wrong password as for `sign_in`, so that nobody can try them out here.

    Args:
        session: the transaction.
        actor: who wants to be erased.
        password: theirs.
        with_texts: the texts of their work as well.
        wait: how long they can change their mind.
        address: where they ask from.
        attempts: failures allowed in a quarter of an hour.
        now: the time.

    Raises:
        TooManyAttemptsError: too many failures.
        WrongPasswordError: it is not theirs, or they have none (a new one can be had by mail).
        ErasureWaitsError: they asked already.
    """
    await confirm_password(session, actor=actor, password=password, address=address, attempts=attempts, now=now)
    if await _waiting(session, actor.person_id) is not None:
        raise ErasureWaitsError
    row = ErasureRequest(person_id=actor.person_id, with_texts=with_texts, requested_at=now, due_at=now + wait)
    session.add(row)
    await session.flush()

    def told() -> Told:
        body = _("It is done after {count} days. Until then you can take it back on the page of your data.").format(
            count=wait.days
        )
        return Told(subject=str(_("You asked to be erased")), body=str(body))

    await notify(session, person_id=actor.person_id, kind="data.erasure", text=told, link="/account/data")
    session.emit(ErasureAsked(actor_id=actor.person_id, subject_id=actor.person_id, with_texts=with_texts))
    return row.due_at


async def withdraw_erasure(session: WriteSession, *, actor: Actor, now: datetime) -> None:
    """Stay after all.

    Raises:
        NoErasureError: nothing waits.
    """
    row = await _waiting(session, actor.person_id)
    if row is None:
        raise NoErasureError
    row.withdrawn_at = now
    session.emit(ErasureWithdrawn(actor_id=actor.person_id, subject_id=actor.person_id))


async def _waiting(session: WriteSession, person_id: UUID) -> ErasureRequest | None:
    found: ErasureRequest | None = await session.scalar(
        select(ErasureRequest)
        .where(
            ErasureRequest.person_id == person_id,
            ErasureRequest.withdrawn_at.is_(None),
            ErasureRequest.done_at.is_(None),
        )
        .with_for_update()
    )
    return found


async def due_erasures(
    session: WriteSession, *, now: datetime, after: ErasureRequest | None = None, limit: int = 10
) -> list[ErasureRequest]:
    """Erasures whose day has come, kept for the caller, who does them and calls `note_erased`; those behind `after`."""
    query = select(ErasureRequest).where(
        ErasureRequest.due_at <= now, ErasureRequest.withdrawn_at.is_(None), ErasureRequest.done_at.is_(None)
    )
    if after is not None:
        key = tuple_(ErasureRequest.due_at, ErasureRequest.id)
        query = query.where(key > tuple_(literal(after.due_at), literal(after.id)))
    query = query.order_by(ErasureRequest.due_at, ErasureRequest.id).limit(limit)
    return list(await session.scalars(query.with_for_update(skip_locked=True)))


def note_erased(request: ErasureRequest, *, now: datetime) -> None:
    """Write down that it is done."""
    request.done_at = now
