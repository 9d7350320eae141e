"""One item of a project: what it gives, and what people made of it."""

from typing import Any, Literal
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from preceptor.lib.i18n import LazyText, _
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.people import CATEGORY_NAMES, Actor, Permission, language_name, languages
from preceptor.projects.queries import ProjectView, access_project, project_terms
from preceptor.quality.queries.project_submissions import name_of_state
from preceptor.web.manager.items import TONES, change_items, priority_choices
from preceptor.web.manager.project_form import category_choices, level_choices
from preceptor.web.manager.tones import ANSWER_TONES
from preceptor.work.operations.items import checked_lane, place_items
from preceptor.work.queries.project_items import ITEM_STATE_NAMES, ItemAnswer, ItemDetail, ItemState, access_item


class AnswerRow(msgspec.Struct, frozen=True):
    """What somebody made of the item, and the words for its state."""

    answer: ItemAnswer
    state_name: LazyText
    tone: str


class ItemPage(msgspec.Struct, frozen=True, kw_only=True):
    """The item. `content`: everything it gives, as JSON."""

    project: ProjectView
    detail: ItemDetail
    content: str
    answers: list[AnswerRow]
    names: dict[ItemState, LazyText]
    tones: dict[str, str]
    priorities: list[tuple[str, LazyText]]
    asked_language: str
    asked_content: list[LazyText]
    languages: list[tuple[str, str]]
    levels: list[tuple[str, LazyText]]
    categories: list[tuple[str, LazyText]]
    may_write: bool
    may_read_original: bool
    may_read_answers: bool


class ItemForm(msgspec.Struct, frozen=True):
    """What is to be done with it."""

    action: Literal["cancel", "move", "place"]
    to_priority: int = 5
    language: str = ""
    level: int = 0
    categories: list[str] = []


@get("/projects/{slug:str}/items/{item_id:uuid}", name="project.item")
async def show_item(request: Request[Actor], slug: FromPath[str], item_id: FromPath[UUID]) -> Response[str]:
    """The item with its answers."""
    actor = request.actor
    actor.require(Permission.PROJECT_READ)
    async with request.db.read() as session:
        project = await access_project(session, actor=actor, slug=slug)
        detail = await access_item(session, actor=actor, project=project, item_id=item_id)
    asked = detail.asked
    view = ItemPage(
        project=project,
        detail=detail,
        content=msgspec.json.format(msgspec.json.encode(detail.content), indent=2).decode(),
        answers=[
            AnswerRow(one, name_of_state(one.state, rework_round=one.rework_round), ANSWER_TONES.get(one.state, ""))
            for one in detail.answers
        ],
        names=ITEM_STATE_NAMES,
        tones=TONES,
        priorities=priority_choices(),
        asked_language=language_name(asked.language) if asked.language else "",
        asked_content=[CATEGORY_NAMES[one] for one in asked.categories],
        languages=languages(),
        levels=level_choices(),
        categories=category_choices(),
        may_write=actor.may(Permission.ITEM_WRITE),
        may_read_original=actor.may(Permission.ITEM_READ_ORIGINAL),
        may_read_answers=actor.may(Permission.SUBMISSION_READ),
    )
    return page(request, "web/manager/item.html", view)


@post("/projects/{slug:str}/items/{item_id:uuid}", name="project.item.change")
async def do_change_item(request: Request[Actor], slug: FromPath[str], item_id: FromPath[UUID]) -> Response[str]:
    """Cancel it, give it another priority, or have it ask for other people."""
    form = parse_form(await request.form(), ItemForm)
    if form.action == "place":
        lane = checked_lane(language=form.language, level=form.level, categories=form.categories)
        async with request.db.write() as session:
            project = await access_project(session, actor=request.actor, slug=slug)
            terms = await project_terms(session, project_id=project.id)
            await place_items(session, actor=request.actor, terms=terms, item_ids=[item_id], lane=lane)
        said = _("Saved. It is handed out by this from now on; who is at it goes on.")
        return redirect(request, f"/projects/{slug}/items/{item_id}", said=said)
    said, kind = await change_items(
        request, slug=slug, action=form.action, item_ids=[item_id], priority=form.to_priority
    )
    return redirect(request, f"/projects/{slug}/items/{item_id}", said=said, kind=kind)


handlers: list[Any] = [show_item, do_change_item]
