"""Pay for lost work: the decider's figure, up to what the person could have earned meanwhile, by rate and days."""

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.hiring.rules import CaseReason, Measure, Scope
from preceptor.lib.errors import InvalidError
from preceptor.lib.money import Money
from preceptor.pay.queries import balances
from preceptor.quality.queries import most_back_pay_of
from preceptor.quality.rules.back_pay import PaidBack, back_pay_problems, days_begun, less_paid_back, most_back_pay
from tests.cases.test_cases import appeal
from tests.pay.test_rate_rules import patient

currencies = st.sampled_from(["JPY", "EUR", "KWD"])
amounts = st.builds(Money, st.integers(1, 50_000), currencies)
spans = st.integers(1, 400 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))


@patient
@given(st.lists(amounts, max_size=4), st.lists(amounts, max_size=3), spans)
def test_the_limit_is_the_highest_rate_over_full_weeks_or_the_pace_before(rates, pace, bound):
    most = most_back_pay(rates=rates, pace=pace, bound=bound)
    assert set(most) == {one.currency for one in [*rates, *pace]}
    assert timedelta(days=days_begun(bound) - 1) < bound <= timedelta(days=days_begun(bound))
    for currency, limit in most.items():
        ceilings = [Fraction(one.amount * 60 * days_begun(bound), 7) for one in rates if one.currency == currency]
        highest = max([*ceilings, *(Fraction(one.amount) for one in pace if one.currency == currency)])
        assert highest <= limit.amount < highest + 1
        assert limit.currency == currency
        assert back_pay_problems(limit, most=most, bound=bound) == []
        (problem,) = back_pay_problems(Money(limit.amount + 1, currency), most=most, bound=bound)
        assert problem.path == "back_pay"


def test_other_currencies_and_people_without_paid_work():
    most = {"EUR": Money(100, "EUR")}
    (problem,) = back_pay_problems(Money(1, "USD"), most=most, bound=timedelta(days=1))
    assert "in EUR" in str(problem.message)
    (problem,) = back_pay_problems(Money(1, "EUR"), most={}, bound=timedelta(days=1))
    assert "the amount is 0" in str(problem.message)
    for nothing in (None, Money(0, "EUR"), Money(0, "USD")):
        assert back_pay_problems(nothing, most={}, bound=timedelta(days=1)) == []


@patient
@given(st.lists(amounts, min_size=1, max_size=3, unique_by=lambda one: one.currency), st.data())
def test_cases_over_the_same_time_pay_no_more_together_than_one(limits, data):
    """Whatever each is paid, in whatever order and currency: their shares of the limits add up to one at most."""
    most = {one.currency: one for one in limits}
    paid, used = [], Fraction(0)
    for _case in range(3):
        left = less_paid_back(most, paid)
        assert set(left) == set(most)
        currency = data.draw(st.sampled_from(sorted(most)))
        amount = data.draw(st.integers(0, left[currency].amount))
        paid.append(PaidBack(Money(amount, currency), Fraction(1)))
        used += Fraction(amount, most[currency].amount)
        assert used <= 1
    assert all(one.amount >= 0 for one in less_paid_back(most, paid).values())


def test_only_what_was_paid_for_the_same_time_is_taken_off():
    most = {"EUR": Money(1_000, "EUR"), "USD": Money(1_200, "USD")}
    assert less_paid_back(most, []) == most
    half = PaidBack(Money(500, "EUR"), Fraction(1, 2))
    assert less_paid_back(most, [half]) == {"EUR": Money(750, "EUR"), "USD": Money(900, "USD")}
    assert less_paid_back(most, [PaidBack(Money(500, "JPY"), Fraction(1))]) == most, "work that was not theirs here"
    (problem,) = back_pay_problems(Money(751, "EUR"), most={"EUR": Money(750, "EUR")}, bound=timedelta(1), paid=True)
    assert "€7.50" in str(problem.message)


async def test_two_measures_over_the_same_days_pay_lost_work_once(court):
    """36 EUR an hour, four days begun: 1,234.29 EUR for both together, whoever of the two comes first."""
    first = await court.open(reason=CaseReason.FRAUD, immediate=True)
    second = await court.open(reason=CaseReason.SAFETY, immediate=True)
    court.wait(4)
    await appeal(court, first)
    await appeal(court, second)
    async with court.db.read() as session:
        before = sum(one.amount for one in await balances(session, actor=court.trainer))
    await court.decide(first, "overturned", back_pay=Money(100_000, "EUR"))
    with pytest.raises(InvalidError) as error:
        await court.decide(second, "overturned", back_pay=Money(23_430, "EUR"))
    (problem,) = error.value.fields
    assert ("€234.2" in str(problem.message), "another case" in str(problem.message)) == (True, True)
    async with court.db.read() as session:
        limit = await most_back_pay_of(session, case=await court.case(second), now=court.now)
    assert limit.paid == [Money(100_000, "EUR")]
    assert limit.most["EUR"].amount in {23_428, 23_429}
    await court.decide(second, "overturned", back_pay=limit.most["EUR"])
    async with court.db.read() as session:
        after = sum(one.amount for one in await balances(session, actor=court.trainer))
    assert after - before <= 123_429


async def test_days_of_its_own_are_paid_for_each_measure(court):
    first = await court.open(reason=CaseReason.FRAUD, immediate=True)
    court.wait(2)
    await appeal(court, first)
    await court.decide(first, "overturned", back_pay=Money(60_000, "EUR"))
    second = await court.open(reason=CaseReason.SAFETY, immediate=True)
    court.wait(2)
    await appeal(court, second)
    async with court.db.read() as session:
        limit = await most_back_pay_of(session, case=await court.case(second), now=court.now)
    assert (limit.paid, limit.most) == ([], {"EUR": Money(61_715, "EUR")})


async def test_more_than_could_be_earned_is_refused_and_named(court):
    """36 EUR an hour, two days begun at 60 hours a week: 617.15 EUR."""
    case_id = await court.open(reason=CaseReason.FRAUD, immediate=True)
    court.wait(1.5)
    await appeal(court, case_id)
    async with court.db.read() as session:
        before = await balances(session, actor=court.trainer)
    for wrong, named in (
        (Money(61_716, "EUR"), "€617.15"),
        (Money(1, "USD"), "in EUR"),
        (Money(10**12, "EUR"), "2 days"),
    ):
        with pytest.raises(InvalidError) as error:
            await court.decide(case_id, "overturned", back_pay=wrong)
        (problem,) = error.value.fields
        assert (problem.path, named in str(problem.message)) == ("back_pay", True)
    async with court.db.read() as session:
        assert await balances(session, actor=court.trainer) == before
    assert (await court.case(case_id)).state == "appealed", "nothing of it was kept"
    await court.decide(case_id, "overturned", back_pay=Money(61_715, "EUR"))
    async with court.db.read() as session:
        after = await balances(session, actor=court.trainer)
    assert sum(one.amount for one in after) == sum(one.amount for one in before) + 61_715


async def test_a_restriction_counts_what_it_kept_from(court):
    """Kept from one project: its rate counts, also after it has ended."""
    here = {"measure": Measure.RESTRICTION, "project_id": court.world.terms.id, "reason": CaseReason.FRAUD}
    case_id = await court.open(**here, immediate=True, scope=Scope.FROM, lasts_days=30)
    court.wait(1)
    async with court.db.hot() as driver:
        await driver.execute("UPDATE project SET state = 'closed'")
    async with court.db.read() as session:
        case = await court.case(case_id)
        limit = await most_back_pay_of(session, case=case, now=court.now)
        assert limit.most == {"EUR": Money(30_858, "EUR")}, "also after the project has ended"


async def test_the_page_names_the_limit(court, as_role):
    court.wait(-2.5)
    case_id = await court.open(reason=CaseReason.FRAUD, immediate=True)
    court.wait(2.5)
    await appeal(court, case_id)
    client = await as_role("manager")
    said = (await client.get(f"/cases/{case_id}")).text
    assert "The measure has bound them for 2.5 days." in said
    assert "nobody can have earned more in 3 days, each begun one counted whole" in said
    fields = {
        "outcome": "overturned",
        "words": "I have read the records and the appeal.",
        "back_pay": "9999999",
        "currency": "EUR",
    }
    page = await client.post(f"/cases/{case_id}/decide", data=fields)
    assert page.status_code == 422
    assert ("Give at most" in page.text, 'value="9999999"' in page.text) == (True, True)
