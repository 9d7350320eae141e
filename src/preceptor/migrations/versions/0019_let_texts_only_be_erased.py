"""Let the texts of answers change in one way alone, to a tombstone; and take names out of cases."""

from collections.abc import Sequence

from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

ANNOUNCED = (
    "person_id",
    "measure",
    "scope",
    "project_id",
    "reason",
    "opened_by",
    "announced_at",
    "effective_at",
    "lasts_days",
    "batch_id",
    "transfer_team_id",
)
FINAL = ("appealed_at", "appeal_due_at", "outcome", "decided_by", "decided_at", "withdrawn_by", "withdrawn_at")


def upgrade() -> None:
    op.execute(
        "CREATE TRIGGER only_tombstones BEFORE UPDATE ON submission_body FOR EACH ROW WHEN ("
        "NEW.submission_id <> OLD.submission_id OR NEW.content <> '{}'::jsonb OR NEW.erased_at IS NULL"
        ") EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER refuse_delete BEFORE DELETE OR TRUNCATE ON submission_body "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute("DROP TRIGGER refuse_change ON due_process_case")
    announced = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in ANNOUNCED)
    final = " OR ".join(f"(OLD.{name} IS NOT NULL AND OLD.{name} IS DISTINCT FROM NEW.{name})" for name in FINAL)
    op.execute(
        "CREATE TRIGGER refuse_change BEFORE UPDATE ON due_process_case FOR EACH ROW WHEN ("
        f"{announced} OR {final} OR (OLD.no_transfer <> NEW.no_transfer AND NEW.no_transfer <> '–')"
        ") EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER refuse_delete ON submission_body")
    op.execute("DROP TRIGGER only_tombstones ON submission_body")
