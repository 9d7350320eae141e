"""Files that items show."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base, created_at_column


class Asset(Base):
    """A picture that items of a project may show. Its bytes are in the storage, once for all projects.

    Items name it by its hash in their content. The row says that the project has it: nobody comes to see a file of
    another project by knowing its hash.
    """

    __tablename__ = "asset"
    __table_args__ = (
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("original_sha256 ~ '^[0-9a-f]{64}$'", name="original_sha256"),
        CheckConstraint("width > 0 AND height > 0 AND bytes > 0", name="size"),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    media_type: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    bytes: Mapped[int]
    original_sha256: Mapped[str | None]
    """Of the first file it came from, where private metadata was taken out; None where it is kept as it was."""
    created_at: Mapped[datetime] = created_at_column()
