"""Lanes: every one has its key and comes back from it; who may take which, and the reason where somebody may not."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.hiring.rules import Standing
from preceptor.lib.money import Money
from preceptor.people.rules import ContentCategory, Profile, Spoken
from preceptor.projects.rules import ProjectRules, rules_problems
from preceptor.work.rules.admission import Admission, Candidate, CertificationNeeded
from preceptor.work.rules.lanes import Lane, asked_of, lane_from, lane_of, lane_order, lane_problems
from preceptor.work.rules.openings import WhyNot
from preceptor.work.rules.pay_terms import PayTerms

PAY = PayTerms(rate=Money(100, "EUR"))
LANGUAGES = st.sampled_from(["", "ca", "es", "pt", "pt-BR"])
CATEGORIES = st.frozensets(st.sampled_from(list(ContentCategory)), max_size=3)
LANES = st.builds(Lane, LANGUAGES, st.integers(0, 5), CATEGORIES)
PROFILES = st.builds(
    Profile,
    spoken=st.lists(st.builds(Spoken, st.sampled_from(["ca", "es", "pt-BR"]), st.integers(1, 5)), max_size=3).map(
        tuple
    ),
    consents=st.frozensets(st.sampled_from(list(ContentCategory))),
)
RULES = st.builds(
    ProjectRules,
    language=LANGUAGES,
    level=st.integers(1, 5),
    categories=CATEGORIES.map(tuple),
)
CANDIDATES = st.builds(
    Candidate,
    profile=PROFILES,
    certified=st.dictionaries(st.sampled_from(["ca", "es"]), st.integers(1, 5)),
    needed=st.none() | st.builds(CertificationNeeded, st.just("Writer"), st.integers(1, 5), st.integers(0, 5)),
    exposed_ms=st.dictionaries(st.sampled_from(list(ContentCategory)), st.integers(0, 300 * 60_000), max_size=2),
)


def admitted(candidate: Candidate, **rules: object) -> Admission:
    return Admission(rules=ProjectRules(**rules), candidate=candidate, pay=PAY)


def code_of(candidate: Candidate, lane: str = "", **rules: object) -> WhyNot | None:
    reason = admitted(candidate, **rules).why_not(lane)
    return None if reason is None else reason.code


@given(LANES)
def test_every_lane_comes_back_from_its_key(lane):
    assert lane_of(lane.key) == lane
    assert (lane.key == "") == (lane == Lane())


@given(LANES, RULES)
def test_what_a_lane_asks_is_at_least_what_is_announced(lane, rules):
    asked = asked_of(lane, rules)
    assert set(asked.categories) == lane.categories | set(rules.categories)
    assert asked.level >= 1
    assert asked.language == (lane.language or rules.language)


@given(LANES, RULES, CANDIDATES)
def test_nobody_is_admitted_to_what_they_may_not_see_or_cannot_write(lane, rules, candidate):
    admission = Admission(rules=rules, candidate=candidate, pay=PAY)
    asked = asked_of(lane, rules)
    fits = (
        candidate.profile.consents.issuperset(asked.categories)
        and all(candidate.exposed_ms.get(one, 0) < 120 * 60_000 for one in asked.categories)
        and (not asked.language or candidate.level_of(asked.language) > 0)
        and (
            candidate.needed.held >= max(asked.level, candidate.needed.level)
            if candidate.needed
            else not asked.language or candidate.level_of(asked.language) >= asked.level
        )
    )
    assert admission.may(lane.key) == fits == (admission.why_not(lane.key) is None)


@given(st.lists(LANES, min_size=2, max_size=6, unique=True))
def test_demanding_lanes_come_before_easy_ones(lanes):
    ordered = [lane_of(key) for key in sorted((lane.key for lane in lanes), key=lane_order)]
    assert [lane.level for lane in ordered] == sorted((lane.level for lane in lanes), reverse=True)


def test_what_somebody_gives_is_kept_in_one_form():
    assert lane_from(language="PT-br", level=3, categories=["violence", "hate"]).key == "pt-BR/3/hate+violence"
    assert not list(lane_problems("", language="ca", level=3, categories=["hate"]))
    paths = [one.path for one in lane_problems("items.0", language="ca/evil", level=9, categories=["nice"])]
    assert paths == ["items.0.language", "items.0.level", "items.0.categories"]


def test_the_reason_is_the_hardest_to_change():
    catalan = Profile(spoken=(Spoken("ca", 4),))
    standing = Standing(may_work=False, case_id=UUID(int=1))
    none, second, third = (CertificationNeeded("Writer", 1, held) for held in (0, 2, 3))
    assert code_of(Candidate(standing=standing), language="ca") is WhyNot.RESTRICTED
    assert code_of(Candidate(needed=none), language="ca") is WhyNot.NOT_CERTIFIED
    assert code_of(Candidate(needed=second), "/3/") is WhyNot.NOT_CERTIFIED
    assert code_of(Candidate(needed=third), "/3/") is None
    assert code_of(Candidate(needed=third), "ca/3/") is WhyNot.LANGUAGE
    assert code_of(Candidate(needed=third, certified={"ca": 1}), "ca/3/") is None
    assert code_of(Candidate(), language="ca") is WhyNot.LANGUAGE
    assert code_of(Candidate(profile=catalan), language="ca", level=5) is WhyNot.LEVEL
    assert code_of(Candidate(profile=catalan), language="ca", level=4, categories=("hate",)) is WhyNot.CONTENT
    assert code_of(Candidate(profile=catalan), "es//", language="ca") is WhyNot.LANGUAGE
    assert code_of(Candidate(taken=5), most_per_person=5) is WhyNot.CAP_REACHED
    assert code_of(Candidate(taken=4), most_per_person=5) is None


@pytest.mark.parametrize(("minutes", "code"), [(119, None), (120, WhyNot.DAILY_LIMIT)])
def test_a_day_holds_so_many_minutes_of_a_category(minutes, code):
    yes = Profile(consents=frozenset({ContentCategory.HATE}))
    ends = datetime(2026, 1, 2, tzinfo=UTC)
    candidate = Candidate(profile=yes, exposed_ms={ContentCategory.HATE: minutes * 60_000}, day_ends=ends)
    reason = admitted(candidate).why_not("//hate")
    assert (reason and reason.code) == code
    assert reason is None or reason.until == ends
    assert admitted(candidate).why_not("") is None
    assert admitted(candidate, daily_minutes=200).why_not("//hate") is None


def test_a_missing_certification_says_where_to_get_it():
    needed = CertificationNeeded("Catalan writer", 2, link="/exams/catalan")
    reason = admitted(Candidate(needed=needed)).why_not("")
    assert "Catalan writer" in str(reason.text)
    assert reason.link == "/exams/catalan"


def test_rules_that_cannot_be_met_are_refused():
    assert [one.path for one in rules_problems(ProjectRules(level=6))] == ["rules.level"]
    assert [one.path for one in rules_problems(ProjectRules(language="xx-nowhere"))] == ["rules.language"]
    assert not rules_problems(ProjectRules(level=3, language="ca", categories=(ContentCategory.HATE,)))
