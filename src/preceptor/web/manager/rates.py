"""Rates of a project or a role, and a project's price for each task: what holds, will and did; and setting another."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from preceptor.lib.errors import FieldProblem, InvalidError, NotFoundError
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.money import Money, known_currencies, money_from_decimal
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.pay import ACTIVITY_NAMES, Activity, Floor, PaidRole, Reach, place_name
from preceptor.pay.queries import PriceView, RateView, list_floors, list_prices, list_rates, project_cost
from preceptor.people import Actor, Permission, Place, countries
from preceptor.projects import Purpose
from preceptor.projects.operations.rates import set_project_rate, set_project_task_price, set_role_rate
from preceptor.projects.queries import ProjectView, access_project
from preceptor.web.manager.amounts import read_amount
from preceptor.web.manager.filled import Filled, problems_of
from preceptor.work.queries.top_ups import TaskPay, task_pay_of

ROLE_TITLES: dict[PaidRole, LazyText] = {
    PaidRole.TRAINER: _("Trainers in all projects"),
    PaidRole.REVIEWER: _("Reviewers in all projects"),
}


class RateRow(msgspec.Struct, frozen=True):
    """A version as the table shows it."""

    view: RateView

    @property
    def place(self) -> str:
        """Where it holds."""
        return place_name(self.view.version.reach.place)

    @property
    def activity(self) -> LazyText:
        """What it is for."""
        activity = self.view.version.reach.activity
        return _("whatever has no rate of its own") if activity is None else ACTIVITY_NAMES[activity]


class RatesPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page. `project` None: a role's."""

    title: LazyText | str
    project: ProjectView | None
    role: str
    action: str
    rows: list[RateRow]
    past: list[RateRow]
    floors: list[Floor]
    cost: list[Money]
    task_pay: TaskPay | None
    prices: list[PriceView]
    countries: list[tuple[str, str]]
    activities: list[tuple[str, LazyText]]
    currency_choices: list[tuple[str, str]]
    notice_days: int
    form: Filled
    price_form: Filled

    @staticmethod
    def place_name(place: Place) -> str:
        """A place in words."""
        return place_name(place)

    def money(self, minor: int) -> Money:
        """A price for each task, in the project's currency."""
        assert self.project is not None
        return Money(minor, self.project.rate.currency)


class RateFields(msgspec.Struct, frozen=True):
    """A version of a rate, as the form sends it."""

    currency: str
    rate: Decimal | None = None
    country: str = ""
    region: str = ""
    level: int | None = None
    activity: Activity | None = None
    valid_from: date | None = None
    note: str = ""
    none: bool = False


class PriceFields(msgspec.Struct, frozen=True):
    """A version of the price for each task, as the form sends it."""

    price: str = ""
    price_from: date | None = None
    price_note: str = ""
    by_hour: bool = False


PRICE_FIELD_OF = {"valid_from": "price_from", "note": "price_note"}


class NoSuchRoleError(NotFoundError):
    """There are rates of trainers and of reviewers."""


@get("/projects/{slug:str}/rates", name="project.rates")
async def show_rates(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """A project's rates."""
    return await _page(request, slug=slug)


@get("/rates/{role:str}", name="rates")
async def show_role_rates(request: Request[Actor], role: FromPath[str]) -> Response[str]:
    """The rates of a role."""
    return await _page(request, role=_role(role))


@post("/projects/{slug:str}/rates", name="project.rates.add")
async def do_add(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """Set a rate of a project."""
    raw = await request.form()
    try:
        given = _given(parse_form(raw, RateFields), request.now)
        async with request.db.write() as session:
            notice_days = request.settings.rate_notice_days
            await set_project_rate(session, actor=request.actor, slug=slug, notice_days=notice_days, **given)
    except InvalidError as error:
        return await _page(request, slug=slug, form=_filled(raw, error), status=error.status)
    return redirect(request, f"/projects/{slug}/rates", said=_("Set. Trainers it changes something for are told."))


@post("/rates/{role:str}", name="rates.add")
async def do_add_for_role(request: Request[Actor], role: FromPath[str]) -> Response[str]:
    """Set a rate of a role."""
    raw, whose = await request.form(), _role(role)
    notice_days = request.settings.rate_notice_days
    try:
        given = _given(parse_form(raw, RateFields), request.now)
        async with request.db.write() as session:
            await set_role_rate(session, actor=request.actor, role=whose, notice_days=notice_days, **given)
    except InvalidError as error:
        return await _page(request, role=whose, form=_filled(raw, error), status=error.status)
    return redirect(request, f"/rates/{role}", said=_("Set. Those it changes something for are told."))


@post("/projects/{slug:str}/task-prices", name="project.prices.add")
async def do_add_price(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """Set a project's price for each task, from a day on."""
    raw, actor = await request.form(), request.actor
    actor.require(Permission.RATE_WRITE)
    try:
        fields = parse_form(raw, PriceFields)
        async with request.db.write() as session:
            project = await access_project(session, actor=actor, slug=slug)
            minor = None
            if not fields.by_hour:
                minor = read_amount("price", fields.price.strip(), project.rate.currency).amount
            await set_project_task_price(
                session,
                actor=actor,
                slug=slug,
                minor=minor,
                valid_from=_begins(fields.price_from, request.now),
                note=fields.price_note,
                notice_days=request.settings.rate_notice_days,
                now=request.now,
            )
    except InvalidError as error:
        problems = [FieldProblem(PRICE_FIELD_OF.get(one.path, one.path), one.message) for one in problems_of(error)]
        filled = Filled({name: str(value) for name, value in raw.items()}, problems)
        return await _page(request, slug=slug, price_form=filled, status=error.status)
    said = _("Set. Trainers it changes something for are told.")
    return redirect(request, f"/projects/{slug}/rates#task-prices", said=said)


def _begins(day: date | None, now: datetime) -> datetime:
    return now if day is None else datetime.combine(day, time(), UTC)


def _role(role: str) -> PaidRole:
    try:
        return PaidRole(role)
    except ValueError as error:
        raise NoSuchRoleError from error


def _given(fields: RateFields, now: datetime) -> dict[str, Any]:
    if not fields.none and fields.rate is None:
        raise InvalidError(fields=[FieldProblem("rate", _("Give a rate, or say that there is none from then on."))])
    rate = None if fields.none or fields.rate is None else _money(fields.rate, fields.currency)
    place = Place(fields.country.upper(), fields.region.upper())
    return {
        "reach": Reach(place=place, level=fields.level, activity=fields.activity),
        "rate": rate,
        "currency": fields.currency,
        "valid_from": _begins(fields.valid_from, now),
        "note": fields.note,
        "now": now,
    }


def _money(amount: Decimal, currency: str) -> Money:
    if not amount.is_finite() or abs(amount) > 10**9:
        raise InvalidError(fields=[FieldProblem("rate", _("This is no amount."))])
    try:
        return money_from_decimal(amount, currency)
    except InvalidError as error:
        raise InvalidError(fields=[FieldProblem("rate", error.detail or error.title)]) from error


def _filled(raw: Mapping[str, Any], error: InvalidError) -> Filled:
    return Filled({name: str(value) for name, value in raw.items()}, problems_of(error))


async def _page(
    request: Request[Actor],
    *,
    slug: str | None = None,
    role: PaidRole | None = None,
    form: Filled | None = None,
    price_form: Filled | None = None,
    status: int = 200,
) -> Response[str]:
    actor, now = request.actor, request.now
    actor.require(Permission.RATE_READ)
    async with request.db.read() as session:
        project = None if slug is None else await access_project(session, actor=actor, slug=slug)
        project_id = None if project is None else project.id
        rows = [
            RateRow(one) for one in await list_rates(session, actor=actor, project_id=project_id, role=role, now=now)
        ]
        floors = await list_floors(session, actor=actor, at=now)
        cost = [] if project_id is None else await project_cost(session, project_id=project_id)
        task_pay, prices = None, []
        if project is not None and project.purpose is Purpose.WORK and not project.rules.unpaid:
            task_pay = await task_pay_of(session, project_id=project.id, now=now)
            prices = await list_prices(session, actor=actor, project_id=project.id, now=now)
    notice_days = request.settings.rate_notice_days
    currency = project.rate.currency if project else (floors[0].least.currency if floors else "EUR")
    view = RatesPage(
        title=project.title if project else ROLE_TITLES[role or PaidRole.TRAINER],
        project=project,
        role=role.value if role else "",
        action=f"/projects/{slug}/rates" if slug else f"/rates/{role.value if role else ''}",
        rows=[row for row in rows if row.view.state != "past"],
        past=[row for row in rows if row.view.state == "past"],
        floors=floors,
        cost=cost,
        task_pay=task_pay,
        prices=prices,
        countries=countries(),
        activities=[(one.value, ACTIVITY_NAMES[one]) for one in Activity],
        currency_choices=[(code, code) for code in known_currencies()],
        notice_days=notice_days,
        form=form or Filled({"currency": currency}),
        price_form=price_form or Filled({}),
    )
    return page(request, "web/manager/rates.html", view, status=status)


handlers: list[Any] = [show_rates, show_role_rates, do_add, do_add_for_role, do_add_price]
