"""Which server takes our mail, from one address."""

import ipaddress
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

PORTS = {"smtp": 587, "smtps": 465}


class BadMailUrlError(Exception):
    """The address of a mail server that cannot be read. The message never holds its password."""


class MailServer(msgspec.Struct, frozen=True, kw_only=True):
    """A server that takes mail (SMTP, RFC 5321).

    Attributes:
        host: its name.
        port: where it listens.
        encrypted: TLS from the first byte (`smtps`).
        starttls: turn to TLS before anything is said, or say nothing (`smtp`, but for this machine itself).
        user: empty: it takes mail from us without.
        password: said over TLS alone, or to this machine itself.
    """

    host: str
    port: int
    encrypted: bool
    starttls: bool
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"MailServer({'smtps' if self.encrypted else 'smtp'}://{self.host}:{self.port})"


def parse_mail_url(url: str) -> MailServer:
    """The server behind `smtp://user:password@host:587` or `smtps://…:465`.

    `smtp` asks for STARTTLS (RFC 3207) and sends nothing without it, but for a server on this machine itself, or with
    `?starttls=never`, which a server with a password may not have.

    Raises:
        BadMailUrlError: it cannot be read, or would say a password in the clear.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadMailUrlError("not an address such as smtp://user:password@host:587") from None
    if parts.scheme not in PORTS or not parts.hostname or parts.path not in {"", "/"} or parts.fragment:
        raise BadMailUrlError("not an address such as smtp://user:password@host:587")
    options = parse_qs(parts.query, keep_blank_values=True)
    if set(options) - {"starttls"} or options.get("starttls", ["never"]) != ["never"]:
        raise BadMailUrlError("the only option is ?starttls=never")
    encrypted = parts.scheme == "smtps"
    local = _is_this_machine(parts.hostname)
    never = "starttls" in options
    if never and not local and parts.password:
        raise BadMailUrlError("a password is only sent over TLS: leave out ?starttls=never")
    return MailServer(
        host=parts.hostname,
        port=port or PORTS[parts.scheme],
        encrypted=encrypted,
        starttls=not (encrypted or never or local),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
