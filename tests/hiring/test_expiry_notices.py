"""Before a certificate ends its person is told once, with the way to renew it, unless there is nothing to renew."""

from pathlib import Path

import pytest

from preceptor.hiring.operations import revoke_certificate, tell_of_expiry
from preceptor.lib.settings import Settings
from preceptor.people.queries import list_notices
from tests.hiring.conftest import DAY, NOW
from tests.hiring.test_certifications import grant

NOTICE = Settings(home=Path("unused")).renewal_time


async def run(db, now, notice=NOTICE):
    async with db.write() as session:
        return await tell_of_expiry(session, notice=notice, now=now)


async def told(db, person):
    async with db.read() as session:
        rows = (await list_notices(session, actor=person)).rows
    return [(one.body, one.link) for one in rows if one.kind == "certification.expires"]


async def test_it_is_told_once_thirty_days_before(db, certification, manager, trainer):
    assert NOTICE == 30 * DAY
    await grant(db, manager, await certification(valid_days=90), trainer)
    assert await run(db, NOW + 59 * DAY) == 0
    assert await run(db, NOW + 60 * DAY) == 1
    assert await run(db, NOW + 61 * DAY) == 0
    ((body, link),) = await told(db, trainer)
    assert "January 30, 2027" in body
    assert " UTC" in body
    assert "ask a manager" in body
    assert link == "/certifications"


async def test_the_days_are_a_setting(db, certification, manager, trainer):
    await grant(db, manager, await certification(valid_days=90), trainer)
    assert await run(db, NOW + 82 * DAY, notice=7 * DAY) == 0
    assert await run(db, NOW + 83 * DAY, notice=7 * DAY) == 1


@pytest.mark.parametrize("what", ["for good", "revoked", "renewed", "higher", "past"])
async def test_where_there_is_nothing_to_renew_nobody_is_told(db, certification, manager, trainer, what):
    one = await certification(valid_days=None if what == "for good" else 90)
    certificate = await grant(db, manager, one, trainer)
    if what == "revoked":
        async with db.write() as session:
            given = {"actor": manager, "certificate_id": certificate, "reason": "By mistake.", "now": NOW}
            await revoke_certificate(session, **given)
    if what == "renewed":
        await grant(db, manager, one, trainer, now=NOW + 50 * DAY)
    if what == "higher":
        await grant(db, manager, one, trainer, level=4, now=NOW + 50 * DAY)
    assert await run(db, NOW + (91 if what == "past" else 70) * DAY) == 0


async def test_a_lower_level_that_lasts_longer_is_no_renewal(db, certification, manager, trainer):
    one = await certification(valid_days=90)
    await grant(db, manager, one, trainer, level=4)
    await grant(db, manager, one, trainer, level=1, now=NOW + 50 * DAY)
    assert await run(db, NOW + 70 * DAY) == 1
    assert len(await told(db, trainer)) == 1
