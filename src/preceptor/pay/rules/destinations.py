"""Where money is sent: what a person must say for each method, checked."""

import re

import msgspec
from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException

from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.money import known_currencies
from preceptor.pay.rules.payouts import MethodKind

MAX_HOLDER = 70
"""Letters of a name that SEPA carries (ISO 20022 `Max70Text`)."""
MAX_EMAIL = 127
"""Letters of an address that PayPal takes."""
SEPA_COUNTRIES = frozenset(
    [
        "AD",
        "AL",
        "AT",
        "BE",
        "BG",
        "CH",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GB",
        "GI",
        "GR",
        "HR",
        "HU",
        "IE",
        "IS",
        "IT",
        "LI",
        "LT",
        "LU",
        "LV",
        "MC",
        "MD",
        "ME",
        "MK",
        "MT",
        "NL",
        "NO",
        "PL",
        "PT",
        "RO",
        "RS",
        "SE",
        "SI",
        "SK",
        "SM",
        "VA",
    ]
)
"""Countries whose banks SEPA credit transfers reach (European Payments Council, EPC409-09)."""


class Destination(msgspec.Struct, frozen=True):
    """Where money goes.

    Attributes:
        kind: the method.
        holder: who the account belongs to, as the bank or service writes it.
        account: an IBAN without spaces, or an e-mail address.
    """

    kind: MethodKind
    holder: str
    account: str

    @property
    def hint(self) -> str:
        """What may be shown of the account: enough to know it again."""
        if self.kind is MethodKind.SEPA:
            return f"{self.account[:2]} •••• {self.account[-4:]}"
        local, _at, domain = self.account.rpartition("@")
        return f"{local[:1]}•••@{domain}"


def check_destination(*, kind: MethodKind, currency: str, holder: str, account: str) -> Destination:
    """What somebody has entered, in the form in which it is kept.

    Raises:
        InvalidError: a name or account that money cannot be sent to, or a currency that the method does not carry.
    """
    problems: list[FieldProblem] = []
    if currency not in known_currencies():
        problems.append(FieldProblem("currency", _("There is no such currency.")))
    elif kind is MethodKind.SEPA and currency != "EUR":
        problems.append(FieldProblem("kind", _("SEPA carries euros alone. Choose PayPal or Wise for this currency.")))
    cleaned = " ".join(holder.split())
    if not cleaned or len(cleaned) > MAX_HOLDER or not cleaned.isprintable():
        message = _("Give the account holder’s name, at most {count} letters.").format(count=MAX_HOLDER)
        problems.append(FieldProblem("holder", message))
    if kind is MethodKind.SEPA:
        account = "".join(account.split()).upper()
        problem = iban_problem(account)
    else:
        account = account.strip()
        problem = _email_problem(account)
    if problem is not None:
        problems.append(FieldProblem("account", problem))
    if problems:
        raise InvalidError(fields=problems)
    return Destination(kind, cleaned, account)


def iban_problem(account: str) -> LazyText | None:
    """What is wrong with an IBAN (ISO 13616), checked by length, country and check digits; None where nothing is."""
    try:
        iban = IBAN(account)
    except (SchwiftyException, ValueError):
        return _("This is not an IBAN. Copy it from your bank; two letters come first.")
    if iban.country_code not in SEPA_COUNTRIES:
        return _("Banks of this country are not reached by SEPA. Choose Wise instead.")
    return None


def bic_problem(text: str) -> LazyText | None:
    """What is wrong with a BIC (ISO 9362); None where nothing is."""
    try:
        BIC(text)
    except (SchwiftyException, ValueError):
        return _("This is not a BIC.")
    return None


def _email_problem(account: str) -> LazyText | None:
    if (
        len(account) > MAX_EMAIL
        or re.fullmatch(r"[A-Za-z0-9_][^@\s,;<>\"']*@[^@\s,;<>\"']+\.[^@\s,;<>\"'.]{2,}", account) is None
    ):
        return _("This is not an e-mail address.")
    return None
