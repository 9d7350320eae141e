"""Attaching files to a case about oneself."""

from hashlib import sha256
from uuid import UUID

from sqlalchemy import func, select

from preceptor.hiring.events import CaseFileAttached
from preceptor.hiring.operations.cases import CaseClosedError
from preceptor.hiring.queries import NoSuchCaseError
from preceptor.hiring.queries.case_files import case_file_key
from preceptor.hiring.rules.case_files import MOST_FILES, PICTURES, clean_file_name, kind_of_file
from preceptor.hiring.tables import CaseFile, DueProcessCase
from preceptor.lib.db import WriteSession
from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.ids import new_id
from preceptor.lib.picture_metadata import without_metadata
from preceptor.lib.storage import Storage
from preceptor.people.rules import Actor


async def attach_case_file(
    session: WriteSession, *, actor: Actor, case_id: UUID, name: str, data: bytes, storage: Storage
) -> UUID:
    """Attach a file to a case about the actor, until it is decided or withdrawn. Answers its id.

    The same file again answers the same id. Pictures lose their private metadata.

    Args:
        session: the transaction.
        actor: the person concerned.
        case_id: the case.
        name: what the file is called.
        data: its bytes.
        storage: where they are kept.

    Raises:
        NoSuchCaseError: it is not about the actor.
        CaseClosedError: it was decided or withdrawn.
        InvalidError: too large, of another kind, or too many.
    """
    media_type = kind_of_file(data)
    row = await session.get(DueProcessCase, case_id, with_for_update=True, populate_existing=True)
    if row is None or row.person_id != actor.person_id:
        raise NoSuchCaseError
    if row.outcome is not None or row.withdrawn_at is not None:
        raise CaseClosedError
    kept = without_metadata(data) if media_type in PICTURES else data
    digest = sha256(kept).hexdigest()
    known = await session.scalar(
        select(CaseFile.id).where(CaseFile.case_id == case_id, CaseFile.sha256 == digest, CaseFile.erased_at.is_(None))
    )
    if known is not None:
        return known
    if (await session.scalar(select(func.count()).where(CaseFile.case_id == case_id)) or 0) >= MOST_FILES:
        message = _("A case takes {count} files at most.").format(count=MOST_FILES)
        raise InvalidError(fields=[FieldProblem("file", message)])
    file_id = new_id()
    session.add(
        CaseFile(
            id=file_id,
            case_id=case_id,
            author_id=actor.person_id,
            name=clean_file_name(name),
            media_type=media_type,
            bytes=len(kept),
            sha256=digest,
        )
    )
    await session.flush()
    storage.keep(case_file_key(case_id=case_id, file_id=file_id), kept)
    session.emit(CaseFileAttached(actor_id=actor.person_id, subject_id=case_id, person_id=actor.person_id))
    return file_id
