"""Mail: letters from templates, and the ways out."""

from preceptor.lib.mail.letters import BadAddressError, Letter, letter_message
from preceptor.lib.mail.outboxes import FolderOutbox, MailRefusedError, Outbox, SmtpOutbox
from preceptor.lib.mail.servers import BadMailUrlError, MailServer, parse_mail_url

__all__ = [
    "BadAddressError",
    "BadMailUrlError",
    "FolderOutbox",
    "Letter",
    "MailRefusedError",
    "MailServer",
    "Outbox",
    "SmtpOutbox",
    "letter_message",
    "parse_mail_url",
]
