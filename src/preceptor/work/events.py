"""What happens to items, assignments and submissions. The subject is the assignment unless said otherwise."""

from typing import ClassVar
from uuid import UUID

from preceptor.lib.events import Event


class ItemsAdded(Event, frozen=True, kw_only=True):
    """Items came into a project. The subject is the project."""

    name: ClassVar[str] = "work.items_added"

    items: int
    slots: int


class ItemsCancelled(Event, frozen=True, kw_only=True):
    """Items will not be handed out any more. The subject is the project. `slots`: open ones that were closed."""

    name: ClassVar[str] = "work.items_cancelled"

    items: int
    slots: int


class ItemsMoved(Event, frozen=True, kw_only=True):
    """Items got another priority. The subject is the project."""

    name: ClassVar[str] = "work.items_moved"

    items: int
    priority: int


class ItemsPlaced(Event, frozen=True, kw_only=True):
    """Items ask for another language, level or content. The subject is the project. `lane`: what they ask now."""

    name: ClassVar[str] = "work.items_placed"

    items: int
    lane: str


class ReportTaken(Event, frozen=True, kw_only=True):
    """A product sent a conversation that a user reported. The subject is the item."""

    name: ClassVar[str] = "work.report_taken"


class OriginalRead(Event, frozen=True, kw_only=True):
    """Somebody read what an item hides: private data as it came in. The subject is the item."""

    name: ClassVar[str] = "work.original_read"


class ReplacementUndone(Event, frozen=True, kw_only=True):
    """Somebody put back what was replaced in an item and is not private. The subject is the item."""

    name: ClassVar[str] = "work.replacement_undone"


class AnswersGiven(Event, frozen=True, kw_only=True):
    """Answers that people gave elsewhere came in with items, as accepted work. The subject is the project.

    `taken`: open slots that they filled.
    """

    name: ClassVar[str] = "work.answers_given"

    answers: int
    taken: int = 0


class Claimed(Event, frozen=True, kw_only=True):
    """A trainer holds a slot."""

    name: ClassVar[str] = "work.claimed"

    prefetch: bool = False


class Begun(Event, frozen=True, kw_only=True):
    """A prefetched assignment was opened: its clock runs."""

    name: ClassVar[str] = "work.begun"


class Paused(Event, frozen=True, kw_only=True):
    """A trainer stopped their clock."""

    name: ClassVar[str] = "work.paused"


class Resumed(Event, frozen=True, kw_only=True):
    """A trainer went on."""

    name: ClassVar[str] = "work.resumed"


class TurnAsked(Event, frozen=True, kw_only=True):
    """A prompt was sent to the models. The subject is the turn."""

    name: ClassVar[str] = "work.turn_asked"


class Ended(Event, frozen=True, kw_only=True):
    """Base of the ways an assignment ends: what it earned in this stretch, in minor units and milliseconds.

    `slot` is the state its slot was left in; None where somebody else had it by then.
    """

    amount_minor: int = 0
    currency: str = ""
    earned_ms: int = 0
    active_ms: int = 0
    slot: str | None = None


class Submitted(Ended, frozen=True, kw_only=True):
    """An answer was handed in; `submission_id` is it. `surplus`: its slot had gone to somebody else."""

    name: ClassVar[str] = "work.submitted"

    submission_id: UUID
    surplus: bool = False
    rework: bool = False
    revived: bool = False
    """True where the lease had run out and the slot was still free."""


class Skipped(Ended, frozen=True, kw_only=True):
    """A trainer gave the item back, for a reason from a closed list."""

    name: ClassVar[str] = "work.skipped"

    reason: str


class Reported(Ended, frozen=True, kw_only=True):
    """A trainer said that something is wrong with the item itself."""

    name: ClassVar[str] = "work.reported"

    reason: str


class Expired(Ended, frozen=True, kw_only=True):
    """A lease ran out; draft and time are kept. `prefetched`: it had not been opened. `again`: it ran out before."""

    name: ClassVar[str] = "work.expired"

    prefetched: bool = False
    rework: bool = False
    again: bool = False


class Revived(Event, frozen=True, kw_only=True):
    """Somebody went on with an expired assignment while its slot was still free."""

    name: ClassVar[str] = "work.revived"


class Corrected(Event, frozen=True, kw_only=True):
    """A trainer replaced their submission by a new revision; `submission_id` is it."""

    name: ClassVar[str] = "work.corrected"

    submission_id: UUID


class Accepted(Event, frozen=True, kw_only=True):
    """The answer counts. `by_time`: nobody looked at it in the time there was."""

    name: ClassVar[str] = "work.accepted"

    submission_id: UUID
    by_time: bool = False


class Returned(Event, frozen=True, kw_only=True):
    """The answer went back to its trainer for rework."""

    name: ClassVar[str] = "work.returned"

    reason: str


class ReworkBegun(Event, frozen=True, kw_only=True):
    """The trainer opened a returned answer."""

    name: ClassVar[str] = "work.rework_begun"


class Rejected(Event, frozen=True, kw_only=True):
    """The answer does not count. `reopened`: its item asks for another one in its place.

    `no_pay`: what it had earned, `amount_minor`, was taken back.
    """

    name: ClassVar[str] = "work.rejected"

    reason: str
    reopened: bool = True
    no_pay: bool = False
    amount_minor: int = 0
    currency: str = ""


class Reinstated(Event, frozen=True, kw_only=True):
    """A rejection was overturned: the answer counts. What was taken back, `amount_minor`, was given back.

    `surplus`: somebody else has answered in its place by then.
    """

    name: ClassVar[str] = "work.reinstated"

    submission_id: UUID
    surplus: bool = False
    amount_minor: int = 0
    currency: str = ""


class OverCapClaimed(Event, frozen=True, kw_only=True):
    """A trainer asked to be paid for time over the cap. The subject is the claim."""

    name: ClassVar[str] = "work.over_cap_claimed"

    assignment_id: UUID
    claimed_ms: int


class OverCapDecided(Event, frozen=True, kw_only=True):
    """Somebody granted time over the cap or declined to. The subject is the claim."""

    name: ClassVar[str] = "work.over_cap_decided"

    assignment_id: UUID
    accepted: bool
    amount_minor: int = 0
    currency: str = ""
    earned_ms: int = 0


class StintEnded(Event, frozen=True, kw_only=True):
    """Required time outside of tasks was booked, such as a review. The subject is the stint."""

    name: ClassVar[str] = "work.stint_ended"

    activity: str
    amount_minor: int = 0
    currency: str = ""
    earned_ms: int = 0


class GuidelinesTimed(Event, frozen=True, kw_only=True):
    """Time spent on reading guidelines was booked apart from the task it was read in. The subject is the assignment."""

    name: ClassVar[str] = "work.guidelines_timed"

    amount_minor: int = 0
    currency: str = ""
    earned_ms: int = 0


class ToppedUp(Event, frozen=True, kw_only=True):
    """A month's pay by the task was topped up to the hour that was promised. The subject is the top-up."""

    name: ClassVar[str] = "work.topped_up"

    person_id: UUID
    amount_minor: int = 0
    currency: str = ""


class ItemKeySet(Event, frozen=True, kw_only=True):
    """What is right about an item was written down, or taken back. The subject is the item."""

    name: ClassVar[str] = "work.item_key_set"

    has_key: bool


class SittingBegun(Event, frozen=True, kw_only=True):
    """Somebody began to sit an exam. The subject is the sitting."""

    name: ClassVar[str] = "work.sitting_begun"

    attempt: int
    parts: int


class SittingHandedIn(Event, frozen=True, kw_only=True):
    """A sitting of an exam was handed in, by its person, with its last part, or as its time was over."""

    name: ClassVar[str] = "work.sitting_handed_in"

    person_id: UUID
