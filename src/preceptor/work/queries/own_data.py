"""What work knows about somebody, to take along."""

from collections.abc import Mapping

from preceptor.lib.i18n import _
from preceptor.people.rules import REDACTED, AfterErasure, OwnTable

_MINE = "assignment_id IN (SELECT id FROM assignment WHERE trainer_id = %(person)s)"
_TURN = (
    "turn_id IN (SELECT turn.id FROM turn JOIN assignment ON assignment.id = turn.assignment_id "
    "WHERE assignment.trainer_id = %(person)s)"
)

OWN_DATA: tuple[OwnTable, ...] = (
    OwnTable(table="assignment", title=_("Tasks you took"), mine="trainer_id"),
    OwnTable(
        table="assignment_note",
        title=_("Why you skipped or reported tasks"),
        mine="",
        where=_MINE,
        after=AfterErasure.CHANGED,
        changes={"note": "''"},
    ),
    OwnTable(table="draft", title=_("Drafts"), mine="", where=_MINE, after=AfterErasure.DELETED),
    OwnTable(
        table="turn",
        title=_("What you asked models"),
        mine="",
        where=_MINE,
        without=("keeper", "keeper_until"),
        after=AfterErasure.CHANGED,
        changes={"prompt": REDACTED, "continued_with": REDACTED, "continue_from": REDACTED},
    ),
    # Which model wrote what is hidden from those who judge, and stays so.
    OwnTable(
        table="response",
        title=_("What models answered you"),
        mine="",
        where=_TURN,
        without=("model", "system_prompt", "parameters", "seed", "error"),
        after=AfterErasure.CHANGED,
        changes={"text": REDACTED},
    ),
    OwnTable(table="submission", title=_("What you handed in"), mine="trainer_id", without=("author_id",)),
    OwnTable(
        table="submission_body",
        title=_("The texts of what you handed in"),
        mine="",
        where="submission_id IN (SELECT id FROM submission WHERE trainer_id = %(person)s OR author_id = %(person)s)",
        after=AfterErasure.CHANGED,
        changes={"content": "'{}'", "erased_at": "%(now)s"},
        when="erased_at IS NULL AND (%(texts)s OR content::text ~* %(pattern)s)",
    ),
    OwnTable(table="time_entry", title=_("Your time"), mine="person_id"),
    OwnTable(table="stint", title=_("Your time outside of tasks")),
    OwnTable(
        table="cap_claim",
        title=_("Claims of time over the cap"),
        without=("decided_by",),
        after=AfterErasure.CHANGED,
        changes={"note": REDACTED, "answer": REDACTED},
    ),
    OwnTable(table="top_up", title=_("Top-ups of pay per task")),
    OwnTable(table="trainer_tally", title=_("Counts of your work"), mine="trainer_id"),
    OwnTable(table="exposure", title=_("Time with hard content")),
    OwnTable(table="clock", title=_("Where your clock stands"), after=AfterErasure.DELETED),
    OwnTable(table="work_wait", title=_("Work you wait for"), after=AfterErasure.DELETED),
    OwnTable(table="work_told", title=_("When you were last told of work"), after=AfterErasure.DELETED),
    OwnTable(table="sitting", title=_("Exams you sat")),
)

NOT_OWN: Mapping[str, str] = {
    "item_key.changed_by": "who wrote a key, in office",
    "submission.author_id": "handed out with what was handed in; a reviewer's corrections are theirs only as texts",
}
