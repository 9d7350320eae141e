"""The rows of projects."""

from preceptor.projects.tables.announcements import (
    Announcement,
    AnnouncementSeen,
    AnnouncementVersion,
)
from preceptor.projects.tables.orders import (
    ClientOrder,
    Invoice,
    InvoiceLine,
    InvoiceSource,
)
from preceptor.projects.tables.projects import (
    ClientOrganisation,
    FormVersion,
    GuidelinesAcknowledgement,
    GuidelinesVersion,
    Project,
    ProjectTeam,
    WebhookDelivery,
    WebhookSubscription,
)
from preceptor.projects.tables.questions import (
    Question,
    QuestionAnswer,
    QuestionSeen,
)
from preceptor.projects.tables.ratings import (
    ProjectRating,
)

__all__ = [
    "Announcement",
    "AnnouncementSeen",
    "AnnouncementVersion",
    "ClientOrder",
    "ClientOrganisation",
    "FormVersion",
    "GuidelinesAcknowledgement",
    "GuidelinesVersion",
    "Invoice",
    "InvoiceLine",
    "InvoiceSource",
    "Project",
    "ProjectRating",
    "ProjectTeam",
    "Question",
    "QuestionAnswer",
    "QuestionSeen",
    "WebhookDelivery",
    "WebhookSubscription",
]
