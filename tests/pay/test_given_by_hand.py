"""Amounts given by hand: listed below the statement, taken back and let stand again there, told, never one's own."""

import re

import pytest

from preceptor.lib.errors import InvalidError
from preceptor.lib.money import Money
from preceptor.pay.operations import OwnAdjustmentError, adjust, reverse_adjustment
from preceptor.people.queries import list_notices
from tests.pay.conftest import NOW


@pytest.fixture
async def trainer(make_person):
    return await make_person("trainer", name="Núria Pla")


async def give(house, person, minor=500, by=None):
    given = {"actor": by or house.maker, "person_id": person.person_id, "money": Money(minor, "EUR"), "now": NOW}
    return await house.write(adjust, reason="The clock stood still.", **given)


async def test_it_is_taken_back_on_the_page_and_stands_again(house, trainer, signed_in):
    source = await give(house, trainer)
    client, base = await signed_in(house.maker), f"/people/{trainer.person_id}"
    page = (await client.get(f"{base}/statement")).text
    assert "Amounts given by hand" in page
    assert "The clock stood still." in page
    assert source in re.findall(r'name="source" value="([^"]*)"', page)
    form = {"source": source, "reason": "Booked twice."}
    answer = await client.post(f"{base}/given", data=form)
    assert answer.status_code == 303
    assert await house.balance(trainer) == [Money(0, "EUR")]
    page = (await client.get(f"{base}/statement")).text
    assert "taken back" in page
    assert "Booked twice." in page
    assert "Let it stand again" in page
    answer = await client.post(f"{base}/given", data={**form, "again": "true", "reason": "It was right."})
    assert answer.status_code == 303
    assert await house.balance(trainer) == [Money(500, "EUR")]
    async with house.db.read() as session:
        bodies = [one.body for one in (await list_notices(session, actor=trainer)).rows]
    assert ["It was right." in bodies[0], "Booked twice." in bodies[1], "still" in bodies[2]] == [True, True, True]
    api = (await client.get(f"/api/v1{base}/adjustments")).json()["adjustments"]
    assert [(one["source"], one["stands"], one["last_reason"]) for one in api] == [(source, True, "It was right.")]


async def test_without_a_reason_or_for_somebody_elses_nothing_happens(house, trainer, signed_in, make_person):
    source, other = await give(house, trainer), await make_person("trainer")
    client = await signed_in(house.maker)
    for person, form in ((trainer, {"source": source, "reason": " "}), (other, {"source": source, "reason": "No."})):
        assert (await client.post(f"/people/{person.person_id}/given", data=form)).status_code == 422
    turn = {"actor": house.maker, "person_id": other.person_id, "source": source, "reason": "No.", "now": NOW}
    with pytest.raises(InvalidError):
        await house.write(reverse_adjustment, **turn)
    assert await house.balance(trainer) == [Money(500, "EUR")]


async def test_nobody_lets_their_own_stand_again(house):
    source = await give(house, house.maker, by=house.approver)
    turn = {"person_id": house.maker.person_id, "source": source, "reason": "No.", "now": NOW}
    await house.write(reverse_adjustment, actor=house.approver, **turn)
    with pytest.raises(OwnAdjustmentError):
        await house.write(reverse_adjustment, actor=house.maker, again=True, **turn)
    assert await house.balance(house.maker) == [Money(0, "EUR")]


async def test_only_those_who_move_money_see_it(house, trainer, signed_in, as_role):
    await give(house, trainer)
    base = f"/people/{trainer.person_id}"
    manager = await as_role("manager")
    assert "Amounts given by hand" not in (await manager.get(f"{base}/statement")).text
    assert (await manager.post(f"{base}/given", data={"source": "adjustment:x", "reason": "No."})).status_code in {
        403,
        422,
    }
    own = await signed_in(trainer)
    assert "Amounts given by hand" not in (await own.get("/earnings/statement")).text
    assert (await own.get(f"/api/v1{base}/adjustments")).status_code == 403
