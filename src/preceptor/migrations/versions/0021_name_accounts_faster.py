"""Check the names of accounts at a tenth of the cost: earning is on the way of every task."""

from collections.abc import Sequence

from alembic import op

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

NAME = "ck_ledger_entry_account_names"
BEFORE = "[a-z]{1,20}(:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?"
AFTER = "[a-z]+(:[0-9a-f-]+)?"


def _hold_to(pattern: str) -> None:
    op.drop_constraint(op.f(NAME), "ledger_entry")
    op.create_check_constraint(op.f(NAME), "ledger_entry", f"debit ~ '^{pattern}$' AND credit ~ '^{pattern}$'")


def upgrade() -> None:
    _hold_to(AFTER)


def downgrade() -> None:
    _hold_to(BEFORE)
