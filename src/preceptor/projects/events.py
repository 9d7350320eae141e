"""What happens to client organisations and projects. The subject is the project unless said otherwise."""

from typing import ClassVar
from uuid import UUID

from preceptor.lib.events import Event


class ClientOrganisationAdded(Event, frozen=True, kw_only=True):
    """A client organisation was entered. The subject is the organisation."""

    name: ClassVar[str] = "projects.client_added"


class ProjectAdded(Event, frozen=True, kw_only=True):
    """A project was made; it is a draft."""

    name: ClassVar[str] = "projects.added"

    kind: str


class ProjectChanged(Event, frozen=True, kw_only=True):
    """Some of title, brief, rules and teams were changed; `parts` names which."""

    name: ClassVar[str] = "projects.changed"

    parts: list[str]


class RateChanged(Event, frozen=True, kw_only=True):
    """Another hourly rate holds for assignments begun from now on. Amounts are minor units."""

    name: ClassVar[str] = "projects.rate_changed"

    before_minor: int
    before_currency: str
    after_minor: int
    after_currency: str


class TaskPriceChanged(Event, frozen=True, kw_only=True):
    """Another price is paid for each task that is begun from now on. Minor units of the project's currency."""

    name: ClassVar[str] = "projects.task_price_changed"

    before_minor: int | None
    """None where the hour was paid."""
    after_minor: int | None


class FormChanged(Event, frozen=True, kw_only=True):
    """The form has a new version; answers begun before keep theirs."""

    name: ClassVar[str] = "projects.form_changed"

    version: int


class GuidelinesChanged(Event, frozen=True, kw_only=True):
    """The guidelines have a new version."""

    name: ClassVar[str] = "projects.guidelines_changed"

    version: int


class GuidelinesAcknowledged(Event, frozen=True, kw_only=True):
    """The actor said that they have read a version of the guidelines."""

    name: ClassVar[str] = "projects.guidelines_acknowledged"

    version: int


class ProjectOpened(Event, frozen=True, kw_only=True):
    """Work may be taken from the project."""

    name: ClassVar[str] = "projects.opened"


class ProjectPaused(Event, frozen=True, kw_only=True):
    """No new work is handed out; what was begun can be finished. A closed project that is reopened is paused first."""

    name: ClassVar[str] = "projects.paused"


class ProjectClosed(Event, frozen=True, kw_only=True):
    """The project has ended."""

    name: ClassVar[str] = "projects.closed"


class WebhookAdded(Event, frozen=True, kw_only=True):
    """An address was added that the project's events are sent to. The subject is the webhook."""

    name: ClassVar[str] = "projects.webhook_added"


class WebhookChanged(Event, frozen=True, kw_only=True):
    """Address, events, secret or state of a webhook were changed; `parts` names which. The subject is the webhook."""

    name: ClassVar[str] = "projects.webhook_changed"

    parts: list[str]


class WebhookFailed(Event, frozen=True, kw_only=True):
    """A webhook could not be delivered and was given up, or with 410 its receiver wants no more. The subject is it."""

    name: ClassVar[str] = "projects.webhook_failed"

    delivery_id: UUID
    status: int | None = None


class WebhookAsked(Event, frozen=True, kw_only=True):
    """Somebody had a message sent again, or a test. The subject is the webhook."""

    name: ClassVar[str] = "projects.webhook_asked"

    delivery_id: UUID


class WebhookRemoved(Event, frozen=True, kw_only=True):
    """An address is told nothing any more. The subject is the webhook."""

    name: ClassVar[str] = "projects.webhook_removed"


class AnnouncementWritten(Event, frozen=True, kw_only=True):
    """A team or the people of a project were told something, or it was put in other words. The subject is it."""

    name: ClassVar[str] = "projects.announcement_written"

    version: int
    team_id: UUID | None = None


class AnnouncementWithdrawn(Event, frozen=True, kw_only=True):
    """An announcement does not hold any more. The subject is the announcement."""

    name: ClassVar[str] = "projects.announcement_withdrawn"


class QuestionAsked(Event, frozen=True, kw_only=True):
    """Somebody asked something about the project. The subject is the question."""

    name: ClassVar[str] = "projects.question_asked"


class QuestionAnswered(Event, frozen=True, kw_only=True):
    """Somebody answered a question. The subject is the question."""

    name: ClassVar[str] = "projects.question_answered"

    answer_id: UUID


class AnswerChosen(Event, frozen=True, kw_only=True):
    """An answer was said to settle its question, or none does any more. The subject is the question."""

    name: ClassVar[str] = "projects.answer_chosen"

    answer_id: UUID | None


class QuestionPinned(Event, frozen=True, kw_only=True):
    """A question was pinned above the others, or not any more. The subject is the question."""

    name: ClassVar[str] = "projects.question_pinned"

    pinned: bool


class QuestionFolded(Event, frozen=True, kw_only=True):
    """What a question taught went into the guidelines. The subject is the question."""

    name: ClassVar[str] = "projects.question_folded"

    version: int


class PostRemoved(Event, frozen=True, kw_only=True):
    """A question or an answer was removed, by its author or with a reason. The subject is the question."""

    name: ClassVar[str] = "projects.post_removed"

    answer_id: UUID | None = None


class ProjectRated(Event, frozen=True, kw_only=True):
    """A trainer said what they think of the project. Nobody is named."""

    name: ClassVar[str] = "projects.rated"


class OrderDrafted(Event, frozen=True, kw_only=True):
    """An order of the client was entered as a draft. The subject is the order."""

    name: ClassVar[str] = "projects.order_drafted"


class OrderAgreed(Event, frozen=True, kw_only=True):
    """The client agreed to an order. The subject is the order."""

    name: ClassVar[str] = "projects.order_agreed"


class OrderClosed(Event, frozen=True, kw_only=True):
    """An order was ended. The subject is the order."""

    name: ClassVar[str] = "projects.order_closed"


class InvoiceIssued(Event, frozen=True, kw_only=True):
    """An invoice was issued, for good. The subject is the invoice."""

    name: ClassVar[str] = "projects.invoice_issued"

    number: int
