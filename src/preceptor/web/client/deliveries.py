"""Accepting a release, or saying what it lacks."""

from typing import Any

import msgspec
from litestar import Response, post
from litestar.params import FromPath

from preceptor.datasets.operations import DeliveryVerdict, decide_delivery
from preceptor.lib.errors import ConflictError, InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.web import Request, parse_form, redirect
from preceptor.people import Actor


class DeliveryFields(msgspec.Struct, frozen=True):
    """What is said."""

    verdict: DeliveryVerdict
    note: str = ""


@post("/projects/{slug:str}/releases/{number:int}/delivery", name="release.delivery")
async def do_decide(request: Request[Actor], slug: FromPath[str], number: FromPath[int]) -> Response[str]:
    """Keep what the client says."""
    here = f"/projects/{slug}/releases/{number}"
    fields = parse_form(await request.form(), DeliveryFields)
    try:
        async with request.db.write() as session:
            await decide_delivery(
                session,
                actor=request.actor,
                slug=slug,
                number=number,
                verdict=fields.verdict,
                note=fields.note,
                now=request.now,
            )
    except InvalidError as error:
        return redirect(request, here, said=error.fields[0].message if error.fields else error.title, kind="warn")
    except ConflictError as error:
        return redirect(request, here, said=error.title, kind="warn")
    accepted = fields.verdict is DeliveryVerdict.ACCEPTED
    said = _("Accepted. Thank you.") if accepted else _("The managers of the project are told what is missing.")
    return redirect(request, here, said=said)


handlers: list[Any] = [do_decide]
