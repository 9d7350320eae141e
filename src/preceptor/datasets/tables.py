"""The rows of imports and releases."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Double, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base, created_at_column, id_column


class ImportRun(Base):
    """A file that is being turned into items, or was.

    It is read once or twice: to be checked, where that was asked for or nothing may be added unless all can be; then to
    be added. `lines_read` and the counts are those of the reading that `phase` names, and are written in the same
    transaction as the items, so that whoever goes on after a crash knows where.
    """

    __tablename__ = "import_run"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'checked', 'done', 'failed', 'discarded')", name="state"),
        CheckConstraint("phase IN ('check', 'add')", name="phase"),
        CheckConstraint("on_problem IN ('skip', 'stop')", name="on_problem"),
        Index(None, "project_id", "id"),
    )

    id: Mapped[UUID] = id_column()
    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    format: Mapped[str]
    file_name: Mapped[str]
    file_key: Mapped[str]
    options: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    on_problem: Mapped[str] = mapped_column(server_default="skip")
    confirmed: Mapped[bool]
    """Items may be added once it was checked; False where a person wants to see the outcome of the check first."""
    state: Mapped[str] = mapped_column(server_default="waiting")
    phase: Mapped[str]
    bytes: Mapped[int]
    """Size of the file."""
    share: Mapped[float] = mapped_column(Double, server_default="0")
    """Of the file that has been read, 0 to 1."""
    lines_read: Mapped[int] = mapped_column(server_default="0")
    good: Mapped[int] = mapped_column(server_default="0")
    """Rows found that can become items, when checking; duplicates left out."""
    items_added: Mapped[int] = mapped_column(server_default="0")
    answers_added: Mapped[int] = mapped_column(server_default="0")
    """Given elsewhere; when checking, those that would come in."""
    duplicates: Mapped[int] = mapped_column(server_default="0")
    problems: Mapped[int] = mapped_column(server_default="0")
    error: Mapped[str] = mapped_column(server_default="")
    language: Mapped[str] = mapped_column(server_default="en")
    """What it tells people is told in this language: that of whoever asked for it."""
    requested_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = created_at_column()
    finished_at: Mapped[datetime | None]


class SourceWorker(Base):
    """Who stands for a worker of another program in a project: a person without an account."""

    __tablename__ = "source_worker"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    """By the source; empty where it does not say who it was."""
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


class ImportProblem(Base):
    """A line that could not be imported, and why; or, `left_out` being false, what was done about something odd in it.

    The first thousand are kept.
    """

    __tablename__ = "import_problem"

    import_id: Mapped[UUID] = mapped_column(ForeignKey("import_run.id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    message: Mapped[str]
    left_out: Mapped[bool] = mapped_column(server_default="true")


class SimilaritySearch(Base):
    """A look through a project's open items for those that nearly say what an earlier one does. One at a time."""

    __tablename__ = "similarity_search"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name="state"),
        CheckConstraint("likeness > 0 AND likeness <= 1", name="likeness"),
        Index(None, "project_id", "id"),
        Index(
            "uq_similarity_search_moving",
            "project_id",
            unique=True,
            postgresql_where="state IN ('waiting', 'running')",
        ),
    )

    id: Mapped[UUID] = id_column()
    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    likeness: Mapped[float] = mapped_column(Double)
    state: Mapped[str] = mapped_column(server_default="waiting")
    items: Mapped[int] = mapped_column(server_default="0")
    """Looked at so far."""
    found: Mapped[int] = mapped_column(server_default="0")
    requested_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = created_at_column()
    finished_at: Mapped[datetime | None]


class SimilarItem(Base):
    """An item that nearly says what an earlier one does, as a search found it."""

    __tablename__ = "similar_item"
    __table_args__ = (Index("ix_similar_item_order", "search_id", "likeness", "item_id"),)

    search_id: Mapped[UUID] = mapped_column(ForeignKey("similarity_search.id", ondelete="CASCADE"), primary_key=True)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), primary_key=True)
    earlier_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"))
    likeness: Mapped[float] = mapped_column(Double)


class Release(Base):
    """A numbered, frozen set of accepted submissions and the files made of it.

    The database refuses every change once it is `done`.
    """

    __tablename__ = "release"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name="state"),
    )

    id: Mapped[UUID] = id_column()
    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(server_default="waiting")
    settings: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    submissions: Mapped[int] = mapped_column(server_default="0")
    written: Mapped[int] = mapped_column(server_default="0")
    error: Mapped[str] = mapped_column(server_default="")
    language: Mapped[str] = mapped_column(server_default="en")
    """What it tells people is told in this language: that of whoever asked for it."""
    requested_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = created_at_column()
    finished_at: Mapped[datetime | None]


class ReleaseMember(Base):
    """A submission that belongs to a release. Written in one statement when the release is frozen, never changed."""

    __tablename__ = "release_member"

    release_id: Mapped[UUID] = mapped_column(ForeignKey("release.id"), primary_key=True)
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submission.id"), primary_key=True)


class ReleaseFile(Base):
    """A file of a release, with what is needed to check that it is whole. The database refuses UPDATE and DELETE."""

    __tablename__ = "release_file"

    release_id: Mapped[UUID] = mapped_column(ForeignKey("release.id"), primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    rows: Mapped[int]
    bytes: Mapped[int]
    sha256: Mapped[str]


class DeliveryDecision(Base):
    """What the client said of a release: that they accept it, or what is missing. Refuses UPDATE and DELETE.

    The newest counts; once a release is accepted, nothing follows.
    """

    __tablename__ = "delivery_decision"
    __table_args__ = (
        CheckConstraint("verdict IN ('accepted', 'incomplete')", name="verdict"),
        CheckConstraint("verdict = 'accepted' OR note <> ''", name="note"),
        Index(None, "release_id", "id"),
        Index("uq_delivery_decision_accepted", "release_id", unique=True, postgresql_where="verdict = 'accepted'"),
    )

    id: Mapped[UUID] = id_column()
    release_id: Mapped[UUID] = mapped_column(ForeignKey("release.id"))
    verdict: Mapped[str]
    note: Mapped[str] = mapped_column(server_default="")
    by: Mapped[UUID | None]
    at: Mapped[datetime]
