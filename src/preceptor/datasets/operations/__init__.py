"""Asking for imports and releases, and writing down how they go."""

from preceptor.datasets.operations.deciding import NotCheckedError, confirm_import, discard_import, read_otherwise
from preceptor.datasets.operations.deliveries import (
    DeliveryVerdict,
    NotDeliveredError,
    decide_delivery,
)
from preceptor.datasets.operations.erasing import erase_due, erase_person
from preceptor.datasets.operations.imports import OvertakenError, ProjectClosedError, request_import
from preceptor.datasets.operations.invoicing import issue_invoice
from preceptor.datasets.operations.releases import (
    NobodyWithdrawnError,
    NotFailedError,
    NothingAcceptedError,
    ReleaseMade,
    check_release_settings,
    freeze_release,
    note_download,
    retry_release,
    withdraw_work,
)
from preceptor.datasets.operations.similarity import SearchingAlreadyError, request_similarity

__all__ = [
    "DeliveryVerdict",
    "NobodyWithdrawnError",
    "NotCheckedError",
    "NotDeliveredError",
    "NotFailedError",
    "NothingAcceptedError",
    "OvertakenError",
    "ProjectClosedError",
    "ReleaseMade",
    "SearchingAlreadyError",
    "check_release_settings",
    "confirm_import",
    "decide_delivery",
    "discard_import",
    "erase_due",
    "erase_person",
    "freeze_release",
    "issue_invoice",
    "note_download",
    "read_otherwise",
    "request_import",
    "request_similarity",
    "retry_release",
    "withdraw_work",
]
