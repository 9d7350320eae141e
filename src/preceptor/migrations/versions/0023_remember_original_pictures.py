"""Remember which file a picture was made of, where private metadata was taken out of it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

NAME = "ck_asset_original_sha256"


def upgrade() -> None:
    op.add_column("asset", sa.Column("original_sha256", sa.Text(), nullable=True))
    op.create_check_constraint(op.f(NAME), "asset", "original_sha256 ~ '^[0-9a-f]{64}$'")


def downgrade() -> None:
    op.drop_constraint(op.f(NAME), "asset")
    op.drop_column("asset", "original_sha256")
