"""Rates of projects and roles, prices for each task, and floors: the least that an hour may earn in a place."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import get, post
from litestar.params import FromPath, JSONBody

from preceptor.lib.money import Money
from preceptor.lib.web import Request
from preceptor.pay import Activity, LineProblem, PaidRole, Reach, read_floors
from preceptor.pay.operations import FloorsKept, import_floors
from preceptor.pay.queries import RateView, list_floors, list_prices, list_rates
from preceptor.people import Actor, Permission, Place
from preceptor.projects.operations.rates import set_project_rate, set_project_task_price, set_role_rate
from preceptor.projects.queries import access_project

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""With its offset from UTC: a time without one could be anybody’s."""
Doing = Literal["work", "rework", "review", "guidelines", "exam", "training"]


class RateBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A version of a rate.

    `rate_minor`: per hour, in minor units; null: from then on this reach has no rate of its own. `country` and `region`
    (ISO 3166-2 without the country) empty, `level` and `activity` null: whatever. `valid_from`: null for now.
    """

    rate_minor: int | None
    currency: str
    country: str = ""
    region: str = ""
    level: int | None = None
    activity: Doing | None = None
    valid_from: Moment | None = None
    note: str = ""


class RatePart(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a rate; `state`: `in force`, `later` or `past`."""

    id: str
    rate_minor: int | None
    currency: str
    country: str
    region: str
    level: int | None
    activity: str | None
    valid_from: datetime
    note: str
    by: str
    state: str


class RatesView(msgspec.Struct, frozen=True):
    """Every version, the newest first."""

    rates: list[RatePart]


class RateSetView(msgspec.Struct, frozen=True):
    """The version that was added."""

    id: str


class PriceBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A version of a project's price for each task.

    `price_minor`: in minor units of the project's currency; null: from then on the hour is paid. `valid_from`: null for
    now.
    """

    price_minor: int | None
    valid_from: Moment | None = None
    note: str = ""


class PricePart(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a price; `state`: `in force`, `later` or `past`."""

    id: str
    price_minor: int | None
    valid_from: datetime
    note: str
    by: str
    state: str


class PricesView(msgspec.Struct, frozen=True):
    """Every version, the newest first.

    `own_minor`: the price in the project's rules, which holds until the first version begins; null: the hour is paid.
    """

    currency: str
    own_minor: int | None
    prices: list[PricePart]


class FloorPart(msgspec.Struct, frozen=True, kw_only=True):
    """The least an hour may earn in a place, from a day on."""

    country: str
    region: str
    currency: str
    hourly_minor: int
    source: str
    valid_from: date


class FloorsView(msgspec.Struct, frozen=True):
    """The floors in force, and those that begin later."""

    floors: list[FloorPart]


class FloorsBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of floors as text. `dry_run`: read it and keep nothing."""

    csv: str
    dry_run: bool = False


class FloorsImportedView(msgspec.Struct, frozen=True):
    """What was kept, and what is wrong with which lines. With any problem nothing is kept."""

    read: int
    added: int
    known: int
    problems: list[LineProblem]


def _part(view: RateView) -> RatePart:
    version = view.version
    return RatePart(
        id=str(version.id),
        rate_minor=None if version.rate is None else version.rate.amount,
        currency=view.currency,
        country=version.reach.place.country,
        region=version.reach.place.region,
        level=version.reach.level,
        activity=None if version.reach.activity is None else version.reach.activity.value,
        valid_from=version.valid_from,
        note=view.note,
        by=view.by,
        state=view.state,
    )


def _given(data: RateBody, now: datetime) -> dict[str, Any]:
    place = Place(data.country.upper(), data.region.upper())
    activity = None if data.activity is None else Activity(data.activity)
    return {
        "reach": Reach(place=place, level=data.level, activity=activity),
        "rate": None if data.rate_minor is None else Money(data.rate_minor, data.currency),
        "currency": data.currency,
        "valid_from": data.valid_from or now,
        "note": data.note,
        "now": now,
    }


@get("/projects/{slug:str}/rates", summary="A project's rates")
async def show_rates(request: Request[Actor], slug: FromPath[str]) -> RatesView:
    """Every version of a project's rates by place, level and activity; its own rate holds where none fits."""
    actor = request.actor
    actor.require(Permission.RATE_READ)
    async with request.db.read() as session:
        project = await access_project(session, actor=actor, slug=slug)
        rows = await list_rates(session, actor=actor, project_id=project.id, now=request.now)
    return RatesView([_part(row) for row in rows])


@post("/projects/{slug:str}/rates", summary="Set a rate of a project", status_code=201)
async def add_rate(request: Request[Actor], slug: FromPath[str], data: JSONBody[RateBody]) -> RateSetView:
    """Add a version. It holds for work begun from then on; whoever would be paid less has notice first."""
    notice_days = request.settings.rate_notice_days
    async with request.db.write() as session:
        rate_id = await set_project_rate(
            session, actor=request.actor, slug=slug, notice_days=notice_days, **_given(data, request.now)
        )
    return RateSetView(str(rate_id))


@get("/projects/{slug:str}/task-prices", summary="A project's prices for each task")
async def show_prices(request: Request[Actor], slug: FromPath[str]) -> PricesView:
    """Every version of a project's price for each task, with the moment from which it holds."""
    actor = request.actor
    actor.require(Permission.RATE_READ)
    async with request.db.read() as session:
        project = await access_project(session, actor=actor, slug=slug)
        rows = await list_prices(session, actor=actor, project_id=project.id, now=request.now)
    prices = [
        PricePart(
            id=str(row.version.id),
            price_minor=row.version.minor,
            valid_from=row.version.valid_from,
            note=row.note,
            by=row.by,
            state=row.state,
        )
        for row in rows
    ]
    return PricesView(project.rate.currency, project.rules.task_price_minor, prices)


@post("/projects/{slug:str}/task-prices", summary="Set a price for each task", status_code=201)
async def add_price(request: Request[Actor], slug: FromPath[str], data: JSONBody[PriceBody]) -> RateSetView:
    """Add a version. It holds for tasks begun from then on; a lower price, or none any more, has notice first."""
    async with request.db.write() as session:
        price_id = await set_project_task_price(
            session,
            actor=request.actor,
            slug=slug,
            minor=data.price_minor,
            valid_from=data.valid_from or request.now,
            note=data.note,
            notice_days=request.settings.rate_notice_days,
            now=request.now,
        )
    return RateSetView(str(price_id))


@get("/rates/{role:str}", summary="Rates of a role")
async def show_role_rates(request: Request[Actor], role: FromPath[Literal["trainer", "reviewer"]]) -> RatesView:
    """Every version of the rates of trainers or reviewers in all projects that have no fitting rate of their own."""
    async with request.db.read() as session:
        rows = await list_rates(session, actor=request.actor, project_id=None, role=PaidRole(role), now=request.now)
    return RatesView([_part(row) for row in rows])


@post("/rates/{role:str}", summary="Set a rate of a role", status_code=201)
async def add_role_rate(
    request: Request[Actor], role: FromPath[Literal["trainer", "reviewer"]], data: JSONBody[RateBody]
) -> RateSetView:
    """Add a version that holds in all projects that have no fitting rate of their own; whom it touches is told."""
    async with request.db.write() as session:
        rate_id = await set_role_rate(
            session,
            actor=request.actor,
            role=PaidRole(role),
            notice_days=request.settings.rate_notice_days,
            **_given(data, request.now),
        )
    return RateSetView(str(rate_id))


@get("/floors", summary="Floors")
async def show_floors(request: Request[Actor]) -> FloorsView:
    """The least that an hour may earn in each place: what is in force, and what begins later."""
    async with request.db.read() as session:
        rows = await list_floors(session, actor=request.actor, at=request.now)
    return FloorsView(
        [
            FloorPart(
                country=one.place.country,
                region=one.place.region,
                currency=one.least.currency,
                hourly_minor=one.least.amount,
                source=one.source,
                valid_from=one.valid_from,
            )
            for one in rows
        ]
    )


@post("/floors/import", summary="Import floors", status_code=200)
async def add_floors(request: Request[Actor], data: JSONBody[FloorsBody]) -> FloorsImportedView:
    """Read a file of floors and keep them, if every line can be read. What stood just so before is left out."""
    request.actor.require(Permission.FLOOR_WRITE)
    found = read_floors(data.csv)
    kept = FloorsKept(0, 0)
    if not found.problems and not data.dry_run:
        async with request.db.write() as session:
            kept = await import_floors(session, actor=request.actor, floors=found.floors)
    return FloorsImportedView(len(found.floors), kept.added, kept.known, found.problems)


handlers: list[Any] = [
    show_rates,
    add_rate,
    show_prices,
    add_price,
    show_role_rates,
    add_role_rate,
    show_floors,
    add_floors,
]
