"""The client itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import TracebackType
from typing import Self

import httpx

from preceptor.client.connection import Connection
from preceptor.client.documents import Client, Kind, Made, Me, Profile, Team
from preceptor.client.problems import PreceptorUnreachableError
from preceptor.client.projects import Projects
from preceptor.client.releases import Releases
from preceptor.client.reviews import Reviews
from preceptor.client.webhooks import Webhooks
from preceptor.client.work import Work

TIMEOUT_SECONDS = 60.0


class Preceptor:
    """One person at one installation. Use it as a context manager, or `close` it.

    Args:
        url: address of the installation, such as `http://127.0.0.1:8080`.
        token: a personal token. Without one, use `sign_in`.
        timeout: seconds that an answer, or the next piece of a stream, may take.

    Attributes:
        work: for trainers.
        reviews: for reviewers.
        projects, releases, webhooks: for managers and clients.
    """

    def __init__(self, *, url: str, token: str | None = None, timeout: float = TIMEOUT_SECONDS) -> None:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        self._connection = Connection(httpx.Client(base_url=url.rstrip("/"), headers=headers, timeout=timeout))
        self.work = Work(self._connection)
        self.reviews = Reviews(self._connection)
        self.projects = Projects(self._connection)
        self.releases = Releases(self._connection)
        self.webhooks = Webhooks(self._connection)

    @classmethod
    def sign_in(cls, *, url: str, email: str, password: str, timeout: float = TIMEOUT_SECONDS) -> Self:
        """A client that is signed in with e-mail and password, as a browser would be.

        Raises:
            PreceptorProblem: address or password are not right.
            PreceptorUnreachableError: there is nobody.
        """
        client = cls(url=url, timeout=timeout)
        try:
            client._open_session(email=email, password=password)
        except BaseException:
            client.close()
            raise
        return client

    def _open_session(self, *, email: str, password: str) -> None:
        try:
            self._connection.http.get("/sign-in")  # hands out the token that guards against forged requests
        except httpx.TransportError as error:
            raise PreceptorUnreachableError(f"{self._connection.http.base_url} does not answer: {error}") from error
        self._connection.send("POST", "/session", body={"email": email, "password": password}, answer=dict[str, str])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the connections go."""
        self._connection.http.close()

    def me(self) -> Me:
        """Who is signed in."""
        return self._connection.get("/me", answer=Me)

    def profile(self) -> Profile:
        """One's own place, languages, skills and consents."""
        return self._connection.get("/profile", answer=Profile)

    def set_languages(self, languages: Mapping[str, int]) -> Profile:
        """Say what one speaks and how well, 1 to 5, by language; those that are left out are forgotten."""
        spoken = [{"language": tag, "level": level} for tag, level in languages.items()]
        return self._connection.send("PUT", "/profile/languages", body={"languages": spoken}, answer=Profile)

    def set_consents(self, consents: Collection[str]) -> Profile:
        """Say which categories of content one is willing to see; all others are withdrawn, at once."""
        return self._connection.send("PUT", "/profile/consents", body={"consents": sorted(consents)}, answer=Profile)

    def kinds(self) -> list[Kind]:
        """The task kinds installed there, for managers."""
        return self._connection.get("/kinds", answer=dict[str, list[Kind]])["kinds"]

    def teams(self) -> list[Team]:
        """All teams for those who read people, else one's own."""
        return self._connection.get("/teams", answer=dict[str, list[Team]])["teams"]

    def clients(self) -> list[Client]:
        """The client organisations that are yours to see."""
        return self._connection.get("/clients", answer=dict[str, list[Client]])["clients"]

    def add_client(self, *, name: str) -> Made:
        """Enter a client organisation."""
        return self._connection.send("POST", "/clients", body={"name": name}, answer=Made)
