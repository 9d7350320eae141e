"""A gate: whoever has something to do before anything else gets no further than where that is done."""

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from preceptor.lib.errors import ForbiddenError
from preceptor.lib.i18n import _


class SecondFactorMissingError(ForbiddenError):
    """Their role needs a second factor, and they have none yet."""

    title = _("Your role needs a second factor. Sign in with a browser and set one up: everything else waits for that.")
    code = "second_factor_missing"


class Gate:
    """Lets the held through to a few places, and stops them everywhere else.

    Args:
        app: what is guarded.
        open_paths: beginnings of the paths that stay open.
    """

    def __init__(self, app: ASGIApp, *, open_paths: tuple[str, ...]) -> None:
        self.app = app
        self.open_paths = open_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request.

        Raises:
            SecondFactorMissingError: they have to set up a second factor first.
        """
        held = scope["type"] == ScopeType.HTTP and getattr(scope.get("user"), "is_held", False)
        if held and not scope["path"].startswith(self.open_paths):
            raise SecondFactorMissingError
        await self.app(scope, receive, send)
