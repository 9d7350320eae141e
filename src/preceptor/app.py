"""The web program, assembled."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

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
from preceptor.people.rules import Actor, Role, parse_roles
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
    jobs = Jobs(settings.database_url)
    db = Database(
        settings.database_url, pool_size=settings.pool_size, after_events=flow.deferring(jobs), label="preceptor-web"
    )
    flow.jobs_of(db, jobs, settings)  # by name alone: the worker does them
    authentication = Authentication(_loader(db, parse_roles(settings.second_factor_required)))
    asker = Asker(processes=settings.web_processes)
    directory = Directory(db, settings)
    identities = Identities(provider_sealer(settings))
    desk = Desk(db, asker=asker, directory=directory, daily_minutes=settings.daily_minutes)

    @asynccontextmanager
    async def lifespan(_app: Litestar) -> AsyncIterator[None]:
        yield
        await desk.close()
        await asker.close()
        await identities.close()
        await db.close()

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
            authentication.middleware,
            DefineMiddleware(SecurityHeaders),
            DefineMiddleware(Gate, open_paths=OPEN_TO_HELD),
            DefineMiddleware(
                CsrfMiddleware,
                secure=settings.secure_cookies,
                max_form_bytes=settings.max_body_bytes,
                exempt=(f"{REFUSAL_PATH}/",),
            ),
        ],
        exception_handlers={Exception: answer_error},  # type: ignore[dict-item]  # our own request class
        lifespan=[lifespan],
        request_max_body_size=settings.max_body_bytes,
        compression_config=CompressionConfig(backend="gzip", minimum_size=1_000, exclude=NOT_COMPRESSED),
        openapi_config=_description(),
        logging_config=None,
    )
    app.asgi_handler = Express(
        app.asgi_handler, authentication=authentication, routes=express_routes(desk), headers=HEADERS
    )
    app.state.db = db
    app.state.jobs = jobs
    app.state.asker = asker
    app.state.directory = directory
    app.state.desk = desk
    app.state.settings = settings
    app.state.identities = identities
    app.state.code_sealer = code_sealer(settings)
    app.state.provider_sealer = provider_sealer(settings)
    app.state.refusal_signer = refusal_signer(settings)
    app.state.authentication = authentication
    app.state.pages = Pages(folders=[PACKAGE], shell=make_shell, manifest=STATIC / "manifest.json", plugged=plugged())
    return app


def _loader(db: Database, required: frozenset[Role]):  # type: ignore[no-untyped-def]  # noqa: ANN202 (the type is Authentication's own)
    async def load(credential: Credential, address: str) -> Actor | None:
        now = datetime.now(UTC)
        async with db.read() as session:
            if credential.kind is CredentialKind.TOKEN:
                return await actor_by_token(session, digest=credential.digest, now=now, required=required)
            seen = await actor_by_session(session, digest=credential.digest, now=now, required=required)
        if seen is None:
            return None
        if seen.is_due and seen.actor.session_id is not None:
            async with db.write() as writing:
                await touch_session(writing, session_id=seen.actor.session_id, address=address, now=now)
        return seen.actor

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
