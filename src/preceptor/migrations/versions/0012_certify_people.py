"""Certify people, ask certifications of those who work on projects, and say what projects are for."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("project", sa.Column("purpose", sa.Text(), server_default="work", nullable=False))
    op.create_check_constraint(op.f("ck_project_purpose"), "project", "purpose IN ('work', 'exam', 'training')")
    op.create_table(
        "certification",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.Text(), server_default="", nullable=False),
        sa.Column("skill", sa.Text(), server_default="", nullable=False),
        sa.Column("valid_days", sa.BigInteger(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("valid_days BETWEEN 1 AND 3650", name=op.f("ck_certification_valid_days")),
        sa.CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name=op.f("ck_certification_slug")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_certification_created_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certification")),
        sa.UniqueConstraint("slug", name=op.f("uq_certification_slug")),
        sa.UniqueConstraint("name", name=op.f("uq_certification_name")),
    )
    op.create_table(
        "certification_prerequisite",
        sa.Column("certification_id", sa.Uuid(), nullable=False),
        sa.Column("needed_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("certification_id <> needed_id", name=op.f("ck_certification_prerequisite_other")),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name=op.f("ck_certification_prerequisite_level")),
        sa.ForeignKeyConstraint(
            ["certification_id"],
            ["certification.id"],
            name=op.f("fk_certification_prerequisite_certification_id_certification"),
        ),
        sa.ForeignKeyConstraint(
            ["needed_id"], ["certification.id"], name=op.f("fk_certification_prerequisite_needed_id_certification")
        ),
        sa.PrimaryKeyConstraint("certification_id", "needed_id", name=op.f("pk_certification_prerequisite")),
    )
    op.create_table(
        "certificate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("certification_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("granted_by", sa.Uuid(), nullable=True),
        sa.Column("exam_id", sa.Uuid(), nullable=True),
        sa.Column("sitting_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("revoke_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name=op.f("ck_certificate_level")),
        sa.CheckConstraint("(granted_by IS NULL) <> (sitting_id IS NULL)", name=op.f("ck_certificate_source")),
        sa.CheckConstraint("(sitting_id IS NULL) = (exam_id IS NULL)", name=op.f("ck_certificate_exam")),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoke_reason IS NULL)", name=op.f("ck_certificate_revoked")),
        sa.ForeignKeyConstraint(
            ["certification_id"], ["certification.id"], name=op.f("fk_certificate_certification_id_certification")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_certificate_person_id_person")),
        sa.ForeignKeyConstraint(["granted_by"], ["person.id"], name=op.f("fk_certificate_granted_by_person")),
        sa.ForeignKeyConstraint(["exam_id"], ["project.id"], name=op.f("fk_certificate_exam_id_project")),
        sa.ForeignKeyConstraint(["revoked_by"], ["person.id"], name=op.f("fk_certificate_revoked_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("sitting_id", name=op.f("uq_certificate_sitting_id")),
    )
    op.create_index(op.f("ix_certificate_person_id_certification_id"), "certificate", ["person_id", "certification_id"])
    op.create_index(op.f("ix_certificate_certification_id_id"), "certificate", ["certification_id", "id"])
    # A certificate is never rewritten: all that may come to it later is one revocation.
    op.execute("""
        CREATE FUNCTION only_revoke() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.revoked_at IS NOT NULL OR NEW.revoked_at IS NULL
               OR to_jsonb(NEW) - '{revoked_at,revoked_by,revoke_reason}'::text[]
                  <> to_jsonb(OLD) - '{revoked_at,revoked_by,revoke_reason}'::text[] THEN
                RAISE EXCEPTION 'a certificate can only be revoked' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("CREATE TRIGGER only_revoke BEFORE UPDATE ON certificate FOR EACH ROW EXECUTE FUNCTION only_revoke()")
    op.execute(
        "CREATE TRIGGER refuse_change BEFORE DELETE OR TRUNCATE ON certificate "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
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
    for table in ("project_need", "certificate", "certification_prerequisite", "certification"):
        op.drop_table(table)
    op.execute("DROP FUNCTION only_revoke()")
    op.drop_column("project", "purpose")
