"""Offers in words, for every audience that reads them."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

import msgspec
from markupsafe import Markup

from preceptor.hiring import (
    DAY_ENDS_LAST,
    ENGAGEMENT_KIND_NAMES,
    NEVER_CONFIDENTIAL,
    EngagementKind,
    OfferFields,
    OfferState,
)
from preceptor.hiring.queries import NoSuchOfferError, OfferView, ratings_of, ratings_of_offers
from preceptor.lib.db import ReadSession
from preceptor.lib.i18n import LazyText, _, ngettext_lazy
from preceptor.lib.money import format_money, money_to_decimal
from preceptor.lib.text import render_markdown
from preceptor.people import CATEGORY_NAMES, LEVEL_NAMES, language_name, place_name, region_name
from preceptor.projects import Ratings

EMPLOYMENT_TYPES = {EngagementKind.CONTRACTOR: "CONTRACTOR", EngagementKind.EMPLOYEE: "PART_TIME"}
"""As schema.org and Google name them."""


class ShownLanguage(msgspec.Struct, frozen=True):
    """A language that is asked for, in words."""

    tag: str
    name: str
    level: int
    level_name: LazyText


class ShownOffer(msgspec.Struct, frozen=True):
    """An offer in the words of whoever reads it."""

    row: OfferView
    place: str
    languages: list[ShownLanguage]
    categories: list[LazyText]
    kind: LazyText
    hours: LazyText
    terms: Markup
    confidentiality: Markup
    never_confidential: LazyText
    ratings: Ratings | None = None

    @property
    def path(self) -> str:
        """Where everybody reads it."""
        return f"/offers/{self.row.shown_number}"

    @property
    def is_open(self) -> bool:
        """True while one can apply."""
        return self.row.state is OfferState.PUBLISHED


class RegionsPart(msgspec.Struct, frozen=True):
    """The regions of a country, to choose from."""

    regions: list[tuple[str, str]]
    region: str
    error: LazyText | None = None


def number_of(text: str) -> int:
    """The number in an address.

    Raises:
        NoSuchOfferError: it is none.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= 9):  # noqa: PLR2004 (more than there will ever be)
        raise NoSuchOfferError
    return int(text)


def shown_offer(row: OfferView, *, ratings: Ratings | None = None) -> ShownOffer:
    """An offer in words."""
    fields = row.fields
    return ShownOffer(
        row=row,
        place=place_name(fields.place),
        languages=[
            ShownLanguage(one.language, language_name(one.language), one.level, LEVEL_NAMES[one.level])
            for one in fields.spoken
        ],
        categories=[CATEGORY_NAMES[one] for one in fields.categories],
        kind=ENGAGEMENT_KIND_NAMES[fields.kind],
        hours=_hours(fields.hours_least, fields.hours_most),
        terms=render_markdown(row.terms.markdown),
        confidentiality=render_markdown(row.terms.confidentiality),
        never_confidential=NEVER_CONFIDENTIAL,
        ratings=ratings,
    )


async def offer_ratings(session: ReadSession, offer: OfferFields) -> Ratings | None:
    """What trainers say of the projects an offer is for: of the one that most have rated."""
    return ratings_of(offer, await ratings_of_offers(session, offers=[offer]))


def _hours(least: int, most: int) -> LazyText:
    if least in {0, most}:
        return ngettext_lazy("up to {count} hour a week", "up to {count} hours a week", most)
    return _("{least}–{most} hours a week").format(least=least, most=most)


def job_posting(offer: ShownOffer, *, base_url: str) -> dict[str, Any]:
    """The offer as schema.org's `JobPosting`, for search engines.

    Source: https://schema.org/JobPosting, with what Google asks for of remote work
    (https://developers.google.com/search/docs/appearance/structured-data/job-posting).
    """
    row, fields = offer.row, offer.row.fields
    found: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": fields.title,
        "description": description_html(offer),
        "identifier": {"@type": "PropertyValue", "name": fields.organisation, "value": row.shown_number},
        "datePosted": (row.published_at or row.created_at).date().isoformat(),
        "employmentType": EMPLOYMENT_TYPES[fields.kind],
        "hiringOrganization": {"@type": "Organization", "name": fields.organisation},
        "jobLocationType": "TELECOMMUTE",
        "baseSalary": {
            "@type": "MonetaryAmount",
            "currency": fields.rate.currency,
            "value": {
                "@type": "QuantitativeValue",
                "value": float(money_to_decimal(fields.rate)),
                "unitText": "HOUR",
            },
        },
        "workHours": str(offer.hours),
        "directApply": True,
        "url": f"{base_url.rstrip('/')}{offer.path}",
    }
    if fields.place.country:
        country = {"@type": "Country", "name": fields.place.country}
        if fields.place.region:
            state = {"@type": "State", "name": f"{region_name(fields.place)}, {fields.place.country}"}
            found["applicantLocationRequirements"] = state
        else:
            found["applicantLocationRequirements"] = country
    if fields.closes_on is not None:
        ends = datetime.combine(fields.closes_on, time(), DAY_ENDS_LAST) + timedelta(days=1)
        found["validThrough"] = ends.isoformat()
    if fields.skills or fields.spoken:
        found["skills"] = ", ".join([*(one.name for one in offer.languages), *fields.skills])
    return found


def description_html(offer: ShownOffer) -> str:
    """The offer's own words as HTML, for those who show it elsewhere."""
    html = Markup("<p>{}</p>").format(offer.row.fields.summary)
    rate = _("{amount} per hour. {hours}. No fee, and no identity papers before an offer.").format(
        amount=format_money(offer.row.fields.rate), hours=offer.hours
    )
    return str(html + Markup("<p>{}</p>").format(rate) + offer.terms)


def language_choices(tags: Sequence[str]) -> list[tuple[str, str]]:
    """Languages to choose from, by name."""
    return sorted(((tag, language_name(tag)) for tag in tags), key=lambda pair: pair[1].casefold())


COMMON_LANGUAGES = (
    *("af", "am", "ar", "ast", "az", "be", "bg", "bn", "bs", "ca", "ceb", "cs", "cy", "da", "de", "el", "en", "es"),
    *("et", "eu", "fa", "fi", "fil", "fr", "ga", "gl", "gu", "ha", "he", "hi", "hr", "hu", "hy", "id", "ig", "is"),
    *("it", "ja", "jv", "ka", "kk", "km", "kn", "ko", "ky", "lo", "lt", "lv", "mg", "mk", "ml", "mn", "mr", "ms"),
    *("mt", "my", "nb", "ne", "nl", "nn", "oc", "om", "or", "pa", "pl", "ps", "pt", "qu", "rn", "ro", "ru", "rw"),
    *("sd", "si", "sk", "sl", "so", "sq", "sr", "su", "sv", "sw", "ta", "te", "th", "ti", "tr", "uk", "ur", "uz"),
    *("vi", "wo", "xh", "yo", "yue", "zh", "zu"),
)


def common_languages() -> tuple[str, ...]:
    """Tags of languages that people choose from; others come in with the offers that ask for them."""
    return COMMON_LANGUAGES
