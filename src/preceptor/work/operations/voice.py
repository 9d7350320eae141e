"""What trainers think of the projects they worked on."""

from datetime import datetime

from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ForbiddenError
from preceptor.lib.i18n import _
from preceptor.people.rules import Actor, Permission
from preceptor.projects.operations import keep_rating
from preceptor.projects.rules import Rated
from preceptor.work.queries.voice import worked_project


class NotWorkedError(ForbiddenError):
    """Only who has worked on a project may rate it."""

    title = _("You can rate a project once you have worked on it.")
    code = "not_worked"


async def rate_project(
    session: WriteSession, *, actor: Actor, slug: str, rated: Rated, comment: str = "", now: datetime
) -> None:
    """Say what one thinks of a project one has worked on: once a month, and changeable until it ends.

    Raises:
        MissingPermissionError: the actor does no work.
        NoSuchProjectError: there is no such project.
        NotWorkedError: the actor has no time entry of it.
        InvalidError: a mark is not 1 to 5, or the comment is too long.
    """
    actor.require(Permission.WORK_DO)
    project = await worked_project(session, actor=actor, slug=slug)
    if not project.worked:
        raise NotWorkedError
    await keep_rating(session, actor=actor, project_id=project.id, rated=rated, comment=comment, now=now)
