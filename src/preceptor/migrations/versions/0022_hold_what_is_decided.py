"""Keep what somebody grades or decides just now theirs, so that their time with it is clocked."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "hold",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('part', 'dispute')", name=op.f("ck_hold_kind")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_hold_person_id_person")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_hold_project_id_project")),
        sa.PrimaryKeyConstraint("subject_id", name=op.f("pk_hold")),
    )
    op.create_index(op.f("ix_hold_lease_until"), "hold", ["lease_until"], unique=False)


def downgrade() -> None:
    op.drop_table("hold")
