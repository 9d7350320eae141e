"""What the worker does for hiring."""

from uuid import UUID

from preceptor.hiring.queries.case_files import erased_case_files
from preceptor.lib.db import Database
from preceptor.lib.settings import Settings
from preceptor.lib.storage import storage_of


async def delete_erased_case_files(db: Database, settings: Settings, *, subject_id: str) -> None:
    """Delete the bytes of what somebody who was erased had attached to cases about them."""
    async with db.read() as session:
        found = await erased_case_files(session, person_id=UUID(subject_id))
    for key in found:
        storage_of(settings).delete(key)
