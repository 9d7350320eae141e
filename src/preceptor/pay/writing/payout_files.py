"""The file of a batch, as the bank or service takes it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from preceptor.lib.errors import ConflictError
from preceptor.lib.i18n import _
from preceptor.lib.money import Money, money_to_decimal
from preceptor.lib.settings import Settings
from preceptor.lib.spreadsheets import separated_line
from preceptor.pay.rules import Destination, MethodKind, bic_problem, iban_problem, payout_reference
from preceptor.pay.writing.sepa import Transfer, write_transfers


class MissingPayerError(ConflictError):
    """The account that pays is not set, or no account."""

    title = _("It is not set from which bank account payouts go.")
    code = "missing_payer"


class Payer(msgspec.Struct, frozen=True):
    """Who pays, and from which account."""

    name: str = ""
    iban: str = ""
    bic: str = ""


class PayoutLine(msgspec.Struct, frozen=True):
    """A payout with where it goes."""

    id: UUID
    money: Money
    destination: Destination


class PayoutFile(msgspec.Struct, frozen=True):
    """The file of a batch."""

    name: str
    media_type: str
    content: bytes


def payer_of(settings: Settings) -> Payer:
    """Who pays, as the operator has set it."""
    return Payer(
        name=settings.payer_name.strip(),
        iban="".join(settings.payer_iban.split()).upper(),
        bic="".join(settings.payer_bic.split()).upper(),
    )


def write_payouts(
    kind: MethodKind, lines: list[PayoutLine], *, batch_id: UUID, number: int, payer: Payer, now: datetime
) -> PayoutFile:
    """What the bank or service takes. It computes a while: call it in a thread where others wait.

    Sources: PayPal, *Payouts, create input file*; Wise, *Send by email*, template of batch payments; ISO 20022
    `pain.001.001.03`.

    Raises:
        MissingPayerError: SEPA, and the account that pays is not set.
    """
    if kind is MethodKind.SEPA:
        content = _sepa(lines, batch_id=batch_id, number=number, payer=payer, now=now)
        return PayoutFile(f"payouts-{number}-sepa.xml", "application/xml", content)
    text = WRITERS[kind](lines, number, payer)
    return PayoutFile(f"payouts-{number}-{kind.value}.csv", "text/csv; charset=utf-8", text.encode())


def _sepa(lines: list[PayoutLine], *, batch_id: UUID, number: int, payer: Payer, now: datetime) -> bytes:
    wrong = iban_problem(payer.iban) or (bic_problem(payer.bic) if payer.bic else None)
    if wrong is not None or not payer.name:
        detail = _("Set PRECEPTOR_PAYER_NAME, PRECEPTOR_PAYER_IBAN and, if your bank asks for it, PRECEPTOR_PAYER_BIC.")
        raise MissingPayerError(detail=detail)
    transfers = [
        Transfer(one.destination.holder, one.destination.account, one.money.amount, payout_reference(one.id))
        for one in lines
    ]
    return write_transfers(
        transfers,
        message=payout_reference(batch_id),
        payer=payer.name,
        iban=payer.iban,
        bic=payer.bic,
        note=f"Payout {number}",
        now=now,
    )


def _amount(money: Money) -> object:
    return money_to_decimal(money)


def _paypal(lines: list[PayoutLine], number: int, _payer: Payer) -> str:
    """Address, amount, currency, our reference, note, wallet; no heading."""
    return "".join(
        separated_line(
            (
                one.destination.account,
                _amount(one.money),
                one.money.currency,
                payout_reference(one.id),
                f"Payout {number}",
                "PAYPAL",
            )
        )
        for one in lines
    )


WISE_COLUMNS = (
    "name",
    "recipientEmail",
    "paymentReference",
    "receiverType",
    "amountCurrency",
    "amount",
    "sourceCurrency",
    "targetCurrency",
    "type",
)


def _wise(lines: list[PayoutLine], _number: int, _payer: Payer) -> str:
    """Sent by e-mail; the amount is what arrives, and fees are the payer's."""
    rows = [
        (
            one.destination.holder,
            one.destination.account,
            payout_reference(one.id),
            "PRIVATE",
            "target",
            _amount(one.money),
            one.money.currency,
            one.money.currency,
            "EMAIL",
        )
        for one in lines
    ]
    return "".join(separated_line(row) for row in (WISE_COLUMNS, *rows))


WRITERS: Mapping[MethodKind, Callable[[list[PayoutLine], int, Payer], str]] = {
    MethodKind.PAYPAL: _paypal,
    MethodKind.WISE: _wise,
}
