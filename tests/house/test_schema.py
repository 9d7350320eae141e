"""The tables as the code declares them are the tables as the migrations make them."""

import warnings

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.exc import SAWarning

from preceptor.lib.db import Base
from preceptor.migrations import sync_url


def is_ours(_thing: object, name: str | None, kind: str, _reflected: bool, _compared: object) -> bool:
    """Leave out the job queue's own tables, which come with it."""
    return not (kind == "table" and (name or "").startswith("procrastinate_"))


def test_migrations_make_what_the_tables_say(database_url):
    engine = create_engine(sync_url(database_url))
    try:
        with engine.connect() as connection, warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Did not recognize type 'xid8'", SAWarning)
            options = {"include_object": is_ours, "compare_type": True, "compare_server_default": False}
            context = MigrationContext.configure(connection, opts=options)
            differences = [one for one in compare_metadata(context, Base.metadata) if not _is_xid8(one)]
    finally:
        engine.dispose()
    assert not differences, "\n".join(str(one) for one in differences)


def _is_xid8(difference: object) -> bool:
    """SQLAlchemy cannot read the type of transaction ids back, and so takes it for changed."""
    return isinstance(difference, list) and all(
        change[0] == "modify_type" and "Xid8" in type(change[-1]).__name__ for change in difference
    )
