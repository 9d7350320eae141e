"""Takes mails to where they go out."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from urllib.parse import urlsplit

import msgspec
import structlog

from preceptor.lib.db import Database
from preceptor.lib.mail import (
    BadAddressError,
    FolderOutbox,
    Letter,
    MailRefusedError,
    Outbox,
    SmtpOutbox,
    letter_message,
    parse_mail_url,
)
from preceptor.lib.mail.outboxes import MAX_REASON, Carrier, MailServerGoneError
from preceptor.lib.settings import Settings, secret_key
from preceptor.lib.signing import BadSignatureError, Signer
from preceptor.people.operations.mails import (
    TakenMail,
    note_failed,
    note_nobody,
    note_sent,
    put_back_mail,
    take_mails,
)

log = structlog.get_logger()

AT_ONCE = 20
"""Mails that go out over one connection; each may take a minute at most, and the lease is longer than all together."""
PURPOSE = b"preceptor: links that turn mails off"
REFUSAL_PATH = "/mail/off"


class RefusalLink(msgspec.Struct, frozen=True, array_like=True):
    """What the link at the end of a mail says: whose mails, and of which topic."""

    person: str
    topic: str


def mail_outbox(settings: Settings) -> Outbox:
    """The way out that the operator set; else the folder `mail` of the home folder, and aloud in a demo.

    Raises:
        BadMailUrlError: `PRECEPTOR_MAIL_URL` cannot be read.
    """
    if settings.mail_url:
        return SmtpOutbox(parse_mail_url(settings.mail_url))
    return FolderOutbox(settings.home / "mail", aloud=settings.demo)


def mail_sender(settings: Settings) -> str:
    """Whom mails come from."""
    host = urlsplit(settings.base_url).hostname or "localhost"
    return settings.mail_from or f"Preceptor <no-reply@{'localhost.localdomain' if '.' not in host else host}>"


def refusal_signer(settings: Settings) -> Signer:
    """What signs the link that turns mails off. It reads a file: call it in a thread where others wait."""
    return Signer(secret_key(settings), purpose=PURPOSE)


def read_refusal(signer: Signer, signed: str) -> RefusalLink | None:
    """What a link that turns mails off says; None where we did not write it."""
    try:
        return msgspec.json.decode(signer.read(signed), type=RefusalLink)
    except (BadSignatureError, msgspec.MsgspecError):
        return None


class Postman:
    """Sends the mails that are due, one after the other, and writes down what came of each.

    Two of them do not disturb each other. A mail that a server took is never sent again, unless this process dies in
    the very moment between: then the second one carries the same Message-ID.

    Args:
        db: where the notices are.
        outbox: the way out.
        settings: the installation's address, sender and secret.
    """

    def __init__(self, db: Database, *, outbox: Outbox, settings: Settings) -> None:
        self._db, self._outbox = db, outbox
        self._base = settings.base_url.rstrip("/")
        self._sender = mail_sender(settings)
        self._signer = refusal_signer(settings)

    async def send_due(self, *, now: datetime) -> int:
        """Send what is due; answers 1 where there may be more, so that it is called again at once."""
        async with self._db.write() as session:
            due = await take_mails(session, now=now, limit=AT_ONCE)
        if not due:
            return 0
        opening = self._outbox.open()
        try:
            carrier = await asyncio.to_thread(opening.__enter__)
        except MailServerGoneError as error:
            log.warning("mail server gone", reason=str(error.__cause__ or error))
            async with self._db.write() as session:
                for mail in due:
                    await note_failed(session, mail=mail, reason=_reason(error), for_good=False, now=now)
            return 0
        try:
            await self._send(due, carrier, now=now)
        finally:
            await asyncio.to_thread(opening.__exit__, None, None, None)
        return int(len(due) == AT_ONCE)

    async def _send(self, due: Sequence[TakenMail], carrier: Carrier, *, now: datetime) -> None:
        for place, mail in enumerate(due):
            try:
                message = self._message(mail, now)
                if message is None:
                    async with self._db.write() as session:
                        await note_nobody(session, mail=mail)
                    continue
                await asyncio.to_thread(carrier.carry, message)
            except BadAddressError:
                await self._failed(mail, "this is no address", for_good=True, now=now)
            except MailRefusedError as refused:
                log.warning("mail refused", notice_id=str(mail.notice_id), for_good=refused.for_good)
                await self._failed(mail, refused.reason, for_good=refused.for_good, now=now)
            except MailServerGoneError as error:
                # This one may be why; those behind it go first next time.
                await self._failed(mail, _reason(error), for_good=False, now=now)
                async with self._db.write() as session:
                    for left in due[place + 1 :]:
                        await put_back_mail(session, mail=left, now=now)
                return
            else:
                async with self._db.write() as session:
                    await note_sent(session, mail=mail)

    async def _failed(self, mail: TakenMail, reason: str, *, for_good: bool, now: datetime) -> None:
        async with self._db.write() as session:
            await note_failed(session, mail=mail, reason=reason, for_good=for_good, now=now)

    def _message(self, mail: TakenMail, now: datetime) -> EmailMessage | None:
        if not mail.to:
            return None
        unsubscribe = ""
        if mail.can_be_refused and mail.person_id is not None:
            said = msgspec.json.encode(RefusalLink(mail.person_id.hex, mail.topic.key)).decode()
            unsubscribe = f"{self._base}{REFUSAL_PATH}/{self._signer.sign(said)}"
        letter = Letter(
            to=mail.to,
            name=mail.name,
            language=mail.language,
            subject=mail.subject,
            body=mail.body,
            link=f"{self._base}{mail.link}" if mail.link else "",
            where=self._base,
            unsubscribe=unsubscribe,
        )
        return letter_message(letter, sender=self._sender, message_id=f"notice.{mail.notice_id.hex}", now=now)


def _reason(error: MailServerGoneError) -> str:
    return str(error.__cause__ or error)[:MAX_REASON]
