"""Keep answers given elsewhere."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

ORIGINS = "origin IN ('first', 'correction', 'rework', 'review', 'given')"


def upgrade() -> None:
    op.drop_constraint(op.f("ck_submission_origin"), "submission", type_="check")
    op.create_check_constraint(op.f("ck_submission_origin"), "submission", ORIGINS)
    op.add_column("import_run", sa.Column("answers_added", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("import_problem", sa.Column("left_out", sa.Boolean(), server_default="true", nullable=False))
    op.create_table(
        "source_worker",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_source_worker_person_id_person")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_source_worker_project_id_project")),
        sa.PrimaryKeyConstraint("project_id", "name", name=op.f("pk_source_worker")),
    )
