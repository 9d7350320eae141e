"""Signing in and out, and the first page."""

import msgspec
from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.enums import MediaType
from litestar.params import FromPath, FromQuery

from preceptor.lib.errors import FieldProblem, InvalidError, ProblemError, TooManyError
from preceptor.lib.i18n import catalogues
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.lib.web.cookies import session_cookie
from preceptor.people import Actor
from preceptor.people.operations import SignInOutcome, note_failed_attempt, sign_in, sign_out
from preceptor.people.queries import OpenProvider, list_open_providers, provider_of_session
from preceptor.web.public.signed import passkeys_at, safe_next, signed_in, visit_of
from preceptor.web.shell import home_path

LANGUAGE_COOKIE = "language"


class SignInForm(msgspec.Struct, frozen=True):
    """What is typed to sign in."""

    email: str
    password: str
    next: str = ""


class SignInPage(msgspec.Struct, frozen=True):
    """The sign-in page."""

    email: str
    next: str
    problems: list[FieldProblem]
    said: str
    providers: list[OpenProvider]
    left: OpenProvider | None
    """The provider somebody signed in with who has just signed out here: they may want to sign out there too."""
    passkeys_at: str
    """Where passkeys work, if not at the address the page was asked for at."""
    demo: bool


async def open_session(request: Request[Actor], *, email: str, password: str, next_path: str = "") -> SignInOutcome:
    """Sign in with address and password; a failure is counted.

    Raises:
        WrongPasswordError: address and password do not match.
        TooManyAttemptsError: too many failures.
    """
    now = request.now
    try:
        async with request.db.write() as session:
            return await sign_in(
                session,
                email=email,
                password=password,
                visit=visit_of(request),
                attempts=request.settings.sign_in_attempts,
                now=now,
                next_path=next_path,
            )
    except InvalidError:
        async with request.db.write() as session:
            await note_failed_attempt(session, email=email, address=request.address, now=now)
        raise


@get("/", name="home")
async def show_home(request: Request[Actor]) -> Response[str]:
    """The first page: to one's own work, or to sign in."""
    user: Actor | None = request.scope.get("user")
    return redirect(request, home_path(user) if user else "/sign-in")


@get("/sign-in", name="sign_in")
async def show_sign_in(request: Request[Actor], next_path: FromQuery[str] = "") -> Response[str]:
    """The form."""
    wanted = request.query_params.get("next", next_path)
    return await _page(request, next_path=wanted)


@post("/sign-in", name="sign_in.post")
async def do_sign_in(request: Request[Actor]) -> Response[str]:
    """Sign in and go on, or show what is wrong."""
    raw = await request.form()
    try:
        form = parse_form(raw, SignInForm)
        outcome = await open_session(request, email=form.email, password=form.password, next_path=safe_next(form.next))
    except (InvalidError, TooManyError) as error:
        return await _page(request, error, email=str(raw.get("email", "")), next_path=str(raw.get("next", "")))
    return signed_in(request, outcome)


async def _page(
    request: Request[Actor], error: ProblemError | None = None, *, email: str = "", next_path: str = ""
) -> Response[str]:
    async with request.db.read() as session:
        providers = await list_open_providers(session)
    left = next((one for one in providers if one.slug == request.query_params.get("left")), None)
    view = SignInPage(
        email=email,
        next=safe_next(next_path),
        problems=error.fields if error else [],
        said="" if error is None or error.fields else str(error.title),
        providers=providers,
        left=left,
        passkeys_at=passkeys_at(request),
        demo=request.settings.demo,
    )
    return page(request, "web/public/sign_in.html", view, status=error.status if error else 200)


@post("/sign-out", name="sign_out")
async def do_sign_out(request: Request[Actor]) -> Response[str]:
    """End this session."""
    user: Actor | None = request.scope.get("user")
    left = ""
    if user is not None:
        async with request.db.write() as session:
            left = await provider_of_session(session, actor=user)
            await sign_out(session, actor=user, now=request.now)
        request.authentication.forget(user.person_id)
    response = redirect(request, f"/sign-in?left={left}" if left else "/sign-in")
    response.cookies.append(session_cookie(request, ""))
    return response


@get("/language/{code:str}", name="language")
async def choose(request: Request[Actor], code: FromPath[str]) -> Response[str]:
    """Show pages in a language until the visitor signs in."""
    referrer = request.headers.get("referer", "")
    base = str(request.base_url).rstrip("/")
    back = safe_next(referrer.removeprefix(base)) if referrer.startswith(f"{base}/") else "/sign-in"
    response = Response("", status_code=303, headers={"Location": back or "/sign-in"}, media_type=MediaType.HTML)
    if code in catalogues.languages():
        response.cookies.append(Cookie(LANGUAGE_COOKIE, value=code, path="/", samesite="lax", max_age=31_536_000))
    return response


handlers = [show_home, show_sign_in, do_sign_in, do_sign_out, choose]
