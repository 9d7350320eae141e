"""What programs outside are told of releases."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select

from preceptor.datasets.tables import Release, ReleaseFile
from preceptor.lib.db import ReadSession


async def told_of_releases(session: ReadSession, *, release_ids: Collection[UUID]) -> dict[UUID, dict[str, object]]:
    """Plain facts of each release, by its id."""
    files = (
        select(func.count(), func.coalesce(func.sum(ReleaseFile.bytes), 0))
        .where(ReleaseFile.release_id == Release.id)
        .lateral("files")
    )
    rows = await session.execute(
        select(Release.id, Release.number, Release.submissions, *files.columns)
        .select_from(Release)
        .join(files, files.columns[0] >= 0)
        .where(Release.id.in_(release_ids))
    )
    return {
        row[0]: {
            "release_id": str(row[0]),
            "number": row[1],
            "submissions": row[2],
            "files": row[3],
            "bytes": int(row[4]),
        }
        for row in rows
    }
