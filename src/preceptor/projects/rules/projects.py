"""What a project may be like: its rules, its states and what each move needs, names, texts, who sees it."""

import re
import unicodedata
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from preceptor.kinds.task import TaskKind
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.money import Money, UnknownCurrencyError, minor_digits
from preceptor.pay.rules import MOST_PRICE_MINOR, PriceVersion, price_in_force
from preceptor.people.rules import LEAST_LEVEL, MOST_LEVEL, Actor, ContentCategory, Permission, is_language

MAX_TITLE = 160
MAX_BRIEF = 2_000
MAX_CHANGE_NOTE = 2_000
MAX_GUIDELINES = 200_000
MAX_SLUG = 60
MAX_RATE_MAJOR = 100_000
"""Units of the currency per hour; catches a slip of the keys, not generosity."""

_UNKEEPABLE = re.compile("[\0\ud800-\udfff]")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)

MAX_VERSION = 2**31 - 1
"""No form and no guidelines get further; larger numbers in an address are not looked for."""

RESERVED_SLUGS = frozenset({"new"})
"""Words that stand at a project's place in an address."""


class ProjectState(StrEnum):
    """Where a project is in its life."""

    DRAFT = "draft"
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


STATE_NAMES: dict[ProjectState, LazyText] = {
    ProjectState.DRAFT: _("Draft"),
    ProjectState.OPEN: _("Open"),
    ProjectState.PAUSED: _("Paused"),
    ProjectState.CLOSED: _("Closed"),
}


class Purpose(StrEnum):
    """What a project is for. It is chosen when the project is made, and stays."""

    WORK = "work"
    EXAM = "exam"
    """Each sitting gives one person all of its items; see `hiring` for what it certifies."""
    TRAINING = "training"


NO_GUIDELINES = _("Write guidelines: they tell people what good work is here.")

MOVES: dict[ProjectState, frozenset[ProjectState]] = {
    ProjectState.DRAFT: frozenset({ProjectState.OPEN, ProjectState.CLOSED}),
    ProjectState.OPEN: frozenset({ProjectState.PAUSED, ProjectState.CLOSED}),
    ProjectState.PAUSED: frozenset({ProjectState.OPEN, ProjectState.CLOSED}),
    ProjectState.CLOSED: frozenset({ProjectState.PAUSED}),
}
"""Which state may follow which. Nothing becomes a draft again; a closed project is reopened by way of a pause."""


class ProjectRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How work on a project is handed out, paid and checked."""

    answers_per_item: int = 1
    """Answers collected for each new item, by as many people."""
    review_share: float = 1.0
    """Share of the submissions that a reviewer looks at, 0 to 1."""
    estimated_minutes: int = 10
    """Time one item is thought to take; shown before *Start*."""
    cap_minutes: int | None = None
    """Most time that is paid per item; None for no limit. It never ends anybody's work."""
    hold_minutes: int = 60
    """How long work that was begun is kept for a person who went away or paused."""
    idle_after_seconds: int = 180
    """Time without a sign of life after which the clock counts as idle."""
    max_rework_rounds: int = 3
    """How often a submission can be returned."""
    accept_after_days: int = 21
    """Work that waited so long for its review is accepted."""
    correction_hours: int = 24
    """How long a submission that no reviewer will look at can be corrected before it is accepted."""
    lease_minutes: int = 5
    """How long an item that was handed out and left untouched is kept."""
    unpaid: bool = False
    """Nothing is paid, and trainers are told so before they start."""
    language: str = ""
    """BCP 47 tag of the language that answers are written in, where an item names none; empty: it does not matter."""
    level: int = 1
    """Least level of a person, where an item names none: of their certification where one is needed, else in the
    language. 1 to 5."""
    categories: tuple[ContentCategory, ...] = ()
    """Content that any item may hold; items can add to these. Only people who have said yes to all of it get work."""
    certification: str = ""
    """Address part of the certification that somebody must hold; empty: none."""
    daily_minutes: int | None = None
    """Most minutes a day with content of one category; None: as the installation has it."""
    most_per_person: int | None = None
    """Most tasks that one person may take here; None for no limit."""
    task_price_minor: int | None = None
    """Pay so much for each item handed in, in minor units; None: pay the hour. The hourly rate stays the promise. It
    holds until the first price with a date of its own begins."""


BOUNDS: dict[str, tuple[int, int]] = {
    "answers_per_item": (1, 20),
    "review_share": (0, 1),
    "estimated_minutes": (1, 1_440),
    "cap_minutes": (1, 10_080),
    "hold_minutes": (1, 10_080),
    "idle_after_seconds": (30, 3_600),
    "max_rework_rounds": (0, 20),
    "accept_after_days": (1, 365),
    "correction_hours": (0, 720),
    "lease_minutes": (1, 120),
    "level": (LEAST_LEVEL, MOST_LEVEL),
    "daily_minutes": (5, 480),
    "most_per_person": (1, 1_000_000),
    "task_price_minor": (1, MOST_PRICE_MINOR),
}
"""Least and most of each number among the rules."""


def rules_problems(rules: ProjectRules) -> list[FieldProblem]:
    """What is wrong with rules of the right types; paths start at `rules`."""
    problems = [
        FieldProblem(f"rules.{name}", _("Give a number from {least} to {most}.").format(least=least, most=most))
        for name, (least, most) in BOUNDS.items()
        if (value := getattr(rules, name)) is not None and not least <= value <= most
    ]
    if not problems and rules.cap_minutes is not None and rules.cap_minutes < rules.estimated_minutes:
        message = _("The paid time may not end before the estimated time of {count} min.")
        problems.append(FieldProblem("rules.cap_minutes", message.format(count=rules.estimated_minutes)))
    if not problems and rules.hold_minutes < rules.lease_minutes:
        message = _("Work that was begun is kept at least as long as untouched work: {count} min.")
        problems.append(FieldProblem("rules.hold_minutes", message.format(count=rules.lease_minutes)))
    if rules.unpaid and rules.task_price_minor is not None:
        problems.append(FieldProblem("rules.task_price_minor", _("Unpaid work has no price per task.")))
    return [*problems, *_admission_problems(rules)]


def price_problems(rules: ProjectRules, *, purpose: Purpose) -> list[FieldProblem]:
    """Why a project of this purpose has no price for each task; empty where it may. Learning is paid by the hour."""
    if rules.task_price_minor is None or purpose is Purpose.WORK:
        return []
    return [FieldProblem("rules.task_price_minor", _("Exams and training are paid by the hour."))]


def _admission_problems(rules: ProjectRules) -> Iterator[FieldProblem]:
    if rules.language and not is_language(rules.language):
        yield FieldProblem("rules.language", _("Choose a language from the list."))
    if rules.certification and not _SLUG.fullmatch(rules.certification):
        yield FieldProblem("rules.certification", _("Choose a certification from the list."))
    if len(set(rules.categories)) < len(rules.categories):
        yield FieldProblem("rules.categories", _("Name each kind of content once."))


class ProjectTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What handing out work needs to know of a project. It names nobody, so that a process may keep it for a moment."""

    id: UUID
    slug: str
    title: str
    brief: str
    client_id: UUID
    kind: str
    purpose: Purpose = Purpose.WORK
    state: ProjectState
    rate: Money
    """Per hour."""
    rules: ProjectRules
    form_version: int
    guidelines_version: int
    team_ids: frozenset[UUID]
    prices: tuple[PriceVersion, ...] = ()
    """For each task, by the date from which they hold; before the first of them the price of the rules does."""

    @property
    def cap_ms(self) -> int | None:
        """Most time that is paid per item, in milliseconds."""
        return None if self.rules.cap_minutes is None else self.rules.cap_minutes * 60_000

    @property
    def activity(self) -> str:
        """What time on its items is written down as: `work`, or `exam` or `training` where that is its purpose."""
        return self.purpose.value

    def task_price(self, *, at: datetime) -> tuple[int | None, datetime | None]:
        """What handing in an item earns that is begun at a moment, and when another price begins.

        In minor units of the rate's currency; None where the hour is paid, and where no other price is known.
        """
        return price_in_force(self.prices, own=self.rules.task_price_minor, at=at)

    @property
    def lease(self) -> timedelta:
        """How long an untouched assignment is kept."""
        return timedelta(minutes=self.rules.lease_minutes)

    @property
    def hold(self) -> timedelta:
        """How long an assignment is kept once something was done in it."""
        return timedelta(minutes=self.rules.hold_minutes)

    @property
    def idle_after_ms(self) -> int:
        """Milliseconds without a sign of life after which time is idle."""
        return self.rules.idle_after_seconds * 1_000

    def is_worked_on_by(self, actor: Actor) -> bool:
        """True when the actor does work and one of their teams is one of the project's."""
        return actor.may(Permission.WORK_DO) and not self.team_ids.isdisjoint(actor.team_ids)


def rate_problems(rate: Money, *, unpaid: bool) -> list[FieldProblem]:
    """What is wrong with an hourly rate. Zero will do in a draft: `opening_problems` asks for more."""
    try:
        most = MAX_RATE_MAJOR * 10 ** minor_digits(rate.currency)
    except UnknownCurrencyError:
        return [FieldProblem("currency", UnknownCurrencyError.title)]
    if not 0 <= rate.amount <= most:
        message = _("Give an hourly rate from 0 to {most}.").format(most=MAX_RATE_MAJOR)
        return [FieldProblem("rate", message)]
    if unpaid and rate.amount:
        return [FieldProblem("rate", _("Unpaid work has no rate: set it to 0, or pay for this work."))]
    return []


def opening_problems(
    *,
    rate: Money,
    rules: ProjectRules,
    teams: int,
    guidelines: str | None = None,
    missing_models: Collection[str] = (),
) -> list[FieldProblem]:
    """What a project still needs before work may be taken from it.

    Args:
        guidelines: the Markdown in force; None where it is not asked about.
        rate: per hour.
        rules: the project's.
        teams: how many work on it.
        missing_models: names of language models that the form asks and that cannot be asked.
    """
    problems = []
    if guidelines is not None and not guidelines.strip():
        problems.append(FieldProblem("guidelines", NO_GUIDELINES))
    if not rate.amount and not rules.unpaid:
        message = _("Set an hourly rate above 0, or say that this work is unpaid.")
        problems.append(FieldProblem("rate", message))
    if not teams:
        problems.append(FieldProblem("team_ids", _("Choose at least one team to do the work.")))
    problems += [FieldProblem("models", missing_model_message(name)) for name in missing_models]
    return problems


def missing_model_message(name: str) -> LazyText:
    """Why a language model cannot be asked; an empty name stands for the installation's default one."""
    if not name:
        return _("This task asks a language model, and none is ready. An operator can add one.")
    return _("The language model “{name}” is not ready. Choose another one, or ask an operator.").format(name=name)


def asked_models(kind: TaskKind[Any, Any, Any], settings: msgspec.Struct) -> list[str]:
    """Names of the language models that a form asks, each once; empty for the installation's default one."""
    item = kind.open_item() or kind.sample().item
    return list(dict.fromkeys(position.model or "" for position in kind.positions(settings, item)))


def slug_from(title: str) -> str:
    """An address part from a title: small ASCII letters, digits and single hyphens; `project` where none are left."""
    plain = unicodedata.normalize("NFKD", title.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MAX_SLUG].rstrip("-")
    return slug or "project"


def free_slug(base: str, taken: Collection[str]) -> str:
    """`base`, or the first of `base-2`, `base-3` … that is neither taken nor reserved."""
    slug, number = base, 1
    while slug in taken or slug in RESERVED_SLUGS:
        number += 1
        slug = f"{base}-{number}"
    return slug


def clean_line(text: str) -> str:
    """A title or a name without surrounding or doubled spaces."""
    return " ".join(text.split())


def clean_text(text: str) -> str:
    """A longer text without spaces at its ends and with one kind of line ending, so that two versions compare."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def line_problems(path: str, text: str) -> Iterator[FieldProblem]:
    """What is wrong with a cleaned title: empty, too long, or with characters that cannot be shown."""
    if not text or len(text) > MAX_TITLE or not text.isprintable():
        yield FieldProblem(path, _("Give 1 to {count} characters.").format(count=MAX_TITLE))


def text_problems(path: str, text: str, *, most: int) -> Iterator[FieldProblem]:
    """What is wrong with a cleaned text: too long, or with characters that cannot be kept."""
    if len(text) > most:
        yield FieldProblem(path, _("Use at most {count} characters.").format(count=most))
    if _UNKEEPABLE.search(text):
        yield FieldProblem(path, _("This holds a character that cannot be kept. Please remove it."))


class WebhookEvent(StrEnum):
    """What other programs can be told of; the words are the `type` of what is sent."""

    SUBMISSION_CREATED = "submission.created"
    REVIEW_DECIDED = "review.decided"
    RELEASE_FINISHED = "release.finished"
    STATE_CHANGED = "project.state_changed"


WEBHOOK_EVENT_NAMES: dict[WebhookEvent, LazyText] = {
    WebhookEvent.SUBMISSION_CREATED: _("An answer was submitted"),
    WebhookEvent.REVIEW_DECIDED: _("A review was decided"),
    WebhookEvent.RELEASE_FINISHED: _("A release is ready, or failed"),
    WebhookEvent.STATE_CHANGED: _("The project was opened, paused or closed"),
}
WEBHOOK_TEST = "webhook.test"
"""The `type` of what a person sends to see whether it arrives."""


class WebhookState(StrEnum):
    """Whether a webhook is sent to. Nothing is lost by a pause: what happens meanwhile waits."""

    ACTIVE = "active"
    PAUSED = "paused"
    FAILING = "failing"
    """Something could not be delivered and was given up. What happens next is tried all the same."""
    GONE = "gone"
    """The receiver said that it wants nothing any more (410 Gone)."""


SENDING_STATES = frozenset({WebhookState.ACTIVE, WebhookState.FAILING})


class DeliveryState(StrEnum):
    """What became of one message to one webhook."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


MINUTE, HOUR = 60, 3_600
PAUSES = (0, 5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR)
"""Seconds before each try, after the one before; then it is given up. Source: the Standard Webhooks convention."""
SPREAD = 0.1
"""Share of a pause by which it is made longer at random, so that what failed together does not come back together."""
OLD_SECRET_SIGNS = timedelta(hours=24)
"""So long messages are signed under the secret before as well, so that receivers can change in their own time."""
DELIVERIES_KEPT = timedelta(days=30)
MOST_WEBHOOKS = 20
"""Per project."""

HTTP_GONE = 410


def next_try(*, attempts: int, now: datetime, chance: float, test: bool = False) -> datetime | None:
    """When to try again after `attempts` tries have failed; None where it is given up. A test is tried once.

    Args:
        attempts: at least 1.
        now: when the last one failed.
        chance: from 0 to 1, drawn at random.
        test: a person waits for the outcome.
    """
    if test or attempts >= len(PAUSES):
        return None
    return now + timedelta(seconds=PAUSES[attempts] * (1 + SPREAD * chance))


def is_delivered(status: int | None) -> bool:
    """True for the statuses by which a receiver says that it has the message: 200 to 299."""
    return status is not None and 200 <= status < 300  # noqa: PLR2004 (HTTP's own)


def in_order(payload: dict[str, Any]) -> dict[str, Any]:
    """A message as people read it: its type first. The database keeps no order."""
    return {name: payload[name] for name in ("type", "timestamp", "data") if name in payload}
