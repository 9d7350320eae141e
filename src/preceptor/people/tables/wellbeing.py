"""How somebody wants content that can weigh on them to be shown, and when a break is proposed to them."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base


class Wellbeing(Base):
    """What somebody chose for themselves. Nobody else reads it; without a row all is as the installation has it."""

    __tablename__ = "wellbeing"
    __table_args__ = (CheckConstraint("break_minutes BETWEEN 0 AND 480", name="break_minutes"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    blur: Mapped[bool] = mapped_column(server_default="false")
    greyscale: Mapped[bool] = mapped_column(server_default="false")
    break_minutes: Mapped[int | None] = mapped_column(SmallInteger)
    """Minutes at work after which a break is proposed; 0: never; None: as the installation has it."""
