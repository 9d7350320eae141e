"""What people are told about: the topics of notices, and when a mail is tried again."""

from datetime import datetime, timedelta

import msgspec

from preceptor.lib.i18n import LazyText, _

TRY_AGAIN = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 480, 720, 1_440))
"""How long after each try that failed the next one comes; after the last one a mail is given up, two days on."""


class MailTopic(msgspec.Struct, frozen=True):
    """Notices that belong together, so that their mails can be turned off together.

    Attributes:
        key: how it is kept.
        label: how it is called.
        nouns: what stands before the point in the kinds of its notices.
        optional: its mails can be turned off. What touches somebody's account, rights or standing always comes.
    """

    key: str
    label: LazyText
    nouns: frozenset[str]
    optional: bool = True


MAIL_TOPICS: tuple[MailTopic, ...] = (
    MailTopic("account", _("Your account and signing in"), frozenset({"account", "data", "sign_in"}), optional=False),
    MailTopic(
        "standing",
        _("Warnings, suspensions, appeals and what came of them"),
        frozenset({"case", "appeal", "warning", "restriction", "suspension", "removal"}),
        optional=False,
    ),
    MailTopic(
        "hiring",
        _("Offers, applications, exams and certificates"),
        frozenset({"offer", "application", "exam", "certification", "engagement", "waiting"}),
    ),
    MailTopic("pay", _("Rates, statements and payouts"), frozenset({"pay", "rate", "statement", "payout", "claim"})),
    MailTopic("work", _("When work opens for you"), frozenset({"work", "queue", "lane"})),
    MailTopic(
        "reviews",
        _("Reviews and disputes of your work"),
        frozenset({"review", "dispute", "submission", "rework", "rejection"}),
    ),
    MailTopic(
        "projects",
        _("Teams, announcements, questions and answers"),
        frozenset({"project", "team", "announcement", "question", "answer", "transfer", "guidelines", "rating"}),
    ),
    MailTopic("orders", _("Orders and invoices"), frozenset({"order", "invoice", "client", "release"})),
    MailTopic("other", _("Everything else"), frozenset()),
)
"""Every topic; what no other one names belongs to the last."""

TOPICS = {topic.key: topic for topic in MAIL_TOPICS}


def topic_of(kind: str) -> MailTopic:
    """The topic of a notice of this kind, such as `payout.sent`."""
    noun = kind.partition(".")[0]
    return next((topic for topic in MAIL_TOPICS if noun in topic.nouns), MAIL_TOPICS[-1])


def next_mail_try(tries: int, now: datetime) -> datetime | None:
    """When a mail that failed for the `tries`th time is tried again; None: it is given up."""
    return now + TRY_AGAIN[tries - 1] if 0 < tries <= len(TRY_AGAIN) else None
