"""Pictures on their way in: looked at, kept in the storage under their hash, and made known to a project."""

import asyncio
from collections.abc import AsyncIterable
from hashlib import sha256

from preceptor.kinds.pictures import PictureFile
from preceptor.lib.db import Database
from preceptor.lib.pictures import MOST_BYTES, PictureTooLargeError, picture_facts
from preceptor.lib.settings import Settings
from preceptor.lib.storage import Storage, storage_of
from preceptor.people.rules import Actor, Permission
from preceptor.projects.queries import access_project
from preceptor.work.operations.assets import NewAsset, add_assets
from preceptor.work.queries.assets import asset_key

LONGEST_NAME = 400


def look_at_picture(data: bytes, *, name: str) -> NewAsset:
    """What a picture is, before it is kept; `name` is what its source calls it.

    Raises:
        NotAPictureError, PictureTooLargeError: as `picture_facts` says.
    """
    facts = picture_facts(data)
    file = PictureFile(
        sha256=sha256(data).hexdigest(),
        name=clean_file_name(name),
        media_type=facts.media_type,
        width=facts.width,
        height=facts.height,
    )
    return NewAsset(file=file, bytes=len(data))


def clean_file_name(name: str) -> str:
    """The name with `/` between its steps, without control characters and steps that lead elsewhere; never empty."""
    steps = ["".join(letter for letter in step if letter.isprintable()) for step in name.replace("\\", "/").split("/")]
    kept = "/".join(step for step in steps if step.strip() and step not in {".", ".."})
    return kept[-LONGEST_NAME:].lstrip("/") or "picture"


def keep_picture(storage: Storage, data: bytes, *, name: str) -> NewAsset:
    """Look at a picture and keep its bytes. It takes a moment: call it in a thread.

    Raises:
        NotAPictureError, PictureTooLargeError: as `picture_facts` says.
        NoRoomError: the disk is full.
    """
    asset = look_at_picture(data, name=name)
    storage.keep(asset_key(asset.file.sha256), data)
    return asset


async def take_picture(
    db: Database, settings: Settings, *, actor: Actor, slug: str, chunks: AsyncIterable[bytes], name: str
) -> PictureFile:
    """Let a project have a picture; who may not is told before a byte is read.

    Raises:
        MissingPermissionError: the actor may not write items.
        NoSuchProjectError: there is no such project, or the actor may not see it.
        NotAPictureError, PictureTooLargeError: as `picture_facts` says.
        NoRoomError: the disk is full.
    """
    actor.require(Permission.ITEM_WRITE)
    async with db.read() as reading:
        project = await access_project(reading, actor=actor, slug=slug)
    data = bytearray()
    async for chunk in chunks:
        data += chunk
        if len(data) > MOST_BYTES:
            raise PictureTooLargeError
    asset = await asyncio.to_thread(keep_picture, storage_of(settings), bytes(data), name=name)
    async with db.write() as session:
        (file,) = await add_assets(session, actor=actor, project_id=project.id, assets=[asset])
    return file
