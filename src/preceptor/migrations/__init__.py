"""The history of the schema, applied with Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["url"] = sync_url(url)
    return config


def sync_url(url: str) -> str:
    """The database's address for SQLAlchemy's blocking engine."""
    return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def upgrade(url: str) -> None:
    """Bring the database at `url` to the newest schema. Safe to repeat; one process at a time does it."""
    command.upgrade(_config(url), "head")


def clear(url: str) -> None:
    """Throw away everything in the database at `url`. For data that can be made again."""
    engine = create_engine(sync_url(url))
    try:
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    finally:
        engine.dispose()


def pending(url: str) -> list[str]:
    """Ids of migrations that the database at `url` lacks, oldest first."""
    script = ScriptDirectory.from_config(_config(url))
    engine = create_engine(sync_url(url))
    try:
        with engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
    missing = []
    for revision in script.walk_revisions():
        if revision.revision == current:
            break
        missing.append(revision.revision)
    return missing[::-1]
