"""A task as its trainers would see it, for somebody who tries it out: nothing of it is kept or counted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from preceptor.kinds.registry import task_kind
from preceptor.kinds.shown import TurnShown
from preceptor.kinds.task import TaskKind
from preceptor.lib.db import ReadSession
from preceptor.lib.errors import NotFoundError
from preceptor.lib.i18n import _
from preceptor.lib.ids import new_id
from preceptor.people.rules import Actor, Permission
from preceptor.projects.queries import access_project, form_at, project_terms
from preceptor.work.queries.project_items import access_item
from preceptor.work.queries.turns import ResponseRecord, TurnRecord
from preceptor.work.queries.views import AssignmentView, ViewedAssignment, view_of
from preceptor.work.rules.clock import Spent

SAMPLE = "sample"
EMPTY = "empty"


class NoEmptyTaskError(NotFoundError):
    """Tasks of this kind never begin with nothing."""

    code = "no_empty_task"
    title = _("Tasks of this kind never begin with nothing. Try the sample, or one of the project’s items.")


async def tryout_of(
    session: ReadSession, *, actor: Actor, slug: str, start: str | UUID, now: datetime
) -> AssignmentView:
    """A task of a project under the form in force, as the workbench shows it at the beginning.

    Args:
        session: for reading.
        actor: who tries it out.
        slug: the project's address.
        start: `SAMPLE`: the kind's own sample, with its first responses; `EMPTY`: a topic left to the trainer; or one
            of the project's items.
        now: the time.

    Raises:
        MissingPermissionError: the actor may not read projects.
        NoSuchProjectError: there is no project at this address.
        NoSuchItemError: the project has no such item.
        NoEmptyTaskError: the kind always gives something.
        UnknownKindError: the plug-in that brought its task kind is gone.
    """
    actor.require(Permission.PROJECT_READ)
    project = await access_project(session, actor=actor, slug=slug)
    terms = await project_terms(session, project_id=project.id)
    kind = task_kind(project.kind)
    form = await form_at(session, project_id=project.id, version=project.form_version)
    settings = kind.decode_settings(form.settings)
    brief, topic = project.brief, ""
    if isinstance(start, UUID):
        detail = await access_item(session, actor=actor, project=project, item_id=start)
        brief, topic = detail.entry.brief, detail.entry.topic
        item, turns = kind.decode_item(detail.content), detail.turns
    elif start == EMPTY:
        item, turns = kind.open_item(), []
        if item is None:
            raise NoEmptyTaskError
    else:
        item, turns = _sample(kind, settings)
    row = ViewedAssignment(
        id=new_id(),
        state="active",
        item_id=start if isinstance(start, UUID) else new_id(),
        brief=brief,
        topic=topic,
        content=msgspec.to_builtins(item),
        form_version=project.form_version,
        guidelines_version=project.guidelines_version,
        rate=project.rate,
        cap_ms=terms.cap_ms,
        spent=Spent(),
        lease_until=now + terms.hold,
        rework_round=0,
        task_minor=terms.task_price(at=now)[0],
    )
    return view_of(
        row,
        terms=terms,
        kind=kind,
        settings=settings,
        turns=turns,
        draft=None,
        acknowledged_version=project.guidelines_version,
    )


def _sample(kind: TaskKind[Any, Any, Any], settings: Any) -> tuple[Any, list[TurnRecord]]:
    """The kind's example up to its first turn, with no more responses than the form asks for."""
    item, turns = kind.example(settings)
    most = len(kind.positions(settings, item))
    return item, [_record(turn, most) for turn in turns]


def _record(turn: TurnShown, most: int) -> TurnRecord:
    responses: Sequence[Any] = turn.responses[:most] if most else turn.responses
    return TurnRecord(
        id=turn.turn_id,
        position=0,
        prompt=turn.prompt,
        state="complete",
        shared=True,
        responses=tuple(ResponseRecord(id=one.id, state=one.state, text=one.text) for one in responses),
    )
