"""The request as every handler sees it."""

from datetime import datetime
from typing import Any, Generic, TypeVar

import litestar
from litestar.datastructures import State

from preceptor.lib.clock import utc_now
from preceptor.lib.db import Database
from preceptor.lib.errors import UnauthenticatedError
from preceptor.lib.settings import Settings
from preceptor.lib.web.authentication import Authentication, Credential, SignedInUser

UserType = TypeVar("UserType", bound=SignedInUser)


class Request(litestar.Request[UserType, Credential | None, State], Generic[UserType]):
    """A request with the installation's parts at hand: `db`, `settings`, `actor`, `now`."""

    @property
    def db(self) -> Database:
        """The doors to the database."""
        db: Database = self.app.state.db
        return db

    @property
    def settings(self) -> Settings:
        """What the operator set."""
        settings: Settings = self.app.state.settings
        return settings

    @property
    def authentication(self) -> Authentication:
        """Who is remembered as signed in."""
        authentication: Authentication = self.app.state.authentication
        return authentication

    @property
    def now(self) -> datetime:
        """The time, for operations."""
        return utc_now()

    @property
    def actor(self) -> UserType:
        """Who asks.

        Raises:
            UnauthenticatedError: nobody is signed in.
        """
        user: UserType | None = self.scope.get("user")
        if user is None:
            raise UnauthenticatedError
        return user

    @property
    def is_fragment(self) -> bool:
        """True when htmx asks for a part of a page."""
        return self.headers.get("hx-request") == "true" and self.headers.get("hx-boosted") != "true"

    @property
    def address(self) -> str:
        """The client's address, for rate limits and the list of sessions."""
        client = self.scope.get("client")
        return client[0] if client else ""

    def part(self, name: str) -> Any:
        """A part that the application put into its state under `name`."""
        return self.app.state[name]
