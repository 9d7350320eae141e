"""What a trainer can ask for about a task that has ended: pay for time over the limit, another look at a rejection."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, post
from litestar.params import FromPath

from preceptor.lib.errors import ConflictError, InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.web import Request, parse_form, redirect
from preceptor.people import Actor
from preceptor.quality.operations import contest
from preceptor.work.operations.cap_claims import claim_over_cap


class NoteFields(msgspec.Struct, frozen=True):
    """Why, in the trainer's own words."""

    note: str = ""


@post("/my-work/{assignment_id:uuid}/claim", name="my_work.claim")
async def do_claim(request: Request[Actor], assignment_id: FromPath[UUID]) -> Response[str]:
    """Ask to be paid for the time over the limit."""
    path = f"/my-work/{assignment_id}"
    try:
        note = parse_form(await request.form(), NoteFields).note
        async with request.db.write() as session:
            await claim_over_cap(session, actor=request.actor, assignment_id=assignment_id, note=note, now=request.now)
    except InvalidError as error:
        said = error.fields[0].message if error.fields else error.title
        return redirect(request, f"{path}#claim-title", said=said, kind="warn")
    except ConflictError as error:
        return redirect(request, path, said=error.title, kind="warn")
    return redirect(request, path, said=_("Claimed. A manager decides, and you are told."))


@post("/my-work/{assignment_id:uuid}/contest", name="my_work.contest")
async def do_contest(request: Request[Actor], assignment_id: FromPath[UUID]) -> Response[str]:
    """Ask for another look at a rejection."""
    path = f"/my-work/{assignment_id}"
    try:
        note = parse_form(await request.form(), NoteFields).note
        async with request.db.write() as session:
            await contest(session, actor=request.actor, assignment_id=assignment_id, note=note)
    except InvalidError as error:
        said = error.fields[0].message if error.fields else error.title
        return redirect(request, f"{path}#contest-title", said=said, kind="warn")
    except ConflictError as error:
        return redirect(request, path, said=error.title, kind="warn")
    said = _("Contested. Somebody else than the reviewer decides, and you are told.")
    return redirect(request, path, said=said)


handlers: list[Any] = [do_claim, do_contest]
