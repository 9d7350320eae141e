"""Figures about all trainers together: for operators, managers and the trainers' representatives."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from litestar import Response, get
from litestar.params import FromPath, FromQuery

from preceptor.lib.errors import NotFoundError
from preceptor.lib.spreadsheets import separated_line
from preceptor.lib.web import Request, page
from preceptor.people import Actor
from preceptor.quality.queries.transparency import TransparencyReport, csv_rows, table_of, transparency_report

DAYS = (30, 90, 365)


class FiguresPage(msgspec.Struct, frozen=True):
    """The figures of a time."""

    report: TransparencyReport
    days: int
    choices: tuple[int, ...]


@get("/figures", name="figures")
async def show_figures(request: Request[Actor], days: FromQuery[int] = 365) -> Response[str]:
    """All tables."""
    report = await _report(request, days)
    return page(request, "web/operator/figures.html", FiguresPage(report, days, DAYS))


async def _report(request: Request[Actor], days: int) -> TransparencyReport:
    # Whole days, so that two looks on one day cannot be compared minute by minute.
    until = _midnight(request.now) + timedelta(days=1)
    since = until - timedelta(days=days if days in DAYS else max(DAYS))
    async with request.db.read() as session:
        return await transparency_report(session, actor=request.actor, since=since, until=until, now=request.now)


def _midnight(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


@get("/figures/{key:str}", name="figures.csv")
async def download_table(request: Request[Actor], key: FromPath[str], days: FromQuery[int] = 365) -> Response[str]:
    """One table as comma-separated values."""
    table = table_of(await _report(request, days), key)
    if table is None:
        raise NotFoundError
    text = "".join(separated_line(cells, numbers=True) for cells in csv_rows(table))
    headers = {"Content-Disposition": f'attachment; filename="{table.key}.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


handlers: list[Any] = [show_figures, download_table]
