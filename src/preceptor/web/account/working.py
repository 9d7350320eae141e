"""What the queue knows of oneself: languages, content one has said yes to, how it is shown, breaks."""

from typing import Any

import msgspec
from litestar import Response, get, post

from preceptor.hiring.queries import HeldCertification, certifications_of
from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.web import Request, page, redirect
from preceptor.lib.web.nested_forms import convert_form, nest_form
from preceptor.people import (
    CATEGORY_NAMES,
    LANGUAGE_LEVELS,
    Actor,
    ContentCategory,
    Spoken,
    WellbeingChoice,
    country_name,
    languages,
)
from preceptor.people.operations import set_consents, set_own_languages, set_wellbeing
from preceptor.people.queries import own_wellbeing, profile_of
from preceptor.work.desk import Desk
from preceptor.work.queries.admission import access_own_exposure

WHERE = "/account/work"


class SpokenFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One language."""

    language: str = ""
    level: int = 3


class WorkingForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Languages and how things are shown. A row without a language is passed over."""

    spoken: list[SpokenFields] = []
    blur: bool = False
    greyscale: bool = False
    break_minutes: int | None = None


class ContentForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content one says yes to; all else is withdrawn."""

    categories: list[ContentCategory] = []


class CategoryChoice(msgspec.Struct, frozen=True):
    """A category of content, whether one has said yes to it, and how much of it there was today."""

    key: str
    name: LazyText
    chosen: bool
    minutes: int


class WorkingPage(msgspec.Struct, frozen=True, kw_only=True):
    """What the queue knows of oneself."""

    spoken: list[SpokenFields]
    levels: list[tuple[str, LazyText]]
    languages: list[tuple[str, str]]
    certified: list[HeldCertification]
    country: str
    wellbeing: WellbeingChoice
    break_minutes: int
    categories: list[CategoryChoice]
    daily_minutes: int
    problems: list[FieldProblem]
    help_contact: str
    help_contact_url: str


@get(WHERE, name="account.work")
async def show_working(request: Request[Actor]) -> Response[str]:
    """The two forms."""
    return await _page(request)


async def _page(
    request: Request[Actor], *, form: WorkingForm | None = None, problems: list[FieldProblem] | None = None
) -> Response[str]:
    actor = request.actor
    async with request.db.read() as session:
        profile = await profile_of(session, person_id=actor.person_id)
        wellbeing = await own_wellbeing(session, actor=actor)
        certified = await certifications_of(session, person_id=actor.person_id, now=request.now)
        exposed = await access_own_exposure(session, actor=actor, now=request.now)
    spoken = [SpokenFields(one.language, one.level) for one in profile.spoken]
    view = WorkingPage(
        spoken=form.spoken if form else spoken,
        levels=[(str(level), name) for level, name in LANGUAGE_LEVELS.items()],
        languages=languages(),
        certified=[one for one in certified if one.language],
        country=country_name(profile.place.country) if profile.place.country else "",
        wellbeing=WellbeingChoice(form.blur, form.greyscale, form.break_minutes) if form else wellbeing,
        break_minutes=request.settings.break_minutes,
        categories=[
            CategoryChoice(one.value, name, one in profile.consents, exposed.get(one, 0) // 60_000)
            for one, name in CATEGORY_NAMES.items()
        ],
        daily_minutes=request.settings.daily_minutes,
        problems=problems or [],
        help_contact=request.settings.help_contact,
        help_contact_url=request.settings.help_contact_url,
    )
    return page(request, "web/account/working.html", view, status=422 if problems else 200)


@post(WHERE, name="account.work.save")
async def save_working(request: Request[Actor]) -> Response[str]:
    """Keep languages and how things are shown."""
    form = None
    try:
        form = convert_form(nest_form((await request.form()).multi_items()), WorkingForm)
        spoken = [Spoken(one.language, one.level) for one in form.spoken if one.language]
        choice = WellbeingChoice(form.blur, form.greyscale, form.break_minutes)
        async with request.db.write() as session:
            await set_own_languages(session, actor=request.actor, spoken=spoken)
            await set_wellbeing(session, actor=request.actor, choice=choice)
    except InvalidError as error:
        return await _page(request, form=form, problems=error.fields or [FieldProblem("", error.title)])
    _look_again(request)
    return redirect(request, WHERE, said=_("Saved. The queue goes by it from now on."))


@post(f"{WHERE}/content", name="account.work.content")
async def save_content(request: Request[Actor]) -> Response[str]:
    """Keep what one says yes to. Saying no holds at once and costs nothing."""
    tree = nest_form((await request.form()).multi_items(), lists={"categories"})
    try:
        form = convert_form(tree, ContentForm)
    except InvalidError as error:
        return await _page(request, problems=error.fields or [FieldProblem("", error.title)])
    async with request.db.write() as session:
        await set_consents(session, actor=request.actor, categories=form.categories, now=request.now)
    _look_again(request)
    said = _("Saved. A task you have open can be skipped at any time; its time is paid.")
    return redirect(request, WHERE, said=said)


def _look_again(request: Request[Actor]) -> None:
    desk: Desk = request.part("desk")
    desk.admissions.forget(request.actor.person_id)


handlers: list[Any] = [show_working, save_working, save_content]
