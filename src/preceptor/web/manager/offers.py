"""Offers, for managers: the list, the form with its preview, publishing, closing and copying."""

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter

from preceptor.hiring import (
    ENGAGEMENT_KIND_NAMES,
    OFFER_STATE_NAMES,
    OFFERED_ROLES,
    ApplicationState,
    OfferFields,
    OfferState,
    Terms,
)
from preceptor.hiring.operations import add_offer, change_offer, close_offer, copy_offer, publish_offer
from preceptor.hiring.queries import (
    OfferCounts,
    OfferView,
    RoomView,
    access_offer,
    counts_of_offers,
    floor_of,
    list_certification_names,
    list_offers,
    offer_room,
    problems_of_offer,
)
from preceptor.hiring.queries.rooms import waiting_reason
from preceptor.lib.db import ReadSession
from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.ids import new_id
from preceptor.lib.money import Money
from preceptor.lib.web import Request, page, redirect
from preceptor.lib.web.nested_forms import nest_form
from preceptor.people import (
    CATEGORY_NAMES,
    LEVEL_NAMES,
    ROLE_NAMES,
    Actor,
    Permission,
    Place,
    countries,
    language_name,
    regions,
)
from preceptor.projects import ProjectState, Purpose
from preceptor.projects.queries import ProjectSummary, list_projects
from preceptor.web.manager.filled import Filled, problems_of
from preceptor.web.manager.offer_fields import LISTS, offer_values, read_offer
from preceptor.web.manager.project_form import currency_choices
from preceptor.web.shown_offers import RegionsPart, ShownOffer, common_languages, number_of, offer_ratings, shown_offer

ROWS = 3
MOST_PAGES = 10
"""Of projects to choose among."""
SEATED = (ApplicationState.INVITED, ApplicationState.PASSED, ApplicationState.OFFERED)


class OfferLine(msgspec.Struct, frozen=True):
    """An offer in the list, with how many have applied."""

    offer: ShownOffer
    counts: OfferCounts

    @property
    def new(self) -> int:
        """Applications that wait to be decided."""
        return self.counts.count(ApplicationState.RECEIVED)

    @property
    def waiting(self) -> int:
        """People on the waiting list."""
        return self.counts.count(ApplicationState.WAITING)

    @property
    def under_way(self) -> int:
        """Invited, passed or with an offer."""
        return self.counts.count(*SEATED)

    @property
    def accepted(self) -> int:
        """Those who have accepted."""
        return self.counts.count(ApplicationState.ACCEPTED)


class HiringPage(msgspec.Struct, frozen=True):
    """All offers."""

    lines: list[OfferLine]
    words: str
    state: str
    states: list[tuple[str, LazyText]]
    next_cursor: str | None


class ManagedOfferPage(msgspec.Struct, frozen=True):
    """One offer as its managers see it."""

    line: OfferLine
    room: RoomView
    reason: LazyText | None
    problems: list[FieldProblem]
    floor: str
    address: str
    countries: list[tuple[str, str]]


class OfferFormPage(msgspec.Struct, frozen=True):
    """The form."""

    offer: ShownOffer | None
    form: Filled
    preview: ShownOffer
    countries: list[tuple[str, str]]
    region: RegionsPart
    languages: list[tuple[str, str]]
    levels: list[tuple[int, LazyText]]
    categories: list[tuple[str, LazyText]]
    kinds: list[tuple[str, LazyText]]
    roles: list[tuple[str, LazyText]]
    currencies: list[tuple[str, str]]
    certifications: list[tuple[str, str]]
    projects: list[tuple[str, str]]
    exams: list[tuple[str, str]]
    rows: list[int]


@get("/hiring", name="hiring")
async def show_hiring(
    request: Request[Actor],
    q: FromQuery[str] = "",
    in_state: Annotated[str, QueryParameter(name="state")] = "",
    cursor: FromQuery[str] = "",
) -> Response[str]:
    """All offers, newest first."""
    chosen = OfferState(in_state) if in_state in set(OfferState) else None
    async with request.db.read() as session:
        found = await list_offers(session, actor=request.actor, state=chosen, words=q[:200], cursor=cursor or None)
        counts = await counts_of_offers(session, offer_ids=[row.id for row in found.rows])
    view = HiringPage(
        lines=[OfferLine(shown_offer(row), counts[row.id]) for row in found.rows],
        words=q,
        state=in_state,
        states=[(one.value, name) for one, name in OFFER_STATE_NAMES.items()],
        next_cursor=found.next_cursor,
    )
    return page(request, "web/manager/hiring.html", view)


@get("/hiring/offers/{number:str}", name="hiring.offer")
async def show_managed(request: Request[Actor], number: FromPath[str]) -> Response[str]:
    """One offer: its state, its applications, and what keeps it from being published."""
    return await _managed(request, number_of(number))


async def _managed(request: Request[Actor], number: int, *, status: int = 200) -> Response[str]:
    actor, now = request.actor, request.now
    async with request.db.read() as session:
        row = await access_offer(session, actor=actor, number=number)
        counts = await counts_of_offers(session, offer_ids=[row.id])
        room = await offer_room(session, actor=actor, number=number, now=now)
        problems = await problems_of_offer(session, actor=actor, number=number, now=now)
        floor = await floor_of(session, place=row.fields.place, currency=row.fields.rate.currency, at=now)
        ratings = await offer_ratings(session, row.fields)
    offer = shown_offer(row, ratings=ratings)
    view = ManagedOfferPage(
        line=OfferLine(offer, counts[row.id]),
        room=room,
        reason=waiting_reason(room) if room.room.places == 0 else None,
        problems=problems if row.state is OfferState.DRAFT else [],
        floor=floor,
        address=f"{request.settings.base_url.rstrip('/')}{offer.path}",
        countries=countries(),
    )
    return page(request, "web/manager/offer.html", view, status=status)


@get("/hiring/offers/new", name="hiring.offers.new")
async def show_new(request: Request[Actor]) -> Response[str]:
    """The empty form."""
    request.actor.require(Permission.OFFER_WRITE)
    values = {"currency": "USD", "hours_least": 10, "hours_most": 20, "quota": 10, "notice_days": 14}
    return await _form(request, Filled(values))


@get("/hiring/offers/{number:str}/edit", name="hiring.offer.edit")
async def show_edit(request: Request[Actor], number: FromPath[str]) -> Response[str]:
    """The form of an offer."""
    async with request.db.read() as session:
        row = await access_offer(session, actor=request.actor, number=number_of(number))
    return await _form(request, Filled(offer_values(row)), row=row)


async def _form(
    request: Request[Actor], form: Filled, *, row: OfferView | None = None, status: int = 200
) -> Response[str]:
    actor = request.actor
    async with request.db.read() as session:
        known = await _projects(session, actor)
        certifications = await list_certification_names(session)
        preview = await _preview(session, form.values, row)
    chosen = [str(form.value(f"spoken.{number}.language")) for number in form.rows("spoken")]
    tags = {*common_languages(), *(tag for tag in chosen if tag)}
    country = str(form.value("country"))
    view = OfferFormPage(
        offer=shown_offer(row) if row else None,
        form=form,
        preview=preview,
        countries=countries(),
        region=RegionsPart(regions(country), str(form.value("region")), form.error("region")),
        languages=sorted(((tag, language_name(tag)) for tag in tags), key=lambda pair: pair[1].casefold()),
        levels=[(level, name) for level, name in LEVEL_NAMES.items()],
        categories=[(one.value, name) for one, name in CATEGORY_NAMES.items()],
        kinds=[(one.value, name) for one, name in ENGAGEMENT_KIND_NAMES.items()],
        roles=[(role.value, ROLE_NAMES[role]) for role in OFFERED_ROLES],
        currencies=currency_choices(),
        certifications=certifications,
        projects=[(str(one.id), one.title) for one in known if one.purpose is not Purpose.EXAM],
        exams=[(str(one.id), one.title) for one in known if one.purpose is Purpose.EXAM],
        rows=list(range(max(ROWS, len(chosen) + 1))),
    )
    return page(request, "web/manager/offer_form.html", view, status=status)


async def _projects(session: ReadSession, actor: Actor) -> list[ProjectSummary]:
    """Projects to choose among, the newest ones."""
    found, cursor = [], None
    for _page in range(MOST_PAGES):
        rows = await list_projects(session, actor=actor, cursor=cursor)
        found += rows.rows
        cursor = rows.next_cursor
        if cursor is None:
            break
    return [one for one in found if one.state is not ProjectState.CLOSED]


async def _preview(session: ReadSession, values: dict[str, Any], row: OfferView | None) -> ShownOffer:
    """What an applicant will read, from whatever of the form can be read."""
    try:
        given = {name: value for name, value in values.items() if value != ""}
        fields, terms = read_offer(given, strict=False)
    except InvalidError:
        fields = OfferFields(
            title=str(values.get("title", "")),
            summary=str(values.get("summary", "")),
            rate=Money(0, "USD"),
            hours_least=0,
            hours_most=0,
            organisation=str(values.get("organisation", "")),
            contact=str(values.get("contact", "")),
            quota=1,
        )
        terms = Terms(str(values.get("terms", "")))
    now = datetime.now(UTC)
    spoken = tuple(one for one in fields.spoken if one.level in LEVEL_NAMES)
    view = OfferView(
        id=row.id if row else new_id(),
        number=row.number if row else 0,
        state=row.state if row else OfferState.DRAFT,
        fields=msgspec.structs.replace(fields, spoken=spoken),
        terms=terms,
        terms_version=0,
        terms_digest="",
        published_at=None,
        closed_at=None,
        closed_why=None,
        created_at=now,
    )
    return shown_offer(view, ratings=await offer_ratings(session, fields))


@post("/hiring/offers/preview", name="hiring.offers.preview", status_code=200)
async def show_preview(request: Request[Actor]) -> Response[str]:
    """What an applicant will read, while it is being written."""
    request.actor.require(Permission.OFFER_WRITE)
    tree = nest_form((await request.form()).multi_items(), lists=LISTS)
    async with request.db.read() as session:
        view = await _preview(session, tree, None)
    return page(request, "web/manager/offer_preview.html", view, block="preview")


@post("/hiring/offers/new", name="hiring.offers.add")
async def do_add(request: Request[Actor]) -> Response[str]:
    """Write it down as a draft."""
    tree = nest_form((await request.form()).multi_items(), lists=LISTS)
    try:
        fields, terms = read_offer(tree)
        async with request.db.write() as session:
            made = await add_offer(session, actor=request.actor, fields=fields, terms=terms)
    except InvalidError as error:
        return await _form(request, Filled(tree, problems_of(error)), status=error.status)
    return redirect(request, f"/hiring/offers/{made.number:04}", said=_("The draft is saved."))


@post("/hiring/offers/{number:str}/edit", name="hiring.offer.change")
async def do_change(request: Request[Actor], number: FromPath[str]) -> Response[str]:
    """Change it."""
    async with request.db.read() as reading:
        row = await access_offer(reading, actor=request.actor, number=number_of(number))
    tree = nest_form((await request.form()).multi_items(), lists=LISTS)
    try:
        fields, terms = read_offer(tree)
        async with request.db.write() as session:
            await change_offer(session, actor=request.actor, number=row.number, fields=fields, terms=terms)
    except (InvalidError, ConflictError) as error:
        return await _form(request, Filled(tree, problems_of(error)), row=row, status=error.status)
    return redirect(request, f"/hiring/offers/{row.shown_number}", said=_("Saved."))


@post("/hiring/offers/{number:str}/publish", name="hiring.offer.publish")
async def do_publish(request: Request[Actor], number: FromPath[str]) -> Response[str]:
    """Let everybody see it."""
    wanted = number_of(number)
    try:
        async with request.db.write() as session:
            await publish_offer(session, actor=request.actor, number=wanted, now=request.now)
    except InvalidError as error:
        return await _managed(request, wanted, status=error.status)
    return redirect(request, f"/hiring/offers/{wanted:04}", said=_("The offer is published."))


@post("/hiring/offers/{number:str}/close", name="hiring.offer.close")
async def do_close(request: Request[Actor], number: FromPath[str]) -> Response[str]:
    """Take no more applications."""
    wanted = number_of(number)
    async with request.db.write() as session:
        await close_offer(session, actor=request.actor, number=wanted, now=request.now)
    return redirect(request, f"/hiring/offers/{wanted:04}", said=_("The offer is closed. Applications go on."))


@post("/hiring/offers/{number:str}/copy", name="hiring.offer.copy")
async def do_copy(request: Request[Actor], number: FromPath[str]) -> Response[str]:
    """A draft like it, for another country, to be edited."""
    country = str((await request.form()).get("country", ""))
    place = Place(country) if country in dict(countries()) else None
    async with request.db.write() as session:
        made = await copy_offer(session, actor=request.actor, number=number_of(number), place=place)
    said = _("A copy is made. Set the rate of its place, then publish it.")
    return redirect(request, f"/hiring/offers/{made.number:04}/edit", said=said)


handlers: list[Any] = [
    show_hiring,
    show_managed,
    show_new,
    show_edit,
    show_preview,
    do_add,
    do_change,
    do_publish,
    do_close,
    do_copy,
]
