"""Two people's working life on a real database, with what they must be paid for counted beside it, on a clock of ours."""

from collections import defaultdict
from datetime import timedelta
from uuid import uuid4

import msgspec

from preceptor import flow
from preceptor.datasets.operations import erase_person
from preceptor.hiring.operations import appeal_case
from preceptor.hiring.rules import CaseReason, CaseRecord, Measure, NewCase, Outcome, RecordKind
from preceptor.kinds.registry import task_kind
from preceptor.lib.clock import utc_now
from preceptor.lib.errors import ProblemError
from preceptor.lib.money import Money
from preceptor.pay import operations as pay
from preceptor.pay.rules import FailureReason, MethodKind, Reach
from preceptor.people.rules import SYSTEM
from preceptor.people.tables import Person
from preceptor.projects.operations.rates import set_project_rate, set_project_task_price
from preceptor.projects.queries import project_terms
from preceptor.quality.operations import claim_review, contest, decide, decide_case, decide_dispute, open_case
from preceptor.quality.rules import Verdict
from preceptor.work.operations import leasing
from preceptor.work.operations.beats import Beat, beat_all
from preceptor.work.operations.cap_claims import claim_over_cap, decide_over_cap
from preceptor.work.operations.claiming import Queue
from preceptor.work.operations.ending import give_back
from preceptor.work.operations.expiring import expire_due
from preceptor.work.operations.submitting import Answer, Form, submit
from preceptor.work.operations.top_ups import top_up_months
from preceptor.work.queries.admission import admission_of
from preceptor.work.queries.turns import given_turn_record
from tests.books import faults
from tests.pay.conftest import PAYER
from tests.work.conftest import answer_to
from tests.work.test_time import TERMS

MINUTE = timedelta(minutes=1)
MINUTE_MS = 60_000
TAIL_MS = 3 * MINUTE_MS
"""So long the last sign of life counts."""
NOTICE_DAYS = 14
WORDS = "Three of four answers were copied, also after feedback."


class Task(msgspec.Struct):
    """A task of somebody's: what it was begun under, and the least and most that can have been worked on it."""

    id: object
    item_id: object
    content: dict
    person: object
    rate: int
    price: int | None = None
    """For handing it in, as it was when it was begun; None: the hour is paid."""
    least_ms: int = 0
    most_ms: int = 0
    taken: bool = False
    """Rejected for a reason that is not paid, and not overturned."""
    reworked: bool = False
    submission_id: object = None


class History:
    """What happens, at moments of our choosing; whatever is refused changes nothing."""

    def __init__(self, house, bench, world):
        self.house, self.bench, self.db, self.world = house, bench, house.db, world
        self.now = utc_now()

    async def begin(self):
        self.people = [await self.bench.trainer(self.world) for _ in range(2)]
        self.reviewer, self.judge = await self.bench.person("reviewer"), await self.bench.person("manager")
        self.manager = await self.bench.person("manager")
        self.tasks, self.batches, self.cases, self.given = [], [], [], []
        self.returned = False
        self.prices = []  # for each task, as they were set: the moment they begin, and minor units or None
        self.open = {}  # person → task under way
        self.extra = defaultdict(int)  # person → minor units besides tasks: by hand, back pay
        self.payouts, self.claims, self.disputes, self.erased = [], [], [], set()
        for one in self.people:
            async with self.db.write() as session:
                row = await session.get_one(Person, one.person_id)
                row.email = f"{row.pseudonym}@example.org"
            account = {"kind": MethodKind.PAYPAL, "holder": "Núria Pla", "account": "nuria@example.org"}
            await self.write(
                pay.set_payout_method, actor=one, sealer=self.house.sealer, currency="EUR", now=self.now, **account
            )
        return self

    async def write(self, operation, **given):
        async with self.db.write() as session:
            return await operation(session, **given)

    async def hot(self, operation, *args, **given):
        async with self.db.hot() as driver, driver.transaction():
            return await operation(driver, *args, **given)

    async def attempt(self, doing):
        try:
            return await doing
        except ProblemError:
            return None

    # Time and work ----------------------------------------------------------------------------------------------

    async def pass_time(self, minutes):
        """Nobody does anything; what is due by the clock is done."""
        self.now += minutes * MINUTE
        await self.hot(expire_due, now=self.now)

    async def take(self, person):
        if person.person_id in self.open:
            return
        async with self.db.read() as session:
            terms = await project_terms(session, project_id=self.world.terms.id)
            admission = await admission_of(session, actor=person, terms=terms, now=self.now)
        async with self.db.hot() as driver:
            found = await self.attempt(
                Queue().claim(driver, actor=person, terms=terms, admission=admission, now=self.now)
            )
        if found is not None and hasattr(found, "item_id"):
            price = self.price_at(self.now)
            task = Task(found.id, found.item_id, found.content, person, admission.rate.amount, price)
            self.tasks.append(task)
            self.open[person.person_id] = task

    async def work(self, person, minutes):
        """Signs of life every minute, so that every minute of it is worked."""
        task = self.open.get(person.person_id)
        if task is None:
            return
        if not await self.beat(task, tail=True):
            del self.open[person.person_id]  # its lease ran out for good, or it waits to be taken up again
            return
        for _minute in range(minutes):
            self.now += MINUTE
            await self.hot(expire_due, now=self.now)
            if await self.beat(task):
                task.least_ms += MINUTE_MS
                task.most_ms += MINUTE_MS

    async def beat(self, task, *, tail=False):
        beat = Beat(assignment_id=task.id, trainer_id=task.person.person_id, terms=TERMS, signs=(0,), touched=True)
        (answer,) = await self.hot(beat_all, [beat], now=self.now)
        if isinstance(answer, ProblemError):
            return False
        task.most_ms += TAIL_MS if tail else 0
        return True

    async def hand_in(self, person):
        task = self.open.get(person.person_id)
        if task is None:
            return
        kind = task_kind(self.world.terms.kind)
        item = kind.decode_item(task.content)
        turn = given_turn_record(kind.given_turn(item), item_id=task.item_id, assignment_id=task.id)

        async def form_of(_version):
            return Form(kind, kind.default_settings())

        answer = Answer(
            assignment_id=task.id,
            actor=person,
            key=uuid4(),
            content=answer_to({"turns": [msgspec.to_builtins(turn)]}),
            confirmed=(),
            terms=TERMS,
            form_of=form_of,
        )
        done = await self.attempt(self.hot(submit, answer, now=self.now))
        del self.open[person.person_id]
        if done is not None:
            task.most_ms += TAIL_MS
            task.submission_id = done[0].submission_id

    async def skip(self, person):
        task = self.open.get(person.person_id)
        if task is None:
            return
        given = {"actor": person, "assignment_id": task.id, "terms": TERMS, "report": False, "reason": "topic"}
        done = await self.attempt(self.hot(give_back, **given, note="", now=self.now))
        del self.open[person.person_id]
        task.most_ms += TAIL_MS if done is not None else 0

    # Verdicts ---------------------------------------------------------------------------------------------------

    async def review(self, verdict, reason):
        while await flow.fold_events(self.db):
            pass
        review_id = await self.attempt(
            self.write(claim_review, actor=self.reviewer, slug=self.world.terms.slug, now=self.now)
        )
        if review_id is None:
            return
        given = {"reason": reason, "note": "Please look again."} if verdict in {"return", "reject"} else {}
        given |= {"actor": self.reviewer, "review_id": review_id, "verdict": Verdict(verdict), "now": self.now}
        done = await self.attempt(self.write(decide, **given))
        self.returned |= done is not None and verdict == "return"
        if done is not None and verdict == "reject" and reason in {"fraud", "empty", "copied"}:
            (await self.task_of(review_id)).taken = True

    def waits_for_review(self):
        """Something was handed in."""
        return any(one.submission_id for one in self.tasks)

    async def task_of(self, review_id):
        async with self.db.hot() as driver:
            query = (
                "SELECT submission.assignment_id FROM review JOIN submission ON submission.id = submission_id "
                "WHERE review.id = %s"
            )
            (found,) = await (await driver.execute(query, (review_id,))).fetchone()
        return next(one for one in self.tasks if one.id == found)

    async def rework(self, person):
        """Take up what was returned."""
        if person.person_id in self.open:
            return
        for task in self.tasks:
            if task.person is person and await self.state_of(task) == "returned":
                given = {"actor": person, "assignment_id": task.id, "terms": TERMS, "now": self.now}
                if await self.attempt(self.started(given)):
                    task.reworked = True
                    self.open[person.person_id] = task
                return

    async def started(self, given):
        await self.hot(leasing.start, **given)
        return True

    async def state_of(self, task):
        async with self.db.hot() as driver:
            row = await (await driver.execute("SELECT state FROM assignment WHERE id = %s", (task.id,))).fetchone()
        return row[0]

    async def contest(self, which):
        if self.tasks:
            task = self.tasks[which % len(self.tasks)]
            given = {"actor": task.person, "assignment_id": task.id, "note": "It is my own work."}
            if (dispute := await self.attempt(self.write(contest, **given))) is not None:
                self.disputes.append((dispute, task))

    async def settle(self, which, overturn):
        if self.disputes:
            dispute, task = self.disputes[which % len(self.disputes)]
            given = {"actor": self.judge, "dispute_id": dispute, "overturn": overturn, "answer": "I looked again."}
            if await self.attempt(self.done(decide_dispute, **given, now=self.now)) and overturn:
                task.taken = False

    async def done(self, operation, **given):
        await self.write(operation, **given)
        return True

    async def claim_more(self, which):
        if self.tasks:
            task = self.tasks[which % len(self.tasks)]
            given = {"actor": task.person, "assignment_id": task.id, "note": "The models argued.", "now": self.now}
            if (claim := await self.attempt(self.write(claim_over_cap, **given))) is not None:
                self.claims.append(claim)

    async def grant(self, which, accept):
        if self.claims:
            claim = self.claims[which % len(self.claims)]
            given = {"actor": self.manager, "claim_id": claim, "accept": accept, "answer": "No.", "now": self.now}
            await self.attempt(self.write(decide_over_cap, **given))

    # Rates, measures, erasure -----------------------------------------------------------------------------------

    async def rate(self, minor, days):
        given = {"actor": SYSTEM, "slug": self.world.terms.slug, "reach": Reach(), "rate": Money(minor, "EUR")}
        given |= {"currency": "EUR", "valid_from": self.now + timedelta(days=days), "notice_days": NOTICE_DAYS}
        await self.attempt(self.write(set_project_rate, **given, now=self.now))

    def price_at(self, moment):
        """What a task earns that is begun then: of what has begun, the latest; of one moment, what was said last."""
        begun = [(begins, said, minor) for said, (begins, minor) in enumerate(self.prices) if begins <= moment]
        return max(begun)[2] if begun else None

    async def price(self, minor, days):
        """Set a price for each task, or none any more, so many days ahead; True where that was taken."""
        begins = self.now + timedelta(days=days)
        before = self.price_at(begins)
        given = {"actor": SYSTEM, "slug": self.world.terms.slug, "minor": minor, "valid_from": begins}
        done = await self.attempt(self.write(set_project_task_price, **given, notice_days=NOTICE_DAYS, now=self.now))
        is_less = before is not None and (minor is None or minor < before)
        assert (done is None) == (is_less and days < NOTICE_DAYS), "less is said before it holds, and more at any time"
        if done is not None:
            self.prices.append((begins, minor))
        return done is not None

    async def remove(self, person):
        task = next((one for one in reversed(self.tasks) if one.person is person and one.submission_id), None)
        if task is None:
            return
        case = NewCase(
            person_id=person.person_id,
            measure=Measure.REMOVAL,
            reason=CaseReason.FRAUD,
            immediate=True,
            words=WORDS,
            records=(CaseRecord(RecordKind.SUBMISSION, task.submission_id),),
        )
        given = {"actor": self.manager, "case": case, "notice": timedelta(days=14), "now": self.now}
        if (case_id := await self.attempt(self.write(open_case, **given))) is not None:
            self.cases.append((case_id, task))

    async def appeal(self, which):
        if self.cases:
            case_id, task = self.cases[which % len(self.cases)]
            given = {"actor": task.person, "case_id": case_id, "words": WORDS, "within": timedelta(days=14)}
            await self.attempt(self.write(appeal_case, **given, now=self.now))

    async def decide(self, which, overturn):
        if not self.cases:
            return
        case_id, task = self.cases[which % len(self.cases)]
        given = {"actor": self.judge, "case_id": case_id, "words": "I have read the records.", "now": self.now}
        given["outcome"] = Outcome.OVERTURNED if overturn else Outcome.UPHELD
        given["back_pay"] = Money(777, "EUR") if overturn else None
        if await self.attempt(self.done(decide_case, **given)) and overturn:
            self.extra[task.person.person_id] += 777
            task.taken = False

    async def erase(self, person):
        if person.person_id not in self.erased:
            await self.write(erase_person, person_id=person.person_id, with_texts=True, now=self.now)
            self.erased.add(person.person_id)

    # Money ------------------------------------------------------------------------------------------------------

    async def give(self, person, minor):
        given = {"actor": self.house.maker, "person_id": person.person_id, "reason": "The clock stood still."}
        source = await self.write(pay.adjust, **given, money=Money(minor, "EUR"), now=self.now)
        self.extra[person.person_id] += minor
        self.given.append([source, person, minor, True])

    async def turn_given(self, which):
        if self.given:
            one = self.given[which % len(self.given)]
            source, person, minor, stands = one
            given = {"actor": self.house.maker, "person_id": person.person_id, "source": source, "reason": "Twice."}
            await self.write(pay.reverse_adjustment, **given, again=not stands, now=self.now)
            one[3] = not stands
            self.extra[person.person_id] += -minor if stands else minor

    async def batch(self):
        """A batch that goes all the way to being sent, of all that was booked before this minute."""
        await self.pass_time(1)
        given = {"kind": MethodKind.PAYPAL, "currency": "EUR", "period_end": self.now, "minimum_minor": 1}
        made = await self.attempt(self.write(pay.make_batch, actor=self.house.maker, **given, now=self.now))
        if made is None:
            return
        at = {"batch_id": made, "now": self.now}
        if await self.attempt(self.write(pay.approve_batch, actor=self.house.approver, **at)) is None:
            await self.write(pay.cancel_batch, actor=self.house.maker, **at)
            return
        await self.write(pay.export_batch, actor=self.house.maker, sealer=self.house.sealer, payer=PAYER, **at)
        await self.write(pay.mark_sent, actor=self.house.maker, **at)
        self.payouts += [row[0] for row in await self.house.payouts(made)]

    async def outcome(self, which, state):
        if not self.payouts:
            return
        given = {"actor": self.house.maker, "payout_id": self.payouts[which % len(self.payouts)], "now": self.now}
        if state == "paid":
            await self.attempt(self.write(pay.mark_paid, **given, note="The bank tried again."))
        else:
            mark = pay.mark_failed if state == "failed" else pay.mark_returned
            await self.attempt(self.write(mark, **given, reason=FailureReason.REFUSED))

    async def trust(self, person):
        await self.attempt(self.write(pay.confirm_payout_method, actor=person, currency="EUR"))

    async def top_up(self):
        await self.write(top_up_months, now=self.now)

    async def faults(self):
        return await faults(self.db)
