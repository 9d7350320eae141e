"""A certificate by exam that ends soon: its person is led to the exam, and can sit it then and not before."""

from datetime import timedelta

import pytest

from preceptor.hiring.operations import grant_certification, tell_of_expiry
from preceptor.people.queries import list_notices
from preceptor.quality.operations.exams import MayNotSitError, begin_exam
from tests.hiring.conftest import DAY, NOW

LEAD = timedelta(days=30)


async def test_who_is_told_can_renew_it(db, exams, make_person):
    exam = await exams.make()
    person = await make_person("trainer", team=exam.team_id)
    async with db.write() as session:
        await (await session.driver()).execute("UPDATE certification SET valid_days = 90")
    manager = await make_person("manager")
    async with db.write() as session:
        await grant_certification(
            session,
            actor=manager,
            certification_id=exam.certification_id,
            person_id=person.person_id,
            level=3,
            reason="Known from their work.",
            now=NOW,
        )
    soon = NOW + 61 * DAY
    given = {"actor": person, "slug": exam.terms.slug}
    with pytest.raises(MayNotSitError, match="highest level"):
        async with db.write() as session:
            await begin_exam(session, **given, now=NOW + 30 * DAY)
    async with db.write() as session:
        assert await tell_of_expiry(session, notice=LEAD, now=soon) == 1
    async with db.read() as session:
        (notice,) = [
            one for one in (await list_notices(session, actor=person)).rows if one.kind == "certification.expires"
        ]
    assert notice.link == f"/exams/{exam.terms.slug}"
    assert exam.terms.title in notice.body
    async with db.write() as session:
        assert await begin_exam(session, **given, now=soon)
