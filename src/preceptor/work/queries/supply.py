"""How much work projects have for people each week."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from preceptor.lib.db import ReadSession
from preceptor.projects.queries import project_terms
from preceptor.projects.rules import ProjectState
from preceptor.work.queries.counts import counts_of_projects
from preceptor.work.rules.supply import ARRIVAL_WEEKS, hours_per_week
from preceptor.work.tables import Item


async def weekly_hours(session: ReadSession, *, project_ids: Collection[UUID], now: datetime) -> dict[UUID, float]:
    """Hours of work expected each week in each of these projects; none in one that is closed or still a draft."""
    since = now - timedelta(weeks=ARRIVAL_WEEKS)
    rows = await session.execute(
        select(Item.project_id, func.sum(Item.wanted))
        .where(Item.project_id.in_(project_ids), Item.created_at > since, Item.state == "open")
        .group_by(Item.project_id)
    )
    arrived = {row[0]: int(row[1]) for row in rows}
    counts = await counts_of_projects(session, project_ids=project_ids)
    found = {}
    for project_id in project_ids:
        terms = await project_terms(session, project_id=project_id)
        running = terms.state in {ProjectState.OPEN, ProjectState.PAUSED}
        found[project_id] = running * hours_per_week(
            open_answers=counts[project_id].open,
            arrived_answers=arrived.get(project_id, 0),
            estimated_minutes=terms.rules.estimated_minutes,
        )
    return found
