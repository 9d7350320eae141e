"""Amounts as managers type them."""

import re
from decimal import Decimal

from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.money import Money, minor_digits, money_from_decimal, money_to_decimal

_AMOUNT = re.compile(r"\d{1,9}(?:[.,](?P<decimals>\d+))?", re.ASCII)


def read_amount(name: str, text: str, currency: str) -> Money:
    """Money from its text, with point or comma; `1,500` is no amount, since nobody can tell what it means.

    Raises:
        InvalidError: it cannot be read, which is said at the field `name`; or the currency is not known.
    """
    found = _AMOUNT.fullmatch(text)
    if found is None or len(found["decimals"] or "") > minor_digits(currency):
        message = _("Give an amount such as {example}, without a separator for thousands.")
        example = money_to_decimal(Money(1_750, currency))
        raise InvalidError(fields=[FieldProblem(name, message.format(example=example))])
    return money_from_decimal(Decimal(text.replace(",", ".")), currency)
