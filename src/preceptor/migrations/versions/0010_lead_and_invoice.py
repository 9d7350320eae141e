"""Lead teams and talk to them, rate projects, credit people, take orders and invoice them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

APPEND_ONLY = (
    "team_transfer",
    "announcement_version",
    "invoice",
    "invoice_line",
    "invoice_source",
    "delivery_decision",
)


def upgrade() -> None:
    op.drop_constraint(op.f("ck_person_roles"), "person")
    op.create_check_constraint(
        op.f("ck_person_roles"),
        "person",
        "roles <@ ARRAY['trainer', 'reviewer', 'manager', 'client', 'operator', 'representative']::text[]",
    )
    op.create_table(
        "team_transfer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("from_team_id", sa.Uuid(), nullable=True),
        sa.Column("to_team_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("from_team_id <> to_team_id", name=op.f("ck_team_transfer_teams")),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_team_transfer_by_person")),
        sa.ForeignKeyConstraint(["from_team_id"], ["team.id"], name=op.f("fk_team_transfer_from_team_id_team")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_team_transfer_person_id_person")),
        sa.ForeignKeyConstraint(["to_team_id"], ["team.id"], name=op.f("fk_team_transfer_to_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_transfer")),
    )
    op.create_index(op.f("ix_team_transfer_person_id_id"), "team_transfer", ["person_id", "id"], unique=False)
    op.create_table(
        "announcement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("num_nonnulls(team_id, project_id) = 1", name=op.f("ck_announcement_to_whom")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_announcement_version")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_announcement_created_by_person")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_announcement_project_id_project")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_announcement_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
    )
    op.create_index(
        op.f("ix_announcement_project_id_id"),
        "announcement",
        ["project_id", "id"],
        unique=False,
        postgresql_where="project_id IS NOT NULL",
    )
    op.create_index(
        op.f("ix_announcement_team_id_id"),
        "announcement",
        ["team_id", "id"],
        unique=False,
        postgresql_where="team_id IS NOT NULL",
    )
    op.create_table(
        "client_order",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("items_wanted", sa.BigInteger(), nullable=True),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("begins", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("agreed_by", sa.Uuid(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'draft') = (agreed_at IS NULL)", name=op.f("ck_client_order_agreed")),
        sa.CheckConstraint("counts IN ('review', 'delivery')", name=op.f("ck_client_order_counts")),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_client_order_currency")),
        sa.CheckConstraint("state IN ('draft', 'agreed', 'closed')", name=op.f("ck_client_order_state")),
        sa.CheckConstraint(
            "unit = 'item' OR (counts = 'review' AND items_wanted IS NULL)", name=op.f("ck_client_order_hours")
        ),
        sa.CheckConstraint("unit IN ('item', 'hour')", name=op.f("ck_client_order_unit")),
        sa.CheckConstraint("ends IS NULL OR ends >= begins", name=op.f("ck_client_order_period")),
        sa.CheckConstraint("items_wanted > 0", name=op.f("ck_client_order_items_wanted")),
        sa.CheckConstraint("price_minor > 0", name=op.f("ck_client_order_price")),
        sa.ForeignKeyConstraint(["agreed_by"], ["person.id"], name=op.f("fk_client_order_agreed_by_person")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_client_order_created_by_person")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_client_order_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_order")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_client_order_project_id_number")),
    )
    op.create_table(
        "project_rating",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("pay", sa.SmallInteger(), nullable=False),
        sa.Column("clarity", sa.SmallInteger(), nullable=False),
        sa.Column("fairness", sa.SmallInteger(), nullable=False),
        sa.Column("comment", sa.Text(), server_default="", nullable=False),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("extract(day FROM month) = 1", name=op.f("ck_project_rating_month")),
        sa.CheckConstraint(
            "pay BETWEEN 1 AND 5 AND clarity BETWEEN 1 AND 5 AND fairness BETWEEN 1 AND 5",
            name=op.f("ck_project_rating_scale"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_project_rating_person_id_person")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_project_rating_project_id_project")),
        sa.PrimaryKeyConstraint("project_id", "person_id", "month", name=op.f("pk_project_rating")),
    )
    op.create_table(
        "question",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("markdown", sa.Text(), server_default="", nullable=False),
        sa.Column("pinned", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("answer_id", sa.Uuid(), nullable=True),
        sa.Column("guidelines_version", sa.BigInteger(), nullable=True),
        sa.Column("last_post_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_post_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by", sa.Uuid(), nullable=True),
        sa.Column("removed_reason", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("(removed_at IS NULL) = (removed_by IS NULL)", name=op.f("ck_question_removed")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_question_author_id_person")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_question_project_id_project")),
        sa.ForeignKeyConstraint(["removed_by"], ["person.id"], name=op.f("fk_question_removed_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
    )
    op.create_index(op.f("ix_question_author_id_created_at"), "question", ["author_id", "created_at"], unique=False)
    op.create_index("ix_question_newest", "question", ["project_id", "pinned", "last_post_at", "id"], unique=False)
    op.create_table(
        "announcement_seen",
        sa.Column("announcement_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["announcement_id"], ["announcement.id"], name=op.f("fk_announcement_seen_announcement_id_announcement")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_announcement_seen_person_id_person")),
        sa.PrimaryKeyConstraint("announcement_id", "person_id", name=op.f("pk_announcement_seen")),
    )
    op.create_table(
        "announcement_version",
        sa.Column("announcement_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("markdown", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["announcement_id"], ["announcement.id"], name=op.f("fk_announcement_version_announcement_id_announcement")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_announcement_version_created_by_person")),
        sa.PrimaryKeyConstraint("announcement_id", "version", name=op.f("pk_announcement_version")),
    )
    op.create_table(
        "delivery_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("verdict = 'accepted' OR note <> ''", name=op.f("ck_delivery_decision_note")),
        sa.CheckConstraint("verdict IN ('accepted', 'incomplete')", name=op.f("ck_delivery_decision_verdict")),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_delivery_decision_release_id_release")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_decision")),
    )
    op.create_index(op.f("ix_delivery_decision_release_id_id"), "delivery_decision", ["release_id", "id"], unique=False)
    op.create_index(
        "uq_delivery_decision_accepted",
        "delivery_decision",
        ["release_id"],
        unique=True,
        postgresql_where="verdict = 'accepted'",
    )
    op.create_table(
        "invoice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("upto", sa.Date(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_invoice_number")),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client_organisation.id"], name=op.f("fk_invoice_client_id_client_organisation")
        ),
        sa.ForeignKeyConstraint(["issued_by"], ["person.id"], name=op.f("fk_invoice_issued_by_person")),
        sa.ForeignKeyConstraint(["order_id"], ["client_order.id"], name=op.f("fk_invoice_order_id_client_order")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_invoice_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
        sa.UniqueConstraint("number", name=op.f("uq_invoice_number")),
    )
    op.create_index(op.f("ix_invoice_client_id_number"), "invoice", ["client_id", "number"], unique=False)
    op.create_index(op.f("ix_invoice_order_id_number"), "invoice", ["order_id", "number"], unique=False)
    op.create_table(
        "question_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("markdown", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by", sa.Uuid(), nullable=True),
        sa.Column("removed_reason", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("(removed_at IS NULL) = (removed_by IS NULL)", name=op.f("ck_question_answer_removed")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_question_answer_author_id_person")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_question_answer_question_id_question")),
        sa.ForeignKeyConstraint(["removed_by"], ["person.id"], name=op.f("fk_question_answer_removed_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_answer")),
    )
    op.create_index(
        op.f("ix_question_answer_author_id_created_at"), "question_answer", ["author_id", "created_at"], unique=False
    )
    op.create_index(op.f("ix_question_answer_question_id_id"), "question_answer", ["question_id", "id"], unique=False)
    op.create_table(
        "question_seen",
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_question_seen_person_id_person")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_question_seen_question_id_question")),
        sa.PrimaryKeyConstraint("question_id", "person_id", name=op.f("pk_question_seen")),
    )
    op.create_table(
        "invoice_line",
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "CASE kind WHEN 'charge' THEN amount_minor >= 0 ELSE amount_minor <= 0 END",
            name=op.f("ck_invoice_line_amount"),
        ),
        sa.CheckConstraint(
            "CASE kind WHEN 'charge' THEN quantity > 0 ELSE quantity < 0 END", name=op.f("ck_invoice_line_quantity")
        ),
        sa.CheckConstraint("kind IN ('charge', 'credit')", name=op.f("ck_invoice_line_kind")),
        sa.CheckConstraint("unit IN ('item', 'hour')", name=op.f("ck_invoice_line_unit")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_line_invoice_id_invoice")),
        sa.PrimaryKeyConstraint("invoice_id", "line", name=op.f("pk_invoice_line")),
    )
    op.create_table(
        "invoice_source",
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.SmallInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_source_invoice_id_invoice")),
        sa.PrimaryKeyConstraint("invoice_id", "line", "source", name=op.f("pk_invoice_source")),
    )
    op.create_index(op.f("ix_invoice_source_order_id_source"), "invoice_source", ["order_id", "source"], unique=False)
    op.add_column("membership", sa.Column("function", sa.Text(), server_default="member", nullable=False))
    op.add_column("person", sa.Column("credit_name", sa.Text(), server_default="", nullable=False))
    op.create_check_constraint(
        op.f("ck_membership_function"), "membership", "function IN ('member', 'lead', 'manager')"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
