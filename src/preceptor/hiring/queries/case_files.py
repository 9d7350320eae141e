"""Files attached to cases, for those who may read the case."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec
from sqlalchemy import Select, select

from preceptor.hiring.queries.cases import access_case
from preceptor.hiring.tables import CaseFile, DueProcessCase
from preceptor.lib.db import ReadSession
from preceptor.lib.errors import NotFoundError
from preceptor.lib.i18n import _
from preceptor.lib.storage import Storage
from preceptor.people.rules import Actor
from preceptor.people.tables import Person


class NoSuchCaseFileError(NotFoundError):
    """There is no such file, or it was erased."""

    title = _("There is no such file, or it was erased.")
    code = "no_such_case_file"


class CaseFileView(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was attached. `name` is empty where it was erased; `by_person`: by the person concerned."""

    id: UUID
    author_name: str
    by_person: bool
    name: str
    media_type: str
    bytes: int
    at: datetime


def case_file_key(*, case_id: UUID, file_id: UUID) -> str:
    """Where its bytes are in the storage."""
    return f"cases/{case_id}/{file_id}"


async def case_files(session: ReadSession, *, case_id: UUID) -> list[CaseFileView]:
    """The files of a case, the first one first. For callers that have made sure that the case may be read."""
    rows = await session.execute(_files().where(CaseFile.case_id == case_id).order_by(CaseFile.id))
    return [_view(*row) for row in rows]


async def access_case_file(
    session: ReadSession, *, actor: Actor, case_id: UUID, file_id: UUID, storage: Storage, now: datetime
) -> tuple[CaseFileView, Path]:
    """One file and where its bytes are, for whoever may read its case.

    Raises:
        NoSuchCaseError: there is no such case, or it is not theirs to see.
        NoSuchCaseFileError: the case has no such file, it was erased, or its bytes are gone, as from a backup without
            files.
    """
    await access_case(session, actor=actor, case_id=case_id, now=now)
    row = (await session.execute(_files().where(CaseFile.id == file_id, CaseFile.case_id == case_id))).first()
    if row is None or row[0].erased_at is not None:
        raise NoSuchCaseFileError
    path = storage.path(case_file_key(case_id=case_id, file_id=file_id))
    if not path.is_file():
        raise NoSuchCaseFileError
    return _view(*row), path


class KeptFile(msgspec.Struct, frozen=True):
    """A file that was attached to a case, and where its bytes are kept."""

    id: UUID
    name: str
    key: str


async def files_about(session: ReadSession, *, person_id: UUID) -> list[KeptFile]:
    """The files of all cases about a person but those that were erased. For callers that hand them to that person."""
    rows = await session.scalars(
        select(CaseFile)
        .join(DueProcessCase, DueProcessCase.id == CaseFile.case_id)
        .where(DueProcessCase.person_id == person_id, CaseFile.erased_at.is_(None))
        .order_by(CaseFile.id)
    )
    return [KeptFile(row.id, row.name, case_file_key(case_id=row.case_id, file_id=row.id)) for row in rows]


async def erased_case_files(session: ReadSession, *, person_id: UUID) -> list[str]:
    """Where the bytes of the erased files of cases about a person were kept."""
    gone = CaseFile.erased_at.is_not(None)
    rows = await session.scalars(
        select(CaseFile)
        .join(DueProcessCase, DueProcessCase.id == CaseFile.case_id)
        .where(DueProcessCase.person_id == person_id, gone)
    )
    return [case_file_key(case_id=row.case_id, file_id=row.id) for row in rows]


def _files() -> Select[CaseFile, str, UUID]:
    return (
        select(CaseFile, Person.name, DueProcessCase.person_id)
        .join(Person, Person.id == CaseFile.author_id)
        .join(DueProcessCase, DueProcessCase.id == CaseFile.case_id)
    )


def _view(row: CaseFile, author_name: str, person_id: UUID) -> CaseFileView:
    return CaseFileView(
        id=row.id,
        author_name=author_name,
        by_person=row.author_id == person_id,
        name=row.name,
        media_type=row.media_type,
        bytes=row.bytes,
        at=row.created_at,
    )
