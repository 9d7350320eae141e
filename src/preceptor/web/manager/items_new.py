"""Adding items by hand: topics left to the trainers, prompts pasted, or pictures chosen."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.datastructures import FormMultiDict, UploadFile
from litestar.params import FromPath, FromQuery

from preceptor.kinds.content import Conversation, Message
from preceptor.kinds.pictures import Picture
from preceptor.kinds.registry import task_kind
from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError, ProblemError, TooLargeError
from preceptor.lib.fetching import Fetcher
from preceptor.lib.i18n import LazyText, _, ngettext_lazy
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.people import Actor, Permission, languages
from preceptor.projects import ProjectState
from preceptor.projects.queries import ProjectView, access_project, project_terms
from preceptor.web.manager.filled import Filled, problems_of
from preceptor.web.manager.items import priority_choices
from preceptor.web.manager.project_form import category_choices, level_choices
from preceptor.work.attaching import MOST_TOGETHER, found_at, take_items
from preceptor.work.operations.adding import add_prompts, check_may_add
from preceptor.work.operations.items import add_open_items, checked_lane


class FreeForm(msgspec.Struct, frozen=True):
    """So many items on a topic of the trainer's own."""

    count: int
    brief: str = ""
    topic: str = ""
    wanted: int | None = None
    priority: int = 5
    language: str = ""
    level: int = 0
    categories: list[str] = []


class PromptsForm(msgspec.Struct, frozen=True):
    """Prompts, one a line."""

    prompts: str = ""
    brief: str = ""
    topic: str = ""
    wanted: int | None = None
    priority: int = 5
    language: str = ""
    level: int = 0
    categories: list[str] = []


class PicturesForm(msgspec.Struct, frozen=True):
    """What pictures have in common that are handed in together. `addresses`: where more of them are, one a line."""

    addresses: str = ""
    brief: str = ""
    topic: str = ""
    wanted: int | None = None
    priority: int = 5
    language: str = ""
    level: int = 0
    categories: list[str] = []


class NewItemsPage(msgspec.Struct, frozen=True, kw_only=True):
    """The ways to add items; `way` is the one that is open. `takes_…` say what the task kind can do."""

    project: ProjectView
    way: str
    form: Filled
    takes_free: bool
    takes_prompts: bool
    takes_pictures: bool
    picture_sources: list[str]
    asks_models: bool
    is_closed: bool
    priorities: list[tuple[str, LazyText]]
    languages: list[tuple[str, str]]
    levels: list[tuple[str, LazyText]]
    categories: list[tuple[str, LazyText]]


@get("/projects/{slug:str}/items/new", name="project.items.new")
async def show_new(request: Request[Actor], slug: FromPath[str], way: FromQuery[str] = "") -> Response[str]:
    """The form."""
    return await _page(request, slug, way=way)


async def _page(
    request: Request[Actor], slug: str, *, way: str, form: Filled | None = None, status: int = 200
) -> Response[str]:
    actor = request.actor
    actor.require(Permission.ITEM_WRITE)
    async with request.db.read() as session:
        project = await access_project(session, actor=actor, slug=slug)
    kind = task_kind(project.kind)
    free = kind.open_item() is not None
    prompts = Conversation in kind.accepts and kind.takes(Conversation(messages=(Message("user", "…"),)))
    ways = {"free": free, "prompts": prompts, "pictures": Picture in kind.accepts}
    view = NewItemsPage(
        project=project,
        way=way if ways.get(way) else next((one for one, takes in ways.items() if takes), ""),
        form=form or Filled({"brief": project.brief, "count": 20}),
        takes_free=free,
        takes_prompts=prompts,
        takes_pictures=ways["pictures"],
        picture_sources=Fetcher(request.settings.picture_sources).allowed,
        asks_models=kind.may_ask(kind.default_settings(), kind.sample().item),
        is_closed=project.state is ProjectState.CLOSED,
        priorities=priority_choices(),
        languages=languages(),
        levels=level_choices(),
        categories=category_choices(),
    )
    return page(request, "web/manager/items_new.html", view, status=status)


@post("/projects/{slug:str}/items/new/free", name="project.items.new.free")
async def add_free(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """Add items whose topic is left to the trainer."""
    raw = await request.form()
    actor = request.actor
    try:
        form = parse_form(raw, FreeForm)
        async with request.db.write() as session:
            project = await access_project(session, actor=actor, slug=slug)
            terms = await project_terms(session, project_id=project.id)
            check_may_add(actor, terms)
            ids = await add_open_items(
                session,
                actor=actor,
                terms=terms,
                count=form.count,
                brief=form.brief,
                topic=form.topic,
                wanted=form.wanted,
                priority=form.priority,
                lane=checked_lane(language=form.language, level=form.level, categories=form.categories),
            )
    except (InvalidError, ConflictError) as error:
        return await _page(request, slug, way="free", form=_filled(dict(raw), error), status=error.status)
    return _added(request, slug, len(ids))


@post("/projects/{slug:str}/items/new/prompts", name="project.items.new.prompts")
async def add_pasted(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """Make an item of every line."""
    raw = await request.form()
    actor = request.actor
    try:
        form = parse_form(raw, PromptsForm)
        async with request.db.write() as session:
            project = await access_project(session, actor=actor, slug=slug)
            ids = await add_prompts(
                session,
                actor=actor,
                terms=await project_terms(session, project_id=project.id),
                prompts=form.prompts.split("\n"),
                brief=form.brief,
                topic=form.topic,
                wanted=form.wanted,
                priority=form.priority,
                lane=checked_lane(language=form.language, level=form.level, categories=form.categories),
            )
    except (InvalidError, ConflictError) as error:
        return await _page(request, slug, way="prompts", form=_filled(dict(raw), error), status=error.status)
    return _added(request, slug, len(ids))


@post("/projects/{slug:str}/items/new/pictures", name="project.items.new.pictures", request_max_body_size=None)
async def add_pictures(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """Make an item of every picture that was chosen."""
    actor = request.actor
    actor.require(Permission.ITEM_WRITE)
    length = request.content_length
    if length is None or length > MOST_TOGETHER:
        message = _("These are more than {size} MB together. Pack them as ZIP and import that.")
        problem = FieldProblem("pictures", message.format(size=MOST_TOGETHER // 1_000_000))
        form_back = _filled({}, InvalidError(fields=[problem]))
        return await _page(request, slug, way="pictures", form=form_back, status=413)
    raw = await request.form()
    typed = [(name, value) for name, value in raw.multi_items() if isinstance(value, str) and name != "pictures"]
    files = [one for one in raw.getall("pictures", []) if isinstance(one, UploadFile) and one.filename]
    try:
        form = parse_form(FormMultiDict(typed), PicturesForm)
        ids = await take_items(
            request.db,
            request.settings,
            actor=actor,
            slug=slug,
            files=[*((file.filename, file.read) for file in files), *await _fetched(request, form.addresses)],
            brief=form.brief,
            topic=form.topic,
            wanted=form.wanted,
            priority=form.priority,
            lane=checked_lane(language=form.language, level=form.level, categories=form.categories),
        )
    except (InvalidError, ConflictError, TooLargeError) as error:
        return await _page(request, slug, way="pictures", form=_filled(dict(typed), error), status=error.status)
    finally:
        for file in files:
            await file.close()
    return _added(request, slug, len(ids))


async def _fetched(request: Request[Actor], addresses: str) -> list[tuple[str, Callable[[], Awaitable[bytes]]]]:
    wanted = [line.strip() for line in addresses.splitlines() if line.strip()]
    try:
        return await asyncio.to_thread(found_at, request.settings, wanted) if wanted else []
    except InvalidError as error:
        raise InvalidError(fields=[FieldProblem("addresses", error.detail or error.title)]) from error


def _filled(values: dict[str, Any], error: ProblemError) -> Filled:
    """What was typed, with the problems at its fields: those of single items are the same for all of them."""
    problems = {
        (one.path.split(".")[-1] if one.path.startswith("items.") else one.path): one.message
        for one in reversed(problems_of(error))
    }
    return Filled(values, [FieldProblem(path, message) for path, message in problems.items()])


def _added(request: Request[Actor], slug: str, count: int) -> Response[str]:
    said = ngettext_lazy("{count} item was added to the queue.", "{count} items were added to the queue.", count)
    return redirect(request, f"/projects/{slug}/items", said=said)


handlers: list[Any] = [show_new, add_free, add_pasted, add_pictures]
