"""Help: how work, the clock and pay go, in a few words."""

from typing import Any

import msgspec
from litestar import Response, get

from preceptor.lib.web import Request, page
from preceptor.people import Actor


class HelpPage(msgspec.Struct, frozen=True):
    """The help page."""

    signed_in: bool


@get("/help", name="help")
async def show_help(request: Request[Actor]) -> Response[str]:
    """Help, for whoever asks."""
    return page(request, "web/public/help.html", HelpPage(signed_in=request.scope.get("user") is not None))


handlers: list[Any] = [show_help]
