"""The cookies of whoever signs in."""

from typing import Any

from litestar.datastructures import Cookie

from preceptor.lib.web.authentication import SESSION_COOKIE
from preceptor.lib.web.request import Request

DEVICE_COOKIE = "device"
YEAR = 31_536_000


def kept_cookie(request: Request[Any], name: str, value: str, *, seconds: int, path: str = "/") -> Cookie:
    """A cookie that no script reads; an empty value takes it away."""
    return Cookie(
        name,
        value=value,
        httponly=True,
        samesite="lax",
        secure=request.settings.secure_cookies,
        path=path,
        max_age=seconds if value else 0,
    )


def session_cookie(request: Request[Any], secret: str) -> Cookie:
    """The cookie that keeps somebody signed in; an empty secret takes it away."""
    return kept_cookie(request, SESSION_COOKIE, secret, seconds=request.settings.session_days * 86_400)


def session_cookies(request: Request[Any], *, secret: str, device: str) -> list[Cookie]:
    """The cookie that keeps somebody signed in, and the one by which their browser is known again."""
    return [session_cookie(request, secret), kept_cookie(request, DEVICE_COOKIE, device, seconds=YEAR)]
