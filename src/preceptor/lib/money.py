"""Money: whole minor units of a currency. No floats, no silent rounding."""

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal

import msgspec
from babel.core import get_global
from babel.numbers import format_currency

from preceptor.lib.errors import InvalidError
from preceptor.lib.i18n import _, current_language


class Money(msgspec.Struct, frozen=True):
    """An amount in minor units (cents for EUR, whole yen for JPY, fils for KWD) and its ISO 4217 currency."""

    amount: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        """The sum of two amounts of one currency.

        Raises:
            ValueError: the currencies differ; that is a fault of the program, never of a person.
        """
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} cannot be added")
        return Money(self.amount + other.amount, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)


class UnknownCurrencyError(InvalidError):
    """The code is not one of ISO 4217's."""

    title = _("There is no currency of this code. Use one of ISO 4217, such as EUR or USD.")
    code = "unknown_currency"


def known_currencies() -> list[str]:
    """ISO 4217 codes of every currency in use today, sorted."""
    tenders = get_global("territory_currencies").values()
    return sorted({code for rows in tenders for code, _start, end, tender in rows if tender and end is None})


def minor_digits(currency: str) -> int:
    """How many decimal digits the currency has: 2 for EUR, 0 for JPY, 3 for KWD (CLDR `fractions`).

    Raises:
        UnknownCurrencyError: the code is not known.
    """
    if currency not in known_currencies():
        raise UnknownCurrencyError
    fractions: Mapping[str, tuple[int, ...]] = get_global("currency_fractions")
    return fractions.get(currency, fractions["DEFAULT"])[0]


def money_from_decimal(amount: Decimal, currency: str) -> Money:
    """An amount in major units, such as 17.50 EUR, as `Money`.

    Raises:
        UnknownCurrencyError: the code is not known.
        InvalidError: the amount has more decimals than the currency.
    """
    scaled = amount.scaleb(minor_digits(currency))
    if scaled != scaled.to_integral_value():
        raise InvalidError(_("This currency has fewer decimals than the amount given."))
    return Money(int(scaled), currency)


def money_to_decimal(money: Money) -> Decimal:
    """The amount in major units."""
    return Decimal(money.amount).scaleb(-minor_digits(money.currency))


def format_money(money: Money, language: str | None = None) -> str:
    """The amount as people of that language write it: `€5.28`, `5,28 €`."""
    return str(
        format_currency(
            money_to_decimal(money), money.currency, locale=(language or current_language()).replace("-", "_")
        )
    )


def earned(*, rate_per_hour: Money, paid_ms: int) -> Money:
    """What `paid_ms` milliseconds earn at an hourly rate, rounded half to even to a whole minor unit."""
    exact = Decimal(rate_per_hour.amount) * paid_ms / 3_600_000
    return Money(int(exact.quantize(Decimal(1), rounding=ROUND_HALF_EVEN)), rate_per_hour.currency)
