"""The ways out for mail: a folder of files, or a server (SMTP)."""

import os
import smtplib
import ssl
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Protocol

import structlog

from preceptor.lib.errors import UnavailableError
from preceptor.lib.i18n import _
from preceptor.lib.mail.servers import MailServer

log = structlog.get_logger()

SECONDS = 30.0
"""For each thing said to a server."""
PERMANENT = 500
"""Replies from here on mean that trying again changes nothing (RFC 5321, section 4.2.1)."""
MAX_REASON = 300
KEPT_DAYS = 14
"""Mails in a folder are removed after so many days: no link in them is valid any more."""


class MailRefusedError(Exception):
    """A mail was not taken.

    Args:
        reason: what the server said.
        for_good: trying again would change nothing.
    """

    def __init__(self, reason: str, *, for_good: bool) -> None:
        self.reason, self.for_good = reason[:MAX_REASON], for_good
        super().__init__(self.reason)


class MailServerGoneError(UnavailableError):
    """The mail server does not answer, or does not let us in."""

    title = _("The mail server does not answer just now.")
    code = "mail_server_gone"


class Carrier(Protocol):
    """Takes one mail after the other."""

    def carry(self, message: EmailMessage) -> None:
        """Hand a mail over.

        Raises:
            MailRefusedError: it was not taken; others may be.
            MailServerGoneError: nobody is there to take it, or others.
        """


class Outbox(Protocol):
    """A way out. Its methods wait: call them in a thread."""

    def open(self) -> AbstractContextManager[Carrier]:
        """What takes mails, until the block ends."""


class FolderOutbox:
    """Writes each mail into a file of a folder, named after its Message-ID: where no server is set, and in tests.

    Args:
        folder: made where it is missing, and readable to its owner alone, since mails hold links that sign people in.
        aloud: print them as well, so that somebody who tries things out can follow their links.
    """

    def __init__(self, folder: Path, *, aloud: bool = False) -> None:
        self.folder, self._aloud = folder, aloud

    @contextmanager
    def open(self) -> Iterator[Carrier]:
        """The folder, ready, without what has become too old."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        too_old = time.time() - KEPT_DAYS * 86_400
        for path in self.folder.glob("*.eml"):
            if path.stat().st_mtime < too_old:
                path.unlink(missing_ok=True)
        yield self

    def carry(self, message: EmailMessage) -> None:
        """Write a mail whole, or not at all."""
        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        path = self.folder / f"{name}.eml"
        begun = path.with_suffix(".part")
        descriptor = os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(message.as_bytes(policy=default.clone(linesep="\r\n")))
        begun.replace(path)
        log.info("mail written", file=path.name)
        if self._aloud:
            text = message.get_body(("plain",))
            said = text.get_content() if text is not None else ""
            print(f"To: {message['To']}\nSubject: {message['Subject']}\n\n{said}", file=sys.stderr, flush=True)  # noqa: T201


class SmtpOutbox:
    """Hands mails to a server.

    Args:
        server: which.
        trust: whose certificates are believed; the usual authorities where None (`SSL_CERT_FILE` names others).
        seconds: how long each thing said to it may take.
    """

    def __init__(self, server: MailServer, *, trust: ssl.SSLContext | None = None, seconds: float = SECONDS) -> None:
        self._server, self._trust, self._seconds = server, trust or ssl.create_default_context(), seconds

    @contextmanager
    def open(self) -> Iterator[Carrier]:
        """A connection.

        Raises:
            MailServerGoneError: nobody answers, nobody there speaks TLS, or user and password are not taken.
        """
        try:
            connection = self._connected()
        except (OSError, smtplib.SMTPException) as error:
            raise MailServerGoneError from error
        try:
            yield _SmtpCarrier(connection)
        finally:
            with suppress(OSError, smtplib.SMTPException):
                connection.quit()
            connection.close()

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        connection: smtplib.SMTP
        if server.encrypted:
            connection = smtplib.SMTP_SSL(server.host, server.port, timeout=self._seconds, context=self._trust)
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=self._seconds)
        try:
            if server.starttls:
                connection.starttls(context=self._trust)
            if server.user:
                connection.login(server.user, server.password)
        except BaseException:
            connection.close()
            raise
        return connection


class _SmtpCarrier:
    def __init__(self, connection: smtplib.SMTP) -> None:
        self._connection = connection

    def carry(self, message: EmailMessage) -> None:
        try:
            self._connection.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            raise MailRefusedError(_said(code, said), for_good=code >= PERMANENT) from error
        except smtplib.SMTPResponseException as error:
            raise MailRefusedError(
                _said(error.smtp_code, error.smtp_error), for_good=error.smtp_code >= PERMANENT
            ) from error
        except smtplib.SMTPNotSupportedError as error:  # a name that the server cannot write
            raise MailRefusedError(str(error), for_good=True) from error
        except (OSError, smtplib.SMTPException) as error:
            raise MailServerGoneError from error


def _said(code: int, text: bytes | str) -> str:
    return f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"
