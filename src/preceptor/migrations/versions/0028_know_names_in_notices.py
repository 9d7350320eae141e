"""Let notices say where they name whom, so that a name is taken out exactly there."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0028"
down_revision: str | None = "0027"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("notification", sa.Column("names", JSONB(), nullable=True))


def downgrade() -> None:
    op.drop_column("notification", "names")
