"""Know of a sitting whether parts of it were withheld because its person said no to their content."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0033"
down_revision: str | None = "0032"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("sitting", sa.Column("withheld", sa.Boolean(), server_default="false", nullable=False))


def downgrade() -> None:
    op.drop_column("sitting", "withheld")
