"""Webhooks: having other programs told what happens in a project. Managers and clients share these pages."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from preceptor.lib.errors import ConflictError, InvalidError
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.networks import parse_networks
from preceptor.lib.posting import FAILURE_NAMES
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.people import Actor, Permission
from preceptor.projects import WEBHOOK_EVENT_NAMES, WEBHOOK_TEST, WebhookEvent
from preceptor.projects.courier import SECRET_UNREADABLE, message_id, webhook_sealer
from preceptor.projects.operations import (
    add_webhook,
    change_webhook,
    pause_webhook,
    remove_webhook,
    resume_webhook,
    rotate_secret,
    send_again,
    send_test,
)
from preceptor.projects.queries import (
    DeliveryView,
    NoSuchWebhookError,
    ProjectView,
    WebhookView,
    access_webhook,
    access_webhook_project,
    list_deliveries,
    list_webhooks,
)
from preceptor.web.manager.filled import Filled, problems_of

SOON = timedelta(minutes=1)
"""A message that is tried so soon is watched by the page."""
ERROR_NAMES: Mapping[str, LazyText] = {
    **{failure.value: name for failure, name in FAILURE_NAMES.items()},
    SECRET_UNREADABLE: _("The installation’s secret has changed. Make a new secret for this webhook."),
}
EVENT_NAMES: Mapping[str, LazyText] = {
    **{event.value: name for event, name in WEBHOOK_EVENT_NAMES.items()},
    WEBHOOK_TEST: _("A test"),
}


class WebhookFields(msgspec.Struct, frozen=True):
    """The form."""

    address: str = ""
    events: list[str] = []


class WebhookFrame(msgspec.Struct, frozen=True):
    """The project whose webhooks are shown, and to whom."""

    project: ProjectView
    manages: bool

    @property
    def base(self) -> str:
        """Where these pages are."""
        return f"/projects/{self.project.slug}/webhooks"

    @property
    def crumbs(self) -> list[tuple[LazyText | str, str]]:
        """The way here, as this person came."""
        project = self.project
        if self.manages:
            return [(_("Projects"), "/projects"), (project.title, f"/projects/{project.slug}")]
        return [(_("Projects"), "/client"), (project.title, f"/client/{project.slug}")]


class ShownDelivery(msgspec.Struct, frozen=True):
    """A message in words."""

    row: DeliveryView
    message_id: str
    name: LazyText | str
    error: LazyText | str
    payload: str


class ShownWebhook(msgspec.Struct, frozen=True):
    """A webhook in words."""

    row: WebhookView
    host: str
    events: list[LazyText]


class WebhooksPage(msgspec.Struct, frozen=True):
    """The webhooks of a project."""

    frame: WebhookFrame
    webhooks: list[ShownWebhook]


class WebhookFormPage(msgspec.Struct, frozen=True):
    """The form of a new one."""

    frame: WebhookFrame
    form: Filled
    event_choices: list[tuple[str, LazyText, str]]


class WebhookPage(msgspec.Struct, frozen=True):
    """One webhook and its messages; `secret` is shown once, when it was made."""

    frame: WebhookFrame
    webhook: ShownWebhook
    form: Filled
    event_choices: list[tuple[str, LazyText, str]]
    deliveries: list[ShownDelivery]
    next_cursor: str | None
    watch_seconds: int
    """How often the page looks for news of its messages; 0 for never."""
    secret: str = ""


EVENT_CHOICES = [(event.value, name, event.value) for event, name in WEBHOOK_EVENT_NAMES.items()]


def _shown(row: WebhookView) -> ShownWebhook:
    return ShownWebhook(
        row, urlsplit(row.address).hostname or row.address, [WEBHOOK_EVENT_NAMES[one] for one in row.events]
    )


def _shown_delivery(row: DeliveryView) -> ShownDelivery:
    return ShownDelivery(
        row=row,
        message_id=message_id(row.id),
        name=EVENT_NAMES.get(row.type, row.type),
        error=ERROR_NAMES.get(row.last_error, row.last_error),
        payload=msgspec.json.format(msgspec.json.encode(row.payload), indent=2).decode(),
    )


async def _frame(request: Request[Actor], slug: str) -> WebhookFrame:
    async with request.db.read() as session:
        project = await access_webhook_project(session, actor=request.actor, slug=slug)
    return WebhookFrame(project, request.actor.may(Permission.PROJECT_READ))


@get("/projects/{slug:str}/webhooks", name="project.webhooks")
async def show_webhooks(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """The webhooks of a project."""
    frame = await _frame(request, slug)
    async with request.db.read() as session:
        found = await list_webhooks(session, actor=request.actor, slug=slug, now=request.now)
    return page(request, "web/manager/webhooks.html", WebhooksPage(frame, [_shown(row) for row in found]))


@get("/projects/{slug:str}/webhooks/new", name="project.webhooks.new")
async def show_new(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """The empty form, with everything chosen."""
    return await _form(request, slug, Filled({"events": [event.value for event in WebhookEvent]}))


async def _form(request: Request[Actor], slug: str, form: Filled, *, status: int = 200) -> Response[str]:
    view = WebhookFormPage(await _frame(request, slug), form, EVENT_CHOICES)
    return page(request, "web/manager/webhook_form.html", view, status=status)


@post("/projects/{slug:str}/webhooks/new", name="project.webhooks.add", status_code=200)
async def do_add(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """Add it and show its secret, this once."""
    raw = await request.form()
    values = {"address": str(raw.get("address", "")), "events": raw.getall("events", [])}
    sealer = await asyncio.to_thread(webhook_sealer, request.settings)
    try:
        fields = parse_form(raw, WebhookFields)
        async with request.db.write() as session:
            made = await add_webhook(
                session,
                actor=request.actor,
                sealer=sealer,
                networks=parse_networks(request.settings.webhook_networks),
                slug=slug,
                address=fields.address,
                events=_events(fields),
            )
    except (InvalidError, ConflictError) as error:
        return await _form(request, slug, Filled(values, problems_of(error)), status=error.status)
    return await _page(request, slug, made.id, secret=made.secret)


def _events(fields: WebhookFields) -> list[WebhookEvent]:
    return [event for event in WebhookEvent if event.value in fields.events]


@get("/projects/{slug:str}/webhooks/{webhook_id:uuid}", name="project.webhook")
async def show_webhook(
    request: Request[Actor], slug: FromPath[str], webhook_id: FromPath[UUID], cursor: FromQuery[str] = ""
) -> Response[str]:
    """One webhook and its messages; the messages alone while some of them are under way."""
    return await _page(request, slug, webhook_id, cursor=cursor)


async def _page(
    request: Request[Actor],
    slug: str,
    webhook_id: UUID,
    *,
    form: Filled | None = None,
    secret: str = "",
    cursor: str = "",
    status: int = 200,
) -> Response[str]:
    frame = await _frame(request, slug)
    actor, now = request.actor, request.now
    async with request.db.read() as session:
        row = await access_webhook(session, actor=actor, webhook_id=webhook_id, now=now)
        if row.project_id != frame.project.id:
            raise NoSuchWebhookError
        found = await list_deliveries(session, actor=actor, webhook_id=webhook_id, now=now, cursor=cursor or None)
    view = WebhookPage(
        frame=frame,
        webhook=_shown(row),
        form=form or Filled({"address": row.address, "events": [event.value for event in row.events]}),
        event_choices=EVENT_CHOICES,
        deliveries=[_shown_delivery(one) for one in found.rows],
        next_cursor=found.next_cursor,
        watch_seconds=0 if cursor else 2 if any(_is_moving(one, now) for one in found.rows) else 10,
        secret=secret,
    )
    block = "deliveries" if request.is_fragment else None
    return page(request, "web/manager/webhook.html", view, block=block, status=status)


def _is_moving(row: DeliveryView, now: datetime) -> bool:
    return row.sending or (row.next_at is not None and row.next_at - now < SOON)


@post("/projects/{slug:str}/webhooks/{webhook_id:uuid}", name="project.webhook.change")
async def do_change(request: Request[Actor], slug: FromPath[str], webhook_id: FromPath[UUID]) -> Response[str]:
    """Send to another address, or tell of other events."""
    raw = await request.form()
    values = {"address": str(raw.get("address", "")), "events": raw.getall("events", [])}
    try:
        fields = parse_form(raw, WebhookFields)
        async with request.db.write() as session:
            await change_webhook(
                session,
                actor=request.actor,
                networks=parse_networks(request.settings.webhook_networks),
                webhook_id=webhook_id,
                now=request.now,
                address=fields.address,
                events=_events(fields),
            )
    except InvalidError as error:
        form = Filled(values, problems_of(error))
        return await _page(request, slug, webhook_id, form=form, status=error.status)
    return redirect(request, f"/projects/{slug}/webhooks/{webhook_id}", said=_("Saved."))


@post("/projects/{slug:str}/webhooks/{webhook_id:uuid}/rotate", name="project.webhook.rotate", status_code=200)
async def do_rotate(request: Request[Actor], slug: FromPath[str], webhook_id: FromPath[UUID]) -> Response[str]:
    """Make a new secret and show it, this once."""
    sealer = await asyncio.to_thread(webhook_sealer, request.settings)
    async with request.db.write() as session:
        secret = await rotate_secret(
            session, actor=request.actor, sealer=sealer, webhook_id=webhook_id, now=request.now
        )
    return await _page(request, slug, webhook_id, secret=secret)


@post("/projects/{slug:str}/webhooks/{webhook_id:uuid}/pause", name="project.webhook.pause")
async def do_pause(request: Request[Actor], slug: FromPath[str], webhook_id: FromPath[UUID]) -> Response[str]:
    """Send nothing for now."""
    async with request.db.write() as session:
        await pause_webhook(session, actor=request.actor, webhook_id=webhook_id, now=request.now)
    said = _("The webhook is paused. What happens meanwhile waits.")
    return redirect(request, f"/projects/{slug}/webhooks/{webhook_id}", said=said)


@post("/projects/{slug:str}/webhooks/{webhook_id:uuid}/resume", name="project.webhook.resume")
async def do_resume(request: Request[Actor], slug: FromPath[str], webhook_id: FromPath[UUID]) -> Response[str]:
    """Send again."""
    async with request.db.write() as session:
        await resume_webhook(session, actor=request.actor, webhook_id=webhook_id, now=request.now)
    return redirect(request, f"/projects/{slug}/webhooks/{webhook_id}", said=_("The webhook is active."))


@post("/projects/{slug:str}/webhooks/{webhook_id:uuid}/remove", name="project.webhook.remove")
async def do_remove(request: Request[Actor], slug: FromPath[str], webhook_id: FromPath[UUID]) -> Response[str]:
    """Forget it."""
    async with request.db.write() as session:
        await remove_webhook(session, actor=request.actor, webhook_id=webhook_id, now=request.now)
    return redirect(request, f"/projects/{slug}/webhooks", said=_("The webhook is deleted."))


@post("/projects/{slug:str}/webhooks/{webhook_id:uuid}/test", name="project.webhook.test")
async def do_test(request: Request[Actor], slug: FromPath[str], webhook_id: FromPath[UUID]) -> Response[str]:
    """Send a test; the page watches it."""
    async with request.db.write() as session:
        await send_test(session, actor=request.actor, webhook_id=webhook_id, now=request.now)
    return redirect(request, f"/projects/{slug}/webhooks/{webhook_id}")


@post("/projects/{slug:str}/webhooks/{webhook_id:uuid}/send/{delivery_id:uuid}", name="project.webhook.send")
async def do_send(
    request: Request[Actor], slug: FromPath[str], webhook_id: FromPath[UUID], delivery_id: FromPath[UUID]
) -> Response[str]:
    """Send a message again; the page watches it."""
    async with request.db.write() as session:
        await send_again(session, actor=request.actor, webhook_id=webhook_id, delivery_id=delivery_id, now=request.now)
    return redirect(request, f"/projects/{slug}/webhooks/{webhook_id}")


handlers: list[Any] = [
    show_webhooks,
    show_new,
    do_add,
    show_webhook,
    do_change,
    do_rotate,
    do_pause,
    do_resume,
    do_remove,
    do_test,
    do_send,
]
