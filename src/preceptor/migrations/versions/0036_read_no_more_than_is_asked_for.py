"""Read no more than is asked for: what waits for a grader, work paid by the task, and what happened in a period.

The indexes by time are of blocks, not of rows: rows are added in the order of time, so they cost next to nothing.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0036"
down_revision: str | None = "0035"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

BY_TIME = {
    "ix_time_entry_ended": ("time_entry", "ended_at"),
    "ix_review_decided_at": ("review", "decided_at"),
    "ix_ledger_entry_at": ("ledger_entry", "at"),
}


def upgrade() -> None:
    _index_waiting("state IN ('submitted', 'reported')")
    op.create_index(
        "ix_assignment_by_task",
        "assignment",
        ["project_id", "trainer_id"],
        postgresql_where=sa.text("task_minor IS NOT NULL"),
    )
    for name, (table, column) in BY_TIME.items():
        op.create_index(name, table, [column], postgresql_using="brin")


def downgrade() -> None:
    for name, (table, _column) in BY_TIME.items():
        op.drop_index(name, table)
    op.drop_index("ix_assignment_by_task", "assignment")
    _index_waiting("state = 'submitted'")


def _index_waiting(condition: str) -> None:
    op.drop_index("ix_assignment_waiting", "assignment")
    op.create_index(
        "ix_assignment_waiting", "assignment", ["project_id", "ended_at"], postgresql_where=sa.text(condition)
    )
