"""Amounts as people type them."""

from decimal import Decimal, InvalidOperation

from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.money import Money, money_from_decimal

MOST_DIGITS = 15
MOST = 10**12


def parse_money(text: str, currency: str, *, path: str) -> Money:
    """An amount such as `20` or `12.50`, in major units; a comma will do.

    Raises:
        InvalidError: no amount, too many decimals for the currency, or no such currency.
    """
    wrong = InvalidError(
        fields=[
            FieldProblem(path, _("Give an amount such as 20 or 12.50, with no more decimals than the currency has."))
        ]
    )
    try:
        amount = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        raise wrong from None
    if not amount.is_finite() or len(text) > MOST_DIGITS or abs(amount) > MOST:
        raise wrong
    try:
        return money_from_decimal(amount, currency)
    except InvalidError:
        raise wrong from None
