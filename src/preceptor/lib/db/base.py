"""The base of every table class."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, MetaData, Text, Uuid, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from preceptor.lib.ids import new_id


class Base(DeclarativeBase):
    """Base of the table classes. Constraint names follow one convention, so that migrations can name them.

    Times are with time zone, texts are `text`, dictionaries and lists are `jsonb`.
    """

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        str: Text,
        UUID: Uuid,
        int: BigInteger,
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }


def id_column() -> Mapped[UUID]:
    """A primary key made in Python, ascending with time."""
    return mapped_column(Uuid, primary_key=True, default=new_id)


def created_at_column() -> Mapped[datetime]:
    """When the row was written."""
    return mapped_column(DateTime(timezone=True), server_default=func.now(), nullable=False)
