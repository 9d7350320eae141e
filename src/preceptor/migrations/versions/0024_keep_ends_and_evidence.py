"""Remember whose engagement's end was acted on, which certificates' ends were told, and files attached to cases."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

APPEND_ONLY = ("engagement_leave", "certificate_reminder")


def upgrade() -> None:
    op.create_table(
        "engagement_leave",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("team_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id", "offer_id"],
            ["engagement_end.person_id", "engagement_end.offer_id"],
            name=op.f("fk_engagement_leave_person_id_offer_id_engagement_end"),
        ),
        sa.PrimaryKeyConstraint("person_id", "offer_id", name=op.f("pk_engagement_leave")),
    )
    op.create_table(
        "certificate_reminder",
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.id"],
            name=op.f("fk_certificate_reminder_certificate_id_certificate"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_certificate_reminder_person_id_person")),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_certificate_reminder")),
    )
    op.create_table(
        "case_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("bytes > 0", name=op.f("ck_case_file_bytes")),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_case_file_sha256")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_case_file_author_id_person")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["due_process_case.id"], name=op.f("fk_case_file_case_id_due_process_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_file")),
        sa.UniqueConstraint("case_id", "sha256", name=op.f("uq_case_file_case_id_sha256")),
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    op.execute(
        "CREATE TRIGGER refuse_delete BEFORE DELETE OR TRUNCATE ON case_file "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER refuse_change BEFORE UPDATE ON case_file FOR EACH ROW WHEN (NEW.name <> '' "
        "OR NEW.erased_at IS NULL OR NEW.case_id <> OLD.case_id OR NEW.author_id <> OLD.author_id "
        "OR NEW.sha256 <> OLD.sha256) EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    for table in ("case_file", "certificate_reminder", "engagement_leave"):
        op.drop_table(table)
