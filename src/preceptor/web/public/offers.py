"""Offers, for everybody: the list, each one, and whether a number or message is genuine."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from preceptor.hiring import CLOSED_WHY_NAMES
from preceptor.hiring.queries import (
    OfferSearch,
    application_for,
    count_offers,
    offered_places,
    open_offer,
    search_offers,
    wanted_languages,
)
from preceptor.hiring.queries.checking import MOST_PASTED, Checked, check_pasted
from preceptor.lib.i18n import LazyText, catalogues
from preceptor.lib.web import Request, page
from preceptor.people import Actor, Place, place_name, regions
from preceptor.web.shown_offers import (
    RegionsPart,
    ShownOffer,
    job_posting,
    language_choices,
    number_of,
    offer_ratings,
    shown_offer,
)

MOST_SEARCHED = 200


class OffersPage(msgspec.Struct, frozen=True):
    """The list of published offers."""

    offers: list[ShownOffer]
    count: int
    words: str
    language: str
    place: str
    languages: list[tuple[str, str]]
    places: list[tuple[str, str]]
    older: str | None
    is_filtered: bool
    alternates: list[tuple[str, str]]
    canonical: str


class OfferPage(msgspec.Struct, frozen=True):
    """One offer. `application_id` is the reader's own, where they have applied."""

    offer: ShownOffer
    posting: dict[str, Any]
    application_id: UUID | None
    closed_why: LazyText | None
    alternates: list[tuple[str, str]]
    canonical: str


class CheckPage(msgspec.Struct, frozen=True):
    """Whether something is genuine. `checked` is None before anything was asked."""

    text: str
    checked: Checked | None
    offers: list[ShownOffer]
    most: int
    host: str


def alternates(request: Request[Actor], path: str) -> list[tuple[str, str]]:
    """A page's address in each language, for search engines."""
    base = request.settings.base_url.rstrip("/")
    return [(code, f"{base}{path}?lang={code}") for code in catalogues.languages()]


@get("/offers", name="offers")
async def show_offers(
    request: Request[Actor],
    q: FromQuery[str] = "",
    language: FromQuery[str] = "",
    place: FromQuery[str] = "",
    cursor: FromQuery[str] = "",
) -> Response[str]:
    """Published offers, by language, place and words."""
    country, _sign, region = place[:20].partition("-")
    wanted = OfferSearch(language=language[:20], place=Place(country, region), words=q[:MOST_SEARCHED])
    async with request.db.read() as session:
        found = await search_offers(session, wanted=wanted, cursor=cursor or None)
        count = await count_offers(session, wanted=wanted)
        languages = await wanted_languages(session)
        places = await offered_places(session)
    kept = {"q": q, "language": language, "place": place}
    older = urlencode({**{key: value for key, value in kept.items() if value}, "cursor": found.next_cursor or ""})
    view = OffersPage(
        offers=[shown_offer(row) for row in found.rows],
        count=count,
        words=wanted.words,
        language=language,
        place=place,
        languages=language_choices(languages),
        places=[(_place_key(one), place_name(one)) for one in places],
        older=f"/offers?{older}" if found.next_cursor else None,
        is_filtered=any(kept.values()),
        alternates=alternates(request, "/offers"),
        canonical=f"{request.settings.base_url.rstrip('/')}/offers",
    )
    return page(request, "web/public/offers.html", view)


def _place_key(place: Place) -> str:
    return f"{place.country}-{place.region}" if place.region else place.country


@get("/offers/{number:str}", name="offer")
async def show_offer(request: Request[Actor], number: FromPath[str]) -> Response[str]:
    """One offer; a closed one answers 410 and says what else there is."""
    user: Actor | None = request.scope.get("user")
    async with request.db.read() as session:
        row = await open_offer(session, number=number_of(number))
        ratings = await offer_ratings(session, row.fields)
        mine = await application_for(session, actor=user, number=row.number) if user else None
    offer = shown_offer(row, ratings=ratings)
    base = request.settings.base_url
    view = OfferPage(
        offer=offer,
        posting=job_posting(offer, base_url=base),
        application_id=mine,
        closed_why=CLOSED_WHY_NAMES[row.closed_why] if row.closed_why else None,
        alternates=alternates(request, offer.path),
        canonical=f"{base.rstrip('/')}{offer.path}",
    )
    if offer.is_open:
        return page(request, "web/public/offer.html", view)
    return page(request, "web/public/offer_closed.html", view, status=410)


@get("/offers/check", name="offers.check")
async def show_check(request: Request[Actor], number: FromQuery[str] = "") -> Response[str]:
    """Ask whether a number, link or message is genuine."""
    return await _check(request, number[:20])


@post("/offers/check", name="offers.check.post", status_code=200)
async def do_check(request: Request[Actor]) -> Response[str]:
    """Say whether what was pasted is genuine. Nothing of it is kept."""
    form = await request.form()
    return await _check(request, str(form.get("text", "")))


async def _check(request: Request[Actor], text: str) -> Response[str]:
    checked, offers = None, []
    base = request.settings.base_url
    if text.strip():
        async with request.db.read() as session:
            checked = await check_pasted(session, text=text, base_url=base)
            offers = [shown_offer(one) for one in checked.offers]
    host = base.partition("//")[2].rstrip("/")
    view = CheckPage(text=text[:MOST_PASTED], checked=checked, offers=offers, most=MOST_PASTED, host=host)
    return page(request, "web/public/offers_check.html", view)


@get("/offers/regions", name="offers.regions")
async def show_regions(
    request: Request[Actor], country: FromQuery[str] = "", region: FromQuery[str] = ""
) -> Response[str]:
    """The regions of a country, as a part of a form."""
    part = RegionsPart(regions(country[:2].upper()) if country else [], region[:10])
    return page(request, "web/region_field.html", part, block="field")


handlers: list[Any] = [show_offers, show_offer, show_check, do_check, show_regions]
