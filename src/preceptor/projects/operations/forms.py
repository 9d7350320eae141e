"""Changing a form: a new version, whenever it says something else."""

from collections.abc import Mapping
from typing import Any

import msgspec

from preceptor.kinds.registry import task_kind
from preceptor.kinds.task import InvalidSettingsError, TaskKind
from preceptor.lib.db import ReadSession, WriteSession
from preceptor.lib.errors import ConflictError, FieldProblem
from preceptor.lib.i18n import _
from preceptor.people.rules import Actor
from preceptor.projects.events import FormChanged
from preceptor.projects.operations.fetching import author, hold_project
from preceptor.projects.queries import form_at, missing_models
from preceptor.projects.rules import ProjectState, asked_models, missing_model_message
from preceptor.projects.tables import FormVersion


class StaleFormError(ConflictError):
    """Somebody else changed the form in the meantime."""

    title = _("Somebody else changed this form in the meantime. Load it again and repeat your change.")
    code = "stale_form"


async def checked_settings(
    session: ReadSession, kind: TaskKind[Any, Any, Any], settings: Mapping[str, Any] | None, *, enabled: bool = False
) -> dict[str, Any]:
    """A kind's settings in the one form they are stored in; None stands for the kind's defaults.

    Raises:
        InvalidSettingsError: they will not do, or name a language model that does not exist or, with `enabled`, cannot
            be asked now.
    """
    decoded = kind.default_settings() if settings is None else kind.decode_settings(settings)
    if problems := kind.validate_settings(decoded):
        raise InvalidSettingsError(fields=problems)
    unknown = await missing_models(session, asked_models(kind, decoded), enabled=enabled)
    if unknown:
        raise InvalidSettingsError(fields=[FieldProblem("models", missing_model_message(name)) for name in unknown])
    # By way of JSON, so that what was just given equals what comes back from the database: lists, not tuples.
    stored: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(decoded))
    return stored


async def change_form(
    session: WriteSession, *, actor: Actor, slug: str, settings: Mapping[str, Any], expected_version: int
) -> int:
    """Put `settings` in force and answer the form's version, which stays the same where they say nothing new.

    Work that was begun keeps the version it was given under.

    Args:
        session: the transaction.
        actor: a manager.
        slug: the project's address.
        settings: the kind's, whole.
        expected_version: the version the change was made on.

    Raises:
        MissingPermissionError: the actor may not change projects.
        NoSuchProjectError: there is none at this address.
        StaleFormError: another version is in force by now.
        InvalidSettingsError: the settings will not do.
        UnknownKindError: the plug-in that brought the project's kind is gone.
    """
    project = await hold_project(session, actor=actor, slug=slug)
    if project.form_version != expected_version:
        raise StaleFormError(extra={"version": project.form_version})
    is_open = project.state == ProjectState.OPEN.value
    checked = await checked_settings(session, task_kind(project.kind), settings, enabled=is_open)
    if checked == (await form_at(session, project_id=project.id, version=expected_version)).settings:
        return expected_version
    project.form_version = expected_version + 1
    row = FormVersion(project_id=project.id, version=project.form_version, settings=checked, created_by=author(actor))
    session.add(row)
    session.emit(
        FormChanged(
            actor_id=actor.person_id, subject_id=project.id, project_id=project.id, version=project.form_version
        )
    )
    return project.form_version
