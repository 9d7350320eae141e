"""A file that somebody attaches to a case, from the page of whoever it is about and from that of whoever decides."""

from uuid import UUID

from litestar.datastructures import UploadFile

from preceptor.hiring import MOST_FILE_BYTES
from preceptor.hiring.operations import attach_case_file
from preceptor.lib.storage import storage_of
from preceptor.lib.web import Request
from preceptor.people import Actor


async def attach_to_case(request: Request[Actor], *, case_id: UUID) -> None:
    """Keep the file of a form's field `file`, of which no more is read than may be kept.

    Raises:
        InvalidError: no file, one too large, or of a type that is not taken; and what `attach_case_file` raises.
    """
    file = (await request.form()).get("file")
    given = file if isinstance(file, UploadFile) else None
    data = b"" if given is None else await given.read(MOST_FILE_BYTES + 1)
    async with request.db.write() as session:
        await attach_case_file(
            session,
            actor=request.actor,
            case_id=case_id,
            name="" if given is None else given.filename,
            data=data,
            storage=storage_of(request.settings),
            now=request.now,
        )
