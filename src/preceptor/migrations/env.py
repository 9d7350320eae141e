"""How Alembic reaches the database and the tables it compares with."""

from alembic import context
from sqlalchemy import create_engine, text

from preceptor.datasets import tables as _datasets  # noqa: F401
from preceptor.hiring import tables as _hiring  # noqa: F401
from preceptor.lib import heartbeats as _heartbeats  # noqa: F401
from preceptor.lib.db import Base
from preceptor.llms import tables as _llms  # noqa: F401
from preceptor.pay import tables as _pay  # noqa: F401
from preceptor.people import tables as _people  # noqa: F401
from preceptor.projects import tables as _projects  # noqa: F401
from preceptor.quality import tables as _quality  # noqa: F401
from preceptor.work import tables as _work  # noqa: F401

# Two processes that start at once must not both migrate.
LOCK = 7_215_001


def _is_ours(_object: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:  # noqa: FBT001
    return not (kind == "table" and (name or "").startswith("procrastinate_"))


engine = create_engine(context.config.attributes["url"])
with engine.connect() as connection:
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
    connection.commit()
    try:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            include_object=_is_ours,
            compare_server_default=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    finally:
        connection.rollback()
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})
        connection.commit()
engine.dispose()
