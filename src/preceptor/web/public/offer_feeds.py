"""Offers for programs that gather them: a sitemap, what robots may read, and a feed as Indeed and others take it."""

from typing import Any
from xml.etree import ElementTree as ET

from litestar import Response, get
from litestar.enums import MediaType

from preceptor.hiring import offer_number
from preceptor.hiring.queries import OfferSearch, published_numbers, search_offers
from preceptor.lib.i18n import catalogues, speaking
from preceptor.lib.money import format_money
from preceptor.lib.web import Request
from preceptor.people import Actor, place_name, region_name
from preceptor.web.shown_offers import ShownOffer, description_html, shown_offer

MOST_URLS = 50_000
"""Of one sitemap. Source: https://www.sitemaps.org/protocol.html."""
MOST_JOBS = 2_000
"""Offers in the feed, the newest ones."""
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"
KEPT = "public, max-age=600"
SOURCE_LANGUAGE = "en"


def _xml(root: ET.Element) -> Response[bytes]:
    body = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return Response(body, media_type="application/xml", headers={"cache-control": KEPT})


@get("/sitemap.xml", name="sitemap")
async def show_sitemap(request: Request[Actor]) -> Response[bytes]:
    """Every public page, in each language."""
    base = request.settings.base_url.rstrip("/")
    async with request.db.read() as session:
        offers = await published_numbers(session, most=MOST_URLS - 2)
    ET.register_namespace("", SITEMAP)
    ET.register_namespace("xhtml", XHTML)
    root = ET.Element(f"{{{SITEMAP}}}urlset")
    pages = [("/offers", ""), ("/offers/check", "")]
    pages += [
        (f"/offers/{offer_number(one.number)}", one.published_at.date().isoformat() if one.published_at else "")
        for one in offers
    ]
    for path, changed in pages:
        url = ET.SubElement(root, f"{{{SITEMAP}}}url")
        ET.SubElement(url, f"{{{SITEMAP}}}loc").text = f"{base}{path}"
        if changed:
            ET.SubElement(url, f"{{{SITEMAP}}}lastmod").text = changed
        for code in catalogues.languages():
            href = f"{base}{path}?lang={code}"
            ET.SubElement(url, f"{{{XHTML}}}link", rel="alternate", hreflang=code, href=href)
    return _xml(root)


@get("/robots.txt", name="robots")
async def show_robots(request: Request[Actor]) -> Response[str]:
    """What search engines may read: offers alone."""
    base = request.settings.base_url.rstrip("/")
    lines = [
        "User-agent: *",
        "Allow: /offers",
        "Disallow: /offers/*/apply",
        "Allow: /static/",
        "Allow: /sitemap.xml",
        "Disallow: /",
        "",
        f"Sitemap: {base}/sitemap.xml",
    ]
    text = "\n".join(lines) + "\n"
    return Response(text, media_type=MediaType.TEXT, headers={"cache-control": KEPT})


@get("/offers.xml", name="offers.feed")
async def show_feed(request: Request[Actor]) -> Response[bytes]:
    """Published offers as an XML feed.

    Source: Indeed's XML feed, https://docs.indeed.com/indeed-apply/xml-feed, which other boards read as well.
    """
    base = request.settings.base_url.rstrip("/")
    rows: list[Any] = []
    cursor: str | None = None
    async with request.db.read() as session:
        while len(rows) < MOST_JOBS:
            found = await search_offers(session, wanted=OfferSearch(), cursor=cursor)
            rows += found.rows
            cursor = found.next_cursor
            if cursor is None:
                break
    root = ET.Element("source")
    with speaking(SOURCE_LANGUAGE):
        for name, text in (("publisher", "Preceptor"), ("publisherurl", base)):
            ET.SubElement(root, name).text = text
        for row in rows:
            _job(root, shown_offer(row), base)
    return _xml(root)


def _job(root: ET.Element, offer: ShownOffer, base: str) -> None:
    row, fields = offer.row, offer.row.fields
    job = ET.SubElement(root, "job")
    values = {
        "title": fields.title,
        "date": (row.published_at or row.created_at).strftime("%a, %d %b %Y %H:%M:%S GMT"),
        "referencenumber": row.shown_number,
        "requisitionid": row.shown_number,
        "url": f"{base}{offer.path}",
        "company": fields.organisation,
        "sourcename": fields.organisation,
        "city": "",
        "state": region_name(fields.place) if fields.place.region else "",
        "country": fields.place.country,
        "remotetype": "Fully remote",
        "location": place_name(fields.place),
        "description": description_html(offer),
        "salary": f"{format_money(fields.rate, SOURCE_LANGUAGE)} per hour",
        "jobtype": "contract" if fields.kind.value == "contractor" else "part-time",
        "category": "AI training",
        "experience": "",
        "expirationdate": fields.closes_on.isoformat() if fields.closes_on else "",
    }
    for name, text in values.items():
        if text:
            ET.SubElement(job, name).text = _plain(text)


def _plain(text: str) -> str:
    """Without the characters that XML 1.0 cannot hold."""
    return "".join(c for c in text if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff"))


handlers: list[Any] = [show_sitemap, show_robots, show_feed]
