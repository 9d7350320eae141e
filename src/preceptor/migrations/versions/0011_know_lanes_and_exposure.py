"""Know what content a task announced, how long people looked at it, how they want it shown, and who waits for work."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("assignment", sa.Column("categories", sa.ARRAY(sa.Text()), nullable=True))
    op.create_table(
        "wellbeing",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("blur", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("greyscale", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("break_minutes", sa.SmallInteger(), nullable=True),
        sa.CheckConstraint("break_minutes BETWEEN 0 AND 480", name=op.f("ck_wellbeing_break_minutes")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_wellbeing_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_wellbeing")),
    )
    op.create_table(
        "exposure",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("ms >= 0", name=op.f("ck_exposure_ms")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_exposure_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "day", "category", name=op.f("pk_exposure")),
    )
    op.create_table(
        "work_wait",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_work_wait_person_id_person")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_work_wait_project_id_project")),
        sa.PrimaryKeyConstraint("person_id", "project_id", name=op.f("pk_work_wait")),
    )
    op.create_index(op.f("ix_work_wait_checked_at"), "work_wait", ["checked_at"])
    op.create_table(
        "work_told",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_work_told_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_work_told")),
    )


def downgrade() -> None:
    for name in ("work_told", "work_wait", "exposure", "wellbeing"):
        op.drop_table(name)
    op.drop_column("assignment", "categories")
