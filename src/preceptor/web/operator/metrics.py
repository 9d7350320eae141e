"""Figures for Prometheus."""

from typing import Any

from litestar import Response, get

from preceptor.lib.errors import ForbiddenError
from preceptor.lib.web import Request
from preceptor.lib.web.metrics import CONTENT_TYPE, metrics_text
from preceptor.people import Actor, Permission

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@get("/metrics", name="metrics", sync_to_thread=False)
def show_metrics(request: Request[Actor]) -> Response[bytes]:
    """Counts and durations of requests: to this machine itself, and to operators with a token."""
    user: Actor | None = request.scope.get("user")
    if request.address not in LOOPBACK and (user is None or not user.may(Permission.EVENT_READ)):
        raise ForbiddenError
    return Response(metrics_text(), media_type=CONTENT_TYPE)


handlers: list[Any] = [show_metrics]
