"""What is measured about oneself."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import get

from preceptor.lib.web import Request
from preceptor.people import Actor
from preceptor.quality.queries.own_metrics import own_metrics


class MetricAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A measure. `low` and `high`: the 95 % interval; null for what was counted, or with too little to say."""

    key: str
    name: str
    formula: str
    unit: str
    value: float | None
    hits: int
    sample: int
    low: float | None
    high: float | None
    seen_by: str


class ShareAnswer(msgspec.Struct, frozen=True):
    """A share with its sample and 95 % interval."""

    value: float
    sample: int
    low: float
    high: float


class ProjectMetricsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A project's measures of you. `others`: rejections of everybody else; `worth_a_look`: managers are shown yours."""

    project_id: UUID
    slug: str
    title: str
    metrics: list[MetricAnswer]
    others: ShareAnswer
    worth_a_look: bool


class OwnMetrics(msgspec.Struct, frozen=True):
    """By project, the one you worked on most first."""

    projects: list[ProjectMetricsAnswer]


@get("/my-metrics", summary="What is measured about you")
async def show_own_metrics(request: Request[Actor]) -> OwnMetrics:
    """Every measure that is held about you, with its formula, its sample and its 95 % interval."""
    async with request.db.read() as session:
        found = await own_metrics(session, actor=request.actor)
    return OwnMetrics(
        [
            ProjectMetricsAnswer(
                project_id=one.project_id,
                slug=one.slug,
                title=one.title,
                metrics=[
                    MetricAnswer(
                        key=metric.key,
                        name=str(metric.name),
                        formula=str(metric.formula),
                        unit=metric.unit.value,
                        value=metric.value,
                        hits=metric.hits,
                        sample=metric.sample,
                        low=metric.low,
                        high=metric.high,
                        seen_by=str(metric.seen_by),
                    )
                    for metric in one.metrics
                ],
                others=ShareAnswer(one.others.value, one.others.sample, one.others.low, one.others.high),
                worth_a_look=one.worth_a_look,
            )
            for one in found
        ]
    )


handlers: list[Any] = [show_own_metrics]
