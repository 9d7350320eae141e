"""Decisions about reviews: which answers are looked at, what a verdict needs, why the inbox is empty."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

import msgspec

from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import LazyText, _, ngettext_lazy
from preceptor.projects.rules import clean_text, text_problems

LEASE = timedelta(minutes=60)
"""How long a reviewer holds an answer without a sign of life."""

KEPT_FOR = timedelta(days=1)
"""How long a reworked answer waits for the reviewer who returned it, before anybody may take it."""

MAX_NOTE = 4_000


class Verdict(StrEnum):
    """What a reviewer says about an answer."""

    ACCEPT = "accept"
    CORRECT = "correct"
    RETURN = "return"
    REJECT = "reject"


VERDICT_NAMES: Mapping[Verdict, LazyText] = {
    Verdict.ACCEPT: _("Accepted"),
    Verdict.CORRECT: _("Accepted with a correction"),
    Verdict.RETURN: _("Returned for rework"),
    Verdict.REJECT: _("Rejected"),
}


class Reason(msgspec.Struct, frozen=True):
    """An entry of a closed list. `no_pay`: a rejection for it takes back what the answer earned, with notice."""

    label: LazyText
    no_pay: bool = False


RETURN_REASONS: Mapping[str, Reason] = {
    "missed_error": Reason(_("An error in a response was missed")),
    "rating": Reason(_("A rating does not fit the text")),
    "ideal": Reason(_("The ideal response is not ideal yet")),
    "instructions": Reason(_("The guidelines were not followed")),
    "language": Reason(_("Spelling, grammar or tone")),
    "incomplete": Reason(_("Something is missing")),
    "other": Reason(_("Another reason")),
}
"""Why an answer goes back to its trainer."""

REJECT_REASONS: Mapping[str, Reason] = {
    "fraud": Reason(_("Fraud: somebody else or a machine did the work"), no_pay=True),
    "empty": Reason(_("Empty, or filled with nonsense"), no_pay=True),
    "copied": Reason(_("Copied from elsewhere"), no_pay=True),
    "off_topic": Reason(_("Not about what the task asks")),
    "harmful": Reason(_("Harmful content that the task did not ask for")),
    "language": Reason(_("In the wrong language")),
    "beyond_repair": Reason(_("Too far from the guidelines to be repaired")),
    "other": Reason(_("Another reason")),
}
"""Why an answer does not count."""

REASONS: Mapping[Verdict, Mapping[str, Reason]] = {
    Verdict.ACCEPT: {},
    Verdict.CORRECT: {},
    Verdict.RETURN: RETURN_REASONS,
    Verdict.REJECT: REJECT_REASONS,
}


def reason_label(verdict: Verdict, reason: str | None) -> LazyText | None:
    """The words of a reason; an unknown one, of an older version, stands for itself."""
    if reason is None:
        return None
    known = REASONS[verdict].get(reason)
    return known.label if known else LazyText("{key}", values=(("key", reason),))


def is_sampled(first_submission_id: UUID, *, share: float, rework: bool) -> bool:
    """True when a reviewer looks at an answer.

    Decided by the SHA-256 of the id of its first submission: the same whenever and wherever it is asked, and unknown
    to its trainer before they hand in. Reworked answers are always looked at again.

    Args:
        first_submission_id: of the assignment.
        share: the project's, 0 to 1.
        rework: the answer came back after it had been returned.
    """
    if rework or share >= 1:
        return True
    return int.from_bytes(sha256(first_submission_id.bytes).digest()[:8]) < share * 2**64


def kept_from(*, reviewer_id: UUID | None, until: datetime | None, person_id: UUID, now: datetime) -> bool:
    """True while an open review is kept for somebody else than `person_id`."""
    return reviewer_id not in {None, person_id} and until is not None and until > now


def may_return(*, round_: int, most_rounds: int) -> bool:
    """True while an answer may be sent back once more. `round_` counts the reworks it has had."""
    return round_ < most_rounds


def clean_note(note: str) -> str:
    """The note in the form it is stored and compared in."""
    return clean_text(note)


def decision_problems(
    *, verdict: Verdict, reason: str | None, note: str, has_content: bool, round_: int, most_rounds: int
) -> list[FieldProblem]:
    """What is wrong with a decision.

    Args:
        verdict: what the reviewer says.
        reason: a key of the verdict's closed list; None for none.
        note: cleaned words to the trainer.
        has_content: a corrected answer came along.
        round_: how often the answer has been reworked.
        most_rounds: how often the project lets an answer be returned.
    """
    problems = []
    reasons = REASONS[verdict]
    if reasons and reason not in reasons:
        problems.append(FieldProblem("reason", _("Choose one of the reasons.")))
    if not reasons and reason is not None:
        problems.append(FieldProblem("reason", _("A reason belongs to a return or a rejection.")))
    if reasons and not note:
        problems.append(FieldProblem("note", _("Write a note: it tells the trainer what you saw.")))
    problems += text_problems("note", note, most=MAX_NOTE)
    if verdict is Verdict.CORRECT and not has_content:
        problems.append(FieldProblem("content", _("Correct something, or accept the answer as it is.")))
    if verdict is not Verdict.CORRECT and has_content:
        problems.append(FieldProblem("content", _("A corrected answer belongs to “accept with correction”.")))
    if verdict is Verdict.RETURN and not may_return(round_=round_, most_rounds=most_rounds):
        problems.append(FieldProblem("verdict", no_more_rounds(most_rounds)))
    return problems


def no_more_rounds(most_rounds: int) -> LazyText:
    """Why an answer cannot be returned (again)."""
    if most_rounds == 0:
        return _("This project does not return answers. Accept, correct or reject it.")
    return ngettext_lazy(
        "This answer was returned {count} time, which is the most. Accept, correct or reject it.",
        "This answer was returned {count} times, which is the most. Accept, correct or reject it.",
        most_rounds,
    )


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """What a reviewer's inbox was made from, in numbers of answers unless said otherwise."""

    projects: int
    """Projects they may see that have begun."""
    asking: int
    """Those of them that want reviews at all."""
    own: int
    """Waiting, but the reviewer's own work."""
    kept: int
    """Waiting for the colleague who returned them."""
    taken: int
    """In the hands of colleagues."""


class EmptyReason(msgspec.Struct, frozen=True):
    """Why there is nothing to review, and what would change it.

    Attributes:
        code: for programs.
        text: why.
        hint: what would change it, where that is something else than time.
        link: a page on which that can be done; empty where there is none.
        until: when it changes by itself; None where that is not known.
    """

    code: str
    text: LazyText
    hint: LazyText | None = None
    link: str = ""
    until: datetime | None = None


def why_empty(waiting: Waiting) -> EmptyReason:
    """The first reason that holds, the most telling first."""
    if waiting.projects == 0:
        return EmptyReason("no_projects", _("No project has begun yet. Work shows up here once trainers hand it in."))
    if waiting.own:
        text = ngettext_lazy(
            "{count} answer that waits is your own: somebody else has to look at it.",
            "{count} answers that wait are your own: somebody else has to look at them.",
            waiting.own,
        )
        return EmptyReason("own_work", text)
    if waiting.kept:
        text = ngettext_lazy(
            "{count} reworked answer is kept for the reviewer who returned it. After a day anybody may take it.",
            "{count} reworked answers are kept for the reviewers who returned them. After a day anybody may take them.",
            waiting.kept,
        )
        return EmptyReason("kept", text)
    if waiting.taken:
        text = ngettext_lazy(
            "The only answer that waits is in the hands of a colleague.",
            "All {count} answers that wait are in the hands of colleagues.",
            waiting.taken,
        )
        return EmptyReason("taken", text)
    if waiting.asking == 0:
        return EmptyReason("no_share", _("No project asks for reviews: their review share is 0%."))
    return EmptyReason("nothing", _("Nothing waits for a review. Work shows up here a moment after it is handed in."))
