"""What managers are shown as worth a look: shares with their sample and interval, and nothing that chance explains."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from preceptor.hiring.queries import list_cases
from preceptor.people.rules import MissingPermissionError
from preceptor.quality.queries import worth_a_look
from preceptor.quality.rules.worth_a_look import LEAST_LOOKED_AT, share, stands_out


def test_the_interval_is_wilsons():
    # Newcombe, Statistics in Medicine 17 (1998), 857-872, table I: 81 of 263 and 15 of 148.
    for hits, sample, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611)):
        found = share(hits, sample)
        assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@given(hits=st.integers(0, 500), more=st.integers(0, 500), other=st.integers(0, 500), others=st.integers(0, 500))
def test_only_what_chance_does_not_explain_stands_out(hits, more, other, others):
    mine, theirs = share(hits, hits + more), share(other, other + others)
    assert 0 <= mine.low <= mine.high <= 1
    if stands_out(mine, theirs):
        assert mine.sample >= LEAST_LOOKED_AT
        assert mine.value > theirs.value
        assert not stands_out(theirs, mine)


async def test_it_lists_and_does_nothing(court, db, as_role):
    async with db.read() as session:
        assert await worth_a_look(session, actor=court.manager) == []
        with pytest.raises(MissingPermissionError):
            await worth_a_look(session, actor=court.trainer)
    other = await court.bench.hand_in(court.world)
    async with db.write() as session:
        await session.execute(text("ALTER TABLE review DISABLE TRIGGER ALL"))
        for handed, rejected in ((court.handed, 30), (other, 2)):
            for number in range(40):
                await session.execute(
                    text(
                        "INSERT INTO review (id, project_id, assignment_id, submission_id, trainer_id, state, verdict, "
                        "reason, decided_at) VALUES (gen_random_uuid(), :project, :assignment, gen_random_uuid(), :trainer, "
                        "'decided', :verdict, 'other', now())"
                    ),
                    {
                        "project": court.world.terms.id,
                        "assignment": handed.assignment_id,
                        "trainer": handed.trainer.person_id,
                        "verdict": "reject" if number < rejected else "accept",
                    },
                )
    async with db.read() as session:
        (found,) = await worth_a_look(session, actor=court.manager)
        cases = await list_cases(session, actor=court.manager, now=court.now)
    assert (found.person_id, found.person.hits, found.person.sample) == (court.trainer.person_id, 30, 40)
    assert found.person.low > found.others.high
    assert not cases.rows, "nothing follows by itself"
    shown = await (await as_role("manager")).get("/cases/worth-a-look")
    assert shown.status_code == 200
    assert found.pseudonym in shown.text
    assert "95 % interval" in shown.text
