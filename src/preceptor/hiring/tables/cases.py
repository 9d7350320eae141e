"""The rows of due process. None is ever deleted, and what was announced never changes: the database refuses both."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from preceptor.lib.db import Base, created_at_column, id_column

NOBODY = "'00000000-0000-0000-0000-000000000000'"


class DueProcessCase(Base):
    """A measure against somebody: what, why, by whom, from when, and what came of it.

    `opened_by` and `decided_by` are people: the system has no row in `person`, and so can be neither.
    """

    __tablename__ = "due_process_case"
    __table_args__ = (
        CheckConstraint("measure IN ('warning', 'restriction', 'suspension', 'removal')", name="measure"),
        CheckConstraint("scope IN ('from', 'only')", name="scope"),
        CheckConstraint(
            "reason IN ('fraud', 'safety', 'copied', 'conduct', 'confidentiality', 'quality', 'end_of_work', "
            "'not_certified')",
            name="reason",
        ),
        CheckConstraint(f"opened_by <> {NOBODY} AND opened_by <> person_id", name="opened_by_another"),
        CheckConstraint("measure <> 'restriction' OR project_id IS NOT NULL", name="restriction_project"),
        CheckConstraint("measure <> 'suspension' OR lasts_days IS NOT NULL", name="suspension_ends"),
        CheckConstraint("measure <> 'removal' OR lasts_days IS NULL", name="removal_stays"),
        CheckConstraint("lasts_days BETWEEN 1 AND 365", name="lasts"),
        CheckConstraint(
            "measure = 'warning' OR effective_at >= announced_at + interval '7 days' "
            "OR (reason IN ('fraud', 'safety') AND effective_at >= announced_at)",
            name="notice",
        ),
        CheckConstraint(
            "(reason IN ('end_of_work', 'not_certified')) = (transfer_team_id IS NOT NULL OR no_transfer <> '')",
            name="transfer_offered",
        ),
        CheckConstraint(
            "transfer_answer IS NULL OR (transfer_answer IN ('accepted', 'declined') "
            "AND transfer_team_id IS NOT NULL AND transfer_answered_at IS NOT NULL)",
            name="transfer_answer",
        ),
        CheckConstraint("(appealed_at IS NULL) = (appeal_due_at IS NULL)", name="appeal_due"),
        CheckConstraint("outcome IN ('upheld', 'overturned')", name="outcome"),
        CheckConstraint(
            "(outcome IS NULL) = (decided_at IS NULL) AND (outcome IS NULL) = (decided_by IS NULL)", name="decided"
        ),
        CheckConstraint("outcome IS NULL OR appealed_at IS NOT NULL", name="decided_appeal"),
        CheckConstraint(
            f"decided_by <> {NOBODY} AND decided_by <> opened_by AND decided_by <> person_id", name="decided_by_another"
        ),
        CheckConstraint("(withdrawn_by IS NULL) = (withdrawn_at IS NULL)", name="withdrawn"),
        CheckConstraint(
            "back_pay_minor IS NULL OR (back_pay_minor >= 0 AND back_pay_currency ~ '^[A-Z]{3}$' "
            "AND outcome IS NOT DISTINCT FROM 'overturned')",
            name="back_pay",
        ),
        CheckConstraint("(back_pay_minor IS NULL) = (back_pay_currency IS NULL)", name="back_pay_whole"),
        Index(None, "person_id", "id"),
        Index(None, "batch_id", postgresql_where="batch_id IS NOT NULL"),
        Index("ix_due_process_case_appealed", "appeal_due_at", postgresql_where="outcome IS NULL"),
    )

    id: Mapped[UUID] = id_column()
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    measure: Mapped[str]
    scope: Mapped[str] = mapped_column(server_default="from")
    project_id: Mapped[UUID | None] = mapped_column(ForeignKey("project.id"))
    reason: Mapped[str]
    opened_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    announced_at: Mapped[datetime]
    effective_at: Mapped[datetime]
    lasts_days: Mapped[int | None] = mapped_column(SmallInteger)
    batch_id: Mapped[UUID | None]
    """Cases that were announced together."""
    transfer_team_id: Mapped[UUID | None] = mapped_column(ForeignKey("team.id"))
    no_transfer: Mapped[str] = mapped_column(server_default="")
    """Why no team could be offered."""
    transfer_answer: Mapped[str | None]
    transfer_answered_at: Mapped[datetime | None]
    appealed_at: Mapped[datetime | None]
    appeal_due_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    back_pay_minor: Mapped[int | None]
    back_pay_currency: Mapped[str | None]
    withdrawn_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None]
    told_in_force_at: Mapped[datetime | None]
    """When the person was told that it had come into force."""
    told_overdue_at: Mapped[datetime | None]
    """When the person and the operators were told that the appeal is overdue."""


class CaseRecordRow(Base):
    """A record that a case rests on. The database refuses UPDATE and DELETE."""

    __tablename__ = "case_record"
    __table_args__ = (CheckConstraint("kind IN ('submission', 'review', 'time')", name="kind"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("due_process_case.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    record_id: Mapped[UUID] = mapped_column(primary_key=True)


class CaseText(Base):
    """What somebody wrote in a case: reasons, appeal, decision. It can be erased, and not changed otherwise."""

    __tablename__ = "case_text"
    __table_args__ = (
        CheckConstraint("kind IN ('reason', 'appeal', 'decision', 'withdrawal', 'transfer')", name="kind"),
        Index(None, "case_id", "id"),
    )

    id: Mapped[UUID] = id_column()
    case_id: Mapped[UUID] = mapped_column(ForeignKey("due_process_case.id"))
    kind: Mapped[str]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str]
    created_at: Mapped[datetime] = created_at_column()
    erased_at: Mapped[datetime | None]


class CaseFile(Base):
    """A file that the person concerned, or whoever announced it, attached to a case.

    Its bytes are in the storage, under its case and its id.
    It can be erased (the name goes, and the bytes), and not changed otherwise.
    """

    __tablename__ = "case_file"
    __table_args__ = (
        CheckConstraint("bytes > 0", name="bytes"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        UniqueConstraint("case_id", "sha256"),
    )

    id: Mapped[UUID] = id_column()
    case_id: Mapped[UUID] = mapped_column(ForeignKey("due_process_case.id"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str]
    media_type: Mapped[str]
    bytes: Mapped[int]
    sha256: Mapped[str]
    created_at: Mapped[datetime] = created_at_column()
    erased_at: Mapped[datetime | None]
