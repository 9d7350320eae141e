"""Where people are and what they speak."""

from collections.abc import Iterable, Iterator
from functools import cache

import msgspec
from babel import Locale, UnknownLocaleError
from babel.core import get_global

from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _, current_language
from preceptor.people.rules.content import ContentCategory

MAX_REGION = 80
LEAST_LEVEL, MOST_LEVEL = 1, 5


class Place(msgspec.Struct, frozen=True, order=True):
    """Where somebody is or where something is offered: a country, and a region of it where that matters.

    Attributes:
        country: ISO 3166-1 alpha-2, in capitals; empty where it is not known or does not matter.
        region: ISO 3166-2 without the country, such as `CT` for Catalonia (ES-CT); empty for the whole country.
    """

    country: str = ""
    region: str = ""

    def holds(self, other: "Place") -> bool:
        """True when the other place lies in this one: everywhere, the country, or the region itself."""
        return not self.country or (self.country == other.country and self.region in {"", other.region})


class Spoken(msgspec.Struct, frozen=True):
    """A language that somebody has, and how well.

    Attributes:
        language: BCP 47, such as `ca` or `pt-BR`.
        level: 1 (can read it) to 5 (grew up with it).
    """

    language: str
    level: int


class Profile(msgspec.Struct, frozen=True):
    """What the queue and offers need to know of a person."""

    place: Place = Place()
    spoken: tuple[Spoken, ...] = ()
    skills: frozenset[str] = frozenset()
    consents: frozenset[ContentCategory] = frozenset()
    """Categories of content they have said yes to."""

    def level_of(self, language: str) -> int:
        """How well they have a language; 0: not at all. `pt` is met by `pt-BR`."""
        met = (one.level for one in self.spoken if one.language == language or one.language.startswith(f"{language}-"))
        return max(met, default=0)


def is_country(code: str) -> bool:
    """True for a country that CLDR knows, by its two letters."""
    return len(code) == 2 and code.isupper() and code in Locale("en").territories  # noqa: PLR2004 (ISO 3166-1)


def country_name(code: str) -> str:
    """A country's name in the language of whoever reads; its code where CLDR has none."""
    return str(Locale.parse(current_language()).territories.get(code, code))


def countries() -> list[tuple[str, str]]:
    """Codes and names of all countries, by name, in the language of whoever reads."""
    codes = {code for code in get_global("territory_currencies") if is_country(code)}
    return sorted(((code, country_name(code)) for code in codes), key=lambda pair: pair[1].casefold())


def is_language(tag: str) -> bool:
    """True for a language that CLDR knows, with a region or without."""
    try:
        Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        return False
    return True


def clean_language(tag: str) -> str:
    """The tag of a language that `is_language` knows, in the one form it is kept in: `pt-BR`, `zh-Hant`."""
    return str(Locale.parse(tag, sep="-")).replace("_", "-")


def language_name(tag: str) -> str:
    """A language's name in the language of whoever reads; its tag where CLDR has none."""
    try:
        return Locale.parse(tag, sep="-").get_display_name(current_language()) or tag
    except (ValueError, UnknownLocaleError):
        return tag


REGIONAL = ("es-419", "fr-CA", "pt-BR", "pt-PT", "en-GB", "en-US", "zh-Hans", "zh-Hant", "ca-ES-valencia")


def languages() -> list[tuple[str, str]]:
    """Tags and names of languages to choose from, by name, in the language of whoever reads."""
    return list(_languages_in(current_language()))


@cache
def _languages_in(reading: str) -> tuple[tuple[str, str], ...]:
    names = [str(tag) for tag in Locale.parse(reading).languages]
    tags = [tag for tag in names if "_" not in tag and is_language(tag)]
    found = {tag: language_name(tag) for tag in (*tags, *(clean_language(tag) for tag in REGIONAL))}
    return tuple(sorted(found.items(), key=lambda pair: pair[1].casefold()))


def profile_problems(place: Place, spoken: Iterable[Spoken]) -> Iterator[FieldProblem]:
    """What is wrong with a place and languages."""
    if place.country and not is_country(place.country):
        yield FieldProblem("country", _("Choose a country from the list."))
    if len(place.region) > MAX_REGION or (place.region and not place.country):
        yield FieldProblem("region", _("Give the region’s short code, and its country."))
    for number, one in enumerate(spoken):
        if not is_language(one.language):
            yield FieldProblem(f"spoken.{number}.language", _("Choose a language from the list."))
        if not LEAST_LEVEL <= one.level <= MOST_LEVEL:
            message = _("Give a level from {least} to {most}.").format(least=LEAST_LEVEL, most=MOST_LEVEL)
            yield FieldProblem(f"spoken.{number}.level", message)
