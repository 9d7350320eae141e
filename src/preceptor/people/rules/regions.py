"""Names of regions, from ISO 3166-2."""

from functools import lru_cache
from gettext import NullTranslations, translation

import pycountry

from preceptor.lib.i18n import LazyText, _, current_language
from preceptor.people.rules.profile import Place, country_name

LEVEL_NAMES: dict[int, LazyText] = {
    1: _("I can read it"),
    2: _("I can write simple texts"),
    3: _("I write well, with mistakes"),
    4: _("I write nearly without mistakes"),
    5: _("I grew up with it, or write like somebody who did"),
}
"""What each level of a language means, as people say it of themselves."""


@lru_cache(maxsize=300)
def _codes(country: str) -> tuple[tuple[str, str], ...]:
    """Codes and names of a country's largest divisions; `ES`: its communities, not their provinces."""
    found = pycountry.subdivisions.get(country_code=country) or []  # type: ignore[no-untyped-call]
    return tuple((one.code.partition("-")[2], one.name) for one in found if one.parent_code is None)


@lru_cache(maxsize=20)
def _translations(language: str) -> NullTranslations:
    return translation("iso3166-2", pycountry.LOCALES_DIR, languages=[language], fallback=True)


def _shown(name: str) -> str:
    # `Catalunya [Cataluña]` holds the name in another of the country's languages: nobody says both.
    return _translations(current_language()).gettext(name).partition(" [")[0].strip()


def regions(country: str) -> list[tuple[str, str]]:
    """Codes and names of a country's regions, by name; none where ISO 3166-2 has none."""
    return sorted(((code, _shown(name)) for code, name in _codes(country)), key=lambda pair: pair[1].casefold())


def region_name(place: Place) -> str:
    """A region's name; its code where ISO 3166-2 has none."""
    return next((_shown(name) for code, name in _codes(place.country) if code == place.region), place.region)


def place_name(place: Place) -> str:
    """A place in the words of whoever reads; empty for everywhere."""
    if not place.country:
        return ""
    country = country_name(place.country)
    return f"{region_name(place)}, {country}" if place.region else country
