"""What banks and services are given: right to the cent, valid, and harmless."""

import csv
from datetime import UTC, datetime
from io import StringIO

import pytest
import xmlschema
from hypothesis import given, settings
from hypothesis import strategies as st
from sepaxml import validation

from preceptor.lib.errors import InvalidError
from preceptor.lib.ids import new_id
from preceptor.lib.money import Money
from preceptor.lib.spreadsheets import harmless
from preceptor.pay.rules import Destination, MethodKind, check_destination, payout_reference
from preceptor.pay.writing import MissingPayerError, Payer, PayoutLine, write_payouts
from preceptor.pay.writing.sepa import SCHEMA, sepa_text
from tests.pay.conftest import IBAN, PAYER

NOW = datetime(2026, 11, 3, 9, tzinfo=UTC)
NAMESPACE = {"s": f"urn:iso:std:iso:20022:tech:xsd:{SCHEMA}"}


@pytest.fixture(scope="module")
def schema():
    from importlib.resources import files

    return xmlschema.XMLSchema(str(files("sepaxml") / "schemas" / f"{SCHEMA}.xsd"))


def line(kind, amount, currency="EUR", holder="Núria Pla", account=None):
    account = account or (IBAN if kind is MethodKind.SEPA else "nuria@example.org")
    return PayoutLine(new_id(), Money(amount, currency), Destination(kind, holder, account))


def write(kind, lines, payer=PAYER):
    return write_payouts(kind, lines, batch_id=new_id(), number=7, payer=payer, now=NOW)


def test_a_sepa_file_keeps_to_its_schema_and_holds_every_cent(schema):
    from defusedxml import ElementTree

    lines = [line(MethodKind.SEPA, amount) for amount in (1, 1234, 999_999_99)]
    file = write(MethodKind.SEPA, lines)
    assert file.name == "payouts-7-sepa.xml"
    schema.validate(file.content.decode())
    root = ElementTree.fromstring(file.content)
    amounts = [one.text for one in root.iterfind(".//s:InstdAmt", NAMESPACE)]
    assert amounts == ["0.01", "12.34", "999999.99"]
    assert root.findtext(".//s:GrpHdr/s:CtrlSum", namespaces=NAMESPACE) == "1000012.34"
    assert root.findtext(".//s:GrpHdr/s:NbOfTxs", namespaces=NAMESPACE) == "3"
    ends = [one.text for one in root.iterfind(".//s:EndToEndId", NAMESPACE)]
    assert ends == [payout_reference(one.id) for one in lines]
    assert root.findtext(".//s:GrpHdr/s:InitgPty/s:Nm", namespaces=NAMESPACE) == "Preceptor Hauser GmbH"


def test_the_same_batch_is_the_same_file(schema):
    batch_id, lines = new_id(), [line(MethodKind.SEPA, 5)]
    first, second = (
        write_payouts(MethodKind.SEPA, lines, batch_id=batch_id, number=7, payer=PAYER, now=NOW) for _ in range(2)
    )
    assert first == second


@settings(max_examples=40, deadline=None)
@given(
    holder=st.text(min_size=1, max_size=70).filter(lambda text: text.strip() and text.isprintable()),
    amount=st.integers(1, 10**11),
)
def test_whatever_somebody_is_called_the_file_is_valid(schema, holder, amount):
    schema.validate(write(MethodKind.SEPA, [line(MethodKind.SEPA, amount, holder=holder)]).content.decode())


def test_names_of_every_script_become_letters_that_banks_take():
    assert sepa_text("Іван Петренко") == "Ivan Petrenko"
    assert sepa_text("李小龙") == "Li Xiao Long"
    assert sepa_text("🙂") == "NOTPROVIDED"


@pytest.mark.parametrize(
    "payer",
    [
        Payer(),
        Payer(name="X"),
        Payer("X", "DE00370400440532013000"),
        Payer("", PAYER.iban),
        Payer("X", PAYER.iban, "Y"),
    ],
)
def test_without_a_payer_nothing_is_written(payer):
    with pytest.raises(MissingPayerError):
        write(MethodKind.SEPA, [line(MethodKind.SEPA, 5)], payer)


def test_the_library_checks_what_it_writes():
    with pytest.raises(validation.ValidationError):
        validation.try_valid_xml(b"<Document/>", SCHEMA)


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [(1234, "USD", "12.34"), (5, "JPY", "5"), (1234, "KWD", "1.234"), (7, "KWD", "0.007")],
)
def test_amounts_have_the_decimals_of_their_currency(amount, currency, written):
    (row,) = csv.reader(
        StringIO(write(MethodKind.PAYPAL, [line(MethodKind.PAYPAL, amount, currency)]).content.decode())
    )
    assert row[:3] == ["nuria@example.org", written, currency]
    assert len(row[3]) <= 30
    assert row[5] == "PAYPAL"
    (row,) = csv.DictReader(
        StringIO(write(MethodKind.WISE, [line(MethodKind.WISE, amount, currency)]).content.decode())
    )
    assert (row["amount"], row["amountCurrency"], row["targetCurrency"]) == (written, "target", currency)


def test_names_are_no_formulas():
    text = write(MethodKind.WISE, [line(MethodKind.WISE, 5, holder='=HYPERLINK("http://x")')]).content.decode()
    (row,) = csv.DictReader(StringIO(text))
    assert row["name"].startswith("'=")
    assert [harmless(text)[0] for text in ("+1", "-1", "@x", " =1", "\t1")] == ["'"] * 5
    assert harmless("Núria") == "Núria"


@pytest.mark.parametrize("account", ["es91 2100 0418 4502 0005 1332", IBAN])
def test_an_iban_is_taken_as_people_write_it(account):
    found = check_destination(kind=MethodKind.SEPA, currency="EUR", holder=" Núria  Pla ", account=account)
    assert found == Destination(MethodKind.SEPA, "Núria Pla", IBAN)
    assert found.hint == "ES •••• 1332"


@pytest.mark.parametrize(
    ("kind", "currency", "holder", "account", "path"),
    [
        (MethodKind.SEPA, "EUR", "N", "ES9121000418450200051333", "account"),  # a wrong digit
        (MethodKind.SEPA, "EUR", "N", "", "account"),
        (MethodKind.SEPA, "EUR", "N", "x" * 5000, "account"),
        (MethodKind.SEPA, "EUR", "N", "BR1800360305000010009795493C1", "account"),  # not reached by SEPA
        (MethodKind.SEPA, "USD", "N", IBAN, "kind"),
        (MethodKind.SEPA, "EUR", "", IBAN, "holder"),
        (MethodKind.SEPA, "EUR", "x" * 71, IBAN, "holder"),
        (MethodKind.SEPA, "EUR", "a\x00b", IBAN, "holder"),
        (MethodKind.PAYPAL, "USD", "N", "=1@example.org", "account"),
        (MethodKind.PAYPAL, "USD", "N", "somebody", "account"),
        (MethodKind.WISE, "USD", "N", "a@b,c.org", "account"),
        (MethodKind.WISE, "QQQ", "N", "a@example.org", "currency"),
    ],
)
def test_where_money_cannot_go(kind, currency, holder, account, path):
    with pytest.raises(InvalidError) as caught:
        check_destination(kind=kind, currency=currency, holder=holder, account=account)
    assert [one.path for one in caught.value.fields] == [path]


@given(st.text(max_size=60))
def test_no_text_breaks_the_check(text):
    for kind in MethodKind:
        try:
            found = check_destination(kind=kind, currency="EUR", holder=text, account=text)
        except InvalidError:
            continue
        assert found.hint
