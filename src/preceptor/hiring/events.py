"""What happens between people and the house: offers, applications, engagements, certifications, cases."""

from typing import ClassVar
from uuid import UUID

from preceptor.lib.events import Event


class CertificationAdded(Event, frozen=True, kw_only=True):
    """A certification came to be. The subject is the certification."""

    name: ClassVar[str] = "hiring.certification_added"


class CertificationChanged(Event, frozen=True, kw_only=True):
    """What a certification says of itself was changed. The subject is the certification."""

    name: ClassVar[str] = "hiring.certification_changed"


class CertificateGranted(Event, frozen=True, kw_only=True):
    """A person was certified, by hand or by an exam (then `sitting_id` is there). The subject is the certificate."""

    name: ClassVar[str] = "hiring.certificate_granted"

    certification_id: UUID
    person_id: UUID
    level: int
    sitting_id: UUID | None = None


class CertificateRevoked(Event, frozen=True, kw_only=True):
    """A certificate counts no more. The subject is the certificate."""

    name: ClassVar[str] = "hiring.certificate_revoked"

    certification_id: UUID
    person_id: UUID


class ProjectNeedSet(Event, frozen=True, kw_only=True):
    """A project asks for a certification from now on; without `level` for none any more. The subject is the project."""

    name: ClassVar[str] = "hiring.project_need_set"

    certification_id: UUID | None = None
    level: int | None = None
