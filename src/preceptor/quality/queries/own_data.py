"""What quality knows about somebody, to take along."""

from collections.abc import Mapping

from preceptor.lib.i18n import _
from preceptor.people.rules import REDACTED, AfterErasure, OwnTable

OWN_DATA: tuple[OwnTable, ...] = (
    # Trainers are not told who gave a verdict, here neither.
    OwnTable(
        table="review",
        title=_("Reviews of your work"),
        mine="trainer_id",
        without=("reviewer_id", "lease_until"),
        after=AfterErasure.CHANGED,
        changes={"note": REDACTED},
    ),
    OwnTable(
        table="review",
        title=_("Reviews you gave"),
        mine="reviewer_id",
        without=("trainer_id",),
        after=AfterErasure.CHANGED,
        changes={"note": REDACTED},
    ),
    OwnTable(
        table="dispute",
        title=_("Verdicts you contested"),
        mine="trainer_id",
        without=("reviewer_id", "decided_by"),
        after=AfterErasure.CHANGED,
        changes={"note": REDACTED, "answer": REDACTED},
    ),
    OwnTable(table="hold", title=_("What you grade or decide just now"), after=AfterErasure.DELETED),
    OwnTable(table="exam_result", title=_("Results of your exams"), without=("decided_by",)),
    OwnTable(
        table="part_grade",
        title=_("How people graded parts of your exams"),
        mine="",
        where="sitting_id IN (SELECT id FROM sitting WHERE person_id = %(person)s)",
        without=("grader_id",),
    ),
)

NOT_OWN: Mapping[str, str] = {
    "part_grade.grader_id": "who graded, in office",
    "dispute.reviewer_id": "a copy of who gave the verdict that is contested",
}
