"""A real mail server on this machine (aiosmtpd), whose answers a test chooses."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import msgspec
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "preceptor", "a very secret word"


class MailBox(msgspec.Struct):
    """What came in, and what is said to whom."""

    mails: list[EmailMessage] = []
    answers: dict[str, str] = {}
    """What is answered to a recipient instead of yes."""
    encrypted: list[bool] = []
    port: int = 0

    async def handle_RCPT(  # noqa: N802 (aiosmtpd calls it so)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 (likewise)
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        self.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        return "250 taken"


def authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword) -> AuthResult:
    is_right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=is_right, handled=False)  # the server is to say so


@contextmanager
def mail_server(
    *, tls: ssl.SSLContext | None = None, starttls: bool = True, password: bool = False, port: int = 0
) -> Iterator[MailBox]:
    """A server in a thread of its own; `tls`: it offers STARTTLS, or speaks TLS from the start."""
    box = MailBox()
    options = {"tls_context": tls} if tls and starttls else {}
    controller = Controller(
        box,
        hostname="127.0.0.1",
        port=port or free_port(),
        ssl_context=tls if tls and not starttls else None,
        authenticator=authenticate if password else None,
        auth_required=password and starttls,
        auth_require_tls=password and tls is not None and starttls,
        **options,
    )
    controller.start()
    box.port = controller.port
    try:
        yield box
    finally:
        controller.stop()


def free_port() -> int:
    import socket

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
