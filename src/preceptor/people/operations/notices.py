"""Telling people things: on their page, and by mail."""

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from babel.dates import format_date, format_time
from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from preceptor.lib.db import WriteSession
from preceptor.lib.errors import FieldProblem, InvalidError, NotFoundError
from preceptor.lib.i18n import _, choose_language, current_language, speaking
from preceptor.people.events import MailsChosen
from preceptor.people.rules import MAIL_TOPICS, TOPICS, Actor, clean_email, topic_of
from preceptor.people.rules.names import NameSpan, found_names, marked, renamed, with_address
from preceptor.people.tables import MailRefusal, Notification, Person


class Told(msgspec.Struct, frozen=True):
    """What somebody is told, in their language.

    People's names are put in by `named`.

    Attributes:
        subject: one line.
        body: plain text, some lines; no greeting and no link.
    """

    subject: str
    body: str


def named(actor: Actor) -> str:
    """Somebody's name for what another person is told; it is taken out, there alone, once they are erased."""
    return marked(actor.person_id, actor.name)


def moment(at: datetime) -> str:
    """A moment in what somebody is told, in the language spoken. It says by which clock: no page makes it theirs."""
    locale, at = current_language().replace("-", "_"), at.astimezone(UTC)
    day, time = format_date(at, "long", locale=locale), format_time(at, "short", locale=locale)
    return str(_("{day}, {time} UTC").format(day=day, time=time))


class NoSuchNoticeError(NotFoundError):
    """There is no such notice, or it is somebody else's."""

    title = _("There is no such notice.")
    code = "no_such_notice"


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
        kind: what it is about, as `noun.what`. The noun says which mails it belongs to: see `MAIL_TOPICS`.
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
    return await _write(
        session,
        person_id=person_id,
        address=None,
        language=choose_language((row.language,) if row.language else ()),
        kind=kind,
        text=text,
        link=link,
        secret=secret,
        mail=secret or (mail and not await _refused(session, person_id, kind)),
    )


async def write_to(
    session: WriteSession,
    *,
    email: str,
    language: str = "",
    kind: str,
    text: Callable[[], Told],
    link: str = "",
    person_id: UUID | None = None,
) -> UUID:
    """Send a mail to an address, whoever's it is. It stands on no page, and is forgotten once it was sent.

    Args:
        session: the transaction in which it comes true.
        email: where to.
        language: what it is written in; empty: English.
        kind: as in `notify`.
        text: writes the text; called with the language set.
        link: a path on this installation.
        person_id: who it is about, where they have an account with another address.

    Raises:
        InvalidError: this cannot be an address.
    """
    return await _write(
        session,
        person_id=person_id,
        address=clean_email(email),
        language=choose_language((language,) if language else ()),
        kind=kind,
        text=text,
        link=link,
        secret=True,
        mail=True,
    )


async def _write(
    session: WriteSession,
    *,
    person_id: UUID | None,
    address: str | None,
    language: str,
    kind: str,
    text: Callable[[], Told],
    link: str,
    secret: bool,
    mail: bool,
) -> UUID:
    with speaking(language):
        told = text()
        subject, in_subject = found_names(str(told.subject))
        body, in_body = found_names(str(told.body))
    notice = Notification(
        person_id=person_id,
        address=address,
        language=language,
        kind=kind,
        subject=subject,
        body=body,
        names=_kept("subject", in_subject) + _kept("body", in_body),
        link=link,
        secret=secret,
        mail_state="waiting" if mail else "none",
    )
    session.add(notice)
    await session.flush()
    return notice.id


def _kept(part: str, spans: Sequence[NameSpan]) -> list[dict[str, Any]]:
    return [{**msgspec.to_builtins(one), "part": part} for one in spans]


async def take_name_out(session: WriteSession, *, person_id: UUID, email: str, name: str) -> int:
    """Put another name wherever notices name somebody or their address; answers in how many. Words are left alone.

    Args:
        session: the transaction.
        person_id: who is to be named otherwise.
        email: their address.
        name: what stands there from now on.
    """
    says = or_(*(column.icontains(email, autoescape=True) for column in (Notification.subject, Notification.body)))
    known = Notification.names.is_not(None) & (Notification.names.contains([{"person": str(person_id)}]) | says)
    rows = list(await session.scalars(select(Notification).where(known).order_by(Notification.id).with_for_update()))
    for row in rows:
        kept = []
        for part in ("subject", "body"):
            text: str = getattr(row, part)
            # Of what was mailed and then forgotten, nothing is left that could name anybody.
            spans = [msgspec.convert(one, NameSpan) for one in row.names or () if one["part"] == part and text]
            text, moved = renamed(text, with_address(text, spans, person_id, email), person_id=person_id, name=name)
            setattr(row, part, text)
            kept += _kept(part, moved)
        row.names = kept
    await session.flush()
    return len(rows)


async def _refused(session: WriteSession, person_id: UUID, kind: str) -> bool:
    topic = topic_of(kind)
    if not topic.optional:
        return False
    found = select(MailRefusal.topic).where(MailRefusal.person_id == person_id, MailRefusal.topic == topic.key)
    return await session.scalar(found) is not None


async def mark_notices_read(session: WriteSession, *, actor: Actor, now: datetime) -> None:
    """The actor has seen all their notices."""
    await session.execute(
        update(Notification)
        .where(Notification.person_id == actor.person_id, Notification.read_at.is_(None))
        .values(read_at=now)
    )


async def open_notice(session: WriteSession, *, actor: Actor, notice_id: UUID, now: datetime) -> str:
    """The actor has seen one of their notices. Answers the path it leads to, which may be empty.

    Raises:
        NoSuchNoticeError: there is none, or it is not theirs.
    """
    row = await session.get(Notification, notice_id)
    if row is None or row.person_id != actor.person_id or row.secret:
        raise NoSuchNoticeError
    row.read_at = row.read_at or now
    return row.link


async def choose_mails(session: WriteSession, *, actor: Actor, topics: Collection[str]) -> None:
    """Say which mails the actor wants; those of all other topics are turned off. Some cannot be.

    Raises:
        InvalidError: there is no such topic.
    """
    if set(topics) - set(TOPICS):
        raise InvalidError(fields=[FieldProblem("topics", _("There is no such kind of mails."))])
    refused = {topic.key for topic in MAIL_TOPICS if topic.optional} - set(topics)
    await session.execute(delete(MailRefusal).where(MailRefusal.person_id == actor.person_id))
    session.add_all([MailRefusal(person_id=actor.person_id, topic=key) for key in sorted(refused)])
    session.emit(MailsChosen(actor_id=actor.person_id, subject_id=actor.person_id, refused=sorted(refused)))


async def refuse_mails(session: WriteSession, *, person_id: UUID, topic: str) -> None:
    """Turn the mails of one topic off. For callers that have made sure who asks: the link in a mail is signed.

    Raises:
        InvalidError: there is no such topic, or its mails always come.
    """
    if topic not in TOPICS or not TOPICS[topic].optional:
        raise InvalidError(fields=[FieldProblem("topics", _("There is no such kind of mails."))])
    statement = insert(MailRefusal).values(person_id=person_id, topic=topic)
    await session.execute(statement.on_conflict_do_nothing())
    session.emit(MailsChosen(actor_id=person_id, subject_id=person_id, refused=[topic]))
