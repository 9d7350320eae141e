"""Find a project's time and its verdicts without reading those of all others: orders and people's own measures need it."""

from collections.abc import Sequence

from alembic import op

revision: str = "0025"
down_revision: str | None = "0024"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

DECIDED = "state = 'decided'"


def upgrade() -> None:
    op.create_index(op.f("ix_time_entry_project_id_ended_at"), "time_entry", ["project_id", "ended_at"])
    op.create_index(op.f("ix_review_trainer_id_project_id"), "review", ["trainer_id", "project_id"])
    op.create_index("ix_review_decided", "review", ["project_id", "trainer_id", "verdict"], postgresql_where=DECIDED)


def downgrade() -> None:
    op.drop_index("ix_review_decided", "review")
    op.drop_index(op.f("ix_review_trainer_id_project_id"), "review")
    op.drop_index(op.f("ix_time_entry_project_id_ended_at"), "time_entry")
