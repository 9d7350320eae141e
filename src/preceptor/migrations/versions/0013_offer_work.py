"""Offer work to people, take their applications, and keep what was agreed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.execute("CREATE SEQUENCE offer_number")
    op.create_table(
        "application_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_attempt")),
    )
    op.create_index(op.f("ix_application_attempt_address_at"), "application_attempt", ["address", "at"], unique=False)
    op.create_index(op.f("ix_application_attempt_at"), "application_attempt", ["at"], unique=False)
    op.create_index(op.f("ix_application_attempt_email_at"), "application_attempt", ["email", "at"], unique=False)
    op.create_table(
        "email_confirmation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_email_confirmation_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email_confirmation")),
        sa.UniqueConstraint("digest", name=op.f("uq_email_confirmation_digest")),
    )
    op.create_index(op.f("ix_email_confirmation_expires_at"), "email_confirmation", ["expires_at"], unique=False)
    op.create_index(op.f("ix_email_confirmation_person_id"), "email_confirmation", ["person_id"], unique=False)
    op.create_table(
        "offer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), server_default=sa.text("nextval('offer_number')"), nullable=False),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), server_default="trainer", nullable=False),
        sa.Column("country", sa.Text(), server_default="", nullable=False),
        sa.Column("region", sa.Text(), server_default="", nullable=False),
        sa.Column("rate_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("hours_least", sa.SmallInteger(), nullable=False),
        sa.Column("hours_most", sa.SmallInteger(), nullable=False),
        sa.Column("skills", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("certification", sa.Text(), server_default="", nullable=False),
        sa.Column("certification_level", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("categories", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("behind", sa.Text(), server_default="", nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="contractor", nullable=False),
        sa.Column("notice_days", sa.SmallInteger(), server_default="14", nullable=False),
        sa.Column("terms_version", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("quota", sa.BigInteger(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("exam_project_id", sa.Uuid(), nullable=True),
        sa.Column("exam_minutes", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("admits_at_once", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_why", sa.Text(), server_default="", nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_offer_closed")),
        sa.CheckConstraint("closed_why IN ('', 'date', 'quota', 'hand')", name=op.f("ck_offer_closed_why")),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_offer_currency")),
        sa.CheckConstraint("kind IN ('contractor', 'employee')", name=op.f("ck_offer_kind")),
        sa.CheckConstraint("role IN ('trainer', 'reviewer')", name=op.f("ck_offer_role")),
        sa.CheckConstraint("state = 'draft' OR published_at IS NOT NULL", name=op.f("ck_offer_published")),
        sa.CheckConstraint("state IN ('draft', 'published', 'closed')", name=op.f("ck_offer_state")),
        sa.CheckConstraint("certification_level BETWEEN 0 AND 5", name=op.f("ck_offer_certification_level")),
        sa.CheckConstraint("exam_minutes BETWEEN 0 AND 600", name=op.f("ck_offer_exam_minutes")),
        sa.CheckConstraint("hours_least BETWEEN 0 AND hours_most AND hours_most <= 60", name=op.f("ck_offer_hours")),
        sa.CheckConstraint("notice_days BETWEEN 0 AND 365", name=op.f("ck_offer_notice")),
        sa.CheckConstraint("quota > 0", name=op.f("ck_offer_quota")),
        sa.CheckConstraint("rate_minor > 0", name=op.f("ck_offer_rate")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_offer_created_by_person")),
        sa.ForeignKeyConstraint(["exam_project_id"], ["project.id"], name=op.f("fk_offer_exam_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
        sa.UniqueConstraint("number", name=op.f("uq_offer_number")),
    )
    op.create_index(op.f("ix_offer_exam_project_id"), "offer", ["exam_project_id"], unique=False)
    op.create_index(
        "ix_offer_published", "offer", ["id"], unique=False, postgresql_where=sa.text("state = 'published'")
    )
    op.create_table(
        "work_forecast",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("minutes_per_week", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("minutes_per_week >= 0", name=op.f("ck_work_forecast_minutes")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_work_forecast_project_id_project")),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_work_forecast")),
    )
    op.create_table(
        "application",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("country", sa.Text(), server_default="", nullable=False),
        sa.Column("region", sa.Text(), server_default="", nullable=False),
        sa.Column("spoken", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("skills", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("consents", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "state IN ('unconfirmed', 'received', 'invited', 'waiting', 'passed', 'failed', 'offered', 'accepted', "
            "'declined', 'withdrawn', 'refused')",
            name=op.f("ck_application_state"),
        ),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_application_offer_id_offer")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_application_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
    )
    op.create_index(op.f("ix_application_offer_id_state_id"), "application", ["offer_id", "state", "id"], unique=False)
    op.create_index(op.f("ix_application_person_id_id"), "application", ["person_id", "id"], unique=False)
    op.create_index(op.f("ix_application_state_state_at"), "application", ["state", "state_at"], unique=False)
    op.create_index(
        "uq_application_under_way",
        "application",
        ["offer_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("state NOT IN ('failed', 'declined', 'withdrawn', 'refused')"),
    )
    op.create_table(
        "engagement_end",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_engagement_end_by_person")),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_engagement_end_offer_id_offer")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_engagement_end_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "offer_id", name=op.f("pk_engagement_end")),
    )
    op.create_table(
        "offer_language",
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name=op.f("ck_offer_language_level")),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_offer_language_offer_id_offer")),
        sa.PrimaryKeyConstraint("offer_id", "language", name=op.f("pk_offer_language")),
    )
    op.create_index(op.f("ix_offer_language_language"), "offer_language", ["language"], unique=False)
    op.create_table(
        "offer_project",
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_offer_project_offer_id_offer")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_offer_project_project_id_project")),
        sa.PrimaryKeyConstraint("offer_id", "project_id", name=op.f("pk_offer_project")),
    )
    op.create_index(op.f("ix_offer_project_project_id"), "offer_project", ["project_id"], unique=False)
    op.create_table(
        "offer_terms",
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("markdown", sa.Text(), nullable=False),
        sa.Column("confidentiality", sa.Text(), server_default="", nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("digest ~ '^[0-9a-f]{64}$'", name=op.f("ck_offer_terms_digest")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_offer_terms_created_by_person")),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_offer_terms_offer_id_offer")),
        sa.PrimaryKeyConstraint("offer_id", "version", name=op.f("pk_offer_terms")),
    )
    op.create_table(
        "application_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_application_step_application_id_application"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_application_step_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_step")),
    )
    op.create_index(
        op.f("ix_application_step_application_id_id"), "application_step", ["application_id", "id"], unique=False
    )
    op.create_table(
        "engagement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("project_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("rate_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hours_least", sa.SmallInteger(), nullable=False),
        sa.Column("hours_most", sa.SmallInteger(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("notice_days", sa.SmallInteger(), nullable=False),
        sa.Column("terms_version", sa.BigInteger(), nullable=False),
        sa.Column("terms_digest", sa.Text(), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("effective_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_engagement_currency")),
        sa.CheckConstraint("kind IN ('contractor', 'employee')", name=op.f("ck_engagement_kind")),
        sa.CheckConstraint("role IN ('trainer', 'reviewer')", name=op.f("ck_engagement_role")),
        sa.CheckConstraint("effective_from >= announced_at", name=op.f("ck_engagement_effective")),
        sa.CheckConstraint("rate_minor > 0", name=op.f("ck_engagement_rate")),
        sa.CheckConstraint("version > 0", name=op.f("ck_engagement_version")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_engagement_application_id_application")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_engagement_created_by_person")),
        sa.ForeignKeyConstraint(
            ["offer_id", "terms_version"],
            ["offer_terms.offer_id", "offer_terms.version"],
            name=op.f("fk_engagement_offer_id_terms_version_offer_terms"),
        ),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_engagement_offer_id_offer")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_engagement_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engagement")),
    )
    op.create_index(op.f("ix_engagement_offer_id"), "engagement", ["offer_id"], unique=False)
    op.create_index(
        op.f("ix_engagement_person_id_effective_from"), "engagement", ["person_id", "effective_from"], unique=False
    )
    op.create_index("uq_engagement_version", "engagement", ["person_id", "offer_id", "version"], unique=True)
    for table in ("offer_terms", "engagement", "engagement_end"):
        op.execute(
            f"CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    decided_by = (
        "number",
        "role",
        "country",
        "region",
        "rate_minor",
        "currency",
        "kind",
        "notice_days",
        "organisation",
    )
    before, after = (", ".join(f"{side}.{name}" for name in decided_by) for side in ("OLD", "NEW"))
    op.execute(
        "CREATE TRIGGER refuse_change BEFORE UPDATE ON offer FOR EACH ROW "
        f"WHEN (OLD.state <> 'draft' AND ({before}) IS DISTINCT FROM ({after})) EXECUTE FUNCTION refuse_change()"
    )
