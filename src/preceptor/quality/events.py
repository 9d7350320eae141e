"""What happens to reviews. The subject is the review; `assignment_id` is whose answer it looks at."""

from typing import ClassVar
from uuid import UUID

from preceptor.lib.events import Event


class ReviewOpened(Event, frozen=True, kw_only=True):
    """An answer waits for a reviewer. `round` counts its reworks; `kept`: it is offered to one reviewer first."""

    name: ClassVar[str] = "quality.review_opened"

    assignment_id: UUID
    submission_id: UUID
    round: int = 0
    kept: bool = False


class ReviewClaimed(Event, frozen=True, kw_only=True):
    """A reviewer began to look. From now on the trainer cannot correct the answer."""

    name: ClassVar[str] = "quality.review_claimed"

    assignment_id: UUID


class ReviewReleased(Event, frozen=True, kw_only=True):
    """A reviewer put it back undecided. `expired`: they went away and their time with it ran out."""

    name: ClassVar[str] = "quality.review_released"

    assignment_id: UUID
    expired: bool = False


class ReviewDecided(Event, frozen=True, kw_only=True):
    """A reviewer gave their verdict; `correction_id` is the revision they wrote, if any."""

    name: ClassVar[str] = "quality.review_decided"

    assignment_id: UUID
    submission_id: UUID
    verdict: str
    reason: str | None = None
    round: int = 0
    correction_id: UUID | None = None


class ReviewVoided(Event, frozen=True, kw_only=True):
    """The answer waits for no verdict any more: it was accepted because nobody had looked at it in time."""

    name: ClassVar[str] = "quality.review_voided"

    assignment_id: UUID


class DisputeOpened(Event, frozen=True, kw_only=True):
    """A trainer contests a rejection. The subject is the dispute."""

    name: ClassVar[str] = "quality.dispute_opened"

    assignment_id: UUID


class DisputeDecided(Event, frozen=True, kw_only=True):
    """Somebody else than its reviewer let a rejection stand, or overturned it. The subject is the dispute."""

    name: ClassVar[str] = "quality.dispute_decided"

    assignment_id: UUID
    overturned: bool


class PartGraded(Event, frozen=True, kw_only=True):
    """A person graded a part of a sitting, or left it out. The subject is the part's item."""

    name: ClassVar[str] = "quality.part_graded"

    sitting_id: UUID
    left_out: bool = False


class ExamDecided(Event, frozen=True, kw_only=True):
    """A sitting was passed, at a level, or failed. The subject is the sitting."""

    name: ClassVar[str] = "quality.exam_decided"

    person_id: UUID
    passed: bool
    level: int | None = None
    certificate_id: UUID | None = None
