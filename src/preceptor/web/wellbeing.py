"""How whoever reads a page wants hard content shown, and where they find help: for the scripts that show it."""

import msgspec

from preceptor.lib.db import ReadSession
from preceptor.lib.web import Request
from preceptor.people import Actor
from preceptor.people.queries import own_wellbeing


class WellbeingData(msgspec.Struct, frozen=True):
    """How the person wants things shown, when a break is proposed, and where help is found."""

    blur: bool
    greyscale: bool
    break_minutes: int
    """0: never."""
    help_contact: str
    help_contact_url: str


async def wellbeing_of(request: Request[Actor], session: ReadSession) -> WellbeingData:
    """What whoever asks chose for themselves, and the installation's contact for help."""
    choice, settings = await own_wellbeing(session, actor=request.actor), request.settings
    return WellbeingData(
        blur=choice.blur,
        greyscale=choice.greyscale,
        break_minutes=settings.break_minutes if choice.break_minutes is None else choice.break_minutes,
        help_contact=settings.help_contact,
        help_contact_url=settings.help_contact_url,
    )
