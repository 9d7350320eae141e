"""Private data that has a form of its own, found in a text: addresses, numbers and secrets, before anybody reads it.

What has no form (names, places, illnesses) is not found here. Numbers are checked where they carry a check digit, so
that an order number is not taken for a card. Every pattern is bounded: the time grows with the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

import msgspec

PrivateKind = Literal["credentials", "email", "iban", "card", "phone", "ip_address"]


class PrivateStretch(msgspec.Struct, frozen=True, order=True):
    """A stretch of a text that is private, in code points: `text[start:end]`."""

    start: int
    end: int
    kind: PrivateKind


_ADDRESS = re.compile(r"(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{1,15}://[^\s<>\"`]{1,4000}")
_SECRET_NAMES = re.compile(
    r"(?:access_?|auth_?|api_?|session_?|secret_?|private_?)?(?:token|key|secret|password|passwd|pwd|sig|signature|auth"
    r"|sessionid|session_id|credential|credentials|code)\Z",
    re.IGNORECASE,
)
_KEYS = re.compile(
    r"(?<![A-Za-z0-9])(?:AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|sk-[A-Za-z0-9_-]{20,200}|xox[abprs]-[A-Za-z0-9-]{10,200}"
    r"|eyJ[A-Za-z0-9_-]{8,2000}\.[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{8,2000})(?![A-Za-z0-9])"
)
_EMAIL = re.compile(r"(?<![\w.+%-])[\w+%-](?:[\w.+%-]{0,62}[\w+%-])?@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}", re.IGNORECASE)
_CARD = re.compile(r"(?<![\d.,])[2-6](?:[ -]?\d){12,18}(?!\d)")
_DATE = r"(?!\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d{2}(?!\d))"
_PHONES = (
    re.compile(r"(?<![\w+])(?:\+|00)[1-9](?:[ ().\-/]{0,2}\d){6,13}(?!\d)"),
    re.compile(rf"(?<![\w.,:/+-]){_DATE}\(?0\d(?:[ ().\-/]{{0,2}}\d){{7,10}}(?!\d)"),
    re.compile(r"(?<![\w.,:/+-])(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-])\d{3}[ .-]\d{4}(?!\d)"),
)
_IP = re.compile(
    r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}(?!\w|\.\d)|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:]|\.\d))"
)
_FEWEST_DIFFERENT = 3
"""Digits of a number that somebody can be called by; lines of zeros are none."""
_TRAILING = ".,;:!?)]}'’”»"

# Lengths of the SWIFT IBAN registry.
_IBAN_LENGTHS = {
    country: int(length)
    for length, countries in {
        "15": "NO",
        "16": "BE",
        "18": "DK FI FK FO GL NL SD",
        "19": "MK SI",
        "20": "AT BA EE KZ LT LU MN XK",
        "21": "CH CR HR LI LV",
        "22": "BG BH DE GB GE IE ME RS VA",
        "23": "AE GI IL IQ OM SO TL",
        "24": "AD CZ DZ ES MD PK RO SA SE SK TN VG",
        "25": "LY PT ST",
        "26": "IS TR",
        "27": "BI DJ FR GR IT MC MR SM",
        "28": "AL AZ BY CY DO GT HU LB NI PL SV",
        "29": "BR EG PS QA UA",
        "30": "JO KW MU YE",
        "31": "MT SC",
        "32": "LC",
        "33": "RU",
    }.items()
    for country in countries.split()
}


def find_private_data(text: str) -> list[PrivateStretch]:
    """All private data with a form of its own, in the order of the text; no two stretches overlap.

    Found are addresses (URLs) with a password or token in them and keys of well-known services, e-mail addresses, IBANs
    with right check digits, card numbers with a right check digit (Luhn), phone numbers written internationally or in
    the usual national ways, and IP addresses other than those of the machine itself.
    """
    taken: list[PrivateStretch] = []
    covered = bytearray(len(text))
    for find in (_credentials, _emails, _ibans, _cards, _phones, _ip_addresses):
        for found in find(text):
            if not any(covered[found.start : found.end]):
                taken.append(found)
                covered[found.start : found.end] = b"\1" * (found.end - found.start)
    return sorted(taken)


def _credentials(text: str) -> Iterator[PrivateStretch]:
    for match in _ADDRESS.finditer(text):
        address = match[0].rstrip(_TRAILING)
        if _tells_secret(address):
            yield PrivateStretch(match.start(), match.start() + len(address), "credentials")
    for match in _KEYS.finditer(text):
        yield PrivateStretch(match.start(), match.end(), "credentials")


def _tells_secret(address: str) -> bool:
    try:
        parts = urlsplit(address)
        if parts.password:
            return True
        told = [*parse_qsl(parts.query), *parse_qsl(parts.fragment)]
    except ValueError:  # no address at all, such as a bad port or bracket
        return "@" in address.partition("://")[2].partition("/")[0]
    return any(value and _SECRET_NAMES.match(name) for name, value in told)


def _emails(text: str) -> Iterator[PrivateStretch]:
    for match in _EMAIL.finditer(text):
        yield PrivateStretch(match.start(), match.end() - (1 if match[0].endswith("-") else 0), "email")


def _ibans(text: str) -> Iterator[PrivateStretch]:
    for match in _IBAN.finditer(text):
        length = _IBAN_LENGTHS.get(match[0][:2].upper())
        places = [place for place, character in enumerate(match[0]) if character.isalnum()]
        if length is None or len(places) < length:
            continue
        end = places[length - 1] + 1
        after = match.start() + end
        number = "".join(character for character in match[0][:end] if character.isalnum()).upper()
        if _is_iban(number) and not text[after : after + 1].isalnum():
            yield PrivateStretch(match.start(), after, "iban")


def _is_iban(number: str) -> bool:
    """Whether the check digits are right. Source: ISO 13616, ISO 7064 MOD 97-10."""
    return int("".join(str(int(character, 36)) for character in number[4:] + number[:4])) % 97 == 1


def _cards(text: str) -> Iterator[PrivateStretch]:
    for match in _CARD.finditer(text):
        if _has_luhn_digit([int(character) for character in match[0] if character.isdecimal()]):
            yield PrivateStretch(match.start(), match.end(), "card")


def _has_luhn_digit(digits: list[int]) -> bool:
    """Whether the last digit checks the others. Source: ISO/IEC 7812-1, annex B."""
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return len(set(digits)) > 1 and (sum(doubled) + sum(digits[-1::-2])) % 10 == 0


def _phones(text: str) -> Iterator[PrivateStretch]:
    for pattern in _PHONES:
        for match in pattern.finditer(text):
            if len(set(filter(str.isdecimal, match[0]))) >= _FEWEST_DIFFERENT:
                yield PrivateStretch(match.start(), match.end(), "phone")


def _ip_addresses(text: str) -> Iterator[PrivateStretch]:
    for match in _IP.finditer(text):
        words = match[0].removesuffix(":") if not match[0].endswith("::") else match[0]
        try:
            address = ip_address(words)
        except ValueError:
            continue
        # `A::B` is a name in several programming languages; an address without any digit is rare.
        written = any(character.isdecimal() for character in words)
        if written and not (address.is_loopback or address.is_unspecified):
            yield PrivateStretch(match.start(), match.start() + len(words), "ip_address")
