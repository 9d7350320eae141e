"""One's own data: a copy of all of it, having it put right, being erased."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Stream

from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError, TooManyError
from preceptor.lib.i18n import _
from preceptor.lib.storage import storage_of
from preceptor.lib.web import Request, page, parse_form, redirect
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
from preceptor.web.manager.filled import Filled


class CorrectionForm(msgspec.Struct, frozen=True):
    """What is to be put right."""

    wish: str


class ErasureForm(msgspec.Struct, frozen=True):
    """That one wants to be erased."""

    password: str
    with_texts: bool = False


class DataPage(msgspec.Struct, frozen=True):
    """One's own data."""

    downloads: list[DownloadView]
    corrections: list[CorrectionView]
    erasure: ErasureView | None
    correction_form: Filled
    erasure_form: Filled
    download_days: int
    erasure_days: int


@get("/account/data", name="account.data")
async def show_data(request: Request[Actor]) -> Response[str]:
    """Copies, wishes, and being erased."""
    return await _page(request, Filled({}), Filled({}))


async def _page(request: Request[Actor], correction: Filled, erasure: Filled, *, status: int = 200) -> Response[str]:
    async with request.db.read() as session:
        view = DataPage(
            downloads=await my_downloads(session, actor=request.actor),
            corrections=await my_corrections(session, actor=request.actor),
            erasure=await my_erasure(session, actor=request.actor),
            correction_form=correction,
            erasure_form=erasure,
            download_days=request.settings.download_days,
            erasure_days=request.settings.erasure_days,
        )
    return page(request, "web/account/data.html", view, status=status)


@post("/account/data/copy", name="account.data.copy")
async def do_ask(request: Request[Actor]) -> Response[str]:
    """Ask for a copy of everything."""
    try:
        async with request.db.write() as session:
            await ask_download(session, actor=request.actor)
    except ConflictError as error:
        return redirect(request, "/account/data", said=error.title, kind="warn")
    return redirect(request, "/account/data", said=_("Your copy is being made. You are told when it is there."))


@get("/account/data/{download_id:uuid}/file", name="account.data.file")
async def fetch_copy(request: Request[Actor], download_id: FromPath[UUID]) -> Stream:
    """The file with all of one's data."""
    async with request.db.read() as session:
        found = await access_download(session, actor=request.actor, download_id=download_id, now=request.now)
    path = storage_of(request.settings).path(found.file_key)
    kind, tag = "application/zip", str(download_id)
    return download_file(request, path, name="preceptor-data.zip", media_type=kind, size=found.bytes, tag=tag)


@post("/account/data/correction", name="account.data.correction")
async def do_correct(request: Request[Actor]) -> Response[str]:
    """Ask for something to be put right."""
    raw = await request.form()
    try:
        form = parse_form(raw, CorrectionForm)
        async with request.db.write() as session:
            await ask_correction(session, actor=request.actor, wish=form.wish)
    except InvalidError as error:
        back = Filled({"wish": str(raw.get("wish", ""))}, error.fields)
        return await _page(request, back, Filled({}), status=error.status)
    return redirect(request, "/account/data", said=_("Your wish has come in. A person answers it."))


@post("/account/data/erase", name="account.data.erase")
async def do_erase(request: Request[Actor]) -> Response[str]:
    """Ask to be erased."""
    raw = await request.form()
    try:
        form = parse_form(raw, ErasureForm)
        async with request.db.write() as session:
            await ask_erasure(
                session,
                actor=request.actor,
                password=form.password,
                with_texts=form.with_texts,
                wait=request.settings.erasure_time,
                address=request.address,
                attempts=request.settings.sign_in_attempts,
                now=request.now,
            )
    except (InvalidError, TooManyError) as error:
        if isinstance(error, WrongPasswordError):
            async with request.db.write() as session:
                await note_own_failure(session, actor=request.actor, address=request.address, now=request.now)
        problems = error.fields or [FieldProblem("password", error.title)]
        back = Filled({"with_texts": str(raw.get("with_texts", ""))}, problems)
        return await _page(request, Filled({}), back, status=error.status)
    return redirect(request, "/account/data", said=_("Your wish to be erased has come in."))


@post("/account/data/stay", name="account.data.stay")
async def do_stay(request: Request[Actor]) -> Response[str]:
    """Take the wish to be erased back."""
    async with request.db.write() as session:
        await withdraw_erasure(session, actor=request.actor, now=request.now)
    return redirect(request, "/account/data", said=_("You stay. Nothing was erased."))


handlers: list[Any] = [show_data, do_ask, fetch_copy, do_correct, do_erase, do_stay]
