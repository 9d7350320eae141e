"""Find items that say nearly the same."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "similarity_search",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("likeness", sa.Double(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("items", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("found", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_similarity_search_state")
        ),
        sa.CheckConstraint("likeness > 0 AND likeness <= 1", name=op.f("ck_similarity_search_likeness")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_similarity_search_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_similarity_search")),
    )
    op.create_index(op.f("ix_similarity_search_project_id_id"), "similarity_search", ["project_id", "id"])
    op.create_index(
        "uq_similarity_search_moving",
        "similarity_search",
        ["project_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('waiting', 'running')"),
    )
    op.create_table(
        "similar_item",
        sa.Column("search_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("earlier_id", sa.Uuid(), nullable=False),
        sa.Column("likeness", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["search_id"],
            ["similarity_search.id"],
            name=op.f("fk_similar_item_search_id_similarity_search"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_similar_item_item_id_item")),
        sa.ForeignKeyConstraint(["earlier_id"], ["item.id"], name=op.f("fk_similar_item_earlier_id_item")),
        sa.PrimaryKeyConstraint("search_id", "item_id", name=op.f("pk_similar_item")),
    )
    op.create_index("ix_similar_item_order", "similar_item", ["search_id", "likeness", "item_id"])


def downgrade() -> None:
    op.drop_table("similar_item")
    op.drop_table("similarity_search")
