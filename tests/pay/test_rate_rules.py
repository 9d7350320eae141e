"""Which rate and which floor hold: whatever was written in what order, for every place, level, activity and moment."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preceptor.lib.money import Money
from preceptor.pay.rules import Activity, Floor, RateVersion, Reach, floor_in_force, floor_problems, rate_in_force
from preceptor.people.rules import Place

patient = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)

START = datetime(2026, 11, 1, tzinfo=UTC)
PROJECT = UUID(int=99)
CATALONIA, SPAIN, ANYWHERE = Place("ES", "CT"), Place("ES"), Place()

places = st.sampled_from([CATALONIA, Place("ES", "MD"), SPAIN, Place("US"), ANYWHERE])
levels = st.none() | st.integers(1, 5)
activities = st.sampled_from(Activity)
moments = st.integers(-30, 30).map(lambda days: START + timedelta(days=days))


def version(number, amount, *, days=0, place=ANYWHERE, level=None, activity=None, project_id=PROJECT, currency="USD"):
    return RateVersion(
        id=UUID(int=number),
        project_id=project_id,
        reach=Reach(place=place, level=level, activity=activity),
        rate=None if amount is None else Money(amount, currency),
        valid_from=START + timedelta(days=days),
    )


versions = st.lists(
    st.tuples(
        st.none() | st.integers(1, 9_000),
        st.integers(-30, 30),
        places,
        levels,
        st.none() | activities,
        st.sampled_from([PROJECT, None]),
    ),
    min_size=1,
    max_size=8,
).map(
    lambda rows: [
        version(number, minor, days=days, place=place, level=level, activity=activity, project_id=project_id)
        for number, (minor, days, place, level, activity, project_id) in enumerate(rows, start=1)
    ]
)


def amount(found):
    return None if found[0] is None else found[0].rate.amount


def rate(given_versions, *, place=CATALONIA, level=0, activity=Activity.WORK, at=START):
    return amount(rate_in_force(given_versions, place=place, level=level, activity=activity, at=at))


def test_writers_in_catalan_have_one_rate_in_catalonia_and_another_in_the_united_states():
    table = [version(1, 1700, place=CATALONIA), version(2, 1850, place=SPAIN), version(3, 2500, place=Place("US"))]
    assert rate(table, place=CATALONIA) == 1700
    assert rate(table, place=Place("ES", "MD")) == 1850
    assert rate(table, place=Place("US", "CA")) == 2500
    assert rate(table, place=Place("FR")) is None


def test_the_highest_level_reached_and_then_the_very_activity_decide():
    table = [
        version(1, 1000),
        version(2, 1500, level=2),
        version(3, 2000, level=4),
        version(4, 1200, activity=Activity.REVIEW),
    ]
    assert rate(table, level=0) == 1000
    assert rate(table, level=3) == 1500
    assert rate(table, level=5) == 2000
    assert rate(table, level=0, activity=Activity.REVIEW) == 1200
    assert rate(table, level=2, activity=Activity.REVIEW) == 1500


def test_what_a_project_has_of_its_own_comes_before_what_holds_for_a_role():
    table = [version(1, 2000, project_id=None, place=CATALONIA), version(2, 1000)]
    assert rate(table) == 1000
    assert rate([*table, version(3, None, days=0)]) == 2000, "a rate that was taken away leaves the next wider one"


def test_a_later_version_begins_on_its_day_and_says_so_before():
    table = [version(1, 1000, days=-10), version(2, 1200, days=5)]
    found, later = rate_in_force(table, place=SPAIN, level=0, activity=Activity.WORK, at=START)
    assert (found.rate.amount, later) == (1000, START + timedelta(days=5))
    assert rate(table, at=START + timedelta(days=5)) == 1200
    assert rate(table, at=START - timedelta(days=11)) is None


@patient
@given(versions, places, st.integers(0, 5), activities, moments)
def test_a_version_that_begins_later_changes_nothing_before(table, place, level, activity, at):
    until_now = [one for one in table if one.valid_from <= at]
    asked = {"place": place, "level": level, "activity": activity, "at": at}
    assert rate_in_force(table, **asked)[0] == rate_in_force(until_now, **asked)[0]


@patient
@given(versions, places, st.integers(0, 5), activities, moments)
def test_nothing_changes_until_the_moment_that_is_told(table, place, level, activity, at):
    asked = {"place": place, "level": level, "activity": activity}
    found, later = rate_in_force(table, at=at, **asked)
    until = (later or at + timedelta(days=100)) - timedelta(microseconds=1)
    assert rate_in_force(table, at=until, **asked)[0] == found


@patient
@given(versions, places, st.integers(0, 5), activities, moments, st.randoms())
def test_the_order_in_which_versions_come_does_not_matter(table, place, level, activity, at, random):
    shuffled = list(table)
    random.shuffle(shuffled)
    asked = {"place": place, "level": level, "activity": activity, "at": at}
    assert rate_in_force(table, **asked) == rate_in_force(shuffled, **asked)


def floor(place, least, *, currency="USD", day=1):
    return Floor(place=place, least=Money(least, currency), source="law", valid_from=date(2026, 11, day))


def test_the_floor_of_a_region_comes_before_its_country_before_everywhere():
    floors = [floor(ANYWHERE, 500), floor(SPAIN, 900), floor(CATALONIA, 1000), floor(CATALONIA, 1100, day=20)]
    assert floor_in_force(floors, place=CATALONIA, at=START).least.amount == 1000
    assert floor_in_force(floors, place=CATALONIA, at=START + timedelta(days=19)).least.amount == 1100
    assert floor_in_force(floors, place=Place("ES", "MD"), at=START).least.amount == 900
    assert floor_in_force(floors, place=Place("FR"), at=START).least.amount == 500
    assert floor_in_force(floors, place=SPAIN, at=START - timedelta(days=1)) is None


def test_a_rate_below_the_floor_is_refused_and_one_at_the_floor_is_not():
    floors = [floor(SPAIN, 900)]
    assert not floor_problems(Money(900, "USD"), place=CATALONIA, floors=floors, at=START)
    (problem,) = floor_problems(Money(899, "USD"), place=CATALONIA, floors=floors, at=START)
    assert "Spain" in str(problem.message)
    assert "$9.00" in str(problem.message)
    assert not floor_problems(Money(1, "USD"), place=Place("FR"), floors=floors, at=START)


def test_a_floor_in_another_currency_is_not_passed_by():
    floors = [floor(ANYWHERE, 500), floor(SPAIN, 900, currency="EUR")]
    (problem,) = floor_problems(Money(5000, "USD"), place=CATALONIA, floors=floors, at=START)
    assert "EUR" in str(problem.message)
    both = [*floors, floor(SPAIN, 950)]
    assert not floor_problems(Money(5000, "USD"), place=CATALONIA, floors=both, at=START)
    assert floor_problems(Money(949, "USD"), place=CATALONIA, floors=both, at=START)


@patient
@given(
    st.lists(st.tuples(places, st.integers(1, 5_000), st.integers(1, 28)), max_size=8),
    st.sampled_from([CATALONIA, Place("ES", "MD"), SPAIN, Place("US")]),
    st.integers(0, 6_000),
    moments,
)
def test_what_may_be_published_is_never_below_the_floor_in_force(rows, place, amount_minor, at):
    floors = [floor(where, least, day=day) for where, least, day in rows]
    if not floor_problems(Money(amount_minor, "USD"), place=place, floors=floors, at=at):
        found = floor_in_force(floors, place=place, currency="USD", at=at)
        assert found is None or amount_minor >= found.least.amount
