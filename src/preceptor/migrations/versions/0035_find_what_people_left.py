"""Find what people left until its time ran out: where nothing else is open, it is theirs to take up again."""

from collections.abc import Sequence

from alembic import op

revision: str = "0035"
down_revision: str | None = "0034"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_index(
        "ix_assignment_left", "assignment", ["trainer_id", "project_id"], postgresql_where="state = 'expired'"
    )


def downgrade() -> None:
    op.drop_index("ix_assignment_left", "assignment")
