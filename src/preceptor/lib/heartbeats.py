"""Which processes of an installation are alive, told through the database they share."""

from datetime import datetime, timedelta

from sqlalchemy import Text, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base, ReadSession, WriteSession


class Heartbeat(Base):
    """When a named process was last alive."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[datetime]


async def beat(session: WriteSession, *, name: str, now: datetime) -> None:
    """Say that `name` is alive."""
    statement = insert(Heartbeat).values(name=name, at=now)
    await session.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"at": now}))


async def is_alive(session: ReadSession, *, name: str, now: datetime, within: timedelta) -> bool:
    """True when `name` said so within the time."""
    at = await session.scalar(select(Heartbeat.at).where(Heartbeat.name == name))
    return at is not None and now - at <= within
