"""What the API answers, as far as this client reads it. Fields that are not listed here are passed over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec


class _Document(msgspec.Struct, frozen=True, kw_only=True):
    pass


class Money(_Document, frozen=True):
    """An amount in minor units, such as cents, and its ISO 4217 currency."""

    amount: int
    currency: str


class Me(_Document, frozen=True):
    """Who is signed in."""

    person_id: str
    name: str
    pseudonym: str
    roles: list[str]
    language: str


class Spoken(_Document, frozen=True):
    """A language, as BCP 47 has it, and how well one speaks it: 1 to 5."""

    language: str
    level: int


class Profile(_Document, frozen=True):
    """What the queue knows of oneself. `place`: `country` and `region`; `consents`: content one has said yes to."""

    place: dict[str, str]
    languages: list[Spoken]
    skills: list[str]
    consents: list[str]


class Made(_Document, frozen=True):
    """What was just made."""

    id: str


class Team(_Document, frozen=True):
    """A team."""

    id: str
    name: str


class Client(_Document, frozen=True):
    """A client organisation."""

    id: str
    name: str


class Kind(_Document, frozen=True):
    """A task kind, and the settings a new project of it starts from."""

    key: str
    title: str
    settings: dict[str, Any]


class Reason(_Document, frozen=True):
    """A reason of a closed list."""

    key: str
    label: str


class EmptyReason(_Document, frozen=True):
    """Why there is nothing."""

    code: str
    text: str


class WorkProject(_Document, frozen=True):
    """A project on one's list of work."""

    slug: str
    title: str
    kind: str
    open: int
    reason: EmptyReason | None
    guidelines_version: int
    acknowledged_version: int
    current_assignment_id: str | None


class WaitingWork(_Document, frozen=True):
    """A task that waits for one."""

    assignment_id: str
    project: str
    summary: str


class WorkList(_Document, frozen=True):
    """What one can take. `returned` waits for rework."""

    projects: list[WorkProject]
    returned: list[WaitingWork]
    unfinished: list[WaitingWork]
    reason: EmptyReason | None


class Clock(_Document, frozen=True):
    """The time a task has taken so far, in milliseconds, and what it comes to; `most_ms`: it is paid up to there."""

    active_ms: int
    waiting_ms: int
    idle_ms: int
    paused_ms: int
    paid_ms: int
    amount: Money
    most_ms: int | None = None


class Response(_Document, frozen=True):
    """What a model wrote. `state`: pending, streaming, complete, stopped or failed."""

    id: str
    state: str
    text: str
    error: str | None
    tokens: int | None


class Turn(_Document, frozen=True):
    """A turn; responses in the order this person sees them. `parent`: id of the turn it goes on from."""

    id: str
    position: int
    prompt: str
    state: str
    shared: bool
    responses: list[Response]
    parent: str | None = None


class Item(_Document, frozen=True):
    """What a task is about; `content` is the task kind's."""

    id: str
    brief: str
    topic: str
    content: dict[str, Any]


class Form(_Document, frozen=True):
    """The task kind's settings this task is done under."""

    version: int
    settings: dict[str, Any]


class Draft(_Document, frozen=True):
    """The draft as it was last saved."""

    version: int
    content: dict[str, Any]
    saved_at: datetime


class ProjectPart(_Document, frozen=True):
    """The project of a task."""

    slug: str
    title: str
    kind: str


class Assignment(_Document, frozen=True):
    """A task with everything the workbench shows."""

    id: str
    state: str
    project: ProjectPart
    item: Item
    form: Form
    turns: list[Turn]
    draft: Draft | None
    clock: Clock
    lease_until: datetime
    rework_round: int
    skip_reasons: list[Reason]
    report_reasons: list[Reason]


class Saved(_Document, frozen=True):
    """A draft that is durable."""

    version: int
    saved_at: datetime
    lease_until: datetime


class Beaten(_Document, frozen=True):
    """Where a task stands."""

    clock: Clock
    lease_until: datetime
    state: str


class Receipt(_Document, frozen=True):
    """What an ended task leaves: the times of the whole task, and what this stretch earned."""

    assignment_id: str
    submission_id: str | None
    outcome: str
    clock: Clock
    paid_ms: int
    amount: Money


class Progress(_Document, frozen=True):
    """A step of a turn that is followed: text that was added, or a whole response as it stands now."""

    response_id: str
    delta: str | None = None
    response: Response | None = None


class Review(_Document, frozen=True):
    """A review with everything its reviewer sees. `answer` is the task kind's."""

    id: str
    state: str
    round: int
    submission_id: str
    revision: int
    project: ProjectPart
    item: Item
    form: Form
    turns: list[Turn]
    answer: dict[str, Any]
    correction: dict[str, Any] | None
    return_reasons: list[Reason]
    reject_reasons: list[Reason]


class Decision(_Document, frozen=True):
    """What was decided; `correction_id` is the new revision of a correction."""

    review_id: str
    verdict: str
    correction_id: str | None


class ProjectMade(_Document, frozen=True):
    """A new project."""

    id: str
    slug: str


class Project(_Document, frozen=True):
    """A project with the versions in force."""

    id: str
    slug: str
    title: str
    brief: str
    kind: str
    state: str
    form_version: int
    guidelines_version: int


class ItemsAdded(_Document, frozen=True):
    """The new items' ids, in the order in which they were given."""

    ids: list[str]


class ReportTaken(_Document, frozen=True):
    """The item that a report became, and when."""

    item_id: str
    received_at: datetime


class PictureFile(_Document, frozen=True):
    """A picture that a project has: its items name it in their content as it stands here."""

    sha256: str
    name: str
    media_type: str
    width: int
    height: int


class ImportRun(_Document, frozen=True):
    """An import. `state`: waiting, running, checked (waits for a decision), done, failed, discarded."""

    id: str
    state: str
    share: float
    good: int
    items_added: int
    duplicates: int
    problems: int
    error: str | None


class LineProblem(_Document, frozen=True):
    """Why a line of a file could not become an item."""

    line: int
    message: str


class LineProblems(_Document, frozen=True):
    """Some lines that were left out."""

    problems: list[LineProblem]
    next_cursor: str | None


class ReleaseFile(_Document, frozen=True):
    """A file of a release; `sha256` in lower-case hex, `rows` 0 where it is not made of rows."""

    path: str
    rows: int
    bytes: int
    sha256: str


class Release(_Document, frozen=True):
    """A release. `state`: waiting, running, done, failed; its files are there once it is done."""

    id: str
    number: int
    state: str
    submissions: int
    written: int
    error: str | None
    files: list[ReleaseFile]


class Delivery(_Document, frozen=True):
    """A message to a webhook. `state` is waiting, delivered or failed; `next_at` is when it is tried next."""

    id: str
    type: str
    payload: dict[str, Any]
    state: str
    attempts: int
    next_at: datetime | None
    last_at: datetime | None
    last_status: int | None
    last_error: str | None
    created_at: datetime


class WebhookDeliveries(_Document, frozen=True):
    """Some messages; `next_cursor` leads to older ones."""

    deliveries: list[Delivery]
    next_cursor: str | None


class Webhook(_Document, frozen=True):
    """An address that events are sent to. `state` is active, paused, failing or gone."""

    id: str
    project: str
    address: str
    events: list[str]
    state: str
    two_secrets_until: datetime | None
    created_at: datetime


class WebhookMade(Webhook, frozen=True):
    """A new webhook with its secret, which is told this once."""

    secret: str


class WebhookSecret(_Document, frozen=True):
    """A new secret."""

    secret: str
