"""Certificates: certifying people by hand or for an exam, and taking certificates back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from preceptor.hiring.events import CertificateGranted, CertificateRevoked
from preceptor.hiring.operations.certifications import get_certification
from preceptor.hiring.rules import expiry, level_problems, reason_problems
from preceptor.hiring.tables import Certificate
from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError, InvalidError, NotFoundError
from preceptor.lib.i18n import _
from preceptor.people.operations.notices import Told, notify
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
                    person=actor.name, reason=reason
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


async def _certify(session: WriteSession, row: Certificate, *, actor: Actor, name: str) -> UUID:
    session.add(row)
    await session.flush()
    level, reason = row.level, row.reason

    def told() -> Told:
        body = _("You are certified at level {level}.").format(level=level)
        if reason:
            body = _("{person} certified you at level {level} and wrote: {reason}").format(
                person=actor.name, level=level, reason=reason
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
