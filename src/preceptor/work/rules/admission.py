"""Admission: which lanes of a project a person may take, or what stands in the way and what would change it."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from preceptor.hiring.rules import GOOD_STANDING, Standing
from preceptor.lib.i18n import _, ngettext_lazy
from preceptor.lib.money import Money
from preceptor.people.rules import DAILY_MINUTES, ContentCategory, Profile, language_name
from preceptor.projects.rules import ProjectRules, ProjectTerms
from preceptor.work.rules.lanes import Asked, asked_of, lane_of
from preceptor.work.rules.openings import Reason, WhyNot
from preceptor.work.rules.pay_terms import PayTerms
from preceptor.work.rules.readiness import CONTENT_PAGE, Readiness

RESTRICTED = _("A decision keeps you from new tasks here.")


class CertificationNeeded(msgspec.Struct, frozen=True):
    """The certification that a project asks for, and how a person stands to it.

    Attributes:
        title: what it is called.
        level: the least level the project asks for; an item may ask for more.
        held: the level the person holds; 0 for none.
        link: where it can be got; empty where no exam is open.
    """

    title: str
    level: int
    held: int = 0
    link: str = ""


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a person who looks for work in a project, at one moment.

    Attributes:
        profile: their languages, as they say themselves, and what they have said yes to.
        certified: the level in languages that they are certified in, by tag; it counts instead of what they say.
        needed: the certification that the project asks for; None where it asks for none.
        standing: whether a decision about them keeps them out.
        exposed_ms: time with each kind of content since their midnight.
        day_ends: their next midnight.
        taken: tasks of the project they have taken; counted only where the project limits them.
    """

    profile: Profile = Profile()
    certified: Mapping[str, int] = {}
    needed: CertificationNeeded | None = None
    standing: Standing = GOOD_STANDING
    exposed_ms: Mapping[ContentCategory, int] = {}
    day_ends: datetime | None = None
    taken: int = 0

    @property
    def readiness(self) -> Readiness:
        """Which content they may be shown."""
        return Readiness(consents=self.profile.consents, exposed_ms=self.exposed_ms, day_ends=self.day_ends)

    def level_of(self, language: str) -> int:
        """Their level in a language: what they are certified for, else what they say themselves; 0 for none."""
        met = (level for tag, level in self.certified.items() if tag == language or tag.startswith(f"{language}-"))
        return max(met, default=0) or self.profile.level_of(language)


def plain_pay(terms: ProjectTerms, *, at: datetime) -> PayTerms:
    """What a task pays that is begun at a moment, where nothing but the project says so."""
    task_minor, later = terms.task_price(at=at)
    return PayTerms(rate=terms.rate, cap_ms=terms.cap_ms, task_minor=task_minor, valid_until=later)


class Admission:
    """Which lanes of one project one person may take, and what a task pays them.

    Args:
        rules: the project's.
        candidate: what is known of the person; None where nothing needed to be looked up.
        lanes: without a candidate, the lanes they may take; None for all.
        pay: what a task pays them.
        daily_minutes: with content of one category, where the project does not say.
    """

    def __init__(
        self,
        *,
        rules: ProjectRules,
        candidate: Candidate | None,
        pay: PayTerms,
        daily_minutes: int = DAILY_MINUTES,
        lanes: frozenset[str] | None = None,
    ) -> None:
        self.rules = rules
        self.pay = pay
        self.daily_minutes = rules.daily_minutes or daily_minutes
        self._candidate = candidate
        self._lanes = lanes
        self._known: dict[str, tuple[bool, tuple[str, ...]]] = {}

    @classmethod
    def to_everything(cls, terms: ProjectTerms, *, at: datetime) -> "Admission":
        """Of somebody who may take any lane at a moment, at the project's own rate."""
        return cls(rules=terms.rules, candidate=None, pay=plain_pay(terms, at=at))

    @property
    def rate(self) -> Money:
        """What an hour pays them."""
        return self.pay.rate

    @property
    def cap_ms(self) -> int | None:
        """Most time that is paid per item, in milliseconds; None for no limit."""
        return self.pay.cap_ms

    @property
    def task_minor(self) -> int | None:
        """What handing in a task earns, in minor units; None where the hour is paid."""
        return self.pay.task_minor

    def may(self, lane: str) -> bool:
        """True where they may take it."""
        return self._look(lane)[0]

    def announced(self, lane: str) -> tuple[str, ...]:
        """The content that a task of the lane may hold, by category."""
        return self._look(lane)[1]

    def _look(self, lane: str) -> tuple[bool, tuple[str, ...]]:
        known = self._known.get(lane)
        if known is None:
            asked = asked_of(lane_of(lane), self.rules)
            if self._candidate is not None:
                may = self.why_not(lane) is None
            else:
                may = self._lanes is None or lane in self._lanes
            known = self._known[lane] = (may, tuple(one.value for one in asked.categories))
        return known

    @property
    def is_looked_up(self) -> bool:
        """True where everything about the person was looked up; False where one quick look was enough so far."""
        return self._candidate is not None

    @property
    def kept_out(self) -> Reason | None:
        """The decision that keeps the person from new tasks; None where there is none."""
        return None if self._candidate is None else _of_standing(self._candidate)

    @property
    def watches(self) -> bool:
        """True where what the person does may change what they may take: content by the day, tasks by their number."""
        return self.rules.most_per_person is not None or any(announced for _may, announced in self._known.values())

    def exposed_ms(self, category: ContentCategory) -> int:
        """Time with content of a category since the person's midnight, as far as it was looked up."""
        return 0 if self._candidate is None else self._candidate.exposed_ms.get(category, 0)

    def why_not(self, lane: str) -> Reason | None:
        """What keeps the person from taking a lane, the hardest to change first; None where nothing does."""
        if self._candidate is None:
            return None
        asked = asked_of(lane_of(lane), self.rules)
        return (
            _of_standing(self._candidate)
            or _of_number(self._candidate, self.rules)
            or _of_certification(asked, self._candidate.needed)
            or _of_language(asked, self._candidate)
            or self.why_not_content(lane)
        )

    def why_not_content(self, lane: str) -> Reason | None:
        """What keeps the content of a lane from the person; None where nothing does."""
        if self._candidate is None:
            return None
        categories = asked_of(lane_of(lane), self.rules).categories
        return self._candidate.readiness.why_not(categories, minutes=self.daily_minutes)


def _of_standing(candidate: Candidate) -> Reason | None:
    standing = candidate.standing
    if standing.may_work:
        return None
    hint = _("What you have begun can be handed in, and everything you earned is paid.")
    link = f"/account/cases/{standing.case_id}" if standing.case_id else ""
    return Reason(WhyNot.RESTRICTED, standing.why or RESTRICTED, hint, link=link, until=standing.until)


def _of_number(candidate: Candidate, rules: ProjectRules) -> Reason | None:
    if rules.most_per_person is not None and candidate.taken >= rules.most_per_person:
        text = ngettext_lazy(
            "You have taken the one task that a person may take here.",
            "You have taken all {count} tasks that one person may take here.",
            rules.most_per_person,
        )
        hint = _("The other answers must come from other people. A manager can raise the number.")
        return Reason(WhyNot.CAP_REACHED, text, hint)
    return None


def _of_certification(asked: Asked, needed: CertificationNeeded | None) -> Reason | None:
    if needed is None or needed.held >= (level := max(asked.level, needed.level)):
        return None
    if needed.held:
        text = _("Your certification “{title}” is of level {held}; this takes level {level}.")
    else:
        text = _("This takes the certification “{title}”, at level {level} or above.")
    by_exam, by_nothing = (
        _("You get it by a paid exam."),
        _("No exam for it is open now. A manager can tell more."),
    )
    named = text.format(title=needed.title, held=needed.held, level=level)
    return Reason(WhyNot.NOT_CERTIFIED, named, by_exam if needed.link else by_nothing, link=needed.link)


def _of_language(asked: Asked, candidate: Candidate) -> Reason | None:
    if not asked.language:
        return None
    name = language_name(asked.language)
    level = candidate.level_of(asked.language)
    if level == 0:
        text = _("Answers are written in {language}, which is not among your languages.").format(language=name)
        hint = _("If you write it well, add it to your languages.")
        return Reason(WhyNot.LANGUAGE, text, hint, link=CONTENT_PAGE)
    # Where a certification is needed, its level is what was measured; that of the language is what they say themselves.
    if candidate.needed is None and level < asked.level:
        text = _("This takes {language} at level {level}; yours is level {held}.")
        text = text.format(language=name, level=asked.level, held=level)
        return Reason(WhyNot.LEVEL, text, _("If you write it better by now, say so."), link=CONTENT_PAGE)
    return None
