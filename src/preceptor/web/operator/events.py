"""The log of events: who did what, and when."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.params import FromQuery

from preceptor.lib.db.audit import WantedEvents
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.web import Request, page
from preceptor.people import Actor
from preceptor.people.audit import AuditEvent, event_names, find_person, list_events, told

GROUPS: dict[str, LazyText] = {
    "people": _("People"),
    "llms": _("Models"),
    "pay": _("Pay"),
    "projects": _("Projects"),
    "work": _("Work"),
    "quality": _("Reviews"),
    "datasets": _("Data"),
}
"""What the first part of an event's name stands for; one that is missing here stands for itself."""

NOT_AN_ID: dict[str, LazyText] = {
    "subject": _("What stands under “About” is not an id."),
    "project": _("What stands under “Project” is not an id."),
}


class EventsFilter(msgspec.Struct, frozen=True):
    """What is looked for, as typed."""

    name: str = ""
    who: str = ""
    subject: str = ""
    project: str = ""

    def link(self, **changed: str) -> str:
        """The address of the same list with some of it changed."""
        values = msgspec.structs.asdict(msgspec.structs.replace(self, **changed))
        return "/events?" + urlencode({key: value for key, value in values.items() if value})

    @property
    def is_empty(self) -> bool:
        """True where nothing is looked for."""
        return self == EventsFilter()


class EventGroup(msgspec.Struct, frozen=True):
    """Events of one part of the house, to choose from: pairs of a name and its words."""

    label: LazyText | str
    prefix: str
    options: list[tuple[str, LazyText]]


class EventsPage(msgspec.Struct, frozen=True):
    """A page of the log."""

    events: list[AuditEvent]
    filter: EventsFilter
    groups: list[EventGroup]
    problems: dict[str, LazyText]
    older: str | None
    newer: str | None


@get("/events", name="events")
async def show_events(
    request: Request[Actor],
    name: FromQuery[str] = "",
    who: FromQuery[str] = "",
    subject: FromQuery[str] = "",
    project: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
) -> Response[str]:
    """What happened, newest first."""
    chosen = EventsFilter(name.strip(), who.strip(), subject.strip(), project.strip())
    problems: dict[str, LazyText] = {}
    wanted = WantedEvents(
        name=chosen.name,
        subject_id=_id(chosen.subject, "subject", problems),
        project_id=_id(chosen.project, "project", problems),
    )
    async with request.db.read() as session:
        if chosen.who:
            person = await find_person(session, actor=request.actor, text=chosen.who)
            if person is None:
                problems["who"] = _("There is no person of this e-mail address or id.")
            else:
                wanted = msgspec.structs.replace(wanted, actor_id=person.id)
        found = await list_events(session, actor=request.actor, wanted=wanted, cursor=cursor)
    view = EventsPage(
        events=[] if problems else found.rows,
        filter=chosen,
        groups=_groups(),
        problems=problems,
        older=_page_link(chosen, found.next_cursor) if found.next_cursor and not problems else None,
        newer=chosen.link() if cursor else None,
    )
    return page(request, "web/operator/events.html", view, status=422 if problems else 200)


def _page_link(chosen: EventsFilter, cursor: str) -> str:
    link = chosen.link()
    return f"{link}{'' if link.endswith('?') else '&'}{urlencode({'cursor': cursor})}"


def _id(text: str, field: str, problems: dict[str, LazyText]) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        problems[field] = NOT_AN_ID[field]
        return None


def _groups() -> list[EventGroup]:
    groups: dict[str, list[tuple[str, LazyText]]] = {}
    for name in event_names():
        groups.setdefault(name.partition(".")[0], []).append((name, told(name)))
    return [EventGroup(GROUPS.get(key, key), f"{key}.", options) for key, options in groups.items()]


handlers: list[Any] = [show_events]
