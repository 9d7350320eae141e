"""Files that items show: a project comes to have them, and items may only name those it has."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from preceptor.kinds.pictures import PictureFile
from preceptor.lib.db import Driver, ReadSession, WriteSession
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _
from preceptor.people.rules import Actor, Permission

INSERT_ASSETS = """
INSERT INTO asset (project_id, sha256, name, media_type, width, height, bytes, original_sha256)
SELECT %(project)s, new.sha256, new.name, new.media_type, new.width, new.height, new.bytes,
       new.original_sha256
FROM unnest(%(sha256s)s::text[], %(names)s::text[], %(media_types)s::text[], %(widths)s::int[], %(heights)s::int[],
            %(sizes)s::int[], %(originals)s::text[])
     AS new (sha256, name, media_type, width, height, bytes, original_sha256)
ORDER BY new.sha256
ON CONFLICT DO NOTHING
"""

KNOWN = "SELECT sha256, media_type, width, height FROM asset WHERE project_id = %s AND sha256 = ANY(%s)"


class NewAsset(msgspec.Struct, frozen=True):
    """A picture whose bytes are in the storage already.

    Attributes:
        original_sha256: of the file as it was handed in; None where it is kept as it was.
    """

    file: PictureFile
    bytes: int
    original_sha256: str | None = None


async def add_assets(
    session: WriteSession, *, actor: Actor, project_id: UUID, assets: Sequence[NewAsset]
) -> list[PictureFile]:
    """Let a project have these pictures; one that it has stays as it is.

    Raises:
        MissingPermissionError: the actor may not write items.
    """
    actor.require(Permission.ITEM_WRITE)
    await insert_assets(await session.driver(), project_id=project_id, assets=assets)
    return [asset.file for asset in assets]


async def insert_assets(driver: Driver, *, project_id: UUID, assets: Sequence[NewAsset]) -> None:
    """Write the rows, for callers that have made sure who asks."""
    if not assets:
        return
    values = {
        "project": project_id,
        "sha256s": [asset.file.sha256 for asset in assets],
        "names": [asset.file.name for asset in assets],
        "media_types": [asset.file.media_type for asset in assets],
        "widths": [asset.file.width for asset in assets],
        "heights": [asset.file.height for asset in assets],
        "sizes": [asset.bytes for asset in assets],
        "originals": [asset.original_sha256 for asset in assets],
    }
    await driver.execute(INSERT_ASSETS, values)


async def unknown_file_problems(
    session: ReadSession, *, project_id: UUID, named: Sequence[tuple[str, PictureFile]]
) -> list[FieldProblem]:
    """Why items cannot show the files they name: the project does not have them, or they are something else.

    Args:
        session: for reading.
        project_id: of the items.
        named: where a file is named, as a path, and the file.
    """
    if not named:
        return []
    driver = await session.driver()
    rows = await (await driver.execute(KNOWN, (project_id, [file.sha256 for _path, file in named]))).fetchall()
    known = {row[0]: tuple(row[1:]) for row in rows}
    problems = []
    for path, file in named:
        facts = known.get(file.sha256)
        if facts is None:
            problems.append(FieldProblem(path, _("This project has no such picture. Upload it first.")))
        elif facts != (file.media_type, file.width, file.height):
            message = _(
                "The picture has {width} × {height} pixels and is {media_type}; give it as the upload answered."
            )
            media_type, width, height = facts
            problems.append(FieldProblem(path, message.format(width=width, height=height, media_type=media_type)))
    return problems
