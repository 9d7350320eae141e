"""Ask certifications of those who work on projects, again in rows of their own."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "project_need",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("certification_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name=op.f("ck_project_need_level")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_project_need_project_id_project")),
        sa.ForeignKeyConstraint(
            ["certification_id"], ["certification.id"], name=op.f("fk_project_need_certification_id_certification")
        ),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_project_need")),
    )
    op.create_index(op.f("ix_project_need_certification_id"), "project_need", ["certification_id"])


def downgrade() -> None:
    op.drop_table("project_need")
