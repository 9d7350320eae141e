"""Pages, by audience. Each module lists its `handlers`; each audience's folder may add entries to the menu as `NAV`."""

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from litestar.handlers import BaseRouteHandler


def page_modules() -> Iterator[ModuleType]:
    """Every module of pages, found by its place."""
    for found in pkgutil.walk_packages(__path__, prefix=f"{__name__}."):
        yield importlib.import_module(found.name)


def page_handlers() -> list[BaseRouteHandler | Any]:
    """Every page's handlers."""
    return [handler for module in page_modules() for handler in getattr(module, "handlers", [])]
