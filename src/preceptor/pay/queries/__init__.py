"""Reading money."""

from preceptor.pay.queries.adjustments import AdjustmentView, list_adjustments
from preceptor.pay.queries.batches import (
    BatchView,
    NoSuchBatchError,
    NoSuchPayoutError,
    PayoutView,
    StateSum,
    Step,
    access_batch,
    access_payout,
    list_batches,
    list_payouts,
)
from preceptor.pay.queries.due import (
    DueView,
    list_due,
)
from preceptor.pay.queries.floors import (
    all_floors,
    floor_for,
    floors_for,
    list_floors,
)
from preceptor.pay.queries.ledger import (
    Period,
    PeriodSum,
    balances,
    earned_by_period,
    project_cost,
)
from preceptor.pay.queries.methods import (
    MethodView,
    is_employed,
    own_methods,
)
from preceptor.pay.queries.payouts import (
    OwnPayout,
    on_the_way,
    own_payouts,
)
from preceptor.pay.queries.prices import PriceView, list_prices, prices_of
from preceptor.pay.queries.rates import (
    RateView,
    list_rates,
    rates_for,
    versions_of,
    versions_of_role,
)

__all__ = [
    "AdjustmentView",
    "BatchView",
    "DueView",
    "MethodView",
    "NoSuchBatchError",
    "NoSuchPayoutError",
    "OwnPayout",
    "PayoutView",
    "Period",
    "PeriodSum",
    "PriceView",
    "RateView",
    "StateSum",
    "Step",
    "access_batch",
    "access_payout",
    "all_floors",
    "balances",
    "earned_by_period",
    "floor_for",
    "floors_for",
    "is_employed",
    "list_adjustments",
    "list_batches",
    "list_due",
    "list_floors",
    "list_payouts",
    "list_prices",
    "list_rates",
    "on_the_way",
    "own_methods",
    "own_payouts",
    "prices_of",
    "project_cost",
    "rates_for",
    "versions_of",
    "versions_of_role",
]
