"""Applying for an offer: by a stranger, by somebody with an account, and confirming an address."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from preceptor.hiring import Given
from preceptor.hiring.operations import apply_as_stranger, apply_signed_in, confirm_application
from preceptor.hiring.queries import OfferView, application_for, open_offer
from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError, ProblemError, TooManyError
from preceptor.lib.i18n import LazyText, _, current_language
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.lib.web.nested_forms import nest_form
from preceptor.people import (
    CATEGORY_NAMES,
    LEVEL_NAMES,
    Actor,
    ContentCategory,
    Place,
    Profile,
    Spoken,
    countries,
    language_name,
    regions,
)
from preceptor.people.queries import profile_of
from preceptor.people.queries.confirming import open_confirmation
from preceptor.web.manager.filled import Filled, problems_of
from preceptor.web.public.sign_in import open_session
from preceptor.web.public.signed import signed_in
from preceptor.web.shown_offers import RegionsPart, ShownOffer, common_languages, number_of, shown_offer

TRAP = "website"
"""A field that people do not see. Programs fill it in; what they send is thanked for and forgotten."""
LISTS = frozenset({"consents", "skills"})
ROWS = 3
"""Rows for languages that are shown at first."""
MOST_ROWS = 21
"""Rows that are looked at and shown again, one more than anybody may name: a request has room for tens of thousands."""


class ApplyPage(msgspec.Struct, frozen=True):
    """The form to apply."""

    offer: ShownOffer
    form: Filled
    signed_in: bool
    countries: list[tuple[str, str]]
    region: RegionsPart
    languages: list[tuple[str, str]]
    levels: list[tuple[int, LazyText]]
    categories: list[tuple[str, LazyText]]
    skills: list[tuple[str, str]]
    rows: list[int]
    said: LazyText | None = None


class AppliedPage(msgspec.Struct, frozen=True):
    """What happens next, for a stranger."""

    offer: ShownOffer


class PasswordForm(msgspec.Struct, frozen=True):
    """What somebody gives who confirms their address. `email` is for password managers; the link says whose it is."""

    password: str
    email: str = ""


class ConfirmPage(msgspec.Struct, frozen=True):
    """A link that confirms an address."""

    email: str
    name: str
    problems: list[FieldProblem]


async def _offer(request: Request[Actor], number: str) -> OfferView:
    async with request.db.read() as session:
        return await open_offer(session, number=number_of(number))


@get("/offers/{number:str}/apply", name="offer.apply")
async def show_form(request: Request[Actor], number: FromPath[str]) -> Response[str]:
    """The form; where somebody has applied already, their application."""
    user: Actor | None = request.scope.get("user")
    row = await _offer(request, number)
    offer = shown_offer(row)
    if not offer.is_open:
        return redirect(request, offer.path)
    values: dict[str, Any] = {"country": row.fields.place.country, "region": row.fields.place.region}
    if user is not None:
        async with request.db.read() as session:
            mine = await application_for(session, actor=user, number=row.number)
            profile = await profile_of(session, person_id=user.person_id)
        if mine is not None:
            return redirect(request, f"/applications/{mine}")
        values = _of_profile(profile, row) | {key: value for key, value in values.items() if value}
    else:
        values["spoken"] = [{"language": one.language, "level": ""} for one in row.fields.spoken]
    return _form(request, offer, Filled(values))


def _of_profile(profile: Profile, row: OfferView) -> dict[str, Any]:
    held = {one.language: one.level for one in profile.spoken}
    wanted = [{"language": one.language, "level": held.pop(one.language, "")} for one in row.fields.spoken]
    return {
        "country": profile.place.country,
        "region": profile.place.region,
        "spoken": [*wanted, *({"language": tag, "level": level} for tag, level in held.items())],
        "consents": [one.value for one in profile.consents],
        "skills": sorted(profile.skills),
    }


def _form(
    request: Request[Actor], offer: ShownOffer, form: Filled, *, status: int = 200, said: LazyText | None = None
) -> Response[str]:
    country = str(form.value("country"))
    chosen = [str(form.value(f"spoken.{number}.language")) for number in form.rows("spoken")[:MOST_ROWS]]
    tags = {*common_languages(), *(one.tag for one in offer.languages), *(tag for tag in chosen if tag)}
    view = ApplyPage(
        offer=offer,
        form=form,
        signed_in=request.scope.get("user") is not None,
        countries=countries(),
        region=RegionsPart(regions(country), str(form.value("region")), form.error("region")),
        languages=sorted(((tag, language_name(tag)) for tag in tags), key=lambda pair: pair[1].casefold()),
        levels=[(level, name) for level, name in LEVEL_NAMES.items()],
        categories=[(one.value, CATEGORY_NAMES[one]) for one in offer.row.fields.categories],
        skills=[(one, one) for one in offer.row.fields.skills],
        rows=list(range(max(ROWS, len(chosen) + 1))),
        said=said,
    )
    return page(request, "web/public/apply.html", view, status=status)


@post("/offers/{number:str}/apply", name="offer.apply.post")
async def do_apply(request: Request[Actor], number: FromPath[str]) -> Response[str]:
    """Take the application, or say what is wrong with it."""
    user: Actor | None = request.scope.get("user")
    row = await _offer(request, number)
    offer = shown_offer(row)
    values: dict[str, Any] = {}
    try:
        values = nest_form((await request.form()).multi_items(), lists=LISTS)
        if values.get(TRAP):
            return redirect(request, f"{offer.path}/applied")
        given = _given(values)
        async with request.db.write() as session:
            if user is not None:
                made = await apply_signed_in(session, actor=user, number=row.number, given=given, now=request.now)
                target = f"/applications/{made}"
            else:
                await apply_as_stranger(
                    session,
                    number=row.number,
                    email=_text(values, "email"),
                    name=_text(values, "name"),
                    given=given,
                    address=request.address,
                    language=current_language(),
                    now=request.now,
                )
                target = f"{offer.path}/applied"
    except (InvalidError, ConflictError, TooManyError) as error:
        return _again(request, offer, values, error)
    return redirect(request, target)


def _again(request: Request[Actor], offer: ShownOffer, values: dict[str, Any], error: ProblemError) -> Response[str]:
    said = None if error.fields else error.title
    problems = problems_of(error) if error.fields else []
    return _form(request, offer, Filled(values, problems), status=error.status, said=said)


def _given(values: dict[str, Any]) -> Given:
    """What an applicant says, from the form's texts. What no page of ours sends counts as nothing."""
    spoken = values.get("spoken")
    rows = [one for one in spoken if isinstance(one, dict)][:MOST_ROWS] if isinstance(spoken, list) else []
    languages = tuple(
        Spoken(_text(one, "language"), _level(_text(one, "level"))) for one in rows if _text(one, "language")
    )
    known = {one.value for one in ContentCategory}
    return Given(
        place=Place(_text(values, "country"), _text(values, "region")),
        spoken=tuple(one for one in languages if one.level),
        skills=tuple(_texts(values, "skills"))
        + tuple(one.strip() for one in _text(values, "more_skills").split(",") if one.strip()),
        consents=frozenset(ContentCategory(one) for one in _texts(values, "consents") if one in known),
        why=_text(values, "why"),
    )


def _text(values: dict[str, Any], name: str) -> str:
    found = values.get(name, "")
    return found if isinstance(found, str) else ""


def _texts(values: dict[str, Any], name: str) -> list[str]:
    found = values.get(name, [])
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def _level(text: str) -> int:
    return int(text) if len(text) == 1 and text.isascii() and text.isdigit() else 0


@get("/offers/{number:str}/applied", name="offer.applied")
async def show_applied(request: Request[Actor], number: FromPath[str]) -> Response[str]:
    """Look into your mail: the same for everybody, so that nobody learns who has an account."""
    view = AppliedPage(shown_offer(await _offer(request, number)))
    return page(request, "web/public/applied.html", view)


@get("/apply/confirm/{secret:str}", name="apply.confirm")
async def show_confirm(request: Request[Actor], secret: FromPath[str]) -> Response[str]:
    """Choose a password. Opening the link does nothing yet: programs that look through mails open links too."""
    return await _confirm(request, secret, [])


async def _confirm(request: Request[Actor], secret: str, problems: list[FieldProblem]) -> Response[str]:
    async with request.db.read() as session:
        found = await open_confirmation(session, secret=secret, now=request.now)
    view = ConfirmPage(email=found.email, name=found.name, problems=problems)
    return page(request, "web/public/apply_confirm.html", view, status=422 if problems else 200)


@post("/apply/confirm/{secret:str}", name="apply.confirm.post")
async def do_confirm(request: Request[Actor], secret: FromPath[str]) -> Response[str]:
    """Confirm the address, receive the application and sign in."""
    raw = await request.form()
    try:
        form = parse_form(raw, PasswordForm)
        async with request.db.write() as session:
            confirmed = await confirm_application(session, secret=secret, password=form.password, now=request.now)
    except InvalidError as error:
        return await _confirm(request, secret, error.fields)
    target = _application_path(confirmed.application_id)
    outcome = await open_session(request, email=confirmed.email, password=form.password, next_path=target)
    said = _("Your address is confirmed, and your application has been received.")
    return signed_in(request, outcome, said=said)


def _application_path(application_id: UUID | None) -> str:
    return f"/applications/{application_id}" if application_id else "/applications"


handlers: list[Any] = [show_form, do_apply, show_applied, show_confirm, do_confirm]
