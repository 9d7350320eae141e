"""Reports: a product sends a conversation that one of its users reported, and it becomes an item."""

from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from preceptor.kinds.content import Message
from preceptor.kinds.registry import task_kind
from preceptor.kinds.triage import ReportedConversation, Severity
from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError
from preceptor.lib.i18n import _
from preceptor.people.rules import SYSTEM, Actor, Permission
from preceptor.projects.rules import ProjectState, ProjectTerms
from preceptor.work.events import ReportTaken
from preceptor.work.operations.adding import AddedToClosedError, form_settings
from preceptor.work.operations.items import DEFAULT_PRIORITY, MAX_LABEL, NewItem, add_items
from preceptor.work.rules.lanes import ANYBODY, announcing
from preceptor.work.tables import Report

MAX_KEY = 200


class NoConsentError(InvalidError):
    """The user has not agreed that people read their conversation."""

    code = "no_consent"
    title = _("Nothing was kept, because the user has not agreed that people read this conversation.")


class TakesNoReportsError(ConflictError):
    """The project's task kind has no use for reported conversations."""

    code = "takes_no_reports"
    title = _("This project takes no reports. Send them to a project in which reported conversations are reviewed.")


class ReportKeyUsedError(ConflictError):
    """Another report has this key."""

    code = "report_key_used"
    title = _("Another report was sent under this key. Give every report a key of its own.")


class GivenReport(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A conversation that a user of a product reported.

    Attributes:
        key: the product's own for this report; the same report sent twice is kept once.
        messages: the whole conversation, up to and including what was reported.
        consent: whether the user agreed that people read it.
        consent_terms: what they agreed to, such as the version of a text.
        reason: why, in the user's words.
        categories: keys of what is wrong, if the user or a filter says so.
        severity: as the product sees it; else that of the gravest category counts.
        reported_at: when, with a time zone.
        topic: a label.
        source: what the product wants to find again in releases.
    """

    key: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_KEY)]
    messages: tuple[Message, ...]
    consent: bool
    consent_terms: Annotated[str, msgspec.Meta(max_length=MAX_KEY)] = ""
    reason: str = ""
    categories: tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=100)], ...] = ()
    severity: Severity | None = None
    reported_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    topic: Annotated[str, msgspec.Meta(max_length=MAX_LABEL)] = ""
    source: dict[str, Any] = {}


class TakenReport(msgspec.Struct, frozen=True):
    """A report that is an item now. `fresh`: this request made it."""

    item_id: UUID
    received_at: datetime
    fresh: bool


async def take_report(
    session: WriteSession, *, actor: Actor, terms: ProjectTerms, report: GivenReport, now: datetime
) -> TakenReport:
    """Make an item of a reported conversation, once per key.

    Raises:
        MissingPermissionError: the actor may not send reports.
        NoConsentError: the user has not agreed; nothing is kept.
        TakesNoReportsError: the project's kind has no use for it.
        AddedToClosedError: the project has ended.
        ReportKeyUsedError: another conversation came under this key.
        InvalidItemError: it cannot become an item; `fields` says why.
    """
    actor.require(Permission.REPORT_CREATE)
    if not report.consent:
        message = _("Ask the user, and send the report again with “consent”: true once they have agreed.")
        raise NoConsentError(fields=[FieldProblem("consent", message)])
    kind = task_kind(terms.kind)
    if ReportedConversation not in kind.accepts:
        raise TakesNoReportsError
    if "\0" in report.key + report.topic + report.consent_terms:
        message = _("This contains a NUL character, which cannot be kept. Please remove it.")
        raise InvalidError(fields=[FieldProblem("", message)])
    driver = await session.driver()
    await driver.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 2))", (f"{terms.id}:{report.key}",))
    digest = sha256(msgspec.json.encode(report, order="sorted")).hexdigest()
    known = await session.scalar(select(Report).where(Report.project_id == terms.id, Report.key == report.key))
    if known is not None:
        if known.digest != digest:
            raise ReportKeyUsedError
        return TakenReport(known.item_id, known.received_at, fresh=False)
    if terms.state is ProjectState.CLOSED:
        raise AddedToClosedError
    content = kind.item_from_content(
        ReportedConversation(
            messages=report.messages,
            reason=report.reason,
            categories=report.categories,
            severity=report.severity,
            reported_at=report.reported_at,
            source=report.source,
        )
    )
    settings = await form_settings(session, terms=terms, kind=kind)
    item = NewItem(
        content=msgspec.to_builtins(content),
        topic=report.topic,
        wanted=terms.rules.answers_per_item,
        priority=kind.item_priority(settings, content, DEFAULT_PRIORITY),
        lane=announcing(ANYBODY, kind.item_categories(content)).key,
    )
    # Whoever may send reports need not be one who may write items.
    [item_id] = await add_items(session, actor=SYSTEM, terms=terms, items=[item])
    session.add(
        Report(
            project_id=terms.id,
            key=report.key,
            item_id=item_id,
            digest=digest,
            consent=report.consent_terms,
            received_at=now,
        )
    )
    session.emit(ReportTaken(actor_id=actor.person_id, subject_id=item_id, project_id=terms.id))
    return TakenReport(item_id, now, fresh=True)
