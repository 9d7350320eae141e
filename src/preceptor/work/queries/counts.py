"""Counts about projects: what the worker has folded, and what has happened since."""

from collections.abc import Collection
from uuid import UUID

import msgspec
from sqlalchemy import select

from preceptor.lib.db import ReadSession, WriteSession
from preceptor.lib.events import event_from_row
from preceptor.people.rules import Actor, Permission
from preceptor.projects.queries import NoSuchProjectError, ProjectView, access_project
from preceptor.projects.tables import Project
from preceptor.work.rules.tallies import Change, Measure, change_of, in_currency, total_of

# One statement, so that tallies and tail are seen at the same moment: what the worker folds in between would be missed
# or counted twice otherwise. `flow` is the reader's name under which the worker takes events.
COUNTS = """
WITH reader AS (
    SELECT coalesce(max(transaction::text), '0')::xid8 AS transaction,
           coalesce(max(event_id::text), '00000000-0000-0000-0000-000000000000')::uuid AS event_id
    FROM event_reader WHERE name = 'flow'
)
SELECT project_id, measure, amount, NULL::jsonb FROM project_tally WHERE project_id = ANY(%(projects)s)
UNION ALL
SELECT event.project_id, event.name, NULL, event.data FROM reader, event
WHERE (event.transaction, event.id) > (reader.transaction, reader.event_id)
  AND event.project_id = ANY(%(projects)s) AND event.name LIKE 'work.%%'
"""


class ProjectCounts(msgspec.Struct, frozen=True, kw_only=True):
    """What is counted about a project; `Measure` says what each number means."""

    items: int = 0
    open: int = 0
    held: int = 0
    submitted: int = 0
    returned: int = 0
    accepted: int = 0
    given: int = 0
    rejected: int = 0
    surplus: int = 0
    skipped: int = 0
    reported: int = 0
    expired: int = 0
    cost_minor: int = 0
    earned_ms: int = 0

    @property
    def wanted(self) -> int:
        """Answers that are asked for: those that count so far and those still to come."""
        return max(self.open, 0) + max(self.held, 0) + self.answered

    @property
    def earned(self) -> int:
        """Accepted answers that were worked on here."""
        return self.accepted - self.given

    @property
    def answered(self) -> int:
        """Answers that were handed in and not rejected."""
        return self.submitted + self.returned + self.accepted


async def access_counts(session: ReadSession, *, actor: Actor, slug: str) -> tuple[ProjectView, ProjectCounts]:
    """A project and its counts, for managers and for the client that it belongs to.

    Raises:
        MissingPermissionError: the actor is neither.
        NoSuchProjectError: there is none at this address, or it is another client's.
    """
    if not actor.may(Permission.PROJECT_READ):
        actor.require(Permission.PROJECT_READ_OWN)
    project = await access_project(session, actor=actor, slug=slug)
    # One may see a project for other reasons than owning it.
    if not actor.may(Permission.PROJECT_READ) and project.client.id not in actor.client_ids:
        raise NoSuchProjectError
    return project, await project_counts(session, project_id=project.id)


async def project_counts(session: ReadSession, *, project_id: UUID) -> ProjectCounts:
    """The counts of one project at this moment. For callers that have made sure who asks."""
    return (await counts_of_projects(session, project_ids=[project_id]))[project_id]


async def counts_of_projects(session: ReadSession, *, project_ids: Collection[UUID]) -> dict[UUID, ProjectCounts]:
    """The same for several projects, in one statement."""
    driver = await session.driver()
    changes: dict[UUID, list[Change]] = {project_id: [] for project_id in project_ids}
    rows = await (await driver.execute(COUNTS, {"projects": list(project_ids)})).fetchall()
    currencies = await currencies_of(session, project_ids=project_ids)
    for project_id, name, amount, data in rows:
        if amount is not None:
            changes[project_id].append({Measure(name): amount})
            continue
        event = event_from_row(name, actor_id=None, subject_id=None, project_id=project_id, data=data)
        if event is not None:
            changes[project_id].append(in_currency(change_of(event), event=event, currency=currencies.get(project_id)))
    return {project_id: _counts(found) for project_id, found in changes.items()}


async def currencies_of(session: ReadSession | WriteSession, *, project_ids: Collection[UUID]) -> dict[UUID, str]:
    """The currency that each project counts its costs in."""
    if not project_ids:
        return {}
    rows = await session.execute(select(Project.id, Project.currency).where(Project.id.in_(project_ids)))
    return dict(rows.all())


def _counts(changes: Collection[Change]) -> ProjectCounts:
    return ProjectCounts(**{measure.value: amount for measure, amount in total_of(changes).items()})
