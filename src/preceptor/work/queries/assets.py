"""Files that items show, for those who may see the items."""

from typing import Any
from uuid import UUID

import msgspec

from preceptor.kinds.registry import UnknownKindError, task_kind
from preceptor.kinds.task import InvalidItemError
from preceptor.lib.db import ReadSession
from preceptor.lib.errors import NotFoundError
from preceptor.lib.i18n import _
from preceptor.people.rules import Actor, Permission

ITEM_ASSET = """
SELECT project.kind, item.content, asset.name, asset.media_type, asset.bytes,
       project.client_id, project.state <> 'draft',
       EXISTS (SELECT 1 FROM assignment WHERE assignment.item_id = item.id AND assignment.trainer_id = %(person)s)
FROM item
JOIN project ON project.id = item.project_id
JOIN asset ON asset.project_id = item.project_id AND asset.sha256 = %(sha256)s
WHERE item.id = %(item)s
"""


class NoSuchAssetError(NotFoundError):
    """The item shows no such file, or is not the actor's to see."""

    code = "no_such_picture"
    title = _("There is no such picture, or it is not yours to see.")


class AssetView(msgspec.Struct, frozen=True):
    """A file that an item shows."""

    sha256: str
    name: str
    media_type: str
    bytes: int

    @property
    def key(self) -> str:
        """Where its bytes are in the storage."""
        return asset_key(self.sha256)


def asset_key(sha256: str) -> str:
    """Where the storage keeps a file of this hash; a folder holds a 256th of them."""
    return f"assets/{sha256[:2]}/{sha256}"


async def access_asset(session: ReadSession, *, actor: Actor, item_id: UUID, sha256: str) -> AssetView:
    """A file of an item, for whoever may see the item: its trainers, reviewers, managers, and the project's client.

    Raises:
        NoSuchAssetError: there is none, the item does not show it, or it is not theirs.
    """
    driver = await session.driver()
    values = {"item": item_id, "sha256": sha256, "person": actor.person_id}
    row: Any = await (await driver.execute(ITEM_ASSET, values)).fetchone()
    if row is None:
        raise NoSuchAssetError
    kind_key, content, name, media_type, size, client_id, begun, theirs = row
    allowed = (
        actor.may(Permission.PROJECT_READ)
        or (begun and actor.may(Permission.REVIEW_READ))
        or (actor.may(Permission.PROJECT_READ_OWN) and client_id in actor.client_ids)
        or (theirs and actor.may(Permission.WORK_DO))
    )
    if not allowed:
        raise NoSuchAssetError
    try:
        kind = task_kind(kind_key)
        shown = kind.item_files(kind.decode_item(content))
    except (UnknownKindError, InvalidItemError) as error:  # the plug-in is gone, or reads its old items no longer
        raise NoSuchAssetError from error
    if sha256 not in {file.sha256 for file in shown}:
        raise NoSuchAssetError
    return AssetView(sha256=sha256, name=name, media_type=media_type, bytes=size)
