"""Moving money."""

from preceptor.pay.operations.adjustments import (
    OwnAdjustmentError,
    adjust,
    reverse_adjustment,
)
from preceptor.pay.operations.batches import (
    Approved,
    BatchStateError,
    NothingDueError,
    OwnApprovalError,
    approve_batch,
    cancel_batch,
    export_batch,
    make_batch,
    mark_sent,
)
from preceptor.pay.operations.ledger import (
    EARN,
    Earned,
    Moved,
    move,
    overturn,
    record_earnings,
    reverse,
)
from preceptor.pay.operations.methods import (
    NoPayoutMethodError,
    confirm_payout_method,
    remove_payout_method,
    set_employed,
    set_payout_method,
)
from preceptor.pay.operations.outcomes import (
    PayoutStateError,
    mark_all_paid,
    mark_failed,
    mark_paid,
    mark_returned,
)
from preceptor.pay.operations.prices import set_task_price
from preceptor.pay.operations.rates import (
    FloorsKept,
    import_floors,
    set_rate,
)
from preceptor.pay.operations.results import Taken, take_results

__all__ = [
    "EARN",
    "Approved",
    "BatchStateError",
    "Earned",
    "FloorsKept",
    "Moved",
    "NoPayoutMethodError",
    "NothingDueError",
    "OwnAdjustmentError",
    "OwnApprovalError",
    "PayoutStateError",
    "Taken",
    "adjust",
    "approve_batch",
    "cancel_batch",
    "confirm_payout_method",
    "export_batch",
    "import_floors",
    "make_batch",
    "mark_all_paid",
    "mark_failed",
    "mark_paid",
    "mark_returned",
    "mark_sent",
    "move",
    "overturn",
    "record_earnings",
    "remove_payout_method",
    "reverse",
    "reverse_adjustment",
    "set_employed",
    "set_payout_method",
    "set_rate",
    "set_task_price",
    "take_results",
]
