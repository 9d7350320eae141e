"""Give back what was held ahead and never opened: its item may go to the same person again.

Until now a lease on the next task that ran out before the task was opened left a row behind, which kept that item from
that person for ever.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0034"
down_revision: str | None = "0033"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.execute(
        """
        DELETE FROM assignment
        WHERE state = 'expired' AND started_at IS NULL AND rework_round = 0
          AND NOT EXISTS (SELECT FROM draft WHERE draft.assignment_id = assignment.id)
          AND NOT EXISTS (SELECT FROM turn WHERE turn.assignment_id = assignment.id)
          AND NOT EXISTS (SELECT FROM assignment_note WHERE assignment_note.assignment_id = assignment.id)
        """
    )


def downgrade() -> None:
    pass
