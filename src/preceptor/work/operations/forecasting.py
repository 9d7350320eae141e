"""Telling hiring how much work there is, so that it admits no more people than can be fed."""

from datetime import datetime

from preceptor.hiring.operations import forecast_projects, set_forecast
from preceptor.lib.db import WriteSession
from preceptor.work.queries.supply import weekly_hours


async def write_forecasts(session: WriteSession, *, now: datetime) -> None:
    """Write down the weekly hours of every project that has an offer. For the worker."""
    projects = await forecast_projects(session)
    hours = await weekly_hours(session, project_ids=projects, now=now)
    for project_id in projects:
        await set_forecast(session, project_id=project_id, hours_per_week=hours[project_id], at=now)
