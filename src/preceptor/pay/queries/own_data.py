"""What the ledger knows about somebody, to take along."""

from collections.abc import Mapping

from preceptor.lib.i18n import _
from preceptor.people.rules import AfterErasure, OwnTable

OWN_DATA: tuple[OwnTable, ...] = (
    OwnTable(
        table="ledger_entry",
        title=_("Your account"),
        mine="",
        where="(debit = 'person:' || %(person)s OR credit = 'person:' || %(person)s)",
        without=("actor_id",),
    ),
    OwnTable(
        table="payout",
        title=_("Payouts"),
        without=("sealed", "decided_by"),
        after=AfterErasure.CHANGED,
        changes={"sealed": "''::bytea", "hint": "''", "note": "''"},
    ),
    OwnTable(table="payout_method", title=_("Where your money goes"), without=("sealed",), after=AfterErasure.DELETED),
    OwnTable(table="payroll_person", title=_("Paid by an employer"), after=AfterErasure.DELETED),
)

NOT_OWN: Mapping[str, str] = {"ledger_entry.actor_id": "who decided a movement of money, in office"}
