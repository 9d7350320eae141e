"""What the queue knows of oneself: place, languages, content one has said yes to, and how things are shown."""

from typing import Any

import msgspec
from litestar import get, put
from litestar.params import JSONBody

from preceptor.lib.web import Request
from preceptor.people import Actor, ContentCategory, Place, Spoken, WellbeingChoice
from preceptor.people.operations import set_consents, set_own_languages, set_wellbeing
from preceptor.people.queries import own_wellbeing, profile_of
from preceptor.work.desk import Desk


class OwnProfile(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of oneself.

    `place`: where one is, as ISO 3166 has it; what one is paid goes by it, so that it is not changed here. `languages`:
    with a level from 1 to 5. `consents`: categories of content one has said yes to. `wellbeing`: how such content is
    shown, and after how many minutes a break is proposed (null: as the installation has it).
    """

    place: Place
    languages: list[Spoken]
    skills: list[str]
    consents: list[ContentCategory]
    wellbeing: WellbeingChoice


class LanguagesBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All languages one speaks; those that are left out are forgotten."""

    languages: list[Spoken]


class ConsentsBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All content one says yes to; all else is withdrawn, at once and at no cost."""

    consents: list[ContentCategory]


class WellbeingBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How content that weighs on people is shown, and when a break is proposed."""

    blur: bool
    greyscale: bool
    break_minutes: int | None = None


@get("/profile", summary="What the queue knows of you")
async def show_profile(request: Request[Actor]) -> OwnProfile:
    """One's own place, languages, skills, consents and choices."""
    return await _own(request)


async def _own(request: Request[Actor]) -> OwnProfile:
    async with request.db.read() as session:
        found = await profile_of(session, person_id=request.actor.person_id)
        wellbeing = await own_wellbeing(session, actor=request.actor)
    return OwnProfile(
        place=found.place,
        languages=list(found.spoken),
        skills=sorted(found.skills),
        consents=sorted(found.consents),
        wellbeing=wellbeing,
    )


@put("/profile/languages", summary="Say which languages you speak")
async def set_languages(request: Request[Actor], data: JSONBody[LanguagesBody]) -> OwnProfile:
    """Keep one's languages and how well one speaks them."""
    async with request.db.write() as session:
        await set_own_languages(session, actor=request.actor, spoken=data.languages)
    return await _changed(request)


@put("/profile/consents", summary="Say which content you are willing to see")
async def choose_consents(request: Request[Actor], data: JSONBody[ConsentsBody]) -> OwnProfile:
    """Say yes to these categories and no to all others. What was held ahead and is unwanted goes back to the queue."""
    async with request.db.write() as session:
        await set_consents(session, actor=request.actor, categories=data.consents, now=request.now)
    return await _changed(request)


@put("/profile/wellbeing", summary="Say how content is shown to you")
async def choose_wellbeing(request: Request[Actor], data: JSONBody[WellbeingBody]) -> OwnProfile:
    """Keep how one wants content to be shown. Nobody else reads it."""
    async with request.db.write() as session:
        choice = WellbeingChoice(data.blur, data.greyscale, data.break_minutes)
        await set_wellbeing(session, actor=request.actor, choice=choice)
    return await _own(request)


async def _changed(request: Request[Actor]) -> OwnProfile:
    """The queue looks again at once."""
    desk: Desk = request.part("desk")
    desk.admissions.forget(request.actor.person_id)
    return await _own(request)


handlers: list[Any] = [show_profile, set_languages, choose_consents, choose_wellbeing]
