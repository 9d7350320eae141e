"""No order of stretches, expiries, rework, rate changes and claims leaves a minute unpaid or pays it twice."""

from hypothesis import given
from hypothesis import strategies as st

from preceptor.lib.money import Money, earned
from preceptor.work.rules.pay import FIRST_ROUND, Outset, earning_of
from tests.pay.test_rate_rules import patient

MINUTE = 60_000
moves = st.one_of(
    st.tuples(st.just("work"), st.integers(0, 90 * MINUTE)),
    st.tuples(st.just("end"), st.just(0)),
    st.tuples(st.just("rework"), st.just(0)),
    st.tuples(st.just("claim"), st.just(0)),
    st.tuples(st.just("grant"), st.just(0)),
    st.tuples(st.just("reject unpaid"), st.just(0)),
    st.tuples(st.just("overturn"), st.just(0)),
    st.tuples(st.just("rate"), st.integers(1, 20_000)),
)


class Task:
    """An assignment as the operations keep it: what was booked, claimed, granted and taken back."""

    def __init__(self, rate, cap_ms):
        self.rate, self.cap_ms = rate, cap_ms
        self.payable = self.earned_ms = self.claimed = self.granted = 0
        self.outset = FIRST_ROUND
        self.booked = []
        self.open_claim = None
        self.leased, self.no_pay = True, False

    def work(self, ms):
        if self.leased:
            self.payable += ms

    def end(self, _nothing):
        """Handing in, skipping and running out of time all book the same way."""
        if self.leased:
            earning = earning_of(
                payable_ms=self.payable,
                earned_before_ms=self.earned_ms,
                cap_ms=self.cap_ms,
                rate=self.rate,
                outset=self.outset,
            )
            self.earned_ms += earning.paid_ms
            self.booked.append(earning.money.amount)
            self.leased = False

    def rework(self, _nothing):
        if not self.leased and not self.no_pay:
            self.leased, self.outset = True, Outset(self.payable, self.earned_ms)

    def claim(self, _nothing):
        left = self.payable - self.earned_ms - self.claimed
        if not self.leased and not self.no_pay and self.open_claim is None and left > 0:
            self.open_claim, self.claimed = left, self.claimed + left

    def grant(self, _nothing):
        if self.open_claim is not None and not self.no_pay:
            self.granted += self.open_claim
            self.booked.append(earned(rate_per_hour=self.rate, paid_ms=self.open_claim).amount)
            self.open_claim = None

    def reject(self, _nothing):
        if not self.leased:
            self.no_pay = True

    def overturn(self, _nothing):
        self.no_pay = False

    def change_rate(self, _minor):
        """The project's rate changes; what was begun keeps its own."""

    def settle(self):
        """What people can always still do."""
        for step in (self.overturn, self.end, self.grant, self.claim, self.grant):
            step(0)

    def play(self, move, value):
        names = {"reject unpaid": self.reject, "rate": self.change_rate}
        names.get(move, getattr(self, move.split()[0], None))(value)


@patient
@given(
    st.lists(moves, max_size=25),
    st.none() | st.integers(0, 60 * MINUTE),
    st.integers(1, 20_000),
    st.sampled_from(["JPY", "EUR", "KWD"]),
)
def test_every_minute_is_paid_once_whatever_the_order(played, cap_ms, rate, currency):
    task = Task(Money(rate, currency), cap_ms)
    for move, value in played:
        task.play(move, value)
        assert task.earned_ms + task.claimed <= task.payable, "nothing is paid twice"
        assert all(amount >= 0 for amount in task.booked), "no booking takes anything back"
    task.settle()
    assert task.earned_ms + task.granted == task.payable
    exact = earned(rate_per_hour=task.rate, paid_ms=task.payable).amount
    assert abs(sum(task.booked) - exact) <= 1 + sum(1 for move, _value in played if move in {"grant", "claim"}) // 2 + 1


@patient
@given(st.integers(0, 200 * MINUTE), st.integers(0, 60 * MINUTE), st.integers(0, 60 * MINUTE), st.integers(1, 9_000))
def test_rework_is_paid_up_to_its_own_cap_however_long_the_first_round_took(first, rework, cap_ms, rate):
    task = Task(Money(rate, "EUR"), cap_ms)
    task.work(first)
    task.end(0)
    before = task.earned_ms
    task.rework(0)
    task.work(rework)
    task.end(0)
    assert task.earned_ms - before == min(rework, cap_ms)
