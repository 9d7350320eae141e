"""Moving people when a project ends: who is on it, what they can, where work is; a manager confirms."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError
from preceptor.lib.i18n import _, ngettext_lazy
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.people import Actor
from preceptor.people.operations import transfer_person
from preceptor.web.filled import Filled, problems_of
from preceptor.work.queries.moving import MovingPlan, moving_plan


class MovingFields(msgspec.Struct, frozen=True):
    """For each who is moved `<person> <team they leave> <team they come to>`, and why, for all of them."""

    choice: list[str] = []
    reason: str = ""


class MovingPage(msgspec.Struct, frozen=True):
    """The plan, and the form."""

    plan: MovingPlan
    form: Filled


@get("/projects/{slug:str}/moving", name="project.moving")
async def show_plan(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """Where the people of the project could go."""
    return await _page(request, slug, Filled({}))


async def _page(request: Request[Actor], slug: str, form: Filled, *, status: int = 200) -> Response[str]:
    async with request.db.read() as session:
        plan = await moving_plan(session, actor=request.actor, slug=slug, now=request.now)
    return page(request, "web/manager/moving.html", MovingPage(plan, form), status=status)


@post("/projects/{slug:str}/moving", name="project.moving.confirm")
async def do_move(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """Move those that were chosen, all or none."""
    raw = await request.form()
    try:
        fields = parse_form(raw, MovingFields)
        chosen = [_ids(one) for one in fields.choice]
        if not chosen:
            return redirect(request, f"/projects/{slug}/moving", said=_("Nobody was chosen."), kind="warn")
        async with request.db.write() as session:
            for person_id, from_team_id, to_team_id in chosen:
                await transfer_person(
                    session,
                    actor=request.actor,
                    person_id=person_id,
                    from_team_id=from_team_id,
                    to_team_id=to_team_id,
                    reason=fields.reason,
                    now=request.now,
                )
    except (InvalidError, ConflictError) as error:
        form = Filled({"choice": raw.getall("choice", []), "reason": raw.get("reason", "")}, problems_of(error))
        return await _page(request, slug, form, status=error.status)
    for person_id, _from, _to in chosen:
        request.authentication.forget(person_id)
    said = ngettext_lazy(
        "One person was moved and is told why.", "{count} people were moved and are told why.", len(chosen)
    )
    return redirect(request, f"/projects/{slug}/moving", said=said)


def _ids(choice: str) -> tuple[UUID, UUID, UUID]:
    parts = choice.split()
    try:
        person_id, from_team_id, to_team_id = (UUID(part) for part in parts)
    except ValueError as error:
        raise InvalidError(fields=[FieldProblem("choice", _("Choose one of the teams."))]) from error
    return person_id, from_team_id, to_team_id


handlers: list[Any] = [show_plan, do_move]
