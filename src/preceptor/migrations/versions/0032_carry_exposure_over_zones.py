"""Let the minutes of a day with hard content come along to another time zone."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0032"
down_revision: str | None = "0031"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("exposure", sa.Column("carried_ms", sa.BigInteger(), server_default="0", nullable=False))
    op.create_check_constraint(op.f("ck_exposure_carried_ms"), "exposure", "carried_ms >= 0")


def downgrade() -> None:
    op.drop_column("exposure", "carried_ms")
