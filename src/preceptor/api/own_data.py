"""One's own data: a copy of all of it, corrections, being erased."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import delete, get, post
from litestar.params import FromPath, JSONBody
from litestar.response import Stream

from preceptor.lib.storage import storage_of
from preceptor.lib.web import Request
from preceptor.lib.web.downloads import download_file
from preceptor.people import Actor
from preceptor.people.operations import (
    WrongPasswordError,
    ask_correction,
    ask_download,
    ask_erasure,
    note_own_failure,
    withdraw_erasure,
)
from preceptor.people.queries import (
    CorrectionView,
    DownloadView,
    ErasureView,
    access_download,
    my_corrections,
    my_downloads,
    my_erasure,
)


class OwnData(msgspec.Struct, frozen=True):
    """Copies of one's data, wishes for corrections, and the erasure that waits, if one does."""

    copies: list[DownloadView]
    corrections: list[CorrectionView]
    erasure: ErasureView | None


class AskedNow(msgspec.Struct, frozen=True):
    """What was asked for."""

    id: UUID


class WishBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is wrong, and how it is right."""

    wish: str


class EraseBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Confirms the wish to be erased."""

    password: str
    with_texts: bool = False


@get("/my/data", summary="One's own data")
async def show_data(request: Request[Actor]) -> OwnData:
    """Copies, wishes, and whether one waits to be erased."""
    async with request.db.read() as session:
        return OwnData(
            copies=await my_downloads(session, actor=request.actor),
            corrections=await my_corrections(session, actor=request.actor),
            erasure=await my_erasure(session, actor=request.actor),
        )


@post("/my/data/copies", summary="Ask for a copy of one's data", status_code=202)
async def make_copy(request: Request[Actor]) -> AskedNow:
    """Ask for one file with everything. It is made in the background."""
    async with request.db.write() as session:
        return AskedNow(await ask_download(session, actor=request.actor))


@get("/my/data/copies/{download_id:uuid}/file", summary="Fetch a copy of one's data")
async def fetch_copy(request: Request[Actor], download_id: FromPath[UUID]) -> Stream:
    """The file, until it expires: `data.json` and `index.html` in a ZIP archive."""
    async with request.db.read() as session:
        found = await access_download(session, actor=request.actor, download_id=download_id, now=request.now)
    path = storage_of(request.settings).path(found.file_key)
    kind, tag = "application/zip", str(download_id)
    return download_file(request, path, name="preceptor-data.zip", media_type=kind, size=found.bytes, tag=tag)


@post("/my/data/corrections", summary="Ask for a correction", status_code=201)
async def make_correction(request: Request[Actor], data: JSONBody[WishBody]) -> AskedNow:
    """Ask for something to be put right that one cannot change oneself."""
    async with request.db.write() as session:
        return AskedNow(await ask_correction(session, actor=request.actor, wish=data.wish))


@post("/my/data/erasure", summary="Ask to be erased", status_code=202)
async def make_erasure(request: Request[Actor], data: JSONBody[EraseBody]) -> None:
    """Ask to be erased, confirmed by the password. It is done after some days, and can be taken back until then."""
    actor, now = request.actor, request.now
    try:
        async with request.db.write() as session:
            await ask_erasure(
                session,
                actor=actor,
                password=data.password,
                with_texts=data.with_texts,
                wait=request.settings.erasure_time,
                address=request.address,
                attempts=request.settings.sign_in_attempts,
                now=now,
            )
    except WrongPasswordError:
        async with request.db.write() as session:
            await note_own_failure(session, actor=actor, address=request.address, now=now)
        raise


@delete("/my/data/erasure", summary="Stay after all", status_code=204)
async def unmake_erasure(request: Request[Actor]) -> None:
    """Take the wish to be erased back."""
    async with request.db.write() as session:
        await withdraw_erasure(session, actor=request.actor, now=request.now)


handlers: list[Any] = [show_data, make_copy, fetch_copy, make_correction, make_erasure, unmake_erasure]
