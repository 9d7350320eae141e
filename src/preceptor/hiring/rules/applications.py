"""What may be decided about applications: their states, who meets an offer, and how many there is room for."""

import unicodedata
from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from enum import StrEnum

import msgspec

from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import LanguageWord, LazyText, _
from preceptor.people.rules import CATEGORY_NAMES, ContentCategory, Place, Spoken, profile_problems

MAX_WHY = 2_000
MAX_NOTE = 2_000
MAX_SKILLS, MAX_SKILL = 20, 60
MOST_LANGUAGES = 20
ATTEMPTS_PER_ADDRESS = 20
"""Applications from one address within `ATTEMPT_WINDOW`."""
ATTEMPTS_PER_EMAIL = 3
"""Mails to one person within `ATTEMPT_WINDOW`."""
ATTEMPT_WINDOW = timedelta(hours=1)
OFFER_STANDS = timedelta(days=14)
"""So long somebody has to answer the offer that was made to them."""


class ApplicationState(StrEnum):
    """Where an application stands."""

    UNCONFIRMED = "unconfirmed"
    RECEIVED = "received"
    INVITED = "invited"
    WAITING = "waiting"
    PASSED = "passed"
    FAILED = "failed"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"


APPLICATION_STATE_NAMES: dict[ApplicationState, LazyText] = {
    ApplicationState.UNCONFIRMED: _("Address not confirmed"),
    ApplicationState.RECEIVED: _("Received"),
    ApplicationState.INVITED: _("Invited to the exam"),
    ApplicationState.WAITING: _("On the waiting list"),
    ApplicationState.PASSED: _("Exam passed"),
    ApplicationState.FAILED: _("Exam not passed"),
    ApplicationState.OFFERED: _("Offer made"),
    ApplicationState.ACCEPTED: _("Accepted"),
    ApplicationState.DECLINED: _("Declined"),
    ApplicationState.WITHDRAWN: _("Withdrawn"),
    ApplicationState.REFUSED: _("Not taken on"),
}

S = ApplicationState
APPLICATION_STATE_MEANINGS: dict[ApplicationState, LazyText] = {
    S.UNCONFIRMED: _("Open the link in the mail we sent."),
    S.RECEIVED: _("A person reads your application. You hear from them here and by mail."),
    S.INVITED: _("Sit the exam when it suits you. It is paid, whether you pass or not."),
    S.WAITING: _("There is no room just now. You move up by yourself, and we write when it is your turn."),
    S.PASSED: _("You have passed the exam. The offer follows."),
    S.FAILED: _("You have not passed the exam this time. Its result says what to learn and when you can try again."),
    S.OFFERED: _("Read the terms, then accept or decline."),
    S.ACCEPTED: _("You are engaged. What you agreed to stands among your engagements."),
    S.DECLINED: _("The offer was declined, or nobody answered in time. You can apply again while it is open."),
    S.WITHDRAWN: _("You have withdrawn this application. You can apply again while the offer is open."),
    S.REFUSED: _("You were not taken on. The reason stands below. You can apply again while the offer is open."),
}
"""What each state means to the applicant, and what to do."""
MOVES: dict[ApplicationState, frozenset[ApplicationState]] = {
    S.UNCONFIRMED: frozenset({S.RECEIVED}),
    S.RECEIVED: frozenset({S.INVITED, S.WAITING, S.OFFERED, S.REFUSED, S.WITHDRAWN}),
    S.WAITING: frozenset({S.INVITED, S.OFFERED, S.REFUSED, S.WITHDRAWN}),
    S.INVITED: frozenset({S.PASSED, S.FAILED, S.REFUSED, S.WITHDRAWN}),
    S.PASSED: frozenset({S.OFFERED, S.REFUSED, S.WITHDRAWN}),
    S.OFFERED: frozenset({S.ACCEPTED, S.DECLINED, S.WITHDRAWN}),
    S.FAILED: frozenset({S.PASSED}),
    S.ACCEPTED: frozenset(),
    S.DECLINED: frozenset(),
    S.WITHDRAWN: frozenset(),
    S.REFUSED: frozenset(),
}
"""From each state, those an application can come into. A failed exam can be passed when it is sat again."""
OVER = frozenset({S.FAILED, S.DECLINED, S.WITHDRAWN, S.REFUSED})
"""Whoever is in one of these may apply anew."""
SEATED = frozenset({S.INVITED, S.PASSED, S.OFFERED, S.ACCEPTED})
"""These take a place of the quota and of the work there is."""
MINE_TO_LEAVE = frozenset({S.RECEIVED, S.WAITING, S.INVITED, S.PASSED, S.OFFERED})
"""From these an applicant can withdraw."""


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What an applicant says of themselves."""

    place: Place
    spoken: tuple[Spoken, ...]
    skills: tuple[str, ...] = ()
    consents: frozenset[ContentCategory] = frozenset()
    why: str = ""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What an offer asks for."""

    place: Place
    spoken: tuple[Spoken, ...]
    categories: tuple[ContentCategory, ...]
    skills: tuple[str, ...] = ()


class Shortfall(msgspec.Struct, frozen=True):
    """Something an offer asks for that an applicant lacks."""

    path: str
    text: LazyText


def given_problems(given: Given) -> Iterator[FieldProblem]:
    """What is wrong with what an applicant says."""
    yield from profile_problems(given.place, given.spoken)
    if not given.place.country:
        yield FieldProblem("country", _("Say in which country you would work. It decides the rate and the law."))
    if not given.spoken:
        yield FieldProblem("spoken", _("Name at least one language."))
    if len(given.spoken) > MOST_LANGUAGES:
        yield FieldProblem("spoken", _("Name {count} languages at most.").format(count=MOST_LANGUAGES))
    if len({one.language for one in given.spoken}) < len(given.spoken):
        yield FieldProblem("spoken", _("Name each language once."))
    if len(given.skills) > MAX_SKILLS or any(len(one) > MAX_SKILL for one in given.skills):
        message = _("Name {count} skills at most, each in a few words.").format(count=MAX_SKILLS)
        yield FieldProblem("skills", message)
    if len(given.why) > MAX_WHY:
        yield FieldProblem("why", _("Use at most {count} characters.").format(count=MAX_WHY))


def shortfalls(given: Given, wanted: Wanted) -> Iterator[Shortfall]:
    """What an offer asks for that an applicant lacks, in words for both. Skills are for people to judge."""
    if not wanted.place.holds(given.place):
        yield Shortfall("place", _("This offer is for people in another place."))
    levels = {one.language: one.level for one in given.spoken}
    for one in wanted.spoken:
        held = max((level for tag, level in levels.items() if _is_met(one.language, tag)), default=0)
        if held < one.level:
            text = _("{language} at level {wanted} is asked for; you gave {held}.").format(
                language=LanguageWord(one.language), wanted=one.level, held=held
            )
            yield Shortfall("spoken", text)
    for category in wanted.categories:
        if category not in given.consents:
            text = _("The work can hold this, and you did not agree to see it: {category}.").format(
                category=CATEGORY_NAMES[category]
            )
            yield Shortfall("consents", text)


def _is_met(wanted: str, held: str) -> bool:
    return held == wanted or held.startswith(f"{wanted}-")


class Room(msgspec.Struct, frozen=True):
    """How many more can be admitted, and what holds the others back: the quota, or the work there is."""

    places: int
    by_forecast: bool = False


def room_left(
    *, quota: int, seated: int, forecast_minutes: int | None, hours_least: int, engaged_hours: int = 0
) -> Room:
    """How many more people an offer can admit.

    Args:
        quota: people the offer is for.
        seated: its applications that hold a place (`SEATED`).
        forecast_minutes: work expected a week in the offer's projects; None where nobody knows.
        hours_least: hours a week that the offer promises each; counted as one hour at least.
        engaged_hours: hours a week promised already to people of these projects, this offer's among them.
    """
    by_quota = max(quota - seated, 0)
    if forecast_minutes is None:
        return Room(by_quota)
    by_work = max(forecast_minutes // 60 - engaged_hours, 0) // max(hours_least, 1)
    return Room(min(by_quota, by_work), by_forecast=by_work < by_quota)


def plain_email(email: str) -> str:
    """An address without what most mailboxes ignore: what follows a plus, and dots of the name."""
    name, _at, domain = email.lower().rpartition("@")
    return f"{name.partition('+')[0].replace('.', '')}@{domain}"


def plain_name(name: str) -> str:
    """A name without case, accents and order: two of the same person look alike."""
    folded = unicodedata.normalize("NFKD", name.casefold())
    return " ".join(sorted("".join(c if c.isalnum() else " " for c in folded if not unicodedata.combining(c)).split()))


def alike(people: Sequence[tuple[str, str]], others: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Of `people` (address, name), those who look like one of `others` under another address."""
    emails = {plain_email(email) for email, _name in others}
    names = {plain_name(name) for _email, name in others}
    return {
        (email, name)
        for email, name in people
        if (email, name) not in others and (plain_email(email) in emails or plain_name(name) in names)
    }
