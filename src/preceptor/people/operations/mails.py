"""The mails among the notices: taking those that are due, and noting what became of them."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import Case, Update, case, null, select, text, update
from sqlalchemy.orm import InstrumentedAttribute

from preceptor.lib.db import WriteSession
from preceptor.people.events import MailFailed
from preceptor.people.rules import MailTopic, next_mail_try, topic_of
from preceptor.people.tables import Notification, Person

LEASE = timedelta(minutes=20)
"""A mail that somebody began to send is taken up again after so long: well more than a load of them can last."""


class TakenMail(msgspec.Struct, frozen=True, kw_only=True):
    """A mail that is to be sent now.

    Attributes:
        notice_id: its notice; its Message-ID is made of it.
        person_id: whose notice it is; None where they have no account.
        to: the address; empty where there is none any more.
        can_be_refused: it comes only to who wants mails of its topic. What is for the mail alone, such as a link to
            choose a new password, always comes.
        tries: with the one to be made now.
    """

    notice_id: UUID
    person_id: UUID | None
    to: str
    name: str
    language: str
    topic: MailTopic
    can_be_refused: bool
    subject: str
    body: str
    link: str
    tries: int
    lease_until: datetime


TAKE = """
UPDATE notification SET mail_tries = mail_tries + 1, mail_due_at = :until
WHERE id IN (
    SELECT id FROM notification WHERE mail_state = 'waiting' AND mail_due_at <= :now
    ORDER BY mail_due_at LIMIT :limit FOR UPDATE SKIP LOCKED)
RETURNING id
"""


async def take_mails(session: WriteSession, *, now: datetime, limit: int) -> list[TakenMail]:
    """Take mails that are due, oldest first. Until the lease ends nobody else takes them."""
    until = now + LEASE
    ids = list(await session.scalars(text(TAKE), {"until": until, "now": now, "limit": limit}))
    rows = await session.execute(
        select(Notification, Person.email, Person.name)
        .outerjoin(Person, Person.id == Notification.person_id)
        .where(Notification.id.in_(ids))
        .order_by(Notification.id)
        .execution_options(populate_existing=True)
    )
    return [
        TakenMail(
            notice_id=notice.id,
            person_id=notice.person_id,
            to=notice.address or email or "",
            name=name or "" if notice.address is None else "",
            language=notice.language,
            topic=topic_of(notice.kind),
            can_be_refused=topic_of(notice.kind).optional and not notice.secret,
            subject=notice.subject,
            body=notice.body,
            link=notice.link,
            tries=notice.mail_tries,
            lease_until=until,
        )
        for notice, email, name in rows
    ]


async def note_sent(session: WriteSession, *, mail: TakenMail) -> None:
    """It was taken by a server. A secret one is emptied."""
    await _settle(session, mail, state="sent", error="")


async def note_failed(session: WriteSession, *, mail: TakenMail, reason: str, for_good: bool, now: datetime) -> None:
    """It was not taken: it is tried again later, or given up."""
    again = None if for_good else next_mail_try(mail.tries, now)
    if again is None:
        await _settle(session, mail, state="failed", error=reason)
        session.emit(MailFailed(subject_id=mail.notice_id, kind=mail.topic.key))
    else:
        await session.execute(_own(mail).values(mail_due_at=again, mail_error=reason))


async def put_back_mail(session: WriteSession, *, mail: TakenMail, now: datetime) -> None:
    """It was not tried after all."""
    await session.execute(_own(mail).values(mail_due_at=now, mail_tries=Notification.mail_tries - 1))


async def note_nobody(session: WriteSession, *, mail: TakenMail) -> None:
    """There is no address any more that it could go to."""
    await _settle(session, mail, state="none", error="")


async def _settle(session: WriteSession, mail: TakenMail, *, state: str, error: str) -> None:
    def kept(column: InstrumentedAttribute[str]) -> Case[str]:
        return case((Notification.secret, ""), else_=column)

    await session.execute(
        _own(mail).values(
            mail_state=state,
            mail_error=error,
            subject=kept(Notification.subject),
            body=kept(Notification.body),
            link=kept(Notification.link),
            address=case((Notification.person_id.is_(None), ""), else_=null()),
        )
    )


def _own(mail: TakenMail) -> Update:
    """The mail, while it is still ours."""
    return update(Notification).where(
        Notification.id == mail.notice_id,
        Notification.mail_state == "waiting",
        Notification.mail_due_at == mail.lease_until,
    )
