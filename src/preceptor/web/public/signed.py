"""What all ways of signing in share: who visits, and the answer to whoever is in."""

from datetime import timedelta

from litestar import Response
from litestar.datastructures import Cookie

from preceptor.lib.i18n import LazyText
from preceptor.lib.web import Request, redirect
from preceptor.lib.web.cookies import DEVICE_COOKIE, kept_cookie, session_cookies
from preceptor.people import Actor, relying_party
from preceptor.people.operations import SignInOutcome, Visit

STEP_COOKIE = "step"
STEP_SECONDS = 600


def safe_next(path: str) -> str:
    """`path` where it leads into this installation; else nothing."""
    fine = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if fine else ""


def visit_of(request: Request[Actor]) -> Visit:
    """Who visits."""
    return Visit(
        address=request.address,
        user_agent=request.headers.get("user-agent", ""),
        device=request.cookies.get(DEVICE_COOKIE, ""),
        valid_for=timedelta(days=request.settings.session_days),
    )


def step_cookie(request: Request[Actor], secret: str) -> Cookie:
    """The cookie that says who has shown the first thing."""
    return kept_cookie(request, STEP_COOKIE, secret, seconds=STEP_SECONDS, path="/sign-in")


def signed_in(request: Request[Actor], outcome: SignInOutcome, *, said: LazyText | None = None) -> Response[str]:
    """On to where they wanted to go, or to the second step."""
    if outcome.opened is None:
        response = redirect(request, "/sign-in/step")
        response.cookies.append(step_cookie(request, outcome.step))
        return response
    response = redirect(request, safe_next(outcome.next_path) or "/", said=said)
    opened = outcome.opened
    response.cookies.extend(session_cookies(request, secret=opened.secret, device=opened.device))
    response.cookies.append(step_cookie(request, ""))
    return response


def passkeys_at(request: Request[Actor]) -> str:
    """Where passkeys work, if not at the address that was asked: they are bound to one name."""
    party = relying_party(request.settings.base_url)
    return "" if request.headers.get("host", "").partition(":")[0] == party.id else f"{party.origin}/sign-in"
