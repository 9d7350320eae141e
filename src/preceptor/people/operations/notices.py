"""Telling people things: on their page, and by mail."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import select, update

from preceptor.lib.db import WriteSession
from preceptor.lib.i18n import choose_language, speaking
from preceptor.people.rules import Actor
from preceptor.people.tables import Notification, Person


class Told(msgspec.Struct, frozen=True):
    """What somebody is told, in their language.

    Attributes:
        subject: one line.
        body: plain text, some lines; no greeting and no link.
    """

    subject: str
    body: str


async def notify(
    session: WriteSession,
    *,
    person_id: UUID,
    kind: str,
    text: Callable[[], Told],
    link: str = "",
    secret: bool = False,
    mail: bool = True,
) -> UUID | None:
    """Tell a person something, in the transaction in which it comes true.

    Args:
        session: the transaction.
        person_id: who; nothing happens where they have no account (a stub, or erased).
        kind: what it is about, as `noun.what`.
        text: writes the text; called with the person's language set.
        link: a path on this installation that leads to it.
        secret: the text is for the mail alone, and is forgotten once it was sent.
        mail: send a mail as well, where the person wants mails of this kind.

    Returns:
        The notice; None where nobody could be told.
    """
    row = (await session.execute(select(Person.email, Person.language).where(Person.id == person_id))).first()
    if row is None or row.email is None:
        return None
    with speaking(choose_language((row.language,) if row.language else ())):
        told = text()
    notice = Notification(
        person_id=person_id,
        kind=kind,
        subject=str(told.subject),
        body=str(told.body),
        link=link,
        secret=secret,
        mail_state="waiting" if mail or secret else "none",
    )
    session.add(notice)
    await session.flush()
    return notice.id


async def mark_notices_read(session: WriteSession, *, actor: Actor, now: datetime) -> None:
    """The actor has seen all their notices."""
    await session.execute(
        update(Notification)
        .where(Notification.person_id == actor.person_id, Notification.read_at.is_(None))
        .values(read_at=now)
    )
