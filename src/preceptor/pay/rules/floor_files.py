"""Files of floors: comma-separated values with one floor a line, read with every error by its line."""

import csv
import io
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

import msgspec

from preceptor.lib.errors import InvalidError
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.money import Money, minor_digits, money_from_decimal
from preceptor.pay.rules.rates import Floor
from preceptor.people.rules import MAX_REGION, Place, is_country

COLUMNS = ("country", "region", "currency", "hourly", "source", "valid_from")
MOST_LINES = 20_000
MOST_CHARACTERS = 2_000_000
MAX_SOURCE = 300
MOST_HOURLY = 1_000_000
"""Units of the currency per hour; catches a slip of the keys."""


class LineProblem(msgspec.Struct, frozen=True):
    """What is wrong with a line; the first one is 1."""

    line: int
    message: LazyText


class FloorsRead(msgspec.Struct, frozen=True):
    """What a file holds: its floors in order, and what is wrong with the other lines."""

    floors: list[Floor]
    problems: list[LineProblem]


def read_floors(text: str) -> FloorsRead:
    """The floors of a file: a head with the names in `COLUMNS`, in any order, then a line for each.

    `country` is ISO 3166-1 (empty: everywhere), `region` ISO 3166-2 without the country (empty: all of it), `currency`
    ISO 4217, `hourly` in major units with a point, `source` words or an address, `valid_from` a day as ISO 8601.
    Separated by commas, semicolons or tabs (RFC 4180 otherwise).
    """
    if len(text) > MOST_CHARACTERS:
        return FloorsRead([], [LineProblem(1, _("This file is too long."))])
    text = text.removeprefix("\ufeff")
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        names = [(name or "").strip().lower() for name in reader.fieldnames or ()]
    except csv.Error:
        return FloorsRead([], [LineProblem(1, _("This line cannot be read: check its quotation marks."))])
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        message = _("The first line must name the columns. Missing: {columns}.").format(columns=", ".join(missing))
        return FloorsRead([], [LineProblem(1, message)])
    reader.fieldnames = names
    floors: list[Floor] = []
    problems: list[LineProblem] = []
    try:
        for row in reader:
            if len(floors) + len(problems) >= MOST_LINES:
                message = _("Only {count} lines are read at a time.").format(count=MOST_LINES)
                problems.append(LineProblem(reader.line_num, message))
                break
            values = {name: (row.get(name) or "").strip() for name in COLUMNS}
            if not any(values.values()):
                continue
            found = _floor(values)
            if isinstance(found, Floor):
                floors.append(found)
            else:
                problems.append(LineProblem(reader.line_num, found))
    except csv.Error:
        problems.append(LineProblem(reader.line_num, _("This line cannot be read: check its quotation marks.")))
    return FloorsRead(floors, problems)


def _floor(values: Mapping[str, str]) -> Floor | LazyText:
    """The floor of a line, or what is wrong with it."""
    try:
        return Floor(
            place=_place(values["country"].upper(), values["region"].upper()),
            least=_amount(values["hourly"], values["currency"].upper()),
            source=_source(values["source"]),
            valid_from=_day(values["valid_from"]),
        )
    except BadValueError as error:
        return error.words
    except InvalidError as error:
        return error.detail or error.title


class BadValueError(Exception):
    """A value of a line will not do; `words` says why."""

    def __init__(self, words: LazyText) -> None:
        super().__init__(str(words))
        self.words = words


def _place(country: str, region: str) -> Place:
    if country and not is_country(country):
        raise BadValueError(_("“{value}” is no country of ISO 3166-1.").format(value=country[:20]))
    region = region.removeprefix(f"{country}-") if country else region
    if (region and not country) or len(region) > MAX_REGION or not region.isprintable():
        raise BadValueError(_("A region needs its country, and its short code."))
    return Place(country, region)


def _amount(text: str, currency: str) -> Money:
    minor_digits(currency)  # raises where there is no such currency
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise BadValueError(_("“{value}” is no amount. Write it as 12.50.").format(value=text[:20])) from error
    if not amount.is_finite() or not 0 < amount <= MOST_HOURLY:
        raise BadValueError(_("Give an hourly amount above 0 and up to {most}.").format(most=MOST_HOURLY))
    return money_from_decimal(amount, currency)


def _source(text: str) -> str:
    source = " ".join(text.split())
    if not source or len(source) > MAX_SOURCE or not source.isprintable():
        raise BadValueError(_("Say where the number is from, in up to {count} characters.").format(count=MAX_SOURCE))
    return source


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadValueError(_("“{value}” is no day. Write it as 2026-01-31.").format(value=text[:20])) from error
