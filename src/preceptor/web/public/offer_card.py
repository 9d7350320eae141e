"""The picture of an offer that messengers and networks show where somebody shares its address."""

import asyncio
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from preceptor.hiring.queries import open_offer
from preceptor.lib.i18n import _
from preceptor.lib.money import format_money
from preceptor.lib.preview_cards import draw_card
from preceptor.lib.web import Request
from preceptor.people import Actor
from preceptor.web.shown_offers import number_of, shown_offer

KEPT = "public, max-age=3600"


@get("/offers/{number:str}/card.png", name="offer.card")
async def show_card(request: Request[Actor], number: FromPath[str]) -> Response[bytes]:
    """Title, hourly rate, place and hours of an offer, as a PNG of 1200 × 630 in the language asked for."""
    async with request.db.read() as session:
        row = await open_offer(session, number=number_of(number))
    offer, fields = shown_offer(row), row.fields
    place = _("remote, from {place}").format(place=offer.place) if offer.place else _("remote, from anywhere")
    exam = _("paid exam, {count} min").format(count=fields.exam_minutes)
    figure = str(_("{amount} / hour").format(amount=format_money(fields.rate)))
    if not offer.is_open:
        figure = str(_("This offer is closed"))
    lines = (
        f"{place} · {offer.hours}",
        " · ".join(str(part) for part in (fields.organisation, exam if fields.exam_minutes else "") if part),
    )
    body = await asyncio.to_thread(draw_card, brand="Preceptor", title=fields.title, figure=figure, lines=lines)
    return Response(body, media_type="image/png", headers={"cache-control": KEPT, "vary": "Accept-Language, Cookie"})


handlers: list[Any] = [show_card]
