"""Find what was moved and given back: it stood in a line that nobody looked at, and was handed out to nobody.

Items whose slots were held while they moved get their priority as well.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0037"
down_revision: str | None = "0036"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.execute(
        """
        UPDATE slot SET priority = item.priority
        FROM item WHERE item.id = slot.item_id AND slot.priority <> item.priority AND item.sitting_id IS NULL
        """
    )
    op.execute(
        """
        INSERT INTO queue_group (project_id, lane, priority, round)
        SELECT DISTINCT project_id, lane, priority, round FROM (
            SELECT project_id, lane, priority, round FROM slot WHERE lane <> 'sitting'
            UNION SELECT project_id, lane, priority, 0 FROM slot WHERE lane <> 'sitting'
        ) AS found
        ON CONFLICT DO NOTHING
        """
    )


def downgrade() -> None:
    pass
