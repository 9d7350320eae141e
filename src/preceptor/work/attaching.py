"""Pictures on their way in: looked at, rid of private metadata, kept under their hash, and made known to a project."""

import asyncio
from collections.abc import AsyncIterable, Awaitable, Callable, Sequence
from functools import partial
from hashlib import sha256
from urllib.parse import unquote, urlsplit
from uuid import UUID

import msgspec

from preceptor.kinds.pictures import Picture, PictureFile
from preceptor.kinds.registry import task_kind
from preceptor.kinds.task import InvalidItemError
from preceptor.lib.db import Database
from preceptor.lib.errors import FieldProblem, InvalidError, ProblemError
from preceptor.lib.fetching import FetchedTooLargeError, Fetcher
from preceptor.lib.i18n import _
from preceptor.lib.picture_metadata import without_metadata
from preceptor.lib.pictures import ENDINGS, MOST_BYTES, PictureTooLargeError, picture_facts
from preceptor.lib.settings import Settings
from preceptor.lib.storage import Storage, storage_of
from preceptor.people.rules import Actor, Permission
from preceptor.projects.queries import access_project, project_terms
from preceptor.projects.rules import ProjectTerms
from preceptor.work.operations.adding import MOST_PROBLEMS, check_may_add
from preceptor.work.operations.assets import NewAsset, add_assets
from preceptor.work.operations.items import DEFAULT_PRIORITY, NewItem, add_items
from preceptor.work.queries.assets import asset_key
from preceptor.work.rules.lanes import ANYBODY, Lane

LONGEST_NAME = 400
MOST_TOGETHER = 100_000_000
"""Bytes of all pictures that are handed in at once."""


def look_at_picture(data: bytes, *, name: str) -> NewAsset:
    """What a picture is, as it would be kept; `name` is what its source calls it.

    Raises:
        NotAPictureError, PictureTooLargeError: as `picture_facts` says.
    """
    return _cleaned(data, name)[0]


def _cleaned(data: bytes, name: str) -> tuple[NewAsset, bytes]:
    """A picture without private metadata, and what it is."""
    facts = picture_facts(data)
    kept = without_metadata(data)
    if kept != data:
        facts = picture_facts(kept)
    file = PictureFile(
        sha256=sha256(kept).hexdigest(),
        name=clean_file_name(name),
        media_type=facts.media_type,
        width=facts.width,
        height=facts.height,
    )
    original = None if kept == data else sha256(data).hexdigest()
    return NewAsset(file=file, bytes=len(kept), original_sha256=original), kept


def clean_file_name(name: str) -> str:
    """The name with `/` between its steps, without control characters and steps that lead elsewhere; never empty."""
    steps = ["".join(letter for letter in step if letter.isprintable()) for step in name.replace("\\", "/").split("/")]
    kept = "/".join(step for step in steps if step.strip() and step not in {".", ".."})
    return kept[-LONGEST_NAME:].lstrip("/") or "picture"


def keep_picture(storage: Storage, data: bytes, *, name: str) -> NewAsset:
    """Look at a picture and keep its bytes, without private metadata. It takes a moment: call it in a thread.

    Raises:
        NotAPictureError, PictureTooLargeError: as `picture_facts` says.
        NoRoomError: the disk is full.
    """
    asset, kept = _cleaned(data, name)
    storage.keep(asset_key(asset.file.sha256), kept)
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


def found_at(settings: Settings, addresses: Sequence[str]) -> list[tuple[str, Callable[[], Awaitable[bytes]]]]:
    """The pictures at addresses that the operator allows, folders of buckets included, as `take_items` wants them.

    Raises:
        AddressNotAllowedError, NotFetchedError: as `Fetcher.names` says.
    """
    fetcher = Fetcher(settings.picture_sources)
    found = [name for address in addresses for name in fetcher.names(address, endings=ENDINGS)]
    return [(one, partial(asyncio.to_thread, fetcher.read, one, most=MOST_BYTES)) for one in found]


async def take_items(
    db: Database,
    settings: Settings,
    *,
    actor: Actor,
    slug: str,
    files: Sequence[tuple[str, Callable[[], Awaitable[bytes]]]],
    brief: str = "",
    topic: str = "",
    wanted: int | None = None,
    priority: int = DEFAULT_PRIORITY,
    lane: Lane = ANYBODY,
) -> list[UUID]:
    """Make an item of every picture, all of them or none, and answer their ids.

    Args:
        db: the database.
        settings: of the installation.
        actor: whoever adds them.
        slug: the project's address.
        files: names, and how their bytes are read; one is in memory at a time.
        brief: of every item.
        topic: likewise.
        wanted: answers to each; None: as many as the project has it.
        priority: of every item.
        lane: what every item asks of whoever takes it.

    Raises:
        MissingPermissionError: the actor may not write items.
        NoSuchProjectError: there is no such project, or the actor may not see it.
        AddedToClosedError: the project has ended.
        TooManyItemsError: over 5,000.
        InvalidError: the kind takes no pictures, there are none, or one will not do; `fields` says which.
        NoRoomError: the disk is full.
    """
    async with db.read() as reading:
        await access_project(reading, actor=actor, slug=slug)
        terms = await project_terms(reading, slug=slug)
    check_may_add(actor, terms)
    if Picture not in task_kind(terms.kind).accepts:
        raise InvalidError(fields=[FieldProblem("pictures", _("This kind of task takes no pictures."))])
    if not files:
        raise InvalidError(fields=[FieldProblem("pictures", _("Choose at least one picture."))])
    storage, problems, items = storage_of(settings), list[FieldProblem](), list[NewItem]()
    for name, read in files:
        try:
            called = plain_name(name) if "://" in name else name
            asset = await asyncio.to_thread(keep_picture, storage, await read(), name=called)
            item = _item_of(terms, asset)
        except (InvalidError, PictureTooLargeError, FetchedTooLargeError) as error:
            told = _("{name}: {problem}").format(name=clean_file_name(name), problem=_reason(error))
            problems.append(FieldProblem("pictures", told))
            continue
        wanted_here = terms.rules.answers_per_item if wanted is None else wanted
        labels = {"brief": brief, "topic": topic, "wanted": wanted_here, "priority": priority, "lane": lane.key}
        items.append(msgspec.structs.replace(item, **labels))
    if problems:
        raise InvalidError(fields=problems[:MOST_PROBLEMS])
    async with db.write() as session:
        return await add_items(session, actor=actor, terms=terms, items=items)


def _item_of(terms: ProjectTerms, asset: NewAsset) -> NewItem:
    content = task_kind(terms.kind).item_from_content(Picture(file=asset.file))
    return NewItem(content=msgspec.to_builtins(content), source={"file": asset.file.name}, assets=(asset,))


def _reason(error: ProblemError) -> object:
    return error.fields[0].message if isinstance(error, InvalidItemError) and error.fields else error.title


async def fetch_pictures(
    db: Database, settings: Settings, *, actor: Actor, slug: str, address: str
) -> list[PictureFile]:
    """Let a project have what is at an address that the operator allows.

    Raises:
        MissingPermissionError: the actor may not write items.
        NoSuchProjectError: there is no such project, or the actor may not see it.
        AddressNotAllowedError, NotFetchedError, FetchedTooLargeError: as `Fetcher` says.
        NotAPictureError, PictureTooLargeError: as `picture_facts` says.
        NoRoomError: the disk is full.
    """
    actor.require(Permission.ITEM_WRITE)
    async with db.read() as reading:
        project = await access_project(reading, actor=actor, slug=slug)
    assets = []
    for name, read in await asyncio.to_thread(found_at, settings, [address]):
        assets.append(await asyncio.to_thread(keep_picture, storage_of(settings), await read(), name=plain_name(name)))
    async with db.write() as session:
        return await add_assets(session, actor=actor, project_id=project.id, assets=assets)


def plain_name(address: str) -> str:
    """What a picture at an address is called: its last step."""
    return clean_file_name(unquote(urlsplit(address).path).rsplit("/", 1)[-1])
