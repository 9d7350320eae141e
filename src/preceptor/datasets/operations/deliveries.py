"""What a client says of a release."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from preceptor.datasets.events import DeliveryDecided
from preceptor.datasets.queries.access import access_data_project
from preceptor.datasets.queries.deliveries import managers_to_tell
from preceptor.datasets.queries.releases import NoSuchReleaseError
from preceptor.datasets.tables import DeliveryDecision, Release
from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError
from preceptor.lib.i18n import _, gettext
from preceptor.people.operations.notices import Told, notify
from preceptor.people.rules import Actor, Permission
from preceptor.projects.queries import NoSuchProjectError

MAX_DELIVERY_NOTE = 5_000


class DeliveryVerdict(StrEnum):
    """What a client says of a release."""

    ACCEPTED = "accepted"
    INCOMPLETE = "incomplete"


class NotDeliveredError(ConflictError):
    """The release is not ready, or was accepted already."""

    title = _("This release is not ready yet, or was accepted already.")
    code = "not_delivered"


async def decide_delivery(
    session: WriteSession,
    *,
    actor: Actor,
    slug: str,
    number: int,
    verdict: DeliveryVerdict,
    note: str = "",
    now: datetime,
) -> UUID:
    """Accept a release for one's organisation, or say what it lacks. Once it is accepted, that stays.

    Raises:
        MissingPermissionError: the actor may not decide on deliveries.
        NoSuchProjectError: there is no such project, or it is another client's.
        NoSuchReleaseError: it has no release of this number.
        NotDeliveredError: the release is not ready, or was accepted already.
        InvalidError: it is said to lack something, and not what.
    """
    actor.require(Permission.DELIVERY_DECIDE)
    project = await access_data_project(session, actor=actor, slug=slug)
    if project.client.id not in actor.client_ids:
        raise NoSuchProjectError
    note = note.strip()
    if verdict is DeliveryVerdict.INCOMPLETE and not note:
        raise InvalidError(fields=[FieldProblem("note", _("Say what is missing."))])
    if len(note) > MAX_DELIVERY_NOTE:
        message = _("Use at most {count} characters.").format(count=MAX_DELIVERY_NOTE)
        raise InvalidError(fields=[FieldProblem("note", message)])
    release = await session.scalar(
        select(Release).where(Release.project_id == project.id, Release.number == number).with_for_update()
    )
    if release is None:
        raise NoSuchReleaseError
    accepted = select(DeliveryDecision.id).where(
        DeliveryDecision.release_id == release.id, DeliveryDecision.verdict == DeliveryVerdict.ACCEPTED.value
    )
    if release.state != "done" or await session.scalar(accepted) is not None:
        raise NotDeliveredError
    row = DeliveryDecision(release_id=release.id, verdict=verdict.value, note=note, by=actor.person_id, at=now)
    session.add(row)
    await session.flush()
    session.emit(
        DeliveryDecided(actor_id=actor.person_id, subject_id=release.id, project_id=project.id, verdict=verdict.value)
    )

    def text() -> Told:
        known = {"number": number, "project": project.title}
        if verdict is DeliveryVerdict.ACCEPTED:
            return Told(gettext("Release {number} of {project} was accepted").format(**known), note)
        return Told(gettext("Release {number} of {project} lacks something").format(**known), note)

    link = f"/projects/{slug}/releases/{number}"
    for person_id in await managers_to_tell(session, project_id=project.id, release_id=release.id):
        await notify(session, person_id=person_id, kind="release.decided", text=text, link=link)
    return row.id
