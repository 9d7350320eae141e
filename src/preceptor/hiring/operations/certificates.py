"""Certificates: certifying people by hand or for an exam, and taking certificates back."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from preceptor.hiring.events import CertificateGranted, CertificateRevoked
from preceptor.hiring.operations.certifications import get_certification
from preceptor.hiring.queries.belonging import renewing_exam
from preceptor.hiring.rules import expiry, level_problems, reason_problems
from preceptor.hiring.tables import Certificate, CertificateReminder, Certification
from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError, InvalidError, NotFoundError
from preceptor.lib.i18n import _
from preceptor.people.operations.notices import Told, moment, named, notify
from preceptor.people.queries import access_person
from preceptor.people.rules import Actor, Permission

LINK = "/certifications"
"""Where a person sees what they are certified for."""


class NoSuchCertificateError(NotFoundError):
    """No certificate of this id."""

    title = _("There is no such certificate.")
    code = "no_such_certificate"


class CertificateRevokedError(ConflictError):
    """It was revoked before."""

    title = _("This certificate has been revoked already.")
    code = "certificate_revoked"


async def grant_certification(
    session: WriteSession,
    *,
    actor: Actor,
    certification_id: UUID,
    person_id: UUID,
    level: int,
    reason: str,
    now: datetime,
) -> UUID:
    """Certify a person by hand, whatever exams and prerequisites say, and tell them. Answers the certificate's id.

    Raises:
        MissingPermissionError: the actor may not grant certifications.
        NoSuchCertificationError, NoSuchPersonError: there is none.
        InvalidError: no reason, or no such level.
    """
    actor.require(Permission.CERTIFICATION_GRANT)
    reason = reason.strip()
    if problems := [*level_problems("level", level), *reason_problems(reason)]:
        raise InvalidError(fields=problems)
    await access_person(session, actor=actor, person_id=person_id)
    certification = await get_certification(session, certification_id)
    return await _certify(
        session,
        Certificate(
            certification_id=certification_id,
            person_id=person_id,
            level=level,
            granted_at=now,
            expires_at=expiry(granted_at=now, valid_days=certification.valid_days),
            granted_by=actor.person_id,
            reason=reason,
        ),
        actor=actor,
        name=certification.name,
    )


async def certify_by_exam(
    session: WriteSession,
    *,
    actor: Actor,
    certification_id: UUID,
    person_id: UUID,
    level: int,
    exam_id: UUID,
    sitting_id: UUID,
    now: datetime,
) -> UUID | None:
    """Certify a person for an exam that they passed, and tell them; called by whoever graded it.

    Answers the certificate's id; None where this sitting has certified already, so that it may be called again.

    Raises:
        NoSuchCertificationError: there is none.
    """
    certification = await get_certification(session, certification_id)
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(sitting_id), 2))))
    if await session.scalar(select(Certificate.id).where(Certificate.sitting_id == sitting_id)) is not None:
        return None
    return await _certify(
        session,
        Certificate(
            certification_id=certification_id,
            person_id=person_id,
            level=level,
            granted_at=now,
            expires_at=expiry(granted_at=now, valid_days=certification.valid_days),
            exam_id=exam_id,
            sitting_id=sitting_id,
        ),
        actor=actor,
        name=certification.name,
    )


async def revoke_certificate(
    session: WriteSession, *, actor: Actor, certificate_id: UUID, reason: str, now: datetime
) -> None:
    """Take a certificate back, and tell its person why. Work that was begun under it is finished and paid.

    Raises:
        MissingPermissionError: the actor may not grant certifications.
        NoSuchCertificateError: there is none.
        CertificateRevokedError: it was revoked before.
        InvalidError: no reason.
    """
    actor.require(Permission.CERTIFICATION_GRANT)
    reason = reason.strip()
    if problems := list(reason_problems(reason)):
        raise InvalidError(fields=problems)
    row = await session.get(Certificate, certificate_id, with_for_update=True)
    if row is None:
        raise NoSuchCertificateError
    if row.revoked_at is not None:
        raise CertificateRevokedError
    row.revoked_at, row.revoked_by, row.revoke_reason = now, actor.person_id, reason
    certification = await get_certification(session, row.certification_id)
    await notify(
        session,
        person_id=row.person_id,
        kind="certification.revoked",
        text=lambda: Told(
            subject=str(_("Your certificate “{name}” was revoked").format(name=certification.name)),
            body=str(
                _("{person} revoked it and wrote: {reason}\n\nWork you have begun stays yours and is paid.").format(
                    person=named(actor), reason=reason
                )
            ),
        ),
        link=LINK,
    )
    session.emit(
        CertificateRevoked(
            actor_id=actor.person_id,
            subject_id=row.id,
            certification_id=row.certification_id,
            person_id=row.person_id,
        )
    )


async def tell_of_expiry(session: WriteSession, *, notice: timedelta, now: datetime, limit: int = 200) -> int:
    """Tell people of certificates that end soon and how they renew them, each once. Answers how many. For the worker.

    Whoever holds the same at no lower level for longer, or for good, has nothing to renew.
    """
    longer = aliased(Certificate)
    renewed = (
        select(longer.id)
        .where(
            longer.person_id == Certificate.person_id,
            longer.certification_id == Certificate.certification_id,
            longer.level >= Certificate.level,
            longer.revoked_at.is_(None),
            or_(longer.expires_at.is_(None), longer.expires_at > Certificate.expires_at),
        )
        .exists()
    )
    told = select(CertificateReminder.told_at).where(CertificateReminder.certificate_id == Certificate.id).exists()
    due = (
        select(Certificate, Certification.name)
        .join(Certification, Certification.id == Certificate.certification_id)
        .where(
            Certificate.revoked_at.is_(None),
            Certificate.expires_at > now,
            Certificate.expires_at <= now + notice,
            ~told,
            ~renewed,
        )
        .order_by(Certificate.expires_at, Certificate.id)
        .limit(limit)
        .with_for_update(of=Certificate, skip_locked=True)
    )
    rows = list(await session.execute(due))
    for row, name in rows:
        session.add(CertificateReminder(certificate_id=row.id, person_id=row.person_id, told_at=now))
        await _tell_of_end(session, row, name=name)
    await session.flush()
    return len(rows)


async def _tell_of_end(session: WriteSession, row: Certificate, *, name: str) -> None:
    exam = await renewing_exam(
        session, person_id=row.person_id, certification_id=row.certification_id, before=row.exam_id
    )
    until = row.expires_at
    assert until is not None

    def text() -> Told:
        body = _("It ends on {day}. There is no exam for it just now: ask a manager to renew it.")
        if exam is not None:
            body = _("It ends on {day}. Renew it before then by the exam “{exam}”, which is paid like any other work.")
        subject = _("Your certificate “{name}” ends soon").format(name=name)
        return Told(str(subject), str(body.format(day=moment(until), exam=exam.title if exam else "")))

    link = LINK if exam is None else f"/exams/{exam.slug}"
    await notify(session, person_id=row.person_id, kind="certification.expires", text=text, link=link)


async def _certify(session: WriteSession, row: Certificate, *, actor: Actor, name: str) -> UUID:
    session.add(row)
    await session.flush()
    level, reason = row.level, row.reason

    def told() -> Told:
        body = _("You are certified at level {level}.").format(level=level)
        if reason:
            body = _("{person} certified you at level {level} and wrote: {reason}").format(
                person=named(actor), level=level, reason=reason
            )
        return Told(subject=str(_("You are certified: {name}").format(name=name)), body=str(body))

    await notify(session, person_id=row.person_id, kind="certification.granted", text=told, link=LINK)
    session.emit(
        CertificateGranted(
            actor_id=actor.person_id,
            subject_id=row.id,
            project_id=row.exam_id,
            certification_id=row.certification_id,
            person_id=row.person_id,
            level=row.level,
            sitting_id=row.sitting_id,
        )
    )
    return row.id
