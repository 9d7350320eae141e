"""Know where people are and what they speak, what they are willing to see, and tell them things."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("person", sa.Column("country", sa.Text(), server_default="", nullable=False))
    op.add_column("person", sa.Column("region", sa.Text(), server_default="", nullable=False))
    op.add_column("person", sa.Column("skills", sa.ARRAY(sa.Text()), server_default="{}", nullable=False))
    op.create_table(
        "person_language",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name=op.f("ck_person_language_level")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_language_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "language", name=op.f("pk_person_language")),
    )
    op.create_table(
        "content_consent",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_content_consent_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "category", name=op.f("pk_content_consent")),
    )
    op.create_table(
        "notification",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), server_default="", nullable=False),
        sa.Column("secret", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("mail_state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("mail_tries", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notification_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
    )
    op.create_index(op.f("ix_notification_person_id_id"), "notification", ["person_id", "id"])
    op.create_index(
        "ix_notification_unsent", "notification", ["id"], postgresql_where=sa.text("mail_state = 'waiting'")
    )


def downgrade() -> None:
    op.drop_table("notification")
    op.drop_table("content_consent")
    op.drop_table("person_language")
    for name in ("skills", "region", "country"):
        op.drop_column("person", name)
