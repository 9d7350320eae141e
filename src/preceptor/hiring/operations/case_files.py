"""Attaching files to a case: by the person concerned, and by whoever announced it."""

from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import func, select

from preceptor.hiring.events import CaseFileAttached
from preceptor.hiring.operations.case_notices import tell_of_file
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
from preceptor.people.rules import Actor, Permission


async def attach_case_file(
    session: WriteSession, *, actor: Actor, case_id: UUID, name: str, data: bytes, storage: Storage, now: datetime
) -> UUID:
    """Attach a file to a case until it is decided or withdrawn, as the person concerned, and answer its id.

    Whoever announced the case can attach what it rests on, until the person appeals: an appeal speaks to all of it. The
    person is told. The same file again answers the same id. Pictures lose their private metadata.

    Args:
        session: the transaction.
        actor: the person concerned, or whoever announced it.
        case_id: the case.
        name: what the file is called.
        data: its bytes.
        storage: where they are kept.
        now: when.

    Raises:
        NoSuchCaseError: it is neither about the actor nor announced by them, or they may announce none any more.
        CaseClosedError: it was decided or withdrawn, or an appeal has come in against what the actor announced.
        InvalidError: too large, of another kind, or too many of the actor's.
    """
    media_type = kind_of_file(data)
    row = await session.get(DueProcessCase, case_id, with_for_update=True, populate_existing=True)
    if row is None or actor.person_id not in {row.person_id, row.opened_by}:
        raise NoSuchCaseError
    own = row.person_id == actor.person_id
    if not own and not actor.may(Permission.CASE_OPEN):
        raise NoSuchCaseError
    if row.outcome is not None or row.withdrawn_at is not None or (not own and row.appealed_at is not None):
        raise CaseClosedError
    kept = without_metadata(data) if media_type in PICTURES else data
    digest = sha256(kept).hexdigest()
    known = await session.scalar(
        select(CaseFile.id).where(CaseFile.case_id == case_id, CaseFile.sha256 == digest, CaseFile.erased_at.is_(None))
    )
    if known is not None:
        return known
    mine = select(func.count()).where(CaseFile.case_id == case_id, CaseFile.author_id == actor.person_id)
    if (await session.scalar(mine) or 0) >= MOST_FILES:
        message = _("You can attach {count} files to a case at most.").format(count=MOST_FILES)
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
            created_at=now,
        )
    )
    await session.flush()
    storage.keep(case_file_key(case_id=case_id, file_id=file_id), kept)
    session.emit(CaseFileAttached(actor_id=actor.person_id, subject_id=case_id, person_id=row.person_id))
    if not own:
        await tell_of_file(session, row)
    return file_id
