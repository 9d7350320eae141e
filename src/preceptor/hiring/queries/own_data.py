"""What hiring knows about somebody, to take along."""

from collections.abc import Mapping

from preceptor.lib.i18n import _
from preceptor.people.rules import REDACTED, AfterErasure, OwnTable

_APPLICATION = "application_id IN (SELECT id FROM application WHERE person_id = %(person)s)"
_CASE = "case_id IN (SELECT id FROM due_process_case WHERE person_id = %(person)s)"

OWN_DATA: tuple[OwnTable, ...] = (
    OwnTable(
        table="application_attempt",
        title=_("Attempts to apply"),
        mine="",
        where="email = (SELECT encode(sha256(convert_to(email, 'UTF8')), 'hex') FROM person WHERE id = %(person)s)",
        after=AfterErasure.DELETED,
    ),
    OwnTable(
        table="application_step",
        title=_("How your applications went"),
        mine="",
        where=_APPLICATION,
        without=("by",),
        after=AfterErasure.CHANGED,
        changes={"note": REDACTED},
    ),
    OwnTable(
        table="application",
        title=_("Applications"),
        after=AfterErasure.CHANGED,
        changes={"why": "''", "spoken": "'[]'", "skills": "'{}'", "consents": "'{}'"},
    ),
    OwnTable(table="engagement", title=_("What you agreed to"), without=("created_by",)),
    OwnTable(table="engagement_end", title=_("Ends of engagements"), without=("by",)),
    OwnTable(table="engagement_leave", title=_("Teams you left when an engagement ended")),
    OwnTable(table="certificate_reminder", title=_("When you were told that a certificate ends")),
    OwnTable(table="certificate", title=_("Certificates"), without=("granted_by", "revoked_by")),
    OwnTable(
        table="due_process_case",
        title=_("Decisions about you"),
        after=AfterErasure.CHANGED,
        changes={"no_transfer": "'–'"},
        when="no_transfer <> ''",
    ),
    OwnTable(table="case_record", title=_("Records those decisions rest on"), mine="", where=_CASE),
    OwnTable(
        table="case_file",
        title=_("Files attached to those decisions"),
        mine="",
        where=f"({_CASE} OR author_id = %(person)s)",
        after=AfterErasure.CHANGED,
        changes={"name": "''", "erased_at": "%(now)s"},
        when=_CASE,
    ),
    OwnTable(
        table="case_text",
        title=_("What was written in those decisions"),
        mine="",
        where=f"({_CASE} OR author_id = %(person)s)",
        after=AfterErasure.CHANGED,
        changes={"text": "''", "erased_at": "%(now)s"},
        when=_CASE,
    ),
)

NOT_OWN: Mapping[str, str] = {
    "case_file.author_id": "found through the case; those attached in office stay",
    "case_text.author_id": "found through the case; those written in office stay",
}
