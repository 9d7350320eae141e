"""Hold new items and slots to what they stand in once per statement, not once per row: thousands come in by one COPY."""

from collections.abc import Sequence

from alembic import op

revision: str = "0030"
down_revision: str | None = "0029"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

HELD = {"item": ("project_id", "project"), "slot": ("item_id", "item")}


def upgrade() -> None:
    for table, (column, target) in HELD.items():
        op.drop_constraint(f"fk_{table}_{column}_{target}", table, type_="foreignkey")
        # A query in the condition is asked row by row, by the key: it never reads the whole of a large table.
        op.execute(f"""
            CREATE FUNCTION hold_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF EXISTS (
                    SELECT FROM written
                    WHERE (SELECT {target}.id FROM {target} WHERE {target}.id = written.{column}) IS NULL
                ) THEN
                    RAISE EXCEPTION 'new rows of {table} stand in no {target}' USING ERRCODE = 'foreign_key_violation';
                END IF;
                RETURN NULL;
            END $$
        """)  # noqa: S608 (names of ours)
        op.execute(
            f"CREATE TRIGGER hold_{table} AFTER INSERT ON {table} REFERENCING NEW TABLE AS written "
            f"FOR EACH STATEMENT EXECUTE FUNCTION hold_{table}()"
        )
        # What they stand in stays: nothing may go, or move, from under them.
        op.execute(f"""
            CREATE FUNCTION keep_{target}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'rows of {target} stay, with what stands in them' USING ERRCODE = 'foreign_key_violation';
            END $$
        """)
        op.execute(
            f"CREATE TRIGGER keep_{target} BEFORE DELETE OR TRUNCATE ON {target} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION keep_{target}()"
        )
        for moved, key in ((table, column), (target, "id")):
            op.execute(
                f"CREATE TRIGGER keep_{key} BEFORE UPDATE OF {key} ON {moved} "
                f"FOR EACH ROW WHEN (NEW.{key} <> OLD.{key}) EXECUTE FUNCTION keep_{target}()"
            )


def downgrade() -> None:
    for table, (column, target) in reversed(HELD.items()):
        op.execute(f"DROP TRIGGER keep_id ON {target}")
        op.execute(f"DROP TRIGGER keep_{column} ON {table}")
        op.execute(f"DROP TRIGGER keep_{target} ON {target}")
        op.execute(f"DROP TRIGGER hold_{table} ON {table}")
        op.execute(f"DROP FUNCTION keep_{target}()")
        op.execute(f"DROP FUNCTION hold_{table}()")
        op.create_foreign_key(f"fk_{table}_{column}_{target}", table, target, [column], ["id"])
