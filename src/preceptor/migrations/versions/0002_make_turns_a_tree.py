"""Make turns a tree."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("turn", sa.Column("parent_position", sa.SmallInteger(), nullable=True))
    # Until now each turn went on from the one before it.
    op.execute("UPDATE turn SET parent_position = position - 1 WHERE position > 0")
    op.create_check_constraint(op.f("ck_turn_parent"), "turn", "parent_position < position")
