"""Know of each open review what it shows, so that a reviewer is served without reading what they have said no to."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0031"
down_revision: str | None = "0030"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# What was announced to whoever answered, and what the item says by now: the third part of its lane.
SHOWN = """
CREATE FUNCTION shown_by(announced text[], lane text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(string_agg(category, '+' ORDER BY category COLLATE "C"), '')
    FROM (SELECT DISTINCT category FROM unnest(
            coalesce(announced, '{}') || string_to_array(split_part(lane, '/', 3), '+')) AS found (category)) AS one
$$
"""

# Whenever a review opens, or opens again. The ids stand in the row: two rows are read by their keys.
KNOW = """
CREATE FUNCTION know_content() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT shown_by(assignment.categories, item.lane) INTO STRICT NEW.content
    FROM assignment JOIN item ON item.id = assignment.item_id WHERE assignment.id = NEW.assignment_id;
    RETURN NEW;
END $$
"""
KNOWS = """
CREATE TRIGGER know_content BEFORE INSERT OR UPDATE OF state ON review
FOR EACH ROW WHEN (NEW.state = 'open') EXECUTE FUNCTION know_content()
"""

# Whenever an item is put into another lane. A review that somebody has in hands this very moment is not waited for, so
# that placing items and deciding about them never wait for each other: whoever claims looks again.
FOLLOW = """
CREATE FUNCTION follow_content() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE review SET content = shown_by(found.categories, NEW.lane)
    FROM (SELECT review.id, assignment.categories FROM assignment JOIN review ON review.assignment_id = assignment.id
          WHERE assignment.item_id = NEW.id AND review.state = 'open'
          FOR NO KEY UPDATE OF review SKIP LOCKED) AS found
    WHERE review.id = found.id;
    RETURN NULL;
END $$
"""
FOLLOWS = """
CREATE TRIGGER follow_content AFTER UPDATE OF lane ON item
FOR EACH ROW WHEN (NEW.lane <> OLD.lane) EXECUTE FUNCTION follow_content()
"""

FILL = """
UPDATE review SET content = shown_by(assignment.categories, item.lane)
FROM assignment JOIN item ON item.id = assignment.item_id
WHERE assignment.id = review.assignment_id AND review.state = 'open'
"""


def upgrade() -> None:
    op.add_column("review", sa.Column("content", sa.Text(), server_default="", nullable=False))
    for statement in (SHOWN, FILL, KNOW, KNOWS, FOLLOW, FOLLOWS):
        op.execute(statement)
    op.drop_index("ix_review_open", "review")
    op.create_index("ix_review_open", "review", ["project_id", "content", "id"], postgresql_where="state = 'open'")


def downgrade() -> None:
    op.drop_index("ix_review_open", "review")
    op.create_index("ix_review_open", "review", ["project_id", "id"], postgresql_where="state = 'open'")
    op.execute("DROP TRIGGER follow_content ON item")
    op.execute("DROP TRIGGER know_content ON review")
    for function in ("follow_content()", "know_content()", "shown_by(text[], text)"):
        op.execute(f"DROP FUNCTION {function}")
    op.drop_column("review", "content")
