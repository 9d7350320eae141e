"""What a project still needs before it can be opened."""

from collections.abc import Iterable

from sqlalchemy import select

from preceptor.kinds.registry import task_kind
from preceptor.lib.clock import utc_now
from preceptor.lib.db import ReadSession
from preceptor.lib.errors import FieldProblem
from preceptor.llms.tables import Endpoint, LanguageModel
from preceptor.people.rules import Actor, Permission
from preceptor.projects.queries.floors import below_floors
from preceptor.projects.queries.forms import form_at
from preceptor.projects.queries.guidelines import guidelines_at
from preceptor.projects.queries.projects import access_project
from preceptor.projects.rules import asked_models, opening_problems


async def missing_models(session: ReadSession, names: Iterable[str], *, enabled: bool = True) -> list[str]:
    """Those of `names` that no language model has; an empty name stands for the installation's default model.

    Args:
        session: where to look.
        names: slugs of language models.
        enabled: count only models that can be asked now: switched on, as their endpoint is.
    """
    query = select(LanguageModel.slug).join(Endpoint, Endpoint.id == LanguageModel.endpoint_id)
    if enabled:
        query = query.where(LanguageModel.enabled, Endpoint.enabled)
    known = set(await session.scalars(query))
    return [name for name in names if (name not in known if name else enabled and not known)]


async def missing_for_opening(session: ReadSession, *, actor: Actor, slug: str) -> list[FieldProblem]:
    """What a project still needs before it can be opened; empty where nothing is missing.

    Raises:
        MissingPermissionError: the actor may not change projects.
        NoSuchProjectError: there is none at this address.
        UnknownKindError: the plug-in that brought its task kind is gone.
    """
    actor.require(Permission.PROJECT_WRITE)
    project = await access_project(session, actor=actor, slug=slug)
    kind = task_kind(project.kind)
    form = await form_at(session, project_id=project.id, version=project.form_version)
    guidelines = await guidelines_at(session, project_id=project.id, version=project.guidelines_version)
    team_ids = [team.id for team in project.teams]
    below = await below_floors(session, project_id=project.id, rate=project.rate, team_ids=team_ids, at=utc_now())
    return below + opening_problems(
        guidelines=guidelines.markdown,
        rate=project.rate,
        rules=project.rules,
        teams=len(project.teams),
        missing_models=await missing_models(session, asked_models(kind, kind.decode_settings(form.settings))),
    )
