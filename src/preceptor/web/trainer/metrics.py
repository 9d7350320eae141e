"""What is measured about oneself: every measure with its formula, its sample and its interval."""

from typing import Any

import msgspec
from litestar import Response, get

from preceptor.lib.i18n import LazyText
from preceptor.lib.web import Request, page
from preceptor.people import CATEGORY_NAMES, Actor
from preceptor.quality.queries.own_metrics import ProjectMetrics, own_metrics
from preceptor.work.queries.admission import access_own_exposure

MINUTE_MS = 60_000


class MetricsPage(msgspec.Struct, frozen=True):
    """All of them. `exposed`: minutes with each kind of hard content since midnight, where there were any."""

    projects: list[ProjectMetrics]
    exposed: list[tuple[LazyText, int]]


@get("/my-work/metrics", name="my_metrics")
async def show_metrics(request: Request[Actor]) -> Response[str]:
    """By project."""
    async with request.db.read() as session:
        projects = await own_metrics(session, actor=request.actor)
        exposed = await access_own_exposure(session, actor=request.actor, now=request.now)
    minutes = [(CATEGORY_NAMES[key], ms // MINUTE_MS) for key, ms in exposed.items() if ms >= MINUTE_MS]
    return page(request, "web/trainer/metrics.html", MetricsPage(projects, minutes))


handlers: list[Any] = [show_metrics]
