"""Pictures that items show: handing them in, and looking at them."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, JSONBody, PathParameter
from litestar.response import Stream

from preceptor.api.imports import FileOperation
from preceptor.kinds.pictures import PictureFile
from preceptor.lib.pictures import MOST_BYTES, PictureTooLargeError
from preceptor.lib.storage import read_chunks, storage_of
from preceptor.lib.web import Request
from preceptor.people import Actor
from preceptor.work.attaching import fetch_pictures, take_picture
from preceptor.work.queries.assets import NoSuchAssetError, access_asset

# What an address holds never changes, for its hash stands in it; only whoever asked may keep it.
KEPT = {
    "cache-control": "private, max-age=31536000, immutable",
    "content-security-policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
}


@post(
    "/projects/{slug:str}/assets",
    summary="Upload a picture",
    request_max_body_size=None,
    operation_class=FileOperation,
)
async def hand_in(request: Request[Actor], slug: FromPath[str], name: FromQuery[str] = "picture") -> PictureFile:
    """Let a project have a picture, which its items can then name in their content as it is answered here.

    The picture is the request's body: JPEG, PNG, WebP, GIF or BMP, at most 25 MB and 50 million pixels. The same
    picture again changes nothing.
    """
    if (request.content_length or 0) > MOST_BYTES:
        raise PictureTooLargeError
    return await take_picture(
        request.db, request.settings, actor=request.actor, slug=slug, chunks=request.stream(), name=name
    )


class FetchBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a picture is, or a folder of a bucket; the operator has to allow it."""

    address: str


@post("/projects/{slug:str}/assets/fetch", summary="Fetch pictures")
async def fetch(request: Request[Actor], slug: FromPath[str], data: JSONBody[FetchBody]) -> list[PictureFile]:
    """Let a project have the picture at an address, or up to 200 in a bucket's folder: `s3://bucket/folder/`."""
    return await fetch_pictures(
        request.db, request.settings, actor=request.actor, slug=slug, address=data.address.strip()
    )


@get("/items/{item_id:uuid}/assets/{sha256:str}", summary="A picture of an item")
async def show(
    request: Request[Actor],
    item_id: FromPath[UUID],
    sha256: Annotated[str, PathParameter(pattern="^[0-9a-f]{64}$")],
) -> Response[Any]:
    """The bytes of a picture that an item shows, for whoever may see the item."""
    async with request.db.read() as session:
        asset = await access_asset(session, actor=request.actor, item_id=item_id, sha256=sha256)
    tag = f'"{sha256}"'
    if tag in request.headers.get("if-none-match", ""):
        return Response(None, status_code=304, headers=KEPT | {"etag": tag})
    path = storage_of(request.settings).path(asset.key)
    if not path.is_file():  # a backup without its files
        raise NoSuchAssetError
    chunks = read_chunks(path)
    headers = KEPT | {"content-length": str(asset.bytes), "etag": tag, "content-disposition": "inline"}
    return Stream(chunks, media_type=asset.media_type, headers=headers)


handlers: list[Any] = [hand_in, fetch, show]
