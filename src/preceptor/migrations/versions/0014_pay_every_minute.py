"""Rates, floors, and every minute paid."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

APPEND_ONLY = ("floor", "rate", "top_up")


def upgrade() -> None:
    op.create_table(
        "floor",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.Text(), server_default="", nullable=False),
        sa.Column("region", sa.Text(), server_default="", nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("hourly_minor", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("country <> '' OR region = ''", name=op.f("ck_floor_region")),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_floor_currency")),
        sa.CheckConstraint("hourly_minor > 0", name=op.f("ck_floor_hourly")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_floor_created_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_floor")),
    )
    op.create_index(
        op.f("ix_floor_country_region_currency_valid_from"),
        "floor",
        ["country", "region", "currency", "valid_from"],
        unique=False,
    )
    op.create_table(
        "rate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), server_default="", nullable=False),
        sa.Column("region", sa.Text(), server_default="", nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=True),
        sa.Column("activity", sa.Text(), nullable=True),
        sa.Column("rate_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "activity IN ('work', 'rework', 'review', 'guidelines', 'exam', 'training')", name=op.f("ck_rate_activity")
        ),
        sa.CheckConstraint("country <> '' OR region = ''", name=op.f("ck_rate_region")),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_rate_currency")),
        sa.CheckConstraint("role IN ('trainer', 'reviewer')", name=op.f("ck_rate_role")),
        sa.CheckConstraint("(project_id IS NULL) <> (role IS NULL)", name=op.f("ck_rate_whose")),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name=op.f("ck_rate_level")),
        sa.CheckConstraint("rate_minor > 0", name=op.f("ck_rate_rate")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_rate_created_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate")),
    )
    op.create_index(op.f("ix_rate_project_id_id"), "rate", ["project_id", "id"], unique=False)
    op.create_index("ix_rate_role", "rate", ["role", "id"], unique=False, postgresql_where="project_id IS NULL")
    op.create_table(
        "stint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("activity", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), server_default="active", nullable=False),
        sa.Column("rate_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("active_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("idle_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("paused_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name=op.f("ck_stint_ended")),
        sa.CheckConstraint("activity IN ('review', 'training')", name=op.f("ck_stint_activity")),
        sa.CheckConstraint("state IN ('active', 'paused', 'ended')", name=op.f("ck_stint_state")),
        sa.CheckConstraint("active_ms >= 0 AND idle_ms >= 0 AND paused_ms >= 0", name=op.f("ck_stint_times")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_stint_person_id_person")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_stint_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stint")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index(op.f("ix_stint_subject_id"), "stint", ["subject_id"], unique=False)
    op.create_index(
        "uq_stint_running", "stint", ["person_id", "subject_id"], unique=True, postgresql_where="state <> 'ended'"
    )
    op.create_table(
        "top_up",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("paid_ms", sa.BigInteger(), nullable=False),
        sa.Column("promised_minor", sa.BigInteger(), nullable=False),
        sa.Column("by_task_minor", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_top_up_amount")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_top_up_person_id_person")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_top_up_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_top_up")),
        sa.UniqueConstraint(
            "person_id",
            "project_id",
            "currency",
            "month",
            "number",
            name=op.f("uq_top_up_person_id_project_id_currency_month_number"),
        ),
    )
    op.create_index(op.f("ix_top_up_project_id_month"), "top_up", ["project_id", "month"], unique=False)
    op.create_table(
        "cap_claim",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("claimed_ms", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(state = 'open') = (decided_by IS NULL AND decided_at IS NULL)", name=op.f("ck_cap_claim_decided")
        ),
        sa.CheckConstraint("state <> 'declined' OR answer <> ''", name=op.f("ck_cap_claim_answer")),
        sa.CheckConstraint("state IN ('open', 'accepted', 'declined')", name=op.f("ck_cap_claim_state")),
        sa.CheckConstraint("claimed_ms > 0", name=op.f("ck_cap_claim_claimed")),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_cap_claim_assignment_id_assignment")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_cap_claim_decided_by_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_cap_claim_person_id_person")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_cap_claim_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cap_claim")),
    )
    op.create_index(op.f("ix_cap_claim_assignment_id"), "cap_claim", ["assignment_id"], unique=False)
    op.create_index(op.f("ix_cap_claim_person_id_id"), "cap_claim", ["person_id", "id"], unique=False)
    op.create_index(op.f("ix_cap_claim_project_id_id"), "cap_claim", ["project_id", "id"], unique=False)
    op.create_index(
        "ix_cap_claim_waiting", "cap_claim", ["project_id", "id"], unique=False, postgresql_where="state = 'open'"
    )
    op.create_index("uq_cap_claim_open", "cap_claim", ["assignment_id"], unique=True, postgresql_where="state = 'open'")
    op.create_table(
        "dispute",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("trainer_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name=op.f("ck_dispute_decided")),
        sa.CheckConstraint("state = 'open' OR decided_by IS NOT NULL", name=op.f("ck_dispute_named")),
        sa.CheckConstraint("state IN ('open', 'upheld', 'overturned')", name=op.f("ck_dispute_state")),
        sa.CheckConstraint(
            "decided_by <> trainer_id AND decided_by <> reviewer_id", name=op.f("ck_dispute_somebody_else")
        ),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_dispute_assignment_id_assignment")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_dispute_decided_by_person")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_dispute_project_id_project")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_dispute_review_id_review")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
    )
    op.create_index(op.f("ix_dispute_assignment_id"), "dispute", ["assignment_id"], unique=False)
    op.create_index("ix_dispute_open", "dispute", ["id"], unique=False, postgresql_where="state = 'open'")
    op.create_index(op.f("ix_dispute_project_id_id"), "dispute", ["project_id", "id"], unique=False)
    op.create_index(op.f("ix_dispute_review_id"), "dispute", ["review_id"], unique=True)
    op.add_column("assignment", sa.Column("activity", sa.Text(), server_default="work", nullable=False))
    op.add_column("assignment", sa.Column("task_minor", sa.BigInteger(), nullable=True))
    op.add_column("assignment", sa.Column("round_payable_ms", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("assignment", sa.Column("round_earned_ms", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("assignment", sa.Column("no_pay", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("time_entry", sa.Column("subject_id", sa.Uuid(), nullable=True))
    op.create_check_constraint(op.f("ck_assignment_activity"), "assignment", "activity IN ('work', 'exam', 'training')")
    op.create_check_constraint(op.f("ck_assignment_task"), "assignment", "task_minor >= 0")
    op.drop_constraint(op.f("ck_time_entry_activity"), "time_entry")
    op.create_check_constraint(
        op.f("ck_time_entry_activity"),
        "time_entry",
        "activity IN ('work', 'rework', 'review', 'guidelines', 'exam', 'training')",
    )
    op.drop_constraint(op.f("ck_time_entry_paid"), "time_entry")
    op.create_check_constraint(
        op.f("ck_time_entry_paid"), "time_entry", "outcome = 'over_cap' OR paid_ms <= active_ms + waiting_ms"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_time_entry_paid"), "time_entry")
    op.create_check_constraint(op.f("ck_time_entry_paid"), "time_entry", "paid_ms <= active_ms + waiting_ms")
    op.drop_constraint(op.f("ck_time_entry_activity"), "time_entry")
    op.create_check_constraint(
        op.f("ck_time_entry_activity"), "time_entry", "activity IN ('work', 'rework', 'review', 'guidelines')"
    )
    op.drop_column("time_entry", "subject_id")
    for column in ("no_pay", "round_earned_ms", "round_payable_ms", "task_minor", "activity"):
        op.drop_column("assignment", column)
    for table in ("dispute", "cap_claim", "top_up", "stint", "rate", "floor"):
        op.drop_table(table)
