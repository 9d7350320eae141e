"""Certifying people: by hand and by exam, expiry, revocation, and what projects ask for."""

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from preceptor.hiring.operations import (
    CertificateRevokedError,
    CertificationNameTakenError,
    NoSuchCertificationError,
    add_certification,
    certify_by_exam,
    change_certification,
    grant_certification,
    revoke_certificate,
    set_project_need,
)
from preceptor.hiring.queries import certifications_of, level_for, levels_of, needs_of
from preceptor.hiring.rules import CertificationNeed
from preceptor.lib.errors import InvalidError
from preceptor.lib.ids import new_id
from preceptor.people.queries import list_notices
from preceptor.people.rules import MissingPermissionError
from tests.hiring.conftest import DAY, NOW


async def grant(db, manager, certification_id, person, *, level=2, now=NOW, reason="Known from their work."):
    async with db.write() as session:
        return await grant_certification(
            session,
            actor=manager,
            certification_id=certification_id,
            person_id=person.person_id,
            level=level,
            reason=reason,
            now=now,
        )


async def held(db, person, now=NOW):
    async with db.read() as session:
        return await certifications_of(session, person_id=person.person_id, now=now)


async def test_what_was_granted_is_held_until_it_expires(db, certification, manager, trainer):
    one = await certification(language="ca", valid_days=30)
    assert await held(db, trainer) == []
    await grant(db, manager, one, trainer)
    (found,) = await held(db, trainer)
    assert (found.certification_id, found.level, found.language, found.slug) == (one, 2, "ca", "catalan-writing")
    assert found.expires_at == NOW + 30 * DAY
    assert await held(db, trainer, NOW + 30 * DAY) == []
    async with db.read() as session:
        assert await levels_of(session, person_id=trainer.person_id, now=NOW) == {one: 2}


async def test_of_several_the_highest_counts_and_then_the_longest(db, certification, manager, trainer):
    one = await certification(valid_days=30)
    await grant(db, manager, one, trainer, level=3, now=NOW)
    await grant(db, manager, one, trainer, level=2, now=NOW + DAY)
    await grant(db, manager, one, trainer, level=3, now=NOW + 2 * DAY)
    (found,) = await held(db, trainer, NOW + 3 * DAY)
    assert (found.level, found.expires_at) == (3, NOW + 32 * DAY)


async def test_revoking_takes_it_back_and_tells_why(db, certification, manager, trainer):
    one = await certification()
    certificate = await grant(db, manager, one, trainer)
    async with db.write() as session:
        await revoke_certificate(
            session, actor=manager, certificate_id=certificate, reason="Granted by mistake.", now=NOW + DAY
        )
    assert await held(db, trainer, NOW + DAY) == []
    async with db.read() as session:
        notices = (await list_notices(session, actor=trainer)).rows
    assert {notice.kind for notice in notices} == {"certification.granted", "certification.revoked"}
    assert any("Granted by mistake." in notice.body and "Mora Manager" in notice.body for notice in notices)
    with pytest.raises(CertificateRevokedError):
        async with db.write() as session:
            await revoke_certificate(session, actor=manager, certificate_id=certificate, reason="Again.", now=NOW)


async def test_a_reason_and_a_level_are_asked_for(db, certification, manager, trainer):
    one = await certification()
    for wrong in ({"reason": "  "}, {"level": 0}, {"level": 6}, {"reason": "a\0b"}):
        with pytest.raises(InvalidError):
            await grant(db, manager, one, trainer, **wrong)
    with pytest.raises(NoSuchCertificationError):
        await grant(db, manager, new_id(), trainer)
    assert await held(db, trainer) == []


@pytest.mark.parametrize("role", ["trainer", "reviewer", "client", "operator"])
async def test_only_managers_certify(db, certification, manager, make_person, role):
    one = await certification()
    other = await make_person(role)
    with pytest.raises(MissingPermissionError):
        await grant(db, other, one, other)
    with pytest.raises(MissingPermissionError):
        async with db.write() as session:
            await add_certification(session, actor=other, name="Mine")


async def test_a_sitting_certifies_once(db, certification, manager, trainer, make_project):
    one, project = await certification(), await make_project()
    sitting = new_id()
    found = []
    for _again in range(2):
        async with db.write() as session:
            found.append(
                await certify_by_exam(
                    session,
                    actor=manager,
                    certification_id=one,
                    person_id=trainer.person_id,
                    level=4,
                    exam_id=project.id,
                    sitting_id=sitting,
                    now=NOW,
                )
            )
    assert found[0] is not None
    assert found[1] is None
    assert [one.level for one in await held(db, trainer)] == [4]


async def test_the_database_lets_certificates_only_be_revoked(db, certification, manager, trainer):
    certificate = await grant(db, manager, await certification(), trainer)
    for statement in (
        "UPDATE certificate SET level = 5",
        "UPDATE certificate SET expires_at = NULL, revoked_at = now(), revoke_reason = 'x', level = 5",
        "DELETE FROM certificate",
        "TRUNCATE certificate CASCADE",
    ):
        with pytest.raises((IntegrityError, psycopg.Error)):
            async with db.write() as session:
                await session.execute(text(statement))
    async with db.write() as session:
        await revoke_certificate(session, actor=manager, certificate_id=certificate, reason="x", now=NOW)
    with pytest.raises(IntegrityError):
        async with db.write() as session:
            await session.execute(text("UPDATE certificate SET revoked_at = NULL, revoke_reason = NULL"))


async def test_names_and_circles(db, certification, manager):
    one, two = await certification("One"), None
    two = await certification("Two", prerequisites=[CertificationNeed(one, 2)])
    with pytest.raises(CertificationNameTakenError):
        await certification(" One ")
    with pytest.raises(InvalidError):
        await certification("Three", prerequisites=[CertificationNeed(new_id(), 2)])
    same = {"description": "", "language": "", "skill": "", "valid_days": None}
    with pytest.raises(InvalidError):
        async with db.write() as session:
            await change_certification(
                session,
                actor=manager,
                certification_id=one,
                name="One",
                prerequisites=[CertificationNeed(two, 1)],
                **same,
            )
    async with db.write() as session:
        await change_certification(
            session, actor=manager, certification_id=one, name="The first", prerequisites=[], **same
        )


async def test_a_project_asks_for_a_certification(db, certification, manager, trainer, make_project):
    one, asking, plain = await certification(), await make_project(), await make_project()

    async def level(project):
        async with db.read() as session:
            return await level_for(session, person_id=trainer.person_id, project_id=project.id, now=NOW)

    async def ask(need, actor=manager):
        async with db.write() as session:
            await set_project_need(session, actor=actor, slug=asking.slug, need=need)

    await ask(CertificationNeed(one, 3))
    async with db.read() as session:
        needs = await needs_of(session, project_ids=[asking.id, plain.id])
    assert needs == {asking.id: CertificationNeed(one, 3)}
    assert (await level(asking), await level(plain)) == (0, None)
    await grant(db, manager, one, trainer, level=2)
    assert (await level(asking), await level(plain)) == (2, None)
    with pytest.raises(InvalidError):
        await ask(CertificationNeed(new_id(), 3))
    with pytest.raises(MissingPermissionError):
        await ask(None, actor=trainer)
    await ask(None)
    assert await level(asking) is None
