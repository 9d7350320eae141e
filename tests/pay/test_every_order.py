"""No order of events makes the ledger unbalanced, a minute unpaid or paid twice.

The events: work, idling, the clock passing with leases that run out, handing in late and in time, skipping, changes of
rates and of the price for each task, rework, rejections that take pay back, disputes, time over the cap, removals,
appeals, erasure, amounts given by hand and taken back, payouts that are paid, fail, come back and arrive after all.
"""

import asyncio

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.pay.checking import check_history
from tests.pay.history import History
from tests.quality.conftest import bench  # noqa: F401 (a fixture)
from tests.work.conftest import make_world  # noqa: F401 (a fixture)

who = st.integers(0, 1)
which = st.integers(0, 9)
a_reason = st.sampled_from(["fraud", "empty", "copied", "other"])


CAPPED = {"cap_minutes": 10, "estimated_minutes": 5}


class EveryOrder(RuleBasedStateMachine):
    """Each rule is one event; after each, everything is counted again."""

    loop: asyncio.AbstractEventLoop
    house = bench = make_world = None

    def run(self, doing):
        return asyncio.run_coroutine_threadsafe(doing, self.loop).result(timeout=120)

    @initialize(
        minutes=st.lists(st.integers(1, 14), min_size=4, max_size=4), verdict=st.sampled_from(["fraud", "other"])
    )
    def begin(self, minutes, verdict):
        """A day behind them: four answers, of which one came back and one was rejected."""
        world = self.run(self.make_world(items=60, **CAPPED))
        self.story = self.run(History(self.house, self.bench, world).begin())
        for number, each in enumerate(minutes):
            self.do_a_task(number % 2, each)
        self.review("return", "other")
        self.review("reject", verdict)

    def person(self, number):
        return self.story.people[number]

    @rule(who=who)
    def take(self, who):
        self.run(self.story.take(self.person(who)))

    @rule(who=who, minutes=st.integers(1, 12))
    def work(self, who, minutes):
        self.run(self.story.take(self.person(who)))
        self.run(self.story.work(self.person(who), minutes))

    @rule(who=who, minutes=st.integers(1, 14))
    def do_a_task(self, who, minutes):
        self.run(self.story.take(self.person(who)))
        self.run(self.story.work(self.person(who), minutes))
        self.run(self.story.hand_in(self.person(who)))

    @rule(minutes=st.sampled_from([1, 4, 6, 61, 90, 1_500]))
    def the_clock_passes(self, minutes):
        self.run(self.story.pass_time(minutes))

    @rule(who=who)
    def hand_in(self, who):
        self.run(self.story.hand_in(self.person(who)))

    @rule(who=who)
    def skip(self, who):
        self.run(self.story.skip(self.person(who)))

    @precondition(lambda self: self.story.waits_for_review())
    @rule(verdict=st.sampled_from(["accept", "return", "reject", "reject"]), reason=a_reason)
    def review(self, verdict, reason):
        self.run(self.story.review(verdict, "other" if verdict == "return" else reason))

    @precondition(lambda self: self.story.returned)
    @rule(minutes=st.integers(0, 12))
    def rework(self, minutes):
        for person in self.story.people:
            self.run(self.story.hand_in(person))
            self.run(self.story.rework(person))
            self.run(self.story.work(person, minutes))

    @precondition(lambda self: self.story.tasks)
    @rule(which=which)
    def contest(self, which):
        self.run(self.story.contest(which))

    @precondition(lambda self: self.story.disputes)
    @rule(which=which, overturn=st.booleans())
    def decide_dispute(self, which, overturn):
        self.run(self.story.settle(which, overturn))

    @precondition(lambda self: self.story.tasks)
    @rule(which=which)
    def claim_over_the_cap(self, which):
        self.run(self.story.claim_more(which))

    @precondition(lambda self: self.story.claims)
    @rule(which=which, accept=st.booleans())
    def decide_over_the_cap(self, which, accept):
        self.run(self.story.grant(which, accept))

    @rule(minor=st.integers(3_000, 9_000), days=st.sampled_from([0, 1, 15, 40]))
    def change_the_rate(self, minor, days):
        self.run(self.story.rate(minor, days))

    @rule(minor=st.none() | st.integers(50, 900), days=st.sampled_from([0, 1, 15, 40]))
    def change_the_price(self, minor, days):
        self.run(self.story.price(minor, days))
        self.run(self.story.price(minor, days))

    @precondition(lambda self: self.story.tasks)
    @rule(who=who)
    def remove(self, who):
        self.run(self.story.remove(self.person(who)))

    @precondition(lambda self: self.story.cases)
    @rule(which=which)
    def appeal(self, which):
        self.run(self.story.appeal(which))

    @precondition(lambda self: self.story.cases)
    @rule(which=which, overturn=st.booleans())
    def decide_appeal(self, which, overturn):
        self.run(self.story.decide(which, overturn))

    @rule()
    def erase(self):
        self.run(self.story.erase(self.person(0)))

    @rule(who=who, minor=st.integers(1, 2_000))
    def give_by_hand(self, who, minor):
        self.run(self.story.give(self.person(who), minor))

    @precondition(lambda self: self.story.given)
    @rule(which=which)
    def turn_what_was_given(self, which):
        self.run(self.story.turn_given(which))

    @rule(who=who)
    def pay_out(self, who):
        self.run(self.story.trust(self.person(who)))
        self.run(self.story.batch())

    @precondition(lambda self: self.story.payouts)
    @rule(which=which, state=st.sampled_from(["paid", "failed", "returned"]))
    def outcome(self, which, state):
        self.run(self.story.outcome(which, state))

    @rule()
    def top_up(self):
        self.run(self.story.top_up())

    @invariant()
    def everything_adds_up(self):
        if hasattr(self, "story"):
            self.run(check_history(self.story))

    def teardown(self):
        """In the end every lease has run out, and every minute over the cap is granted to whoever asks."""
        if hasattr(self, "story"):
            self.run(self.story.pass_time(10_000))
            self.run(check_history(self.story, at_the_end=True))


# No shrinking: a step is some transactions, and hypothesis prints those that failed.
EXAMPLES = settings(
    max_examples=8,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)


async def test_no_order_of_events_loses_or_doubles_anything(house, bench, make_world):  # noqa: F811 (fixtures)
    parts = {"house": house, "bench": bench, "make_world": staticmethod(make_world)}
    machine = type("Machine", (EveryOrder,), parts)
    machine.loop = asyncio.get_running_loop()
    await asyncio.to_thread(run_state_machine_as_test, machine, settings=EXAMPLES)


async def test_a_story_in_which_everything_happens(house, bench, make_world):  # noqa: F811 (fixtures)
    """The machine reaches all of it; this one shows that each event can happen, and what it comes to."""
    story = await History(house, bench, await make_world(items=9, **CAPPED)).begin()
    first, second = story.people

    async def handed_in(person, minutes):
        await story.take(person)
        await story.work(person, minutes)
        await story.hand_in(person)
        await check_history(story)

    await handed_in(first, 20)
    await story.claim_more(0)
    await story.grant(0, accept=True)
    await story.review("reject", "copied")
    assert story.tasks[0].taken
    await check_history(story)
    await story.contest(0)
    await story.settle(0, overturn=True)
    assert not story.tasks[0].taken
    await story.rate(7_200, 0)
    await handed_in(second, 4)
    assert [one.rate for one in story.tasks] == [3_600, 7_200]
    await story.review("return", "other")
    await story.rework(second)
    assert story.tasks[1].reworked
    await story.work(second, 3)
    await story.pass_time(90)
    await story.hand_in(second)
    assert await story.state_of(story.tasks[1]) == "returned", "its lease has run out"
    await story.rework(second)
    await story.work(second, 2)
    await story.hand_in(second)
    await story.review("reject", "fraud")
    assert story.tasks[1].taken
    await check_history(story)
    await story.remove(second)
    await story.appeal(0)
    await story.pass_time(60)
    await story.decide(0, overturn=True)
    assert story.extra[second.person_id] == 777
    assert not story.tasks[1].taken
    await check_history(story)
    await story.batch()
    for state in ("paid", "returned", "paid"):
        await story.outcome(0, state)
        await check_history(story)
    await story.outcome(1, "failed")
    await story.take(first)
    await story.work(first, 2)
    await story.erase(first)
    await story.pass_time(90)
    await story.give(second, 5)
    await story.turn_given(0)
    await check_history(story, at_the_end=True)
    assert len(story.payouts) == 2


async def test_work_begun_keeps_its_price_whatever_is_set_meanwhile(house, bench, make_world):  # noqa: F811 (fixtures)
    """Set, raised, lowered with notice, ended: each task earns what held when it was begun."""
    story = await History(house, bench, await make_world(items=9, **CAPPED)).begin()
    first, second = story.people
    assert await story.price(250, 0)
    await story.take(first)
    assert await story.price(400, 0)
    assert not await story.price(399, 13), "too soon"
    assert await story.price(300, 15)
    await story.take(second)
    assert [one.price for one in story.tasks] == [250, 400]
    await story.work(first, 3)
    await story.hand_in(first)
    await check_history(story)
    await story.work(second, 2)
    await story.pass_time(16 * 24 * 60)
    await story.hand_in(second)
    await check_history(story)
    assert not await story.price(None, 0), "the end of a price is less"
    await story.take(first)
    assert await story.price(None, 14)
    await story.pass_time(14 * 24 * 60)
    await story.work(first, 2)
    await story.take(second)
    await story.work(second, 20)
    await story.claim_more(3)
    await story.hand_in(second)
    await story.claim_more(3)
    await story.grant(0, accept=True)
    assert [one.price for one in story.tasks] == [250, 400, 300, None]
    await story.pass_time(90)
    await story.top_up()
    await check_history(story, at_the_end=True)
