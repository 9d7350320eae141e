"""Let a claim over the cap keep the rate its time was worked at."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0029"
down_revision: str | None = "0028"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("cap_claim", sa.Column("rate_minor", sa.BigInteger(), nullable=True))
    op.execute(
        "UPDATE cap_claim SET rate_minor = assignment.rate_minor FROM assignment "
        "WHERE assignment.id = cap_claim.assignment_id"
    )
    op.alter_column("cap_claim", "rate_minor", nullable=False)


def downgrade() -> None:
    op.drop_column("cap_claim", "rate_minor")
