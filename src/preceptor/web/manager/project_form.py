"""Making a project, and changing its settings: one form."""

from typing import Any
from uuid import UUID

import msgspec
from babel import Locale
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from preceptor.hiring.queries import list_certifications
from preceptor.kinds.findings import below
from preceptor.kinds.registry import task_kind, task_kinds
from preceptor.kinds.task import TaskKind
from preceptor.lib.clock import utc_now
from preceptor.lib.db import ReadSession, WriteSession
from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError, ProblemError
from preceptor.lib.i18n import LazyText, _, current_language, ngettext_lazy
from preceptor.lib.money import (
    Money,
    earned,
    known_currencies,
    money_to_decimal,
)
from preceptor.lib.web import Request, page, redirect
from preceptor.lib.web.nested_forms import convert_form, nest_form
from preceptor.llms.queries import list_models
from preceptor.pay import price_in_force
from preceptor.pay.queries import prices_of
from preceptor.people import (
    CATEGORY_NAMES,
    DAILY_MINUTES,
    LANGUAGE_LEVELS,
    Actor,
    ContentCategory,
    Permission,
    languages,
)
from preceptor.people.queries import list_teams
from preceptor.projects import BOUNDS, ProjectRules, Purpose
from preceptor.projects.operations import add_project, change_form, change_project
from preceptor.projects.queries import (
    ProjectView,
    access_form,
    access_project,
    list_client_organisations,
    list_projects,
)
from preceptor.web.manager.amounts import read_amount
from preceptor.web.manager.filled import Filled, SettingsForm, problems_of, settings_form

USUAL_CURRENCIES = ("EUR", "USD", "GBP", "CHF", "INR", "IDR", "KES", "PHP", "MXN", "BRL")
PERCENT = 100

FIELD_OF = {"rules.review_share": "rules.review_percent", "rules.task_price_minor": "task_price"}
"""Rules that the form asks for in another way than they are kept."""

PURPOSES: list[tuple[str, LazyText, LazyText]] = [
    (Purpose.WORK.value, _("Work"), _("Answers are reviewed and released.")),
    (Purpose.EXAM.value, _("An exam"), _("Whoever sits it gets all of its items; it certifies those who pass.")),
    (Purpose.TRAINING.value, _("Training"), _("Practice that is paid as training.")),
]


class RulesFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The fields below `rules`: as `ProjectRules`, with the review share in percent."""

    answers_per_item: int
    review_percent: float
    estimated_minutes: int
    hold_minutes: int
    idle_after_seconds: int
    max_rework_rounds: int
    accept_after_days: int
    correction_hours: int
    lease_minutes: int
    cap_minutes: int | None = None
    unpaid: bool = False
    language: str = ""
    level: int = 1
    categories: tuple[ContentCategory, ...] = ()
    daily_minutes: int | None = None
    most_per_person: int | None = None
    certification: str = ""


class ProjectFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The form. What is only chosen once (kind, client) comes with new projects, `form_version` with known ones."""

    title: str
    currency: str
    rules: RulesFields
    brief: str = ""
    rate: str = "0"
    task_price: str = ""
    team_ids: list[UUID] = []
    settings: dict[str, Any] | str = {}
    kind: str = ""
    client_id: UUID | None = None
    purpose: Purpose = Purpose.WORK
    form_version: int = 0


class ProjectFormPage(msgspec.Struct, frozen=True):
    """The form of a new project (`project` is None) or a known one."""

    project: ProjectView | None
    kind: str
    kind_title: str
    kind_description: str
    kinds: list[tuple[str, LazyText]]
    form: Filled
    settings: SettingsForm
    clients: list[tuple[UUID, str]]
    teams: list[tuple[str, str, LazyText]]
    purposes: list[tuple[str, LazyText, LazyText]]
    currencies: list[tuple[str, str]]
    bounds: dict[str, tuple[int, int]]
    languages: list[tuple[str, str]]
    levels: list[tuple[str, LazyText]]
    categories: list[tuple[str, LazyText]]
    certifications: list[tuple[str, str]]
    daily_minutes: int
    """With content of one category, where the project does not say."""
    example: Money | None
    """What one answer costs: at the estimated time, or its price; where that is known."""
    by_task: bool
    """True where that is its price."""
    is_price_dated: bool
    """True where the price for each task is set on the page of rates, with the days from which it holds."""


@get("/projects/new", name="projects.new")
async def show_new(request: Request[Actor], kind: FromQuery[str] = "") -> Response[str]:
    """The empty form, for one task kind."""
    request.actor.require(Permission.PROJECT_CREATE)
    chosen = task_kind(kind or next(iter(task_kinds())))
    async with request.db.read() as session:
        newest = (await list_projects(session, actor=request.actor)).rows[:1]
        clients = await list_client_organisations(session, actor=request.actor)
        values = {
            "currency": newest[0].rate.currency if newest else USUAL_CURRENCIES[0],
            "client_id": str(newest[0].client.id if newest else clients[0].id) if clients else "",
            "rules": _rules_values(ProjectRules()),
            "settings": msgspec.json.decode(msgspec.json.encode(chosen.default_settings())),
        }
        view = await _view(session, request.actor, chosen, values, daily_minutes=request.settings.daily_minutes)
    return page(request, "web/manager/project_form.html", view)


@post("/projects/new", name="projects.add")
async def do_add(request: Request[Actor]) -> Response[str]:
    """Make the project, and go on to its guidelines."""
    request.actor.require(Permission.PROJECT_CREATE)
    tree = nest_form((await request.form()).multi_items(), lists={"team_ids", "rules.categories"})
    kind = task_kind(str(tree.get("kind", "")))
    try:
        fields = convert_form(tree, ProjectFields)
        rules, rate, settings = _read(kind, fields, is_new=True)
        async with request.db.write() as session:
            made = await add_project(
                session,
                actor=request.actor,
                client_id=fields.client_id or UUID(int=0),
                title=fields.title,
                brief=fields.brief,
                kind=kind.key,
                settings=settings,
                rate=rate,
                rules=rules,
                team_ids=fields.team_ids,
                purpose=fields.purpose,
            )
    except InvalidError as error:
        return await _again(request, error, kind=kind, tree=tree, project=None)
    said = _("The project is made, as a draft that only managers see. Now write its guidelines.")
    return redirect(request, f"/projects/{made.slug}/guidelines", said=said)


@get("/projects/{slug:str}/settings", name="project.settings")
async def show_settings(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """The form as it is in force."""
    actor = request.actor
    actor.require(Permission.PROJECT_WRITE)
    async with request.db.read() as session:
        project = await access_project(session, actor=actor, slug=slug)
        form = await access_form(session, actor=actor, slug=slug)
        values = {
            "title": project.title,
            "brief": project.brief,
            "rate": str(money_to_decimal(project.rate)),
            "task_price": _price_text(project),
            "currency": project.rate.currency,
            "team_ids": [str(team.id) for team in project.teams],
            "rules": _rules_values(project.rules),
            "settings": form.settings,
            "form_version": form.version,
        }
        daily = request.settings.daily_minutes
        view = await _view(session, actor, task_kind(project.kind), values, project=project, daily_minutes=daily)
    return page(request, "web/manager/project_form.html", view)


@post("/projects/{slug:str}/settings", name="project.change")
async def do_change(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """Change the project, and its form where that says something new."""
    actor = request.actor
    actor.require(Permission.PROJECT_WRITE)
    tree = nest_form((await request.form()).multi_items(), lists={"team_ids", "rules.categories"})
    async with request.db.read() as reading:
        project = await access_project(reading, actor=actor, slug=slug)
    kind = task_kind(project.kind)
    try:
        fields = convert_form(tree, ProjectFields)
        rules, rate, settings = _read(kind, fields)
        async with request.db.write() as session:
            await change_project(
                session,
                actor=actor,
                slug=slug,
                title=fields.title,
                brief=fields.brief,
                rate=rate,
                rules=rules,
                team_ids=fields.team_ids,
            )
            version = await _change_form(session, actor, slug, settings, fields.form_version)
    except (InvalidError, ConflictError) as error:
        return await _again(request, error, kind=kind, tree=tree, project=project)
    said = _("Saved.")
    if version != project.form_version:
        said = _("Saved. Work begun from now on uses version {version} of the form.").format(version=version)
    return redirect(request, f"/projects/{slug}/settings", said=said)


async def _change_form(session: WriteSession, actor: Actor, slug: str, settings: dict[str, Any], expected: int) -> int:
    try:
        return await change_form(session, actor=actor, slug=slug, settings=settings, expected_version=expected)
    except InvalidError as error:
        raise InvalidError(fields=list(below("settings", error.fields))) from error


async def _again(
    request: Request[Actor],
    error: ProblemError,
    *,
    kind: TaskKind[Any, Any, Any],
    tree: dict[str, Any],
    project: ProjectView | None,
) -> Response[str]:
    """The form with everything that was typed, and what is wrong with it."""
    problems = [
        FieldProblem(FIELD_OF.get(problem.path, problem.path), problem.message) for problem in problems_of(error)
    ]
    async with request.db.read() as session:
        view = await _view(
            session,
            request.actor,
            kind,
            tree,
            problems=problems,
            project=project,
            daily_minutes=request.settings.daily_minutes,
        )
    return page(request, "web/manager/project_form.html", view, status=error.status)


async def _view(
    session: ReadSession,
    actor: Actor,
    kind: TaskKind[Any, Any, Any],
    values: dict[str, Any],
    *,
    problems: list[FieldProblem] | None = None,
    project: ProjectView | None = None,
    daily_minutes: int = DAILY_MINUTES,
) -> ProjectFormPage:
    models = [(model.slug, model.name) for model in await list_models(session, actor=actor, usable_only=True)]
    now = utc_now()
    prices = [] if project is None else await prices_of(session, project_id=project.id)
    own = None if project is None else project.rules.task_price_minor
    price, _later = price_in_force(prices, own=own, at=now)
    return ProjectFormPage(
        project=project,
        kind=kind.key,
        kind_title=str(kind.title),
        kind_description=str(kind.description),
        kinds=[(key, found.title) for key, found in task_kinds().items()],
        form=Filled(values, problems or []),
        settings=settings_form(kind, _plain_settings(values.get("settings")), problems=problems or [], models=models),
        clients=[(client.id, client.name) for client in await list_client_organisations(session, actor=actor)],
        teams=[(str(team.id), team.name, _people(team.members)) for team in await list_teams(session, actor=actor)],
        purposes=PURPOSES,
        currencies=currency_choices(),
        bounds={**BOUNDS, "review_percent": (0, PERCENT)},
        languages=languages(),
        levels=level_choices(),
        categories=category_choices(),
        certifications=[(one.slug, one.name) for one in await list_certifications(session, actor=actor, now=now)],
        daily_minutes=daily_minutes,
        example=None if project is None else _example(project, price),
        by_task=price is not None,
        is_price_dated=bool(prices),
    )


def level_choices() -> list[tuple[str, LazyText]]:
    """Levels of a language, as people state them; what a certification says is measured on the same scale."""
    return [(str(level), name) for level, name in LANGUAGE_LEVELS.items()]


def category_choices() -> list[tuple[str, LazyText]]:
    """Content that is announced."""
    return [(one.value, name) for one, name in CATEGORY_NAMES.items()]


def _people(count: int) -> LazyText:
    return ngettext_lazy("{count} person", "{count} people", count)


def currency_choices() -> list[tuple[str, str]]:
    """Codes with their names, those that are chosen most first."""
    names = Locale.parse(current_language().replace("-", "_")).currencies
    codes = [*USUAL_CURRENCIES, *(code for code in known_currencies() if code not in USUAL_CURRENCIES)]
    return [(code, f"{code} – {names.get(code, code)}") for code in codes]


def _example(project: ProjectView, price: int | None) -> Money:
    if price is not None:
        return Money(price, project.rate.currency)
    return earned(rate_per_hour=project.rate, paid_ms=project.rules.estimated_minutes * 60_000)


def _rules_values(rules: ProjectRules) -> dict[str, Any]:
    values: dict[str, Any] = msgspec.to_builtins(rules)
    share = round(values.pop("review_share") * PERCENT, 2)
    values.pop("task_price_minor")
    return {**values, "review_percent": int(share) if share == int(share) else share}


def _read(
    kind: TaskKind[Any, Any, Any], fields: ProjectFields, *, is_new: bool = False
) -> tuple[ProjectRules, Money, dict[str, Any]]:
    """Rules, rate and the kind's settings from their fields.

    Raises:
        InvalidError: some of it cannot be read; all of that is named.
    """
    values = msgspec.structs.asdict(fields.rules)
    rules = ProjectRules(review_share=values.pop("review_percent") / PERCENT, **values)
    rate, settings = Money(0, fields.currency), {}
    problems: list[FieldProblem] = []
    if is_new and fields.client_id is None:
        problems.append(FieldProblem("client_id", _("Choose a client organisation.")))
    try:
        settings = msgspec.to_builtins(_settings(kind, fields.settings))
    except InvalidError as error:
        problems += below("settings", error.fields)
    try:
        rate = rate if rules.unpaid else read_amount("rate", fields.rate, fields.currency)
        if price := fields.task_price.strip():
            minor = read_amount("task_price", price, fields.currency).amount
            rules = msgspec.structs.replace(rules, task_price_minor=minor)
    except InvalidError as error:
        problems += error.fields or [FieldProblem("currency", error.title)]
    if problems:
        raise InvalidError(fields=problems)
    return rules, rate, settings


def _settings(kind: TaskKind[Any, Any, Any], given: dict[str, Any] | str) -> Any:
    """The kind's settings from their fields, or from the JSON of the kind's own editor."""
    return kind.decode_settings(given) if isinstance(given, str) else convert_form(given, kind.settings_type)


def _plain_settings(given: object) -> dict[str, Any]:
    """The settings as they were sent, to be shown again."""
    if isinstance(given, str):
        try:
            given = msgspec.json.decode(given)
        except (msgspec.DecodeError, RecursionError):
            given = {}
    return given if isinstance(given, dict) else {}


def _price_text(project: ProjectView) -> str:
    price = project.rules.task_price_minor
    return "" if price is None else str(money_to_decimal(Money(price, project.rate.currency)))


handlers = [show_new, do_add, show_settings, do_change]
