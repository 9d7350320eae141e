"""Forms: the task kind's settings, version by version."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from preceptor.kinds.registry import task_kind
from preceptor.lib.db import ReadSession
from preceptor.lib.errors import NotFoundError
from preceptor.lib.i18n import _
from preceptor.people.rules import Actor, Permission
from preceptor.projects.queries.projects import access_project
from preceptor.projects.rules import MAX_VERSION
from preceptor.projects.tables import FormVersion


class FormView(msgspec.Struct, frozen=True):
    """One version of a form. A version never changes, so it may be kept for as long as one likes."""

    project_id: UUID
    version: int
    settings: dict[str, Any]
    created_at: datetime


class NoSuchFormError(NotFoundError):
    """The form has no such version."""

    title = _("This form has no such version.")
    code = "no_such_form"


async def form_at(session: ReadSession, *, project_id: UUID, version: int) -> FormView:
    """One version of a form, whole. For callers that have made sure who asks.

    Raises:
        NoSuchFormError: there is no such version.
    """
    row = await session.get(FormVersion, (project_id, version)) if 0 < version <= MAX_VERSION else None
    if row is None:
        raise NoSuchFormError
    return FormView(project_id=project_id, version=version, settings=row.settings, created_at=row.created_at)


async def access_form(session: ReadSession, *, actor: Actor, slug: str, version: int | None = None) -> FormView:
    """The form of a project, in force or as it was at `version`.

    Whoever only answers or reviews gets what the kind shows them: no names of models.

    Raises:
        NoSuchProjectError: there is none at this address, or the actor may not see it.
        NoSuchFormError: there is no such version.
        UnknownKindError: the plug-in that brought its task kind is gone.
    """
    project = await access_project(session, actor=actor, slug=slug)
    form = await form_at(session, project_id=project.id, version=project.form_version if version is None else version)
    owns = actor.may(Permission.PROJECT_READ_OWN) and project.client.id in actor.client_ids
    if owns or actor.may(Permission.PROJECT_READ):
        return form
    kind = task_kind(project.kind)
    return msgspec.structs.replace(form, settings=kind.settings_shown(kind.decode_settings(form.settings)))
