"""Offers: drafting, publishing, changing what may change, and closing them."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import delete, select

from preceptor.hiring.events import OfferChanged, OfferClosed, OfferDrafted, OfferPublished
from preceptor.hiring.queries.offers import NoSuchOfferError, count_accepted, fields_of, terms_of
from preceptor.hiring.queries.publishing import list_certification_names, problems_before_publishing
from preceptor.hiring.rules import (
    ClosedWhy,
    OfferFields,
    OfferState,
    Terms,
    closing_reason,
    offer_problems,
    terms_digest,
    terms_problems,
)
from preceptor.hiring.tables import Offer, OfferLanguage, OfferProject, OfferTerms
from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError
from preceptor.lib.i18n import _
from preceptor.people.rules import Actor, Permission, Place
from preceptor.projects.operations.fetching import author
from preceptor.projects.queries import list_projects_by_id


class OfferMade(msgspec.Struct, frozen=True):
    """What a new offer is called by programs (`id`) and by people (`number`)."""

    id: UUID
    number: int


class OfferFixedError(ConflictError):
    """What people decided by cannot change once an offer is published."""

    title = _("A published offer keeps its place, rate and terms of work. Close it and publish a copy instead.")
    code = "offer_fixed"


class OfferClosedError(ConflictError):
    """The offer has been closed."""

    title = _("This offer is closed.")
    code = "offer_closed"


class OfferNotReadyError(InvalidError):
    """The offer lacks something, or pays less than the floor of its place; `fields` says what."""

    title = _("This offer cannot be published yet.")
    code = "offer_not_ready"


async def add_offer(
    session: WriteSession, *, actor: Actor, fields: OfferFields, terms: Terms | None = None
) -> OfferMade:
    """Write an offer down, as a draft.

    Raises:
        MissingPermissionError: the actor may not write offers.
        InvalidError: a value will not do, or a project does not exist.
    """
    actor.require(Permission.OFFER_WRITE)
    await _check(session, fields, terms)
    row = Offer(**_columns(fields), created_by=author(actor))
    session.add(row)
    await session.flush()
    await session.refresh(row, ["number"])
    await _write_parts(session, row.id, fields)
    if terms is not None:
        await _write_terms(session, actor, row, terms)
    session.emit(OfferDrafted(actor_id=actor.person_id, subject_id=row.id))
    return OfferMade(row.id, row.number)


async def change_offer(
    session: WriteSession, *, actor: Actor, number: int, fields: OfferFields, terms: Terms | None = None
) -> None:
    """Change a draft, or what may change of a published offer.

    That is the description, contact, quota, closing date, for whom the work is, and the terms, which get a new version
    for whoever accepts from then on.

    Raises:
        MissingPermissionError: the actor may not write offers.
        NoSuchOfferError: there is none of this number.
        OfferFixedError: something else was to be changed after it had been published.
        OfferClosedError: it is closed.
        InvalidError: a value will not do, or a project does not exist.
    """
    row = await hold_offer(session, actor=actor, number=number)
    await _check(session, fields, terms)
    before = await fields_of(session, row)
    if row.state == OfferState.CLOSED.value:
        raise OfferClosedError
    if row.state == OfferState.PUBLISHED.value and _fixed(before) != _fixed(fields):
        raise OfferFixedError
    for name, value in _columns(fields).items():
        setattr(row, name, value)
    await session.flush()
    await session.execute(delete(OfferLanguage).where(OfferLanguage.offer_id == row.id))
    await session.execute(delete(OfferProject).where(OfferProject.offer_id == row.id))
    await _write_parts(session, row.id, fields)
    parts = [name for name in OfferFields.__struct_fields__ if getattr(before, name) != getattr(fields, name)]
    if terms is not None and await _write_terms(session, actor, row, terms):
        parts.append("terms")
    if parts:
        session.emit(OfferChanged(actor_id=actor.person_id, subject_id=row.id, parts=parts))


def _fixed(fields: OfferFields) -> OfferFields:
    """Without what may change while an offer is published."""
    return msgspec.structs.replace(
        fields,
        summary="",
        contact="",
        behind="",
        quota=1,
        closes_on=None,
        admits_at_once=False,
    )


async def copy_offer(session: WriteSession, *, actor: Actor, number: int, place: Place | None = None) -> OfferMade:
    """A draft like an offer, in whichever state, for another place.

    Raises:
        MissingPermissionError: the actor may not write offers.
        NoSuchOfferError: there is none of this number.
    """
    row = await hold_offer(session, actor=actor, number=number)
    fields = msgspec.structs.replace(await fields_of(session, row), closes_on=None)
    if place is not None:
        fields = msgspec.structs.replace(fields, place=place)
    return await add_offer(session, actor=actor, fields=fields, terms=await terms_of(session, row))


async def publish_offer(session: WriteSession, *, actor: Actor, number: int, now: datetime) -> None:
    """Let everybody see an offer. Publishing a published one changes nothing.

    Raises:
        MissingPermissionError: the actor may not write offers.
        NoSuchOfferError: there is none of this number.
        OfferClosedError: it is closed.
        OfferNotReadyError: it lacks something, or pays less than the floor of its place.
    """
    row = await hold_offer(session, actor=actor, number=number)
    if row.state == OfferState.CLOSED.value:
        raise OfferClosedError
    if row.state == OfferState.PUBLISHED.value:
        return
    if problems := await problems_before_publishing(session, row, now=now):
        raise OfferNotReadyError(fields=problems)
    row.state, row.published_at = OfferState.PUBLISHED.value, now
    session.emit(OfferPublished(actor_id=actor.person_id, subject_id=row.id))


async def close_offer(session: WriteSession, *, actor: Actor, number: int, now: datetime) -> None:
    """Take no more applications. Those under way go on. Closing a closed one changes nothing.

    Raises:
        MissingPermissionError: the actor may not write offers.
        NoSuchOfferError: there is none of this number.
    """
    row = await hold_offer(session, actor=actor, number=number)
    if row.state != OfferState.CLOSED.value:
        end_offer(session, row, why=ClosedWhy.HAND, actor_id=actor.person_id, now=now)


def end_offer(session: WriteSession, row: Offer, *, why: ClosedWhy, actor_id: UUID | None, now: datetime) -> None:
    """Close an offer whose row is held."""
    row.published_at = row.published_at or now
    row.state, row.closed_at, row.closed_why = OfferState.CLOSED.value, now, why.value
    session.emit(OfferClosed(actor_id=actor_id, subject_id=row.id, why=why.value))


async def close_due_offers(session: WriteSession, *, now: datetime) -> int:
    """Close published offers whose last day has passed or whose places are taken; answers how many. For the worker."""
    rows = await session.scalars(
        select(Offer).where(Offer.state == OfferState.PUBLISHED.value).order_by(Offer.id).with_for_update()
    )
    closed = 0
    for row in rows:
        accepted = await count_accepted(session, offer_id=row.id)
        why = closing_reason(closes_on=row.closes_on, quota=row.quota, accepted=accepted, now=now)
        if why is not None:
            end_offer(session, row, why=why, actor_id=None, now=now)
            closed += 1
    return closed


async def hold_offer(session: WriteSession, *, actor: Actor, number: int) -> Offer:
    """The row of an offer, locked until the transaction ends.

    Raises:
        MissingPermissionError: the actor may not write offers.
        NoSuchOfferError: there is none of this number.
    """
    actor.require(Permission.OFFER_WRITE)
    row = await session.scalar(select(Offer).where(Offer.number == number).with_for_update())
    if row is None:
        raise NoSuchOfferError
    return row


async def _check(session: WriteSession, fields: OfferFields, terms: Terms | None) -> None:
    problems = [*offer_problems(fields), *(terms_problems(terms) if terms is not None else ())]
    wanted = {*fields.project_ids, *([fields.exam_project_id] if fields.exam_project_id else [])}
    known = await list_projects_by_id(session, project_ids=wanted)
    if set(fields.project_ids) - known.keys():
        problems.append(FieldProblem("project_ids", _("There is no such project.")))
    if fields.exam_project_id and fields.exam_project_id not in known:
        problems.append(FieldProblem("exam_project_id", _("There is no such project.")))
    if fields.certification and fields.certification not in dict(await list_certification_names(session)):
        problems.append(FieldProblem("certification", _("There is no such certification.")))
    if problems:
        raise InvalidError(fields=problems)


def _columns(fields: OfferFields) -> dict[str, object]:
    kept = msgspec.structs.asdict(fields)
    for name in ("rate", "place", "spoken", "project_ids"):
        del kept[name]
    kept["skills"] = [" ".join(one.split()) for one in fields.skills]
    kept["categories"] = sorted({one.value for one in fields.categories})
    kept["role"], kept["kind"] = fields.role.value, fields.kind.value
    for name in ("title", "summary", "organisation", "behind", "contact", "certification"):
        kept[name] = kept[name].strip()
    return {
        **kept,
        "rate_minor": fields.rate.amount,
        "currency": fields.rate.currency,
        "country": fields.place.country,
        "region": fields.place.region,
    }


async def _write_parts(session: WriteSession, offer_id: UUID, fields: OfferFields) -> None:
    session.add_all([OfferLanguage(offer_id=offer_id, language=one.language, level=one.level) for one in fields.spoken])
    session.add_all([OfferProject(offer_id=offer_id, project_id=one) for one in dict.fromkeys(fields.project_ids)])
    await session.flush()


async def _write_terms(session: WriteSession, actor: Actor, row: Offer, terms: Terms) -> bool:
    """Write a new version of the terms where they say something new; True where they did."""
    if await terms_of(session, row) == terms:
        return False
    row.terms_version += 1
    session.add(
        OfferTerms(
            offer_id=row.id,
            version=row.terms_version,
            markdown=terms.markdown,
            confidentiality=terms.confidentiality,
            digest=terms_digest(terms),
            created_by=author(actor),
        )
    )
    await session.flush()
    return True
