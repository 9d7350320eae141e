"""An offer's form: its fields as texts, and back."""

import re
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from preceptor.hiring import EngagementKind, OfferFields, Terms
from preceptor.hiring.queries import OfferView
from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.money import Money, minor_digits, money_from_decimal, money_to_decimal
from preceptor.lib.web.nested_forms import convert_form
from preceptor.people import ContentCategory, Place, Role, Spoken

LISTS = frozenset({"categories", "project_ids"})
_AMOUNT = re.compile(r"\d{1,9}(?:[.,](?P<decimals>\d{1,4}))?", re.ASCII)


class LanguageRow(msgspec.Struct, frozen=True):
    """A language that is asked for, in the form."""

    language: str = ""
    level: int = 0


class OfferForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The form as it is sent."""

    title: str = ""
    summary: str = ""
    rate: str = ""
    currency: str = "USD"
    hours_least: int = 0
    hours_most: int = 0
    organisation: str = ""
    contact: str = ""
    quota: int = 0
    role: Role = Role.TRAINER
    country: str = ""
    region: str = ""
    spoken: list[LanguageRow] = []
    skills: str = ""
    certification: str = ""
    certification_level: int = 0
    categories: list[ContentCategory] = []
    behind: str = ""
    kind: EngagementKind = EngagementKind.CONTRACTOR
    notice_days: int = 14
    closes_on: date | None = None
    project_ids: list[UUID] = []
    exam_project_id: UUID | None = None
    exam_minutes: int = 0
    admits_at_once: bool = False
    terms: str = ""
    confidentiality: str = ""


def read_offer(tree: dict[str, Any], *, strict: bool = True) -> tuple[OfferFields, Terms]:
    """An offer and its terms from the form's texts.

    Args:
        tree: as `nest_form` gives it.
        strict: False for a preview: a rate that cannot be read is none.

    Raises:
        InvalidError: some of it cannot be read.
    """
    form = convert_form(tree, OfferForm)
    try:
        rate = read_rate(form.rate, form.currency)
    except InvalidError:
        if strict:
            raise
        rate = Money(0, "USD")
    fields = OfferFields(
        title=form.title,
        summary=form.summary,
        rate=rate,
        hours_least=form.hours_least,
        hours_most=form.hours_most,
        organisation=form.organisation,
        contact=form.contact,
        quota=form.quota,
        role=form.role,
        place=Place(form.country, form.region if form.country else ""),
        spoken=tuple(Spoken(one.language, one.level) for one in form.spoken if one.language),
        skills=tuple(one.strip() for one in form.skills.split(",") if one.strip()),
        certification=form.certification,
        certification_level=form.certification_level,
        categories=tuple(form.categories),
        behind=form.behind,
        kind=form.kind,
        notice_days=form.notice_days,
        closes_on=form.closes_on,
        project_ids=tuple(sorted(form.project_ids)),
        exam_project_id=form.exam_project_id,
        exam_minutes=form.exam_minutes,
        admits_at_once=form.admits_at_once,
    )
    return fields, Terms(form.terms.replace("\r\n", "\n"), form.confidentiality.replace("\r\n", "\n"))


def read_rate(text: str, currency: str) -> Money:
    """An hourly rate from its text, with point or comma.

    Raises:
        InvalidError: it cannot be read, or the currency is not known.
    """
    try:
        digits = minor_digits(currency)
    except InvalidError as error:
        raise InvalidError(fields=[FieldProblem("currency", error.title)]) from error
    found = _AMOUNT.fullmatch(text)
    if found is None or len(found["decimals"] or "") > digits:
        message = _("Give an amount such as {example}, without a separator for thousands.")
        example = money_to_decimal(Money(1_750, currency))
        raise InvalidError(fields=[FieldProblem("rate", message.format(example=example))])
    return money_from_decimal(Decimal(text.replace(",", ".")), currency)


def offer_values(row: OfferView) -> dict[str, Any]:
    """An offer as its form shows it."""
    fields = row.fields
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(fields))
    del plain["place"]
    return {
        **{name: value for name, value in plain.items() if value is not None},
        "rate": str(money_to_decimal(fields.rate)),
        "currency": fields.rate.currency,
        "country": fields.place.country,
        "region": fields.place.region,
        "skills": ", ".join(fields.skills),
        "exam_project_id": str(fields.exam_project_id or ""),
        "terms": row.terms.markdown,
        "confidentiality": row.terms.confidentiality,
    }
