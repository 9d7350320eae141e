"""What may be decided about money."""

from preceptor.pay.rules.ledger import (
    person_account,
    project_account,
)

__all__ = [
    "person_account",
    "project_account",
]
