"""The clock of pages where somebody grades or decides: what its script is handed."""

import msgspec

from preceptor.lib.db import ReadSession
from preceptor.lib.web import Request
from preceptor.people import Actor
from preceptor.people.queries import access_person


class HeldData(msgspec.Struct, frozen=True):
    """`path`: where the heartbeats go, below the API. `person`: who signs in again where that has run out."""

    path: str
    person: dict[str, str]
    csrf: str
    api: str = "/api/v1"


async def held_data(request: Request[Actor], session: ReadSession, *, path: str) -> HeldData:
    """For whoever asks."""
    person = await access_person(session, actor=request.actor, person_id=request.actor.person_id)
    return HeldData(
        path=path,
        person={"id": str(person.id), "email": person.email or ""},
        csrf=request.scope["state"].get("csrf_token", ""),
    )
