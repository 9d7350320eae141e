"""The JSON API, version 1. Each module lists its `handlers`; addresses begin with /api/v1."""

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from litestar import Router

HEADERS = {
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}
"""Of every answer of the API: it is never a page, and never kept."""


def api_modules() -> Iterator[ModuleType]:
    """Every module of the API, found by its place."""
    for found in pkgutil.walk_packages(__path__, prefix=f"{__name__}."):
        yield importlib.import_module(found.name)


def api_router() -> Router:
    """All of the API."""
    handlers: list[Any] = [handler for module in api_modules() for handler in getattr(module, "handlers", [])]
    return Router(
        path="/api/v1",
        route_handlers=handlers,
        response_headers=HEADERS,
    )
