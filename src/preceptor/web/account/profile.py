"""One's own profile: name, language, time zone, appearance."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import msgspec
from litestar import Response, get, post
from litestar.datastructures import Cookie

from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import LazyText, _, catalogues, language_name, set_language
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.people import ROLE_NAMES, Actor
from preceptor.people.operations import change_profile
from preceptor.people.queries import PersonView, access_person
from preceptor.work.operations.exposure import carry_day

THEMES: tuple[tuple[str, LazyText], ...] = (("", _("As the system")), ("light", _("Light")), ("dark", _("Dark")))
THEME_COOKIE = "theme"
YEAR = 31_536_000
REGIONS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


class ProfileForm(msgspec.Struct, frozen=True):
    """What one can change about oneself."""

    name: str
    language: str = ""
    time_zone: str = "UTC"
    theme: str = ""


class ProfilePage(msgspec.Struct, frozen=True):
    """One's own profile."""

    person: PersonView
    roles: list[LazyText]
    form: ProfileForm
    languages: list[tuple[str, str]]
    zones: list[tuple[str, str]]
    themes: tuple[tuple[str, LazyText], ...]
    problems: list[FieldProblem]


@get("/account", name="account")
async def show_profile(request: Request[Actor]) -> Response[str]:
    """The form."""
    return await _page(request, form=None, problems=[])


async def _page(request: Request[Actor], *, form: ProfileForm | None, problems: list[FieldProblem]) -> Response[str]:
    actor = request.actor
    async with request.db.read() as session:
        person = await access_person(session, actor=actor, person_id=actor.person_id)
    theme = request.cookies.get(THEME_COOKIE, "")
    known = ProfileForm(name=person.name, language=person.language, time_zone=person.time_zone, theme=theme)
    view = ProfilePage(
        person=person,
        roles=[ROLE_NAMES[role] for role in person.roles],
        form=form or known,
        languages=[(code, language_name(code)) for code in catalogues.languages()],
        zones=zones(request.now, person.time_zone),
        themes=THEMES,
        problems=problems,
    )
    return page(request, "web/account/profile.html", view, status=422 if problems else 200)


def zones(now: datetime, chosen: str) -> list[tuple[str, str]]:
    """Time zones to choose from, by name, each with what its clocks show at this moment."""
    names = {name for name in available_timezones() if name.partition("/")[0] in REGIONS} | {"UTC", chosen}
    return [(name, f"{name.replace('_', ' ')} · {now.astimezone(ZoneInfo(name)):%H:%M}") for name in sorted(names)]


@post("/account", name="account.post")
async def save_profile(request: Request[Actor]) -> Response[str]:
    """Keep the profile; the appearance is kept in this browser."""
    raw = await request.form()
    form = None
    try:
        form = parse_form(raw, ProfileForm)
        async with request.db.write() as session:
            await carry_day(session, actor=request.actor, time_zone=form.time_zone, now=request.now)
            await change_profile(
                session, actor=request.actor, name=form.name, language=form.language, time_zone=form.time_zone
            )
    except InvalidError as error:
        return await _page(request, form=form, problems=error.fields)
    request.authentication.forget(request.actor.person_id)
    if form.language:
        set_language(form.language)
    response = redirect(request, "/account", said=_("Your profile is saved."))
    theme = form.theme if form.theme in {"light", "dark"} else ""
    response.cookies.append(Cookie(THEME_COOKIE, value=theme, path="/", samesite="lax", max_age=YEAR if theme else 0))
    return response


handlers: list[Any] = [show_profile, save_profile]
