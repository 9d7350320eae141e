"""Which version of an engagement holds, and how late a change may be told."""

from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from preceptor.hiring.rules import Held, ToldRate, change_problems, holding
from preceptor.lib.money import Money
from tests.hiring.offers.conftest import NOW

CHAT, OTHER = UUID(int=1), UUID(int=2)
FIRST, SECOND = UUID(int=11), UUID(int=12)


def held(number: int, *, offer: UUID = FIRST, version: int = 1, projects=(CHAT,), days: int = 0, ends=None) -> Held:
    return Held(
        id=UUID(int=100 + number),
        offer_id=offer,
        version=version,
        project_ids=tuple(projects),
        effective_from=NOW + timedelta(days=days),
        ends_at=None if ends is None else NOW + timedelta(days=ends),
    )


def test_the_newest_version_in_force_holds():
    old, new = held(1), held(2, version=2, days=14)
    for day, wanted in ((0, old), (13, old), (14, new), (99, new)):
        assert holding([new, old], project_id=CHAT, at=NOW + timedelta(days=day)) == wanted
    assert holding([old, new], project_id=CHAT, at=NOW - timedelta(seconds=1)) is None
    assert holding([old, new], project_id=OTHER, at=NOW) is None


def test_an_engagement_for_the_project_goes_before_one_for_the_role():
    everywhere, here = held(1, offer=SECOND, projects=(), days=5), held(2)
    at = NOW + timedelta(days=9)
    assert holding([everywhere, here], project_id=CHAT, at=at) == here
    assert holding([everywhere, here], project_id=OTHER, at=at) == everywhere


def test_an_ended_engagement_holds_until_its_end():
    ending = held(1, ends=3)
    assert holding([ending], project_id=CHAT, at=NOW + timedelta(days=3, seconds=-1)) == ending
    assert holding([ending], project_id=CHAT, at=NOW + timedelta(days=3)) is None


@given(st.lists(st.integers(0, 60), min_size=1, max_size=6), st.integers(0, 80), st.randoms())
def test_the_order_of_versions_makes_no_difference(days, at, random):
    versions = [held(number, version=number + 1, days=day) for number, day in enumerate(sorted(days))]
    moment = NOW + timedelta(days=at)
    found = holding(versions, project_id=CHAT, at=moment)
    shuffled = random.sample(versions, len(versions))
    assert holding(shuffled, project_id=CHAT, at=moment) == found
    assert found is None or found.effective_from <= moment


def told(*rates: tuple[int, int]) -> list[ToldRate]:
    """Versions of an engagement: the rate, and how many days from now it holds."""
    return [
        ToldRate(version=number, rate=Money(minor, "USD"), effective_from=NOW + timedelta(days=days))
        for number, (minor, days) in enumerate(rates, start=1)
    ]


def paths(after: int, days: float, *later: tuple[int, int], currency: str = "USD") -> set[str]:
    found = change_problems(
        told=told((1700, -30), *later),
        after=Money(after, currency),
        notice_days=14,
        effective_from=NOW + timedelta(days=days),
        now=NOW,
    )
    return {problem.path for problem in found}


def test_a_raise_may_hold_at_once_and_a_cut_needs_notice():
    assert paths(1800, 0) == set()
    assert paths(1600, 14) == set()
    assert paths(1600, 13.9) == {"effective_from"}
    assert paths(1800, -1) == {"effective_from"}
    assert paths(1700, 20) == {"rate"}
    assert paths(0, 20) == {"rate"}
    assert paths(1800, 0, currency="EUR") == {"currency"}


def test_a_smaller_cut_than_the_one_told_needs_notice_as_well():
    cut = (1500, 10)
    assert paths(1600, 0, cut) == paths(1600, 9.9, cut) == {"effective_from"}, "until then 17.00 is promised"
    assert paths(1600, 10, cut) == set(), "by then it is 15.00"
    assert paths(1700, 0, cut) == set(), "the cut is taken back"


def test_a_raise_that_was_told_is_taken_back_with_notice_alone():
    assert paths(1800, 0, (2000, 5)) == {"effective_from"}
    assert paths(1800, 14, (2000, 5)) == paths(1800, 0, (2000, 15)) == set()


@given(
    st.lists(st.tuples(st.integers(1, 20), st.integers(-20, 40)), max_size=5),
    st.integers(1, 20),
    st.integers(0, 40),
)
def test_within_the_notice_nobody_is_paid_less_than_was_told(later, after, days):
    versions = told((10, -30), *later)
    new = ToldRate(version=99, rate=Money(after, "USD"), effective_from=NOW + timedelta(days=days))

    def rates(known):
        moments = [NOW + timedelta(days=day) for day in range(14)]
        return [
            max((one for one in known if one.effective_from <= at), key=lambda one: one.version).rate.amount
            for at in moments
        ]

    less = any(now < before for now, before in zip(rates([*versions, new]), rates(versions), strict=True))
    found = change_problems(told=versions, after=new.rate, notice_days=14, effective_from=new.effective_from, now=NOW)
    assert ("effective_from" in {one.path for one in found}) == less
