"""The web program, assembled."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from litestar import Litestar, Router
from litestar.config.compression import CompressionConfig
from litestar.middleware import DefineMiddleware
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.static_files import create_static_files_router

from preceptor import flow
from preceptor.api import HEADERS, api_router
from preceptor.api.work import express_routes
from preceptor.hiring.queries.paid import is_paid
from preceptor.lib.db import Database
from preceptor.lib.jobs import Jobs
from preceptor.lib.logs import set_up_logs
from preceptor.lib.settings import Settings, load_settings
from preceptor.lib.web import (
    Authentication,
    Credential,
    CredentialKind,
    CsrfMiddleware,
    Express,
    Pages,
    Request,
    SecurityHeaders,
    authenticated,
)
from preceptor.lib.web.gate import Gate
from preceptor.lib.web.metrics import RequestMetrics
from preceptor.llms.asking import Asker
from preceptor.llms.directory import Directory
from preceptor.people.keys import code_sealer, provider_sealer
from preceptor.people.oidc import Identities
from preceptor.people.operations import touch_session
from preceptor.people.postman import REFUSAL_PATH, refusal_signer
from preceptor.people.queries import actor_by_session, actor_by_token
from preceptor.people.rules import Actor, Permission, Role, parse_roles
from preceptor.web import page_handlers
from preceptor.web.errors import answer_error
from preceptor.web.plugged import plugged, plugged_files
from preceptor.web.shell import make_shell
from preceptor.work.desk import Desk

PACKAGE = Path(__file__).parent
STATIC = PACKAGE / "static"
OPEN_TO_HELD = (
    "/account/second-factor",
    "/account/passkeys",
    "/account/confirm",
    "/sign-in",
    "/sign-out",
    "/language/",
    "/help",
    "/health",
    "/static/",
    "/mail/",
    "/reset/",
    "/forgotten",
)
"""Where whoever has yet to set up a second factor may go."""
NOT_COMPRESSED = ["/api/v1/turns/", "/try/turns$", "/releases/[^/]+/(files|archive)"]
"""Streams that must not be held back, and files that are compressed or were checksummed as they are."""


def create_app(settings: Settings | None = None) -> Litestar:
    """The application, ready to be served. The web server calls it without arguments in each of its processes."""
    settings = settings or load_settings()
    set_up_logs(settings)
    return furnish(make_frame(secure_cookies=settings.secure_cookies, max_body_bytes=settings.max_body_bytes), settings)


def make_frame(*, secure_cookies: bool, max_body_bytes: int) -> Litestar:
    """All addresses, layers and templates, without anything behind them. This is what takes long to make.

    Args:
        secure_cookies: send cookies over HTTPS only.
        max_body_bytes: the largest body that is taken in.
    """
    app = Litestar(
        route_handlers=[
            Router(path="/", route_handlers=page_handlers(), include_in_schema=False),
            api_router(),
            create_static_files_router(
                path="/static", directories=[STATIC], cache_control=None, include_in_schema=False
            ),
            *plugged_files(),
        ],
        request_class=Request,
        middleware=[
            DefineMiddleware(RequestMetrics),
            authenticated,
            DefineMiddleware(SecurityHeaders),
            DefineMiddleware(Gate, open_paths=OPEN_TO_HELD),
            DefineMiddleware(
                CsrfMiddleware, secure=secure_cookies, max_form_bytes=max_body_bytes, exempt=(f"{REFUSAL_PATH}/",)
            ),
        ],
        exception_handlers={Exception: answer_error},  # type: ignore[dict-item]  # our own request class
        lifespan=[_living],
        request_max_body_size=max_body_bytes,
        compression_config=CompressionConfig(backend="gzip", minimum_size=1_000, exclude=NOT_COMPRESSED),
        openapi_config=_description(),
        logging_config=None,
    )
    app.state.frame = app.asgi_handler
    app.state.pages = Pages(folders=[PACKAGE], shell=make_shell, manifest=STATIC / "manifest.json", plugged=plugged())
    return app


def furnish(app: Litestar, settings: Settings) -> Litestar:
    """Put behind a frame what answers: the database, models and secrets of an installation."""
    jobs = Jobs(settings.database_url)
    db = Database(
        settings.database_url, pool_size=settings.pool_size, after_events=flow.deferring(jobs), label="preceptor-web"
    )
    flow.jobs_of(db, jobs, settings)  # by name alone: the worker does them
    authentication = Authentication(_loader(db, parse_roles(settings.second_factor_required)))
    asker = Asker(processes=settings.web_processes)
    directory = Directory(db, settings)
    desk = Desk(db, asker=asker, directory=directory, daily_minutes=settings.daily_minutes)
    app.asgi_handler = Express(
        app.state.frame, authentication=authentication, routes=express_routes(desk), headers=HEADERS
    )
    app.state.db = db
    app.state.jobs = jobs
    app.state.asker = asker
    app.state.directory = directory
    app.state.desk = desk
    app.state.settings = settings
    app.state.identities = Identities(provider_sealer(settings))
    app.state.code_sealer = code_sealer(settings)
    app.state.provider_sealer = provider_sealer(settings)
    app.state.refusal_signer = refusal_signer(settings)
    app.state.authentication = authentication
    return app


@asynccontextmanager
async def _living(app: Litestar) -> AsyncIterator[None]:
    state = app.state
    yield
    await state.desk.close()
    await state.asker.close()
    await state.identities.close()
    await state.db.close()


EARNING = frozenset({Permission.WORK_DO, Permission.REVIEW_DECIDE})
"""What people are paid for by their role."""


def _loader(db: Database, required: frozenset[Role]):  # type: ignore[no-untyped-def]  # noqa: ANN202 (the type is Authentication's own)
    async def load(credential: Credential, address: str) -> Actor | None:
        now = datetime.now(UTC)
        async with db.read() as session:
            if credential.kind is CredentialKind.TOKEN:
                return await actor_by_token(session, digest=credential.digest, now=now, required=required)
            seen = await actor_by_session(session, digest=credential.digest, now=now, required=required)
            if seen is None:
                return None
            # Whose role it is to earn has the page in any case, and is spared the question.
            paid = not seen.actor.permissions & EARNING and await is_paid(session, person_id=seen.actor.person_id)
        if seen.is_due and seen.actor.session_id is not None:
            async with db.write() as writing:
                await touch_session(writing, session_id=seen.actor.session_id, address=address, now=now)
        return msgspec.structs.replace(seen.actor, is_paid=paid)

    return load


def _description() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Preceptor",
        version="1",
        path="/api",
        render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        components=Components(
            security_schemes={
                "token": SecurityScheme(type="http", scheme="bearer"),
                "session": SecurityScheme(type="apiKey", name="session", security_scheme_in="cookie"),
            }
        ),
        security=[{"token": []}, {"session": []}],
    )
