"""Credit transfers in euros as ISO 20022 `pain.001.001.03`, held to its schema."""

import re
from datetime import datetime
from typing import Any

import msgspec
from defusedxml import ElementTree
from sepaxml import SepaTransfer
from sepaxml.validation import try_valid_xml
from text_unidecode import unidecode

SCHEMA = "pain.001.001.03"
NAMESPACE = f"{{urn:iso:std:iso:20022:tech:xsd:{SCHEMA}}}"
MAX_NAME = 70


class Transfer(msgspec.Struct, frozen=True):
    """One transfer: `amount` in cents; `reference` stays with it to the end, at most 35 characters."""

    holder: str
    iban: str
    amount: int
    reference: str


def sepa_text(text: str, *, most: int = MAX_NAME) -> str:
    """A text in the letters that every bank in SEPA takes (EPC217-08): Latin ones, digits and a few signs."""
    plain = re.sub(r"[^A-Za-z0-9/\-?:().,'+ ]", " ", unidecode(text))
    return " ".join(plain.split()).strip("/")[:most].strip() or "NOTPROVIDED"


def write_transfers(
    transfers: list[Transfer], *, message: str, payer: str, iban: str, bic: str, note: str, now: datetime
) -> bytes:
    """The document.

    Args:
        transfers: all of one batch; at least one.
        message: names the batch; a bank that sees it twice can tell. At most 35 characters.
        payer: who pays.
        iban: from which account.
        bic: of its bank; empty where the bank is found by the IBAN.
        note: what those who are paid read on their account, before the reference.
        now: when the document was made; the money is to go on that day.

    Raises:
        sepaxml.validation.ValidationError: it does not keep to the schema; a fault of the program.
    """
    config: dict[str, Any] = {"name": sepa_text(payer), "IBAN": iban, "batch": True, "currency": "EUR"}
    if bic:
        config["BIC"] = bic
    document = SepaTransfer(config, schema=SCHEMA, clean=True)
    for one in transfers:
        document.add_payment(
            {
                "name": sepa_text(one.holder),
                "IBAN": one.iban,
                "amount": one.amount,
                "execution_date": now.date(),
                "description": sepa_text(f"{note} {one.reference}", most=140),
                "endtoend_id": one.reference,
            }
        )
    root = ElementTree.fromstring(document.export(validate=False))
    for tag, value in (
        ("MsgId", message),
        ("PmtInfId", message),
        ("CreDtTm", now.strftime("%Y-%m-%dT%H:%M:%S")),
    ):
        for element in root.iter(f"{NAMESPACE}{tag}"):
            element.text = value
    written: bytes = ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)
    try_valid_xml(written, SCHEMA)
    return written
