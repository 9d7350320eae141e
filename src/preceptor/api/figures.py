"""Figures about all trainers together."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from litestar import get
from litestar.params import FromQuery

from preceptor.lib.web import Request
from preceptor.people import Actor
from preceptor.quality.queries.transparency import transparency_report

LONGEST = 3_660


class FigureGroup(msgspec.Struct, frozen=True):
    """Figures about a group; `people` and `values` are null where it is too small to be told about."""

    label: str
    people: int | None
    values: list[float | None] | None


class FigureDocument(msgspec.Struct, frozen=True):
    """A table: what it tells, how each figure comes about, and its groups."""

    key: str
    title: str
    formula: str
    columns: list[str]
    groups: list[FigureGroup]


@get("/figures", summary="Figures about all trainers together")
async def show_figures(request: Request[Actor], days: FromQuery[int] = 365) -> dict[str, list[FigureDocument]]:
    """Pay per place, verdicts, rejections, removals, appeals, exposure, unpaid time; nothing about fewer than five."""
    now = request.now
    until = datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(days=1)
    since = until - timedelta(days=min(max(days, 1), LONGEST))
    async with request.db.read() as session:
        report = await transparency_report(session, actor=request.actor, since=since, until=until, now=now)
    return {
        "tables": [
            FigureDocument(
                key=table.key,
                title=str(table.title),
                formula=str(table.formula),
                columns=[str(column) for column in table.columns],
                groups=[
                    FigureGroup(str(row.label), None, None)
                    if row.is_hidden
                    else FigureGroup(str(row.label), row.people, list(row.values))
                    for row in table.rows
                ],
            )
            for table in report.tables
        ]
    }


handlers: list[Any] = [show_figures]
