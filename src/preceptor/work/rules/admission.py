"""Admission: which lanes of a project a person may take, or what stands in the way and what would change it."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from preceptor.lib.i18n import LazyText, _
from preceptor.lib.money import Money
from preceptor.people.rules import CATEGORY_NAMES, ContentCategory, Profile, language_name
from preceptor.projects.rules import ProjectRules, ProjectTerms
from preceptor.work.rules.lanes import Asked, asked_of, lane_of
from preceptor.work.rules.openings import Reason, WhyNot

MINUTE_MS = 60_000
CONTENT_PAGE = "/account/content"
LANGUAGES_PAGE = "/account/languages"


class Certified(msgspec.Struct, frozen=True):
    """A certification that somebody holds just now. `level`: 1 to 5."""

    key: str
    level: int


class CertificationNeeded(msgspec.Struct, frozen=True):
    """What a project's certification is called, and where it can be got; empty where no exam is open."""

    title: str
    link: str = ""


class Standing(msgspec.Struct, frozen=True):
    """That somebody may not work here just now, by a decision about them.

    Attributes:
        text: what was decided, and why.
        link: where the case can be read and appealed against.
        until: when it ends; None where it does not by itself.
    """

    text: LazyText
    link: str
    until: datetime | None = None


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a person who looks for work in a project, at one moment.

    Attributes:
        profile: their languages and what they have said yes to.
        certified: certifications that hold, by key, with their level.
        standing: what keeps them out, by a decision of somebody; None where nothing does.
        exposed_ms: time with each kind of content since their midnight.
        day_ends: their next midnight.
        taken: tasks of the project they have taken; counted only where the project limits them.
    """

    profile: Profile = Profile()
    certified: Mapping[str, int] = {}
    standing: Standing | None = None
    exposed_ms: Mapping[ContentCategory, int] = {}
    day_ends: datetime | None = None
    taken: int = 0


class Admission:
    """Which lanes of one project one person may take, and what a task pays them.

    Args:
        rules: the project's.
        candidate: what is known of the person; None lets them take everything.
        rate: what an hour pays them.
        cap_ms: most time that is paid per item; None for no limit.
        task_minor: what handing in a task earns, in minor units; None where the hour is paid.
        daily_minutes: with content of one category; None: the project's rules say it.
        needed: what the project's certification is called.
    """

    def __init__(
        self,
        *,
        rules: ProjectRules,
        candidate: Candidate | None,
        rate: Money,
        cap_ms: int | None,
        task_minor: int | None = None,
        daily_minutes: int = 0,
        needed: CertificationNeeded | None = None,
    ) -> None:
        self.rate = rate
        self.cap_ms = cap_ms
        self.task_minor = task_minor
        self.daily_minutes = rules.daily_minutes or daily_minutes
        self._rules = rules
        self._candidate = candidate
        self._needed = needed
        self._known: dict[str, tuple[bool, tuple[str, ...]]] = {}

    @classmethod
    def to_everything(cls, terms: ProjectTerms) -> "Admission":
        """Of somebody who may take any lane, at the project's own rate."""
        return cls(rules=terms.rules, candidate=None, rate=terms.rate, cap_ms=terms.cap_ms, task_minor=terms.task_minor)

    def may(self, lane: str) -> bool:
        """True where they may take it."""
        return self._look(lane)[0]

    def announced(self, lane: str) -> tuple[str, ...]:
        """The content that a task of the lane may hold, by category."""
        return self._look(lane)[1]

    def _look(self, lane: str) -> tuple[bool, tuple[str, ...]]:
        known = self._known.get(lane)
        if known is None:
            asked = asked_of(lane_of(lane), self._rules)
            known = self._known[lane] = (self.why_not(lane) is None, tuple(one.value for one in asked.categories))
        return known

    def why_not(self, lane: str) -> Reason | None:
        """What keeps the person from taking a lane, the hardest to change first; None where nothing does."""
        if self._candidate is None:
            return None
        asked = asked_of(lane_of(lane), self._rules)
        return (
            _of_person(self._candidate, self._rules)
            or _of_certification(asked, self._candidate, self._needed)
            or _of_language(asked, self._candidate)
            or _of_content(asked, self._candidate)
            or _of_exposure(asked, self._candidate, self.daily_minutes)
        )


def _of_person(candidate: Candidate, rules: ProjectRules) -> Reason | None:
    standing = candidate.standing
    if standing is not None:
        hint = _("The case says why and until when, and you can appeal there. Pay you have earned stays yours.")
        return Reason(WhyNot.RESTRICTED, standing.text, hint, link=standing.link, until=standing.until)
    if rules.most_per_person is not None and candidate.taken >= rules.most_per_person:
        text = _("You have taken all {count} tasks that one person may take here.").format(count=rules.most_per_person)
        hint = _("The other answers must come from other people. A manager can raise the number.")
        return Reason(WhyNot.CAP_REACHED, text, hint)
    return None


def _of_certification(asked: Asked, candidate: Candidate, needed: CertificationNeeded | None) -> Reason | None:
    if not asked.certification:
        return None
    held = candidate.certified.get(asked.certification, 0)
    if held >= asked.level:
        return None
    title = needed.title if needed else asked.certification
    link = needed.link if needed else ""
    if held:
        text = _("Your certification “{title}” is of level {held}; this takes level {level}.")
        text = text.format(title=title, held=held, level=asked.level)
    else:
        text = _("This takes the certification “{title}”, at level {level} or above.")
        text = text.format(title=title, level=asked.level)
    hint = (
        _("You get it by a paid exam.") if link else _("No exam for it is open just now. A manager can tell you more.")
    )
    return Reason(WhyNot.NOT_CERTIFIED, text, hint, link=link)


def _of_language(asked: Asked, candidate: Candidate) -> Reason | None:
    if not asked.language:
        return None
    name = language_name(asked.language)
    level = candidate.profile.level_of(asked.language)
    if level == 0:
        text = _("Answers are written in {language}, which is not among your languages.").format(language=name)
        hint = _("If you write it well, add it to your languages.")
        return Reason(WhyNot.LANGUAGE, text, hint, link=LANGUAGES_PAGE)
    # Where a certification is needed, its level is what was measured; that of the language is what they say themselves.
    if not asked.certification and level < asked.level:
        text = _("This takes {language} at level {level}; you have put level {held}.")
        text = text.format(language=name, level=asked.level, held=level)
        return Reason(WhyNot.LEVEL, text, _("If you write it better by now, say so."), link=LANGUAGES_PAGE)
    return None


def _of_content(asked: Asked, candidate: Candidate) -> Reason | None:
    missing = [one for one in asked.categories if one not in candidate.profile.consents]
    if not missing:
        return None
    text = _("This may show: {content}. You get it only if you have said yes to that.")
    hint = _("You can say yes, and take it back at any time. Saying no never counts against you.")
    return Reason(WhyNot.CONTENT, text.format(content=content_names(missing)), hint, link=CONTENT_PAGE)


def _of_exposure(asked: Asked, candidate: Candidate, minutes: int) -> Reason | None:
    full = [one for one in asked.categories if candidate.exposed_ms.get(one, 0) >= minutes * MINUTE_MS]
    if not full:
        return None
    text = _("You have reached {minutes} minutes of this content today, the most for one day: {content}.")
    hint = _("It is handed out again after midnight where you are. Other work is open to you as before.")
    named = text.format(minutes=minutes, content=content_names(full))
    return Reason(WhyNot.DAILY_LIMIT, named, hint, until=candidate.day_ends)


def content_names(categories: "list[ContentCategory] | tuple[ContentCategory, ...]") -> str:
    """Categories as people read them, in the language of whoever reads."""
    return ", ".join(str(CATEGORY_NAMES[one]) for one in categories)
