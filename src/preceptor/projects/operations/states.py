"""Opening, pausing and closing projects. Repeating a move changes nothing."""

from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError, InvalidError
from preceptor.lib.events import Event
from preceptor.lib.i18n import _
from preceptor.people.rules import Actor
from preceptor.projects.events import ProjectClosed, ProjectOpened, ProjectPaused
from preceptor.projects.operations.fetching import hold_project
from preceptor.projects.queries import missing_for_opening
from preceptor.projects.rules import MOVES, STATE_NAMES, ProjectState


class WrongStateError(ConflictError):
    """The state the project is in does not lead to the one wanted."""

    title = _("This is not possible in the project’s present state.")
    code = "wrong_state"


class NotReadyError(InvalidError):
    """The project lacks something that work needs; `fields` says what."""

    title = _("This project cannot be opened yet.")
    code = "not_ready"


async def open_project(session: WriteSession, *, actor: Actor, slug: str) -> None:
    """Let work be taken from a project.

    Raises:
        MissingPermissionError: the actor may not change projects.
        NoSuchProjectError: there is none at this address.
        WrongStateError: it is closed.
        NotReadyError: something is missing.
    """
    if await _move(session, actor=actor, slug=slug, to=ProjectState.OPEN, event=ProjectOpened):
        problems = await missing_for_opening(session, actor=actor, slug=slug)
        if problems:
            raise NotReadyError(fields=problems)


async def pause_project(session: WriteSession, *, actor: Actor, slug: str) -> None:
    """Hand out no new work; what was begun can be finished. This is also how a closed project is reopened.

    Raises:
        MissingPermissionError: the actor may not change projects.
        NoSuchProjectError: there is none at this address.
        WrongStateError: it is a draft.
    """
    await _move(session, actor=actor, slug=slug, to=ProjectState.PAUSED, event=ProjectPaused)


async def close_project(session: WriteSession, *, actor: Actor, slug: str) -> None:
    """End a project: nobody finds it among their work any more; what was begun can be finished.

    Raises:
        MissingPermissionError: the actor may not change projects.
        NoSuchProjectError: there is none at this address.
    """
    await _move(session, actor=actor, slug=slug, to=ProjectState.CLOSED, event=ProjectClosed)


async def _move(session: WriteSession, *, actor: Actor, slug: str, to: ProjectState, event: type[Event]) -> bool:
    """Bring a project into a state; False where it is in it already."""
    project = await hold_project(session, actor=actor, slug=slug)
    present = ProjectState(project.state)
    if present is to:
        return False
    if to not in MOVES[present]:
        message = _("A project that is “{present}” cannot become “{wanted}”.")
        raise WrongStateError(
            detail=message.format(present=STATE_NAMES[present], wanted=STATE_NAMES[to]), extra={"state": present.value}
        )
    project.state = to.value
    session.emit(event(actor_id=actor.person_id, subject_id=project.id, project_id=project.id))
    return True
