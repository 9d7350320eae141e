"""What one has agreed to: engagements, with their terms as they were accepted."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from markupsafe import Markup

from preceptor.hiring import ENGAGEMENT_KIND_NAMES, NEVER_CONFIDENTIAL
from preceptor.hiring.operations import end_engagement
from preceptor.hiring.queries import AgreedTerms, EngagementView, access_engagement, my_engagements
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.money import format_money
from preceptor.lib.text import render_markdown
from preceptor.lib.web import Request, page, redirect
from preceptor.people import Actor, place_name


class ShownEngagement(msgspec.Struct, frozen=True):
    """A version of an engagement in words."""

    row: EngagementView
    place: str
    kind: LazyText


class EngagementsPage(msgspec.Struct, frozen=True):
    """All of one's engagements: each with its versions, newest first."""

    engagements: list[list[ShownEngagement]]


class EngagementPage(msgspec.Struct, frozen=True):
    """One version with its terms."""

    engagement: ShownEngagement
    terms: Markup
    confidentiality: Markup
    never_confidential: LazyText
    mine: bool


def shown_engagement(row: EngagementView) -> ShownEngagement:
    """A version of an engagement in words."""
    return ShownEngagement(row, place_name(row.place), ENGAGEMENT_KIND_NAMES[row.kind])


@get("/engagements", name="engagements")
async def show_engagements(request: Request[Actor]) -> Response[str]:
    """Everything one has agreed to."""
    async with request.db.read() as session:
        rows = await my_engagements(session, actor=request.actor, now=request.now)
    by_offer: dict[int, list[ShownEngagement]] = {}
    for row in rows:
        by_offer.setdefault(row.offer_number, []).append(shown_engagement(row))
    return page(request, "web/trainer/engagements.html", EngagementsPage(list(by_offer.values())))


@get("/engagements/{engagement_id:uuid}", name="engagement")
async def show_engagement(request: Request[Actor], engagement_id: FromPath[UUID]) -> Response[str]:
    """One version, with the terms as they were accepted."""
    agreed = await _agreed(request, engagement_id)
    view = EngagementPage(
        engagement=shown_engagement(agreed.engagement),
        terms=render_markdown(agreed.terms.markdown),
        confidentiality=render_markdown(agreed.terms.confidentiality),
        never_confidential=NEVER_CONFIDENTIAL,
        mine=agreed.engagement.person_id == request.actor.person_id,
    )
    return page(request, "web/trainer/engagement.html", view)


@get("/engagements/{engagement_id:uuid}/terms.md", name="engagement.file")
async def download(request: Request[Actor], engagement_id: FromPath[UUID]) -> Response[str]:
    """The same as a file of Markdown, to keep."""
    agreed = await _agreed(request, engagement_id)
    name = f"engagement-{agreed.engagement.shown_number}-{agreed.engagement.version}.md"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(as_markdown(agreed), media_type="text/markdown; charset=utf-8", headers=headers)


async def _agreed(request: Request[Actor], engagement_id: UUID) -> AgreedTerms:
    async with request.db.read() as session:
        return await access_engagement(session, actor=request.actor, engagement_id=engagement_id, now=request.now)


def as_markdown(agreed: AgreedTerms) -> str:
    """An engagement as a document that stands by itself."""
    row = agreed.engagement
    facts = [
        (_("Offer"), row.shown_number),
        (_("Version"), row.version),
        (_("Between"), f"{row.organisation} · {row.name}"),
        (_("Kind"), ENGAGEMENT_KIND_NAMES[row.kind]),
        (_("Rate per hour"), format_money(row.rate)),
        (_("Place"), place_name(row.place) or _("everywhere")),
        (_("Hours a week"), f"{row.hours_least}–{row.hours_most}"),
        (_("Projects"), ", ".join(row.projects) or _("all of this role")),
        (_("Days of notice"), row.notice_days),
        (_("Agreed on"), f"{row.announced_at:%Y-%m-%d %H:%M} UTC"),
        (_("Holds for work begun from"), f"{row.effective_from:%Y-%m-%d %H:%M} UTC"),
        (_("Version of the terms"), row.terms_version),
        (_("SHA-256 of the terms"), row.terms_digest),
    ]
    if row.ends_at is not None:
        facts.append((_("Ends on"), f"{row.ends_at:%Y-%m-%d %H:%M} UTC"))
    lines = [f"# {row.title}", "", *(f"- **{name}**: {value}" for name, value in facts), "", str(NEVER_CONFIDENTIAL)]
    lines += ["", "---", "", agreed.terms.markdown]
    if agreed.terms.confidentiality:
        lines += ["", "---", "", agreed.terms.confidentiality]
    return "\n".join(lines) + "\n"


@post("/engagements/{engagement_id:uuid}/leave", name="engagement.leave")
async def do_leave(request: Request[Actor], engagement_id: FromPath[UUID]) -> Response[str]:
    """End one's own engagement, at once."""
    actor = request.actor
    agreed = await _agreed(request, engagement_id)
    async with request.db.write() as session:
        await end_engagement(
            session,
            actor=actor,
            person_id=actor.person_id,
            number=agreed.engagement.offer_number,
            ends_at=None,
            reason="",
            now=request.now,
        )
    return redirect(request, "/engagements", said=_("Your engagement has ended. What you have earned is paid."))


handlers: list[Any] = [show_engagements, show_engagement, download, do_leave]
