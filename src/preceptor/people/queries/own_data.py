"""What people know about somebody: their own, to take along; and how any table's own rows are read."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from psycopg.rows import dict_row
from sqlalchemy import select

from preceptor.lib.db import Driver, ReadSession
from preceptor.lib.errors import NotFoundError
from preceptor.lib.i18n import _
from preceptor.people.rules.access import Actor, Permission
from preceptor.people.rules.own_data import AfterErasure, OwnTable
from preceptor.people.tables import CorrectionRequest, DataDownload, ErasureRequest, Person

AT_ONCE = 500
DELETED, CHANGED = AfterErasure.DELETED, AfterErasure.CHANGED
_BY_EMAIL = "lower(email) = (SELECT email FROM person WHERE id = %(person)s)"

OWN_DATA: tuple[OwnTable, ...] = (
    OwnTable(table="sign_in_attempt", title=_("Failed sign-ins"), mine="", where=_BY_EMAIL, after=DELETED),
    OwnTable(
        table="invitation",
        title=_("Invitations"),
        mine="",
        where=f"(accepted_by = %(person)s OR {_BY_EMAIL})",
        without=("digest", "invited_by"),
        after=CHANGED,
        changes={"email": "''"},
    ),
    OwnTable(table="person_language", title=_("Languages"), after=DELETED),
    OwnTable(table="content_consent", title=_("Content you agreed to see"), after=DELETED),
    OwnTable(table="wellbeing", title=_("How hard content is shown"), after=DELETED),
    OwnTable(table="membership", title=_("Teams"), after=DELETED),
    OwnTable(table="team_transfer", title=_("Moves between teams"), without=("by",)),
    OwnTable(table="web_session", title=_("Where you signed in"), without=("digest",), after=DELETED),
    OwnTable(table="known_device", title=_("Devices you signed in from"), without=("digest",), after=DELETED),
    OwnTable(table="token", title=_("Tokens"), without=("digest",), after=DELETED),
    OwnTable(table="passkey", title=_("Passkeys"), without=("public_key", "credential_id"), after=DELETED),
    OwnTable(table="passkey_challenge", title=_("Passkeys being used"), without=("challenge",), after=DELETED),
    OwnTable(table="code_app", title=_("Code apps"), without=("sealed", "last_step"), after=DELETED),
    OwnTable(table="recovery_code", title=_("Recovery codes"), without=("digest",), after=DELETED),
    OwnTable(table="password_reset", title=_("Links for a new password"), without=("digest",), after=DELETED),
    OwnTable(table="pending_sign_in", title=_("Sign-ins under way"), without=("digest",), after=DELETED),
    OwnTable(
        table="email_change",
        title=_("Changes of your address"),
        without=("old_digest", "new_digest"),
        after=DELETED,
    ),
    OwnTable(table="email_confirmation", title=_("Confirmations of your address"), without=("digest",), after=DELETED),
    OwnTable(table="external_identity", title=_("Accounts elsewhere that you sign in with"), after=DELETED),
    OwnTable(table="mail_refusal", title=_("Mails you turned off"), after=DELETED),
    OwnTable(
        table="notification",
        title=_("What you were told"),
        mine="",
        where="(person_id = %(person)s AND NOT secret)",
        without=("names",),
        after=DELETED,
    ),
    OwnTable(
        table="correction_request",
        title=_("Corrections you asked for"),
        without=("answered_by",),
        after=CHANGED,
        changes={"wish": "''", "answer": "CASE WHEN state = 'declined' THEN '–' ELSE '' END"},
    ),
    OwnTable(table="data_download", title=_("Copies of your data"), without=("file_key",), after=DELETED),
    OwnTable(table="erasure_request", title=_("Your wish to be erased")),
    OwnTable(
        table="event",
        title=_("What you did, and what happened to you"),
        mine="",
        where="(actor_id = %(person)s OR subject_id = %(person)s)",
        without=("transaction", "actor_id"),
    ),
    # Last: others find their rows by the address that stands here.
    OwnTable(
        table="person",
        title=_("Your profile"),
        mine="id",
        without=("password_hash", "version"),
        after=CHANGED,
        changes={
            "name": "pseudonym",
            "email": "NULL",
            "password_hash": "NULL",
            "roles": "'{}'",
            "client_ids": "'{}'",
            "language": "''",
            "country": "''",
            "region": "''",
            "skills": "'{}'",
            "time_zone": "'UTC'",
            "credit_name": "''",
            "state": "'disabled'",
            "version": "version + 1",
            "erased_at": "%(now)s",
        },
    ),
)

NOT_OWN: Mapping[str, str] = {
    "*.created_by": "what somebody made in their office is the house's; it stays, under their pseudonym",
    "*.decided_by": "what somebody decided in their office is the house's; it stays, under their pseudonym",
    "*.by": "what somebody did in their office is the house's; it stays, under their pseudonym",
    "*.answered_by": "as above",
    "*.requested_by": "as above",
    "*.removed_by": "as above",
    "*.granted_by": "as above",
    "*.revoked_by": "as above",
    "*.withdrawn_by": "as above",
    "*.opened_by": "as above",
    "*.agreed_by": "as above",
    "*.issued_by": "as above",
    "*.made_by": "as above",
    "*.approved_by": "as above",
    "*.exported_by": "as above",
    "*.sent_by": "as above",
    "*.cancelled_by": "as above",
    "invitation.invited_by": "as above",
    "*.last_post_by": "a copy of who wrote the last answer, which is handed out as such",
}
"""Columns that name people and make no row theirs, with the reason. A star stands for any table."""


async def own_rows(
    driver: Driver, *, own: OwnTable, columns: list[str], has_id: bool, person_id: UUID
) -> AsyncIterator[dict[str, Any]]:
    """A person's rows of one table, a few hundred at a time, without what is not handed out.

    For callers that have made sure who asks. `columns` are the table's own; `has_id` says that it can be paged by `id`.
    """
    shown = [one for one in columns if one not in own.without]
    listed = ", ".join(f'"{one}"' for one in shown)
    last: object = None
    while True:
        clause = ' AND "id" > %(last)s' if has_id and last is not None else ""
        order = f' ORDER BY "id" LIMIT {AT_ONCE}' if has_id else ""
        query = f'SELECT {listed} FROM "{own.table}" WHERE {own.condition}{clause}{order}'  # noqa: S608 (our own names)
        async with driver.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(query, {"person": person_id, "last": last})
            rows = await cursor.fetchall()
        for row in rows:
            yield row
        if not has_id or len(rows) < AT_ONCE:
            return
        last = rows[-1]["id"]


class NoSuchDownloadError(NotFoundError):
    """There is no such file, it has expired, or it is somebody else's."""

    title = _("This file is gone. You can ask for a new one.")
    code = "no_such_download"


class DownloadView(msgspec.Struct, frozen=True):
    """A copy of one's data: waiting, done, failed or expired."""

    id: UUID
    state: str
    bytes: int
    created_at: datetime
    expires_at: datetime | None
    file_key: str = ""


class CorrectionView(msgspec.Struct, frozen=True, kw_only=True):
    """A wish to have something put right, and its answer."""

    id: UUID
    person_id: UUID
    person_name: str
    state: str
    wish: str
    answer: str
    created_at: datetime
    answered_at: datetime | None


class ErasureView(msgspec.Struct, frozen=True):
    """An erasure that waits for its day."""

    requested_at: datetime
    due_at: datetime
    with_texts: bool


class DownloadAsked(msgspec.Struct, frozen=True):
    """A copy that is to be made: whose, and in which language."""

    person_id: UUID
    language: str


async def download_waiting(session: ReadSession, *, download_id: UUID) -> DownloadAsked | None:
    """A copy that is still to be made, for the job that makes it."""
    row = (
        await session.execute(
            select(DataDownload.person_id, Person.language)
            .join(Person, Person.id == DataDownload.person_id)
            .where(DataDownload.id == download_id, DataDownload.state == "waiting")
        )
    ).first()
    return None if row is None else DownloadAsked(row[0], row[1])


async def my_downloads(session: ReadSession, *, actor: Actor) -> list[DownloadView]:
    """The actor's copies, newest first."""
    rows = await session.scalars(
        select(DataDownload).where(DataDownload.person_id == actor.person_id).order_by(DataDownload.id.desc()).limit(10)
    )
    return [DownloadView(row.id, row.state, row.bytes, row.created_at, row.expires_at) for row in rows]


async def access_download(session: ReadSession, *, actor: Actor, download_id: UUID, now: datetime) -> DownloadView:
    """A copy that can be fetched now: the actor's own.

    Raises:
        NoSuchDownloadError: there is none, or no more.
    """
    row = await session.get(DataDownload, download_id)
    expired = row is None or row.expires_at is None or row.expires_at <= now
    if row is None or row.person_id != actor.person_id or row.state != "done" or expired:
        raise NoSuchDownloadError
    return DownloadView(row.id, row.state, row.bytes, row.created_at, row.expires_at, row.file_key)


async def my_corrections(session: ReadSession, *, actor: Actor) -> list[CorrectionView]:
    """What the actor asked to have put right, newest first."""
    return await _corrections(session, CorrectionRequest.person_id == actor.person_id)


async def open_corrections(session: ReadSession, *, actor: Actor) -> list[CorrectionView]:
    """What people ask to have put right, oldest first.

    Raises:
        MissingPermissionError: the actor may not answer them.
    """
    actor.require(Permission.CORRECTION_DECIDE)
    return (await _corrections(session, CorrectionRequest.state == "open"))[::-1]


async def _corrections(session: ReadSession, which: Any) -> list[CorrectionView]:
    rows = await session.execute(
        select(CorrectionRequest, Person.name)
        .join(Person, Person.id == CorrectionRequest.person_id)
        .where(which)
        .order_by(CorrectionRequest.id.desc())
        .limit(100)
    )
    return [
        CorrectionView(
            id=row.id,
            person_id=row.person_id,
            person_name=name,
            state=row.state,
            wish=row.wish,
            answer=row.answer,
            created_at=row.created_at,
            answered_at=row.answered_at,
        )
        for row, name in rows
    ]


async def my_erasure(session: ReadSession, *, actor: Actor) -> ErasureView | None:
    """The actor's own erasure that waits for its day; None where there is none."""
    row = await session.scalar(
        select(ErasureRequest).where(
            ErasureRequest.person_id == actor.person_id,
            ErasureRequest.withdrawn_at.is_(None),
            ErasureRequest.done_at.is_(None),
        )
    )
    return None if row is None else ErasureView(row.requested_at, row.due_at, row.with_texts)
