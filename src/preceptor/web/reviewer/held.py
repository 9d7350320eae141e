"""The clock of pages where somebody grades or decides: what its script is handed."""

import msgspec

from preceptor.lib.db import ReadSession
from preceptor.lib.web import Request
from preceptor.people import Actor
from preceptor.people.queries import access_person
from preceptor.web.wellbeing import WellbeingData


class HeldData(msgspec.Struct, frozen=True):
    """What the clock's script needs.

    Attributes:
        path: where the heartbeats go, below the API.
        person: who signs in again where that has run out.
        break_minutes: after which a break is proposed; 0: never.
    """

    path: str
    person: dict[str, str]
    csrf: str
    break_minutes: int
    api: str = "/api/v1"


async def held_data(request: Request[Actor], session: ReadSession, *, path: str, wellbeing: WellbeingData) -> HeldData:
    """For whoever asks."""
    person = await access_person(session, actor=request.actor, person_id=request.actor.person_id)
    return HeldData(
        path=path,
        person={"id": str(person.id), "email": person.email or ""},
        csrf=request.scope["state"].get("csrf_token", ""),
        break_minutes=wellbeing.break_minutes,
    )
