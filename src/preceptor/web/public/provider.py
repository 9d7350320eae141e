"""Signing in through an organisation's identity provider."""

from typing import Any
from urllib.parse import urlencode

import structlog
from litestar import Response, get
from litestar.datastructures import Cookie
from litestar.enums import MediaType
from litestar.params import FromPath

from preceptor.lib.errors import ProblemError
from preceptor.lib.i18n import _
from preceptor.lib.web import Request, redirect
from preceptor.people import Actor
from preceptor.people.oidc import FLOW_SECONDS, Identities
from preceptor.people.operations import sign_in_with_provider
from preceptor.people.queries import used_provider
from preceptor.web.public.signed import safe_next, signed_in, visit_of

log = structlog.get_logger()

FLOW_COOKIE = "provider"


def _back_to(request: Request[Actor], slug: str) -> str:
    return f"{request.settings.base_url.rstrip('/')}/sign-in/with/{slug}/back"


def _flow_cookie(request: Request[Actor], value: str) -> Cookie:
    # Lax: the provider sends the browser back from another site.
    return Cookie(
        FLOW_COOKIE,
        value=value,
        httponly=True,
        samesite="lax",
        secure=request.settings.secure_cookies,
        path="/sign-in/with",
        max_age=FLOW_SECONDS if value else 0,
    )


def _elsewhere(address: str) -> Response[str]:
    return Response("", status_code=303, headers={"Location": address}, media_type=MediaType.HTML)


@get("/sign-in/with/{slug:str}", name="sign_in.provider")
async def go_to_provider(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """Off to the provider."""
    identities: Identities = request.part("identities")
    async with request.db.read() as session:
        provider = await used_provider(session, slug=slug)
    address, carried = await identities.begin(
        provider, back_to=_back_to(request, slug), next_path=safe_next(request.query_params.get("next", ""))
    )
    response = _elsewhere(address)
    response.cookies.append(_flow_cookie(request, carried))
    return response


@get("/sign-in/with/{slug:str}/back", name="sign_in.provider.back")
async def come_back(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """Back from the provider: signed in, or the reason why not on the sign-in page."""
    identities: Identities = request.part("identities")
    given = request.query_params
    async with request.db.read() as session:
        provider = await used_provider(session, slug=slug)
    flow = identities.flow(request.cookies.get(FLOW_COOKIE, ""), provider=slug, state=given.get("state", ""))
    # RFC 9207: an answer names who gives it.
    other = given.get("iss", provider.settings.issuer) != provider.settings.issuer
    if flow is None or other or not given.get("code"):
        log.info("came back from identity provider without a code", provider=slug, error=given.get("error", "")[:80])
        response = redirect(request, "/sign-in", said=_("You were not signed in. Please try again."), kind="warn")
    else:
        try:
            claims = await identities.claims(provider, flow, code=given["code"], back_to=_back_to(request, slug))
            async with request.db.write() as session:
                outcome = await sign_in_with_provider(
                    session,
                    provider_id=provider.id,
                    claims=claims,
                    visit=visit_of(request),
                    now=request.now,
                    next_path=flow.next_path,
                )
            response = signed_in(request, outcome)
        except ProblemError as error:
            response = redirect(request, "/sign-in", said=error.title, kind="bad")
    response.cookies.append(_flow_cookie(request, ""))
    return response


@get("/sign-out/{slug:str}", name="sign_out.provider")
async def sign_out_there(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """Off to the provider's own way of signing out (RP-Initiated Logout 1.0), or back where it has none."""
    identities: Identities = request.part("identities")
    async with request.db.read() as session:
        provider = await used_provider(session, slug=slug)
    metadata = await identities.metadata(provider.settings.issuer)
    if not metadata.end_session_endpoint:
        said = _("This provider cannot sign you out from here. Do it on its own page.")
        return redirect(request, "/sign-in", said=said, kind="warn")
    values = {
        "client_id": provider.settings.client_id,
        "post_logout_redirect_uri": f"{request.settings.base_url.rstrip('/')}/sign-in",
    }
    joint = "&" if "?" in metadata.end_session_endpoint else "?"
    return _elsewhere(f"{metadata.end_session_endpoint}{joint}{urlencode(values)}")


handlers: list[Any] = [go_to_provider, come_back, sign_out_there]
