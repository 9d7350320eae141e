"""What was submitted in a project: found by state, person, day and verdict."""

from contextlib import suppress
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from litestar import Response, get
from litestar.params import FromPath, FromQuery, QueryParameter

from preceptor.lib.i18n import LazyText
from preceptor.lib.web import Request, page
from preceptor.people import Actor, Permission
from preceptor.projects.queries import ProjectView, access_project
from preceptor.quality.queries.project_submissions import (
    ANSWER_STATE_NAMES,
    VERDICTS,
    AnswerEntry,
    AnswerFilter,
    AnswerState,
    list_project_submissions,
)
from preceptor.web.manager.tones import ANSWER_TONES, VERDICT_TONES

MOST_TYPED = 100


class SubmissionsQuery(msgspec.Struct, frozen=True):
    """What stands in the address of the list, as it was typed."""

    state: str = ""
    trainer: str = ""
    since: str = ""
    until: str = ""
    verdict: str = ""

    def address(self, slug: str, *, cursor: str | None = None) -> str:
        """The list with these filters: its first page, or the one that `cursor` leads to."""
        given = {**msgspec.to_builtins(self), "cursor": cursor or ""}
        query = urlencode({name: value for name, value in given.items() if value})
        return f"/projects/{slug}/submissions{'?' if query else ''}{query}"

    @property
    def is_filtered(self) -> bool:
        """True where not everything is wanted."""
        return self != SubmissionsQuery()

    def wanted(self) -> AnswerFilter:
        """What is looked for; what cannot be meant is passed over."""
        return AnswerFilter(
            state=AnswerState(self.state) if self.state in set(AnswerState) else None,
            trainer=self.trainer.strip()[:MOST_TYPED],
            since=_day(self.since),
            until=_day(self.until),
            verdict=self.verdict if self.verdict in VERDICTS else "",
        )


def _day(text: str) -> date | None:
    with suppress(ValueError):
        day = date.fromisoformat(text)
        # Days outside of these have no ids.
        if date(1970, 1, 1) <= day <= date(9000, 1, 1):
            return day
    return None


class SubmissionsPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of answers. `next_address`, `first_address`: where the list goes on, and where it begins."""

    project: ProjectView
    query: SubmissionsQuery
    rows: list[AnswerEntry]
    looked_at: int | None
    next_address: str | None
    first_address: str | None
    states: list[tuple[str, LazyText]]
    verdicts: list[tuple[str, LazyText]]
    tones: dict[str, str]
    verdict_tones: dict[str, str]


@get("/projects/{slug:str}/submissions", name="project.submissions")
async def show_submissions(
    request: Request[Actor],
    slug: FromPath[str],
    in_state: Annotated[str, QueryParameter(name="state")] = "",
    trainer: FromQuery[str] = "",
    since: FromQuery[str] = "",
    until: FromQuery[str] = "",
    verdict: FromQuery[str] = "",
    cursor: FromQuery[str] = "",
) -> Response[str]:
    """The answers, newest first."""
    actor = request.actor
    actor.require(Permission.SUBMISSION_READ)
    query = SubmissionsQuery(state=in_state, trainer=trainer, since=since, until=until, verdict=verdict)
    async with request.db.read() as session:
        project = await access_project(session, actor=actor, slug=slug)
        found = await list_project_submissions(
            session, actor=actor, project=project, wanted=query.wanted(), cursor=cursor or None
        )
    view = SubmissionsPage(
        project=project,
        query=query,
        rows=found.rows,
        looked_at=found.looked_at,
        next_address=query.address(slug, cursor=found.next_cursor) if found.next_cursor else None,
        first_address=query.address(slug) if cursor else None,
        states=[(state.value, text) for state, text in ANSWER_STATE_NAMES.items()],
        verdicts=list(VERDICTS.items()),
        tones=ANSWER_TONES,
        verdict_tones=VERDICT_TONES,
    )
    return page(request, "web/manager/submissions.html", view)


handlers: list[Any] = [show_submissions]
