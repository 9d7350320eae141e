"""What a client sees: its projects, how far they are, and their releases."""

from collections.abc import Mapping

import msgspec
from litestar import Response, get
from litestar.params import FromPath, FromQuery

from preceptor.datasets.queries import (
    OrderProgress,
    ReleaseSummary,
    access_data_project,
    list_releases,
    newest_releases,
    order_progress,
)
from preceptor.kinds.registry import task_kinds
from preceptor.lib.i18n import LazyText
from preceptor.lib.web import Request, page
from preceptor.people import Actor, Permission
from preceptor.projects import ORDER_STATE_NAMES, STATE_NAMES, OrderState, ProjectState
from preceptor.projects.queries import (
    GuidelinesView,
    InvoiceSummary,
    OrderView,
    ProjectSummary,
    ProjectView,
    access_guidelines,
    list_invoices,
    list_orders,
    list_projects,
)
from preceptor.work.queries.counts import ProjectCounts, counts_of_projects, project_counts


class Progress(msgspec.Struct, frozen=True):
    """How far a project is, in answers. What it costs is between the client and the vendor, and not told here."""

    accepted: int
    in_review: int
    """Handed in, or back with their trainer."""
    in_work: int
    open: int

    @property
    def wanted(self) -> int:
        """All answers asked for."""
        return self.accepted + self.in_review + self.in_work + self.open

    @property
    def share(self) -> float:
        """Of the answers asked for, those accepted."""
        return self.accepted / self.wanted if self.wanted else 0.0


class ClientCard(msgspec.Struct, frozen=True):
    """One of a client's projects in the list."""

    project: ProjectSummary
    kind_title: LazyText | str
    progress: Progress
    release: ReleaseSummary | None


class ClientPage(msgspec.Struct, frozen=True):
    """A client's projects."""

    cards: list[ClientCard]
    next_cursor: str | None
    several_clients: bool
    state_names: Mapping[ProjectState, LazyText]


class ClientProjectPage(msgspec.Struct, frozen=True):
    """One of a client's projects."""

    project: ProjectView
    kind_title: LazyText | str
    progress: Progress
    releases: list[ReleaseSummary]
    guidelines: GuidelinesView
    orders: list[tuple[OrderView, OrderProgress]]
    invoices: list[InvoiceSummary]
    order_states: Mapping[OrderState, LazyText]
    may_freeze: bool
    state_names: Mapping[ProjectState, LazyText]


def _progress(counts: ProjectCounts) -> Progress:
    return Progress(
        accepted=counts.accepted,
        in_review=counts.submitted + counts.returned,
        in_work=counts.held,
        open=counts.open,
    )


def _kind_title(key: str) -> LazyText | str:
    kind = task_kinds().get(key)
    return kind.title if kind else key


@get("/client", name="client")
async def show_client(request: Request[Actor], cursor: FromQuery[str] = "") -> Response[str]:
    """The projects of one's own organisations, newest first."""
    actor = request.actor
    actor.require(Permission.PROJECT_READ_OWN)
    async with request.db.read() as session:
        found = await list_projects(session, actor=actor, cursor=cursor or None)
        # A person may be a client here and work elsewhere: this page is about the first.
        own = [project for project in found.rows if project.client.id in actor.client_ids]
        ids = [project.id for project in own]
        counts = await counts_of_projects(session, project_ids=ids)
        releases = await newest_releases(session, project_ids=ids)
    cards = [
        ClientCard(project, _kind_title(project.kind), _progress(counts[project.id]), releases.get(project.id))
        for project in own
    ]
    view = ClientPage(
        cards=cards,
        next_cursor=found.next_cursor,
        several_clients=len(actor.client_ids) > 1,
        state_names=STATE_NAMES,
    )
    return page(request, "web/client/projects.html", view)


@get("/client/{slug:str}", name="client.project")
async def show_project(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """One project: progress, releases, guidelines."""
    actor = request.actor
    actor.require(Permission.PROJECT_READ_OWN)
    async with request.db.read() as session:
        project = await access_data_project(session, actor=actor, slug=slug)
        orders = await list_orders(session, actor=actor, slug=slug)
        view = ClientProjectPage(
            project=project,
            kind_title=_kind_title(project.kind),
            progress=_progress(await project_counts(session, project_id=project.id)),
            releases=(await list_releases(session, actor=actor, slug=slug)).rows,
            guidelines=await access_guidelines(session, actor=actor, slug=slug),
            orders=[
                (order, await order_progress(session, actor=actor, slug=slug, number=order.number)) for order in orders
            ],
            invoices=await list_invoices(session, actor=actor, slug=slug),
            order_states=ORDER_STATE_NAMES,
            may_freeze=actor.may(Permission.RELEASE_CREATE),
            state_names=STATE_NAMES,
        )
    return page(request, "web/client/project.html", view)


handlers = [show_client, show_project]
