"""What follows from what happened to projects."""

from collections.abc import Sequence
from uuid import UUID

from preceptor.lib.db import Database, WriteSession
from preceptor.lib.db.events import HappenedEvent
from preceptor.lib.settings import Settings
from preceptor.projects import operations
from preceptor.projects.events import ProjectClosed, ProjectOpened, ProjectPaused
from preceptor.projects.operations.deliveries import announce
from preceptor.projects.rules import ProjectState, WebhookEvent

STATES = {ProjectOpened: ProjectState.OPEN, ProjectPaused: ProjectState.PAUSED, ProjectClosed: ProjectState.CLOSED}


async def announce_states(session: WriteSession, events: Sequence[HappenedEvent]) -> None:
    """Tell webhooks that projects were opened, paused or closed."""

    async def facts(_session: WriteSession, happened: Sequence[HappenedEvent]) -> dict[UUID, dict[str, object]]:
        return {one.id: {"state": STATES[type(one.event)].value} for one in happened}

    await announce(session, event=WebhookEvent.STATE_CHANGED, happened=events, facts=facts)


async def tell_announcement(db: Database, _settings: Settings, *, subject_id: str) -> None:
    """Give everybody whom an announcement is for a notice of it, in one transaction."""
    async with db.write() as session:
        await operations.tell_announcement(session, announcement_id=UUID(subject_id))
