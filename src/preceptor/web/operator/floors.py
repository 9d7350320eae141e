"""Floors: the least that an hour may earn in a place. Operators import them; managers read them."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.datastructures import UploadFile

from preceptor.lib.i18n import _, ngettext_lazy
from preceptor.lib.web import Request, page, redirect
from preceptor.pay import COLUMNS, Floor, FloorsRead, place_name, read_floors
from preceptor.pay.operations import import_floors
from preceptor.pay.queries import list_floors
from preceptor.people import Actor, Permission, Place

MOST_BYTES = 2_000_000
MOST_SHOWN = 200


class FloorsPage(msgspec.Struct, frozen=True, kw_only=True):
    """The floors, and what a file holds that is looked at. `text`: the file; `found` None where none is looked at."""

    floors: list[Floor]
    may_import: bool
    text: str
    found: FloorsRead | None
    columns: str
    most_shown: int = MOST_SHOWN

    @staticmethod
    def place_name(place: Place) -> str:
        """A place in words."""
        return place_name(place)


@get("/floors", name="floors")
async def show_floors(request: Request[Actor]) -> Response[str]:
    """What is in force, and what begins later."""
    return await _page(request)


async def _page(
    request: Request[Actor], *, text: str = "", found: FloorsRead | None = None, status: int = 200
) -> Response[str]:
    actor = request.actor
    async with request.db.read() as session:
        floors = await list_floors(session, actor=actor, at=request.now)
    view = FloorsPage(
        floors=floors,
        may_import=actor.may(Permission.FLOOR_WRITE),
        text=text,
        found=found,
        columns=", ".join(COLUMNS),
    )
    return page(request, "web/operator/floors.html", view, status=status)


@post("/floors/preview", name="floors.preview")
async def preview(request: Request[Actor]) -> Response[str]:
    """Read a file, and show what it holds before anything is kept."""
    request.actor.require(Permission.FLOOR_WRITE)
    form = await request.form()
    file, text = form.get("file"), str(form.get("text", ""))
    if isinstance(file, UploadFile) and file.filename:
        text = (await file.read(MOST_BYTES)).decode("utf-8", errors="replace")
    found = read_floors(text)
    return await _page(request, text=text, found=found, status=422 if found.problems else 200)


@post("/floors/import", name="floors.import")
async def do_import(request: Request[Actor]) -> Response[str]:
    """Keep what was shown."""
    request.actor.require(Permission.FLOOR_WRITE)
    text = str((await request.form()).get("text", ""))
    found = read_floors(text)
    if found.problems or not found.floors:
        return await _page(request, text=text, found=found, status=422)
    async with request.db.write() as session:
        kept = await import_floors(session, actor=request.actor, floors=found.floors)
    said = ngettext_lazy("{count} floor was added.", "{count} floors were added.", kept.added)
    return redirect(request, "/floors", said=said if kept.added else _("All of them stood just so before."))


handlers: list[Any] = [show_floors, preview, do_import]
