"""Letters: plain text and HTML from one pair of templates, under headers that nobody can add to."""

from collections.abc import Sequence
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from pathlib import Path

import jinja2
import msgspec

from preceptor.lib.i18n import gettext, ngettext, speaking

FOLDER = Path(__file__).parent
MAX_SUBJECT = 200


class BadAddressError(Exception):
    """An address that no mail can be sent to."""


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """What is written to somebody.

    Attributes:
        to: the address, nothing else.
        name: how they are greeted; empty: without a name.
        language: that of the words around the text.
        subject: one line.
        body: plain text; an empty line begins a paragraph.
        link: an address that the letter leads to; empty: none.
        where: address of the installation it comes from.
        unsubscribe: address that turns letters of this kind off; empty: they cannot be.
    """

    to: str
    subject: str
    body: str
    name: str = ""
    language: str = ""
    link: str = ""
    where: str = ""
    unsubscribe: str = ""


@lru_cache(maxsize=1)
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    return environment


def letter_message(letter: Letter, *, sender: str, message_id: str, now: datetime) -> EmailMessage:
    """The letter as a message, ready to be sent.

    Args:
        letter: what is written.
        sender: such as `Preceptor <preceptor@example.org>`.
        message_id: what stands before the `@` of its Message-ID: the same whenever it is sent again.
        now: its date.

    Raises:
        BadAddressError: the letter's address, or the sender's, is none.
    """
    message = EmailMessage(policy=SMTP)
    name, address = parseaddr(sender)
    own = _address(address, name)
    message["From"] = own
    message["To"] = _address(letter.to)
    message["Subject"] = _line(letter.subject)[:MAX_SUBJECT]
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{message_id}@{own.domain}>"
    # RFC 3834, section 5: no out-of-office note is to answer it.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if letter.unsubscribe:  # RFC 2369; RFC 8058: with one click
        message["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    with speaking(letter.language or "en"):
        paragraphs = _paragraphs(letter.body)
        text = _templates().get_template("letter.txt").render(letter=letter, paragraphs=paragraphs)
        html = _templates().get_template("letter.html").render(letter=letter, paragraphs=paragraphs)
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    if letter.language:  # now: setting the content takes headers about the content away
        message["Content-Language"] = letter.language.replace("_", "-")
    return message


def _address(address: str, name: str = "") -> Address:
    try:
        found = Address(display_name=_line(name), addr_spec=address)
    except (ValueError, MessageError, IndexError) as error:
        raise BadAddressError(address) from error
    if not found.username or not found.domain or not address.isprintable():
        raise BadAddressError(address)
    return found


def _line(text: str) -> str:
    """One line without anything that could end a header."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _paragraphs(body: str) -> Sequence[Sequence[str]]:
    """Paragraphs as their lines; what cannot be printed is left out."""
    lines = ["".join(sign for sign in line if sign.isprintable()).strip() for line in body.splitlines()]
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        if line:
            paragraphs[-1].append(line)
        elif paragraphs[-1]:
            paragraphs.append([])
    return [lines for lines in paragraphs if lines]
