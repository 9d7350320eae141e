"""What people call the states of their work."""

from collections.abc import Mapping

from preceptor.lib.i18n import LazyText, _

STATE_NAMES: Mapping[str, LazyText] = {
    "prefetched": _("Ready for you"),
    "active": _("Under way"),
    "paused": _("Paused"),
    "submitted": _("Submitted"),
    "accepted": _("Accepted"),
    "returned": _("Returned to you"),
    "rejected": _("Rejected"),
    "skipped": _("Skipped"),
    "reported": _("Reported"),
    "expired": _("Ran out of time"),
    "surplus": _("Surplus"),
}
"""What the trainer is told about an assignment's state."""

STATE_NAMES_TO_OTHERS: Mapping[str, LazyText] = {
    **STATE_NAMES,
    "prefetched": _("Held ahead"),
    "submitted": _("Waiting for a verdict"),
    "returned": _("Returned"),
}
"""What everybody else is told about it."""

STATE_NOTES: Mapping[str, LazyText] = {
    "submitted": _("It waits to be looked at. Until somebody begins to, you can correct it."),
    "accepted": _("Your answer counts."),
    "returned": _("A reviewer asks you to work on it again. That time is paid as well."),
    "rejected": _("Your answer does not count. What you earned with it stays yours."),
    "skipped": _("You gave it back. The time you spent is paid."),
    "reported": _("You said that something is wrong with it. The time you spent is paid."),
    "expired": _("It was left alone for too long and went back to the others. Your draft and your time are kept."),
    "surplus": _("It came after somebody else had answered in your place. It is kept and paid, and counts as extra."),
}
"""What that means for them, in a sentence."""

NO_PAY_NOTE = _("Your answer does not count, and is not paid, for the reason that the reviewer gave.")
"""The same of a rejection for a reason that takes back what was earned."""

OUTCOME_NAMES: Mapping[str, LazyText] = {
    **STATE_NAMES,
    "over_cap": _("Granted over the limit"),
    "decided": _("Decided"),
    "released": _("Put back"),
    "graded": _("Exam graded"),
    "dispute": _("Dispute decided"),
    "read": _("Read"),
}
"""How a stretch of time ended."""

ACTIVITY_NAMES: Mapping[str, LazyText] = {
    "work": _("Work"),
    "rework": _("Rework"),
    "review": _("Review"),
    "guidelines": _("Guidelines"),
    "exam": _("Exam"),
    "training": _("Training"),
}
"""What time was spent on."""

ORIGIN_NAMES: Mapping[str, LazyText] = {
    "first": _("Submitted"),
    "correction": _("Corrected by you"),
    "rework": _("Submitted again after rework"),
    "review": _("Corrected by a reviewer"),
    "given": _("Given elsewhere and imported"),
}
"""How a revision of an answer came to be, as its trainer is told."""

ORIGIN_NAMES_TO_OTHERS: Mapping[str, LazyText] = {**ORIGIN_NAMES, "correction": _("Corrected by the trainer")}
"""The same for everybody else."""
