"""Requests counted and timed for Prometheus, at a cost that does not show."""

import os
import time

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

REQUESTS = Counter("preceptor_requests", "Requests answered.", ["method", "path", "status"])
SECONDS = Histogram(
    "preceptor_request_seconds",
    "Time to answer a request, in seconds.",
    ["method", "path"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)

CONTENT_TYPE = CONTENT_TYPE_LATEST


class RequestMetrics:
    """Counts every request by method, route and status, and how long it took to begin the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._known: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                path = str(scope.get("path_template", ""))
                self.count(str(scope["method"]), path, message["status"], time.perf_counter() - began)
            await send(message)

        await self.app(scope, receive, counted)

    def count(self, method: str, path: str, status: int, seconds: float) -> None:
        """Count one request; `path` is the route's, with its variables in braces."""
        found = self._known.get((method, path, status))
        if found is None:
            found = (REQUESTS.labels(method, path, str(status)), SECONDS.labels(method, path))
            self._known[method, path, status] = found
        found[0].inc()
        found[1].observe(seconds)


def metrics_text() -> bytes:
    """All figures of this process; of all web processes where `PROMETHEUS_MULTIPROC_DIR` is set."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library has no types here
        return generate_latest(registry)
    return generate_latest(REGISTRY)
