"""Signing in and out, and the first page."""

from datetime import timedelta

import msgspec
from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.enums import MediaType
from litestar.params import FromPath, FromQuery

from preceptor.lib.errors import FieldProblem, InvalidError, ProblemError, TooManyError
from preceptor.lib.i18n import catalogues
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.lib.web.authentication import SESSION_COOKIE
from preceptor.people import Actor
from preceptor.people.operations import note_failed_attempt, sign_in, sign_out
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
    demo: bool


def safe_next(path: str) -> str:
    """`path` where it leads into this installation; else nothing."""
    fine = path.startswith("/") and not path.startswith(("//", "/\\")) and "\n" not in path
    return path if fine else ""


def session_cookie(request: Request[Actor], secret: str) -> Cookie:
    """The cookie that keeps somebody signed in."""
    return Cookie(
        SESSION_COOKIE,
        value=secret,
        httponly=True,
        samesite="lax",
        secure=request.settings.secure_cookies,
        path="/",
        max_age=request.settings.session_days * 86_400,
    )


async def open_session(request: Request[Actor], *, email: str, password: str) -> str:
    """Sign in and answer the session's secret; a failure is counted.

    Raises:
        WrongPasswordError: address and password do not match.
        TooManyAttemptsError: too many failures.
    """
    try:
        async with request.db.write() as session:
            return await sign_in(
                session,
                email=email,
                password=password,
                address=request.address,
                user_agent=request.headers.get("user-agent", ""),
                attempts=request.settings.sign_in_attempts,
                valid_for=timedelta(days=request.settings.session_days),
                now=request.now,
            )
    except InvalidError:
        async with request.db.write() as session:
            await note_failed_attempt(session, email=email, address=request.address, now=request.now)
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
    view = SignInPage(email="", next=safe_next(wanted), problems=[], said="", demo=request.settings.demo)
    return page(request, "web/public/sign_in.html", view)


@post("/sign-in", name="sign_in.post")
async def do_sign_in(request: Request[Actor]) -> Response[str]:
    """Sign in and go on, or show what is wrong."""
    raw = await request.form()
    try:
        form = parse_form(raw, SignInForm)
        secret = await open_session(request, email=form.email, password=form.password)
    except (InvalidError, TooManyError) as error:
        return _again(request, error, email=str(raw.get("email", "")), next_path=str(raw.get("next", "")))
    response = redirect(request, safe_next(form.next) or "/")
    response.cookies.append(session_cookie(request, secret))
    return response


def _again(request: Request[Actor], error: ProblemError, *, email: str, next_path: str) -> Response[str]:
    said = "" if error.fields else str(error.title)
    view = SignInPage(
        email=email, next=safe_next(next_path), problems=error.fields, said=said, demo=request.settings.demo
    )
    return page(request, "web/public/sign_in.html", view, status=error.status)


@post("/sign-out", name="sign_out")
async def do_sign_out(request: Request[Actor]) -> Response[str]:
    """End this session."""
    user: Actor | None = request.scope.get("user")
    if user is not None:
        async with request.db.write() as session:
            await sign_out(session, actor=user, now=request.now)
        request.authentication.forget(user.person_id)
    response = redirect(request, "/sign-in")
    response.cookies.append(Cookie(SESSION_COOKIE, value="", max_age=0, path="/"))
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
