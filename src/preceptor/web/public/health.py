"""Is the installation ready? For load balancers, the supervisor and people."""

from datetime import timedelta
from typing import Any

import msgspec
from litestar import Response, get

from preceptor.lib.errors import UnavailableError
from preceptor.lib.heartbeats import is_alive
from preceptor.lib.web import Request
from preceptor.llms.queries import is_any_model_ready
from preceptor.people import Actor

WORKER_SILENT = timedelta(seconds=20)


class Health(msgspec.Struct, frozen=True):
    """What is ready: `ok` or `failing` each."""

    status: str
    database: str
    worker: str
    model: str


@get("/health", name="health")
async def show_health(request: Request[Actor]) -> Response[Health]:
    """200 when database, worker and at least one model are ready; 503 with the reason otherwise."""
    parts = {"database": False, "worker": False, "model": False}
    try:
        async with request.db.read() as session:
            parts["worker"] = await is_alive(session, name="worker", now=request.now, within=WORKER_SILENT)
            parts["model"] = await is_any_model_ready(session)
            parts["database"] = True
    except UnavailableError:
        pass
    ready = all(parts.values())
    told = {name: "ok" if fine else "failing" for name, fine in parts.items()}
    return Response(Health(status="ok" if ready else "failing", **told), status_code=200 if ready else 503)


handlers: list[Any] = [show_health]
