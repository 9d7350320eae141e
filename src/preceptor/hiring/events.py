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


class ExamSet(Event, frozen=True, kw_only=True):
    """What an exam asks and certifies was written down anew. The subject is its project."""

    name: ClassVar[str] = "hiring.exam_set"

    certification_id: UUID


class OfferDrafted(Event, frozen=True, kw_only=True):
    """An offer was written down. The subject is the offer."""

    name: ClassVar[str] = "hiring.offer_drafted"


class OfferChanged(Event, frozen=True, kw_only=True):
    """An offer was changed. The subject is the offer."""

    name: ClassVar[str] = "hiring.offer_changed"

    parts: list[str]


class OfferPublished(Event, frozen=True, kw_only=True):
    """An offer can be seen by everybody. The subject is the offer."""

    name: ClassVar[str] = "hiring.offer_published"


class OfferClosed(Event, frozen=True, kw_only=True):
    """An offer takes no more applications. The subject is the offer; `why` is date, quota or hand."""

    name: ClassVar[str] = "hiring.offer_closed"

    why: str


class ApplicationMoved(Event, frozen=True, kw_only=True):
    """An application came into another state. The subject is the application."""

    name: ClassVar[str] = "hiring.application_moved"

    offer_id: UUID
    person_id: UUID
    state: str


class Engaged(Event, frozen=True, kw_only=True):
    """A person accepted an offer. The subject is the engagement."""

    name: ClassVar[str] = "hiring.engaged"

    offer_id: UUID
    person_id: UUID


class EngagementChanged(Event, frozen=True, kw_only=True):
    """A person was told of another rate. The subject is the new version of the engagement."""

    name: ClassVar[str] = "hiring.engagement_changed"

    offer_id: UUID
    person_id: UUID


class EngagementEnded(Event, frozen=True, kw_only=True):
    """The end of an engagement was told. The subject is the person."""

    name: ClassVar[str] = "hiring.engagement_ended"

    offer_id: UUID


class CaseAnnounced(Event, frozen=True, kw_only=True):
    """A person announced a warning, restriction, suspension or removal to somebody. The subject is the case."""

    name: ClassVar[str] = "hiring.case_announced"

    person_id: UUID
    measure: str
    reason: str


class CaseFileAttached(Event, frozen=True, kw_only=True):
    """The person concerned, or whoever announced it, attached a file to a case. The subject is the case."""

    name: ClassVar[str] = "hiring.case_file_attached"

    person_id: UUID


class CaseAppealed(Event, frozen=True, kw_only=True):
    """Somebody appealed against a measure. The subject is the case."""

    name: ClassVar[str] = "hiring.case_appealed"

    person_id: UUID


class AppealDecided(Event, frozen=True, kw_only=True):
    """Another person decided an appeal. The subject is the case."""

    name: ClassVar[str] = "hiring.appeal_decided"

    person_id: UUID
    outcome: str


class AppealOverdue(Event, frozen=True, kw_only=True):
    """An appeal was not decided in time, so the measure is lifted until it is. The subject is the case."""

    name: ClassVar[str] = "hiring.appeal_overdue"

    person_id: UUID


class CaseInForce(Event, frozen=True, kw_only=True):
    """The notice of a measure has passed, and the person concerned was told. The subject is the case."""

    name: ClassVar[str] = "hiring.case_in_force"

    person_id: UUID


class CaseWithdrawn(Event, frozen=True, kw_only=True):
    """A measure was taken back, or a transfer took its place. The subject is the case."""

    name: ClassVar[str] = "hiring.case_withdrawn"

    person_id: UUID


class TransferAnswered(Event, frozen=True, kw_only=True):
    """Somebody answered the offer of another team. The subject is the case."""

    name: ClassVar[str] = "hiring.transfer_answered"

    person_id: UUID
    accepted: bool
