"""Sit exams: their terms, sittings, keys of items, grades and results. Projects' rules say what they ask for."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

NOW = sa.text("now()")
JSONB = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.drop_table("project_need")
    op.create_table(
        "exam",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("certification_id", sa.Uuid(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("retake_days", sa.SmallInteger(), nullable=False),
        sa.Column("days", sa.SmallInteger(), nullable=False),
        sa.Column("minutes", sa.SmallInteger(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reveals_key", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("levels", JSONB, nullable=False),
        sa.Column("rubric", JSONB, nullable=False),
        sa.Column("advice", JSONB, nullable=False),
        sa.CheckConstraint("attempts BETWEEN 1 AND 20", name=op.f("ck_exam_attempts")),
        sa.CheckConstraint("retake_days BETWEEN 0 AND 365", name=op.f("ck_exam_retake_days")),
        sa.CheckConstraint("days BETWEEN 1 AND 90", name=op.f("ck_exam_days")),
        sa.CheckConstraint("minutes BETWEEN 1 AND 600", name=op.f("ck_exam_minutes")),
        sa.CheckConstraint("opens_at < closes_at", name=op.f("ck_exam_times")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_exam_project_id_project")),
        sa.ForeignKeyConstraint(
            ["certification_id"], ["certification.id"], name=op.f("fk_exam_certification_id_certification")
        ),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_exam")),
    )
    op.create_index(op.f("ix_exam_certification_id"), "exam", ["certification_id"])
    op.create_table(
        "sitting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('open', 'handed_in')", name=op.f("ck_sitting_state")),
        sa.CheckConstraint("(state = 'handed_in') = (ended_at IS NOT NULL)", name=op.f("ck_sitting_ended")),
        sa.CheckConstraint("attempt > 0", name=op.f("ck_sitting_attempt")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_sitting_project_id_project")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sitting_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sitting")),
        sa.UniqueConstraint("project_id", "person_id", "attempt", name=op.f("uq_sitting_project_id_person_id_attempt")),
    )
    op.create_index(
        "uq_sitting_open",
        "sitting",
        ["project_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_sitting_due", "sitting", ["due_at"], postgresql_where=sa.text("state = 'open'"))
    op.create_index(op.f("ix_sitting_person_id_id"), "sitting", ["person_id", "id"])
    op.add_column("item", sa.Column("sitting_id", sa.Uuid(), nullable=True))
    op.add_column("item", sa.Column("paper_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_item_sitting_id_sitting"), "item", "sitting", ["sitting_id"], ["id"])
    op.create_foreign_key(op.f("fk_item_paper_id_item"), "item", "item", ["paper_id"], ["id"])
    op.create_check_constraint(op.f("ck_item_sitting"), "item", "(sitting_id IS NULL) = (paper_id IS NULL)")
    op.create_index("ix_item_sitting_id", "item", ["sitting_id"], postgresql_where=sa.text("sitting_id IS NOT NULL"))
    op.create_index("ix_item_paper_id", "item", ["paper_id"], postgresql_where=sa.text("paper_id IS NOT NULL"))
    op.create_table(
        "item_key",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("key", JSONB, nullable=True),
        sa.Column("by_hand", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.CheckConstraint("key IS NOT NULL OR by_hand", name=op.f("ck_item_key_something")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_item_key_item_id_item")),
        sa.ForeignKeyConstraint(["changed_by"], ["person.id"], name=op.f("fk_item_key_changed_by_person")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_item_key")),
    )
    op.create_table(
        "part_grade",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("points", JSONB, nullable=False),
        sa.Column("left_out", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("grader_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_part_grade_item_id_item")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_part_grade_sitting_id_sitting")),
        sa.ForeignKeyConstraint(["grader_id"], ["person.id"], name=op.f("fk_part_grade_grader_id_person")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_part_grade")),
    )
    op.create_index(op.f("ix_part_grade_sitting_id"), "part_grade", ["sitting_id"])
    op.create_index(op.f("ix_part_grade_grader_id_at"), "part_grade", ["grader_id", "at"])
    op.create_table(
        "exam_result",
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=True),
        sa.Column("marks", JSONB, nullable=False),
        sa.Column("parts", JSONB, nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("passed = (level IS NOT NULL)", name=op.f("ck_exam_result_passed")),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name=op.f("ck_exam_result_level")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_exam_result_sitting_id_sitting")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_exam_result_project_id_project")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_exam_result_person_id_person")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_exam_result_decided_by_person")),
        sa.PrimaryKeyConstraint("sitting_id", name=op.f("pk_exam_result")),
    )
    op.create_index(op.f("ix_exam_result_project_id_decided_at"), "exam_result", ["project_id", "decided_at"])
    for table in ("part_grade", "exam_result"):
        op.execute(
            f"CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_item_sitting"), "item", type_="check")
    for column in ("paper_id", "sitting_id"):
        op.drop_column("item", column)
    for table in ("exam_result", "part_grade", "item_key", "sitting", "exam"):
        op.drop_table(table)
    op.create_table(
        "project_need",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("certification_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_project_need")),
    )
