"""What projects know about somebody, to take along."""

from collections.abc import Mapping

from preceptor.lib.i18n import _
from preceptor.people.rules import REDACTED, AfterErasure, OwnTable

OWN_DATA: tuple[OwnTable, ...] = (
    OwnTable(table="guidelines_acknowledgement", title=_("Guidelines you read")),
    OwnTable(table="announcement_seen", title=_("Announcements you saw"), after=AfterErasure.DELETED),
    OwnTable(
        table="project_rating",
        title=_("Your ratings of projects"),
        after=AfterErasure.CHANGED,
        changes={"comment": REDACTED},
    ),
    OwnTable(
        table="question",
        title=_("Your questions"),
        mine="author_id",
        without=("removed_by", "last_post_by"),
        after=AfterErasure.CHANGED,
        changes={"title": REDACTED, "markdown": REDACTED},
    ),
    OwnTable(
        table="question_answer",
        title=_("Your answers to questions"),
        mine="author_id",
        without=("removed_by",),
        after=AfterErasure.CHANGED,
        changes={"markdown": REDACTED},
    ),
    OwnTable(table="question_seen", title=_("Questions you read"), after=AfterErasure.DELETED),
)

NOT_OWN: Mapping[str, str] = {}
